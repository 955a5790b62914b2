//! PostgreSQL's linker thread: gives every committed audit event its place in this process's
//! chain within a second. Linking inside the writing transaction would make all writers of a node
//! wait for each other's commit.

use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread::JoinHandle;
use std::time::Duration;

use crate::store::audit_chain::Chain;
use crate::store::error::StoreError;
use crate::store::open::OpenError;
use crate::store::pool::Pool;
use crate::store::transaction::{self, Begin};

/// Looks for rows this often without being woken: what failed before, and what a node left behind
/// when it died.
const ROUND: Duration = Duration::from_secs(1);
/// Lets rows gather, so that a busy node links many in one transaction.
const GATHER: Duration = Duration::from_millis(50);

/// The owner's end of the linker thread. Dropping it links what is left and ends the thread.
pub(in crate::store) struct AuditLinker {
    wake: Option<SyncSender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl AuditLinker {
    /// Starts the thread.
    pub(in crate::store) fn start(pool: Pool, chain: Chain) -> Result<Self, OpenError> {
        let (wake, woken) = sync_channel(1);
        let thread = std::thread::Builder::new()
            .name("audit-linker".to_owned())
            .spawn(move || run(&pool, &chain, &woken))?;
        Ok(Self {
            wake: Some(wake),
            thread: Some(thread),
        })
    }

    /// Tells the thread that something was committed. Never blocks.
    pub(in crate::store) fn wake(&self) {
        if let Some(wake) = &self.wake {
            // A full channel means that the thread is about to look anyway.
            let _full_or_sent = wake.try_send(());
        }
    }
}

impl Drop for AuditLinker {
    fn drop(&mut self) {
        self.wake = None;
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the audit linker ended by a panic");
        }
    }
}

fn run(pool: &Pool, chain: &Chain, woken: &Receiver<()>) {
    loop {
        let news = woken.recv_timeout(ROUND);
        let is_last = matches!(news, Err(RecvTimeoutError::Disconnected));
        if news.is_ok() {
            std::thread::sleep(GATHER);
        }
        link_all(pool, chain);
        if is_last {
            return;
        }
    }
}

fn link_all(pool: &Pool, chain: &Chain) {
    loop {
        let linked: Result<usize, StoreError> =
            transaction::run(pool, Begin::Write, |db| chain.link(db));
        match linked {
            Ok(0) => return,
            Ok(_) => {}
            Err(error) => {
                tracing::warn!(%error, "audit events could not be linked yet");
                return;
            }
        }
    }
}
