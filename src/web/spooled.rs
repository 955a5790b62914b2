//! Bodies that are too large for memory: taken into a file without a name, with a cap in octets and in time
//! (BOUNDED-INPUT). The file goes with its last handle.

use std::fs::File;
use std::io::{Seek, SeekFrom, Write};
use std::time::Duration;

use actix_web::dev::Payload;
use actix_web::error::PayloadError;
use actix_web::web;
use futures_util::StreamExt;
use tokio::sync::Semaphore;

use crate::web::body::BodyFault;

/// A body has at most this many octets: a file of 256 MiB, and the form around it.
pub const LIMIT: usize = 257 * 1024 * 1024;
/// It has to arrive within this time.
const DEADLINE: Duration = Duration::from_secs(180);
/// What is gathered before it is written.
const PIECE: usize = 1024 * 1024;
/// Bodies that are taken at once, which bounds the room they need.
static TURNS: Semaphore = Semaphore::const_new(2);

/// Takes a body into a file, which stands at its beginning.
pub async fn receive(payload: &mut Payload) -> Result<File, BodyFault> {
    let Ok(_turn) = TURNS.try_acquire() else {
        return Err(BodyFault::Busy);
    };
    match tokio::time::timeout(DEADLINE, collect(payload)).await {
        Ok(result) => result,
        Err(_elapsed) => Err(BodyFault::Slow),
    }
}

async fn collect(payload: &mut Payload) -> Result<File, BodyFault> {
    let mut file = on_disk(tempfile::tempfile).await?;
    let mut piece = Vec::new();
    let mut received = 0_usize;
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(BodyFault::Broken)?;
        received = received.saturating_add(chunk.len());
        if received > LIMIT {
            return Err(BodyFault::TooLarge { cap: LIMIT });
        }
        piece.extend_from_slice(&chunk);
        if piece.len() >= PIECE {
            file = write(file, std::mem::take(&mut piece)).await?;
        }
    }
    file = write(file, piece).await?;
    on_disk(move || {
        file.seek(SeekFrom::Start(0))?;
        Ok(file)
    })
    .await
}

async fn write(mut file: File, piece: Vec<u8>) -> Result<File, BodyFault> {
    on_disk(move || {
        file.write_all(&piece)?;
        Ok(file)
    })
    .await
}

/// Runs where it may wait for the disk.
async fn on_disk(
    work: impl FnOnce() -> std::io::Result<File> + Send + 'static,
) -> Result<File, BodyFault> {
    match web::block(work).await {
        Ok(done) => done.map_err(BodyFault::Disk),
        Err(_panicked) => Err(BodyFault::Broken(PayloadError::Incomplete(None))),
    }
}
