//! SQLite's single writer: one thread takes closures from a bounded queue, runs them one after the
//! other, commits the group with one wait for the disk, then answers (ACK-MEANS-DURABLE).
//! A closure that fails or panics takes only its own changes back.

use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use diesel::ConnectionError;
use diesel::connection::SimpleConnection;

use crate::store::audit_chain::Chain;
use crate::store::connection::DbConnection;
use crate::store::error::StoreError;
use crate::store::open::OpenError;
use crate::store::pool::{Opener, PooledDb};
use crate::store::write_job::{GroupFailure, Job, Submitted};

/// Closures that share one commit at most; bounds how long the first one waits.
const LARGEST_GROUP: usize = 64;
/// Quiet time after which the write-ahead log is copied into the database file; without it, SQLite
/// copies a log that grows large (`pool`).
const QUIET: Duration = Duration::from_millis(200);

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
        let db = open(&opener)?;
        let (sender, receiver) = sync_channel(queue);
        let writer = Writer {
            opener,
            db,
            chain,
            queue: receiver,
            is_log_new: false,
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
    /// Something was committed since the log was copied.
    is_log_new: bool,
}

impl Writer {
    fn run(mut self) {
        loop {
            let first = if self.is_log_new {
                self.queue.recv_timeout(QUIET)
            } else {
                self.queue
                    .recv()
                    .map_err(|_ended| RecvTimeoutError::Disconnected)
            };
            match first {
                Ok(job) => self.serve(job),
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
            self.is_log_new = true;
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
        if let Err(error) = self.begin() {
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

    /// Takes the write lock. SQLite sleeps ever longer between its tries and so misses the moment
    /// that another process, such as an import, leaves between two transactions; it is told to give
    /// up early, and asked again at once.
    fn begin(&mut self) -> Result<(), StoreError> {
        let until = Instant::now() + self.opener.busy_timeout;
        loop {
            let begun = self.db.db.batch_execute("BEGIN IMMEDIATE");
            match begun.map_err(StoreError::from) {
                Err(StoreError::Overloaded) if Instant::now() < until => {}
                outcome => return outcome,
            }
        }
    }

    fn run_jobs(
        &mut self,
        first: Box<dyn Job>,
        group: &mut Vec<Box<dyn Job>>,
    ) -> Result<(), GroupFailure> {
        let mut job = first;
        loop {
            let outcome = if group.is_empty() {
                self.run_first(job.as_mut())
            } else {
                run_in_savepoint(&mut self.db.db, job.as_mut())
            };
            group.push(job);
            outcome?;
            if group.len() >= LARGEST_GROUP {
                return Ok(());
            }
            match self.queue.try_recv() {
                Ok(next) => job = next,
                Err(_none_waits) => return Ok(()),
            }
        }
    }

    /// The first job needs no savepoint, for which SQLite copies every page before it is changed:
    /// there is nothing before it to keep.
    fn run_first(&mut self, job: &mut dyn Job) -> Result<(), GroupFailure> {
        if job.run(&mut self.db.db) {
            return Ok(());
        }
        self.db
            .db
            .batch_execute("ROLLBACK")
            .map_err(GroupFailure::from)?;
        self.begin().map_err(GroupFailure::from)
    }

    /// A passive checkpoint waits for nobody; what it leaves, the next one takes.
    fn checkpoint(&mut self) {
        if let Err(error) = self.db.db.batch_execute("PRAGMA wal_checkpoint(PASSIVE)") {
            tracing::warn!(%error, "the write-ahead log could not be copied");
        }
        self.is_log_new = false;
    }

    fn reopen(&mut self) {
        match open(&self.opener) {
            Ok(db) => self.db = db,
            Err(error) => tracing::warn!(%error, "the writer's connection could not be renewed"),
        }
    }
}

/// A connection that gives up early when another process writes; see [`Writer::begin`].
fn open(opener: &Opener) -> Result<PooledDb, ConnectionError> {
    let mut opened = opener.open()?;
    opened
        .db
        .batch_execute("PRAGMA busy_timeout = 10")
        .map_err(ConnectionError::CouldntSetupConfiguration)?;
    Ok(opened)
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
