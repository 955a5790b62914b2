//! SQLite's single writer: one thread takes closures from a bounded queue, runs each in a
//! savepoint, commits the group with one wait for the disk, then answers (ACK-MEANS-DURABLE).
//! A closure that fails or panics takes only its own changes back.

use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::thread::JoinHandle;
use std::time::Duration;

use diesel::connection::SimpleConnection;

use crate::store::audit_chain::Chain;
use crate::store::connection::DbConnection;
use crate::store::error::StoreError;
use crate::store::open::OpenError;
use crate::store::pool::{Opener, PooledDb};
use crate::store::write_job::{GroupFailure, Job, Submitted};

/// Closures that share one commit at most; bounds how long the first one waits.
const LARGEST_GROUP: usize = 64;
/// Quiet time after which the write-ahead log is copied into the database file.
const QUIET: Duration = Duration::from_millis(200);
/// Without a quiet moment, copy after this many groups all the same.
const CHECKPOINT_EVERY: usize = 1000;

/// The owner's end of the writer thread. Dropping it finishes what is queued and ends the thread.
pub(in crate::store) struct SqliteWriter {
    queue: Option<SyncSender<Box<dyn Job>>>,
    thread: Option<JoinHandle<()>>,
}

impl SqliteWriter {
    /// Starts the thread on its own connection.
    pub(in crate::store) fn start(
        opener: Opener,
        chain: Chain,
        queue: usize,
    ) -> Result<Self, OpenError> {
        let db = opener.open()?;
        let (sender, receiver) = sync_channel(queue);
        let writer = Writer {
            opener,
            db,
            chain,
            queue: receiver,
            groups_since_checkpoint: 0,
        };
        let thread = std::thread::Builder::new()
            .name("sqlite-writer".to_owned())
            .spawn(move || writer.run())?;
        Ok(Self {
            queue: Some(sender),
            thread: Some(thread),
        })
    }

    /// Queues `work` and waits until it is durable or refused.
    pub(in crate::store) fn write<T, E, F>(&self, work: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
        F: Fn(&mut DbConnection) -> Result<T, E> + Send + 'static,
    {
        let (job, answer) = Submitted::new(work);
        let sent = match &self.queue {
            Some(queue) => queue.try_send(Box::new(job)),
            None => return Err(ended().into()),
        };
        match sent {
            Ok(()) => answer.recv().unwrap_or_else(|_ended| Err(ended().into())),
            Err(TrySendError::Full(_)) => Err(StoreError::Overloaded.into()),
            Err(TrySendError::Disconnected(_)) => Err(ended().into()),
        }
    }
}

fn ended() -> StoreError {
    StoreError::unavailable("the writer has ended")
}

impl Drop for SqliteWriter {
    fn drop(&mut self) {
        self.queue = None;
        if let Some(thread) = self.thread.take()
            && thread.thread().id() != std::thread::current().id()
            && thread.join().is_err()
        {
            tracing::error!("the writer thread ended by a panic");
        }
    }
}

/// The thread's end.
struct Writer {
    opener: Opener,
    db: PooledDb,
    chain: Chain,
    queue: Receiver<Box<dyn Job>>,
    groups_since_checkpoint: usize,
}

impl Writer {
    fn run(mut self) {
        loop {
            let first = if self.groups_since_checkpoint == 0 {
                self.queue
                    .recv()
                    .map_err(|_ended| RecvTimeoutError::Disconnected)
            } else {
                self.queue.recv_timeout(QUIET)
            };
            match first {
                Ok(job) => {
                    self.serve(job);
                    if self.groups_since_checkpoint >= CHECKPOINT_EVERY {
                        self.checkpoint();
                    }
                }
                Err(RecvTimeoutError::Timeout) => self.checkpoint(),
                Err(RecvTimeoutError::Disconnected) => {
                    self.checkpoint();
                    return;
                }
            }
        }
    }

    /// Runs, commits and answers one group.
    fn serve(&mut self, first: Box<dyn Job>) {
        let mut group = Vec::new();
        let outcome = self.run_group(first, &mut group);
        if let Err(failure) = &outcome {
            for job in &mut group {
                job.fail(failure);
            }
        } else {
            self.groups_since_checkpoint += 1;
        }
        for job in group {
            job.answer();
        }
    }

    /// Fills `group` with every job that was taken from the queue, run or not.
    fn run_group(
        &mut self,
        first: Box<dyn Job>,
        group: &mut Vec<Box<dyn Job>>,
    ) -> Result<(), GroupFailure> {
        if let Err(error) = self.db.db.batch_execute("BEGIN IMMEDIATE") {
            // Everyone who waits would meet the same lock or the same broken disk; better to
            // answer them now than one timeout after the other.
            group.push(first);
            group.extend(self.queue.try_iter());
            self.reopen();
            return Err(GroupFailure::from(error));
        }
        let committed = self.run_jobs(first, group).and_then(|()| {
            self.chain
                .link(&mut self.db.db)
                .map_err(GroupFailure::from)?;
            self.db
                .db
                .batch_execute("COMMIT")
                .map_err(GroupFailure::from)
        });
        if committed.is_err() && self.db.db.batch_execute("ROLLBACK").is_err() {
            // SQLite has rolled back by itself (disk full, I/O error), or the connection is lost.
            self.reopen();
        }
        committed
    }

    fn run_jobs(
        &mut self,
        first: Box<dyn Job>,
        group: &mut Vec<Box<dyn Job>>,
    ) -> Result<(), GroupFailure> {
        let mut next = Some(first);
        while let Some(mut job) = next {
            let outcome = run_in_savepoint(&mut self.db.db, job.as_mut());
            group.push(job);
            outcome?;
            next = if group.len() < LARGEST_GROUP {
                self.queue.try_iter().next()
            } else {
                None
            };
        }
        Ok(())
    }

    /// A passive checkpoint waits for nobody; what it leaves, the next one takes.
    fn checkpoint(&mut self) {
        if let Err(error) = self.db.db.batch_execute("PRAGMA wal_checkpoint(PASSIVE)") {
            tracing::warn!(%error, "the write-ahead log could not be copied");
        }
        self.groups_since_checkpoint = 0;
    }

    fn reopen(&mut self) {
        match self.opener.open() {
            Ok(db) => self.db = db,
            Err(error) => tracing::warn!(%error, "the writer's connection could not be renewed"),
        }
    }
}

fn run_in_savepoint(db: &mut DbConnection, job: &mut dyn Job) -> Result<(), GroupFailure> {
    db.batch_execute("SAVEPOINT job")
        .map_err(GroupFailure::from)?;
    let end = if job.run(db) {
        "RELEASE job"
    } else {
        "ROLLBACK TO job; RELEASE job"
    };
    // Fails only if SQLite has ended the whole transaction: then nobody's changes are there.
    db.batch_execute(end).map_err(GroupFailure::from)
}
