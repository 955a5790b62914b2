//! Threads that do something every so often until the service stops. A round that fails or panics
//! is logged and costs that round only.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{RecvTimeoutError, SyncSender, sync_channel};
use std::thread::JoinHandle;
use std::time::Duration;

use crate::service::error::ServiceError;

/// The owner's end. Dropping it waits for a round that is running and ends the thread.
#[derive(Debug)]
pub struct Worker {
    stop: Option<SyncSender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Worker {
    /// Starts a thread whose first round comes after one `pause`.
    pub fn start(
        name: &'static str,
        pause: Duration,
        mut round: impl FnMut() -> Result<(), ServiceError> + Send + 'static,
    ) -> std::io::Result<Self> {
        let (stop, stopped) = sync_channel::<()>(0);
        let thread = std::thread::Builder::new()
            .name(name.to_owned())
            .spawn(move || {
                while stopped.recv_timeout(pause) == Err(RecvTimeoutError::Timeout) {
                    match catch_unwind(AssertUnwindSafe(&mut round)) {
                        Ok(Ok(())) => {}
                        Ok(Err(error)) => tracing::warn!(worker = name, %error, "a round failed"),
                        Err(_panic) => tracing::error!(worker = name, "a round panicked"),
                    }
                }
            })?;
        Ok(Self {
            stop: Some(stop),
            thread: Some(thread),
        })
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.stop = None;
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("a worker ended by a panic");
        }
    }
}
