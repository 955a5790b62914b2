//! A closure on its way through the writer thread: run once, then told whether its group became
//! durable, then answered. It never answers before the commit.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use crate::store::connection::DbConnection;
use crate::store::error::StoreError;

/// What the writer thread does with a queued closure, whatever its types are.
pub(in crate::store) trait Job: Send {
    /// Runs the closure; false if its changes are to be taken back.
    fn run(&mut self, db: &mut DbConnection) -> bool;
    /// The group was not committed: whatever the closure said, the answer is this.
    fn fail(&mut self, failure: &GroupFailure);
    /// Sends the answer.
    fn answer(self: Box<Self>);
}

/// Why nothing of a group was committed; every member gets its own error made from it.
#[derive(Debug, Clone)]
pub(in crate::store) enum GroupFailure {
    Overloaded,
    Unavailable(String),
}

impl<E: Into<StoreError>> From<E> for GroupFailure {
    fn from(error: E) -> Self {
        match error.into() {
            StoreError::Overloaded => Self::Overloaded,
            StoreError::Unavailable { detail } => Self::Unavailable(detail),
            StoreError::Database(source) => Self::Unavailable(source.to_string()),
            other => Self::Unavailable(other.to_string()),
        }
    }
}

impl GroupFailure {
    fn to_error(&self) -> StoreError {
        match self {
            Self::Overloaded => StoreError::Overloaded,
            Self::Unavailable(detail) => StoreError::unavailable(detail),
        }
    }
}

/// A closure with the channel its caller waits on.
pub(in crate::store) struct Submitted<T, E, F> {
    work: F,
    outcome: Option<Result<T, E>>,
    reply: SyncSender<Result<T, E>>,
}

impl<T, E, F> Submitted<T, E, F> {
    /// The job and the caller's end.
    pub(in crate::store) fn new(work: F) -> (Self, Receiver<Result<T, E>>) {
        let (reply, answer) = sync_channel(1);
        let job = Self {
            work,
            outcome: None,
            reply,
        };
        (job, answer)
    }
}

impl<T, E, F> Job for Submitted<T, E, F>
where
    T: Send + 'static,
    E: From<StoreError> + Send + 'static,
    F: Fn(&mut DbConnection) -> Result<T, E> + Send + 'static,
{
    fn run(&mut self, db: &mut DbConnection) -> bool {
        let outcome = catch_unwind(AssertUnwindSafe(|| (self.work)(db)))
            .unwrap_or_else(|_panic| Err(StoreError::Panicked.into()));
        let keeps = outcome.is_ok();
        self.outcome = Some(outcome);
        keeps
    }

    fn fail(&mut self, failure: &GroupFailure) {
        // A closure that refused by itself knows better than the disk why.
        if !matches!(self.outcome, Some(Err(_))) {
            self.outcome = Some(Err(failure.to_error().into()));
        }
    }

    fn answer(self: Box<Self>) {
        if let Some(outcome) = self.outcome {
            // The caller may have gone; its work is committed all the same.
            drop(self.reply.send(outcome));
        }
    }
}
