//! Request bodies with a cap in bytes and in time (BOUNDED-INPUT). Never looks at what they say.

use std::time::Duration;

use actix_web::dev::Payload;
use actix_web::error::PayloadError;
use actix_web::http::header::{CONTENT_LENGTH, HeaderMap};
use actix_web::web::{Bytes, BytesMut};
use futures_util::StreamExt;

/// A whole body has to arrive within this time.
const DEADLINE: Duration = Duration::from_secs(30);
/// A body over its cap is read and thrown away up to this size, so that an ordinary client, which
/// sends before it listens, gets to read the answer instead of a broken connection.
const DRAIN: usize = 8 * 1024 * 1024;

/// Why there is no body.
#[derive(Debug, thiserror::Error)]
pub enum BodyFault {
    #[error("the body is larger than {cap} bytes")]
    TooLarge {
        /// The cap, in bytes.
        cap: usize,
    },
    #[error("the body did not arrive in time")]
    Slow,
    #[error("the body could not be read")]
    Broken(#[source] PayloadError),
    /// Of bodies that go into a file.
    #[error("other large bodies are arriving")]
    Busy,
    #[error("the body could not be put into a file")]
    Disk(#[source] std::io::Error),
}

/// Reads a body of at most `cap` bytes.
pub async fn read(
    headers: &HeaderMap,
    payload: &mut Payload,
    cap: usize,
) -> Result<Bytes, BodyFault> {
    if announced_length(headers).is_some_and(|length| length > DRAIN.max(cap)) {
        return Err(BodyFault::TooLarge { cap });
    }
    match tokio::time::timeout(DEADLINE, collect(payload, cap)).await {
        Ok(result) => result,
        Err(_elapsed) => Err(BodyFault::Slow),
    }
}

async fn collect(payload: &mut Payload, cap: usize) -> Result<Bytes, BodyFault> {
    let mut body = BytesMut::new();
    let mut received = 0_usize;
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(BodyFault::Broken)?;
        received = received.saturating_add(chunk.len());
        if received > DRAIN.max(cap) {
            break;
        }
        if received <= cap {
            body.extend_from_slice(&chunk);
        }
    }
    if received > cap {
        Err(BodyFault::TooLarge { cap })
    } else {
        Ok(body.freeze())
    }
}

fn announced_length(headers: &HeaderMap) -> Option<usize> {
    headers.get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}
