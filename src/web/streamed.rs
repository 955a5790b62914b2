//! Answers of any length: written on a thread that may block, sent through a bounded channel, so
//! that memory stays the same whatever the size. An answer that breaks off is seen as broken off:
//! it never looks complete. What the bytes are is the caller's.

use actix_web::HttpResponse;
use actix_web::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use actix_web::web::{Bytes, Data};
use futures_util::stream::{self, StreamExt};
use tokio::sync::mpsc::{Receiver, Sender, channel};

use crate::service::environment::Environment;
use crate::service::error::ServiceError;
use crate::web::error::WebError;

/// Handfuls that wait for a slow reader.
const WAITING: usize = 2;

/// What goes through the channel.
enum Part {
    Some(Bytes),
    /// There is no more. Without it the answer is cut off.
    End,
    Failed(ServiceError),
}

/// The way to the reader.
pub struct Pipe(Sender<Part>);

impl Pipe {
    /// Sends bytes on their way, waiting for a slow reader; false: nobody reads any more.
    pub fn send(&self, bytes: impl Into<Bytes>) -> bool {
        self.0.blocking_send(Part::Some(bytes.into())).is_ok()
    }
}

/// Name and media type of a file that browsers save.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct File {
    pub name: &'static str,
    pub media_type: &'static str,
}

/// Answers what `work` sends; it gives false when that is not all there was to send.
pub async fn answer<W>(
    env: &Data<Environment>,
    file: File,
    work: W,
) -> Result<HttpResponse, WebError>
where
    W: FnOnce(&Environment, &Pipe) -> Result<bool, ServiceError> + Send + 'static,
{
    let (sender, mut parts) = channel(WAITING);
    let env = env.clone();
    let span = tracing::Span::current();
    // Nobody waits for the thread: it ends with its work, or when the reader has gone.
    drop(tokio::task::spawn_blocking(move || {
        span.in_scope(|| produce(&env, sender, work));
    }));
    // The head, then the first handful: a failure up to here is still an ordinary answer.
    let mut beginning = Vec::new();
    for _ in 0..2 {
        match parts.recv().await {
            Some(Part::Some(bytes)) => beginning.push(bytes),
            Some(Part::End) => return Ok(response(file).body(beginning.concat())),
            Some(Part::Failed(error)) => return Err(error.into()),
            None => return Err(WebError::Panicked),
        }
    }
    let beginning = beginning.into_iter().map(Ok::<_, WebError>);
    let rest = stream::unfold(Some(parts), next);
    Ok(response(file).streaming(stream::iter(beginning).chain(rest)))
}

fn produce<W>(env: &Environment, sender: Sender<Part>, work: W)
where
    W: FnOnce(&Environment, &Pipe) -> Result<bool, ServiceError>,
{
    let pipe = Pipe(sender);
    let last = match work(env, &pipe) {
        Ok(true) => Part::End,
        Ok(false) => return,
        Err(error) => Part::Failed(error),
    };
    let _heard = pipe.0.blocking_send(last);
}

type Rest = Option<Receiver<Part>>;

async fn next(parts: Rest) -> Option<(Result<Bytes, WebError>, Rest)> {
    let mut parts = parts?;
    match parts.recv().await {
        Some(Part::Some(bytes)) => Some((Ok(bytes), Some(parts))),
        Some(Part::End) => None,
        Some(Part::Failed(error)) => {
            tracing::error!(%error, "a streamed answer was cut off");
            Some((Err(error.into()), None))
        }
        None => Some((Err(WebError::Panicked), None)),
    }
}

fn response(file: File) -> actix_web::HttpResponseBuilder {
    let mut response = HttpResponse::Ok();
    response
        .insert_header((CONTENT_TYPE, file.media_type))
        .insert_header((
            CONTENT_DISPOSITION,
            format!("attachment; filename=\"{}\"", file.name),
        ));
    response
}
