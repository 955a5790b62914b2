//! Lists as CSV (RFC 4180): chosen by the Accept header, streamed from a thread that may block
//! through a bounded channel, so that memory stays the same whatever the size, and safe to open in
//! spreadsheets. An answer that breaks off is seen as broken off: it never looks complete.

use actix_web::http::header::{ACCEPT, CONTENT_DISPOSITION, CONTENT_TYPE};
use actix_web::web::{Bytes, Data};
use actix_web::{HttpRequest, HttpResponse};
use futures_util::stream::{self, StreamExt};
use tokio::sync::mpsc::{Receiver, Sender, channel};

use crate::domain::violation::Violation;
use crate::service::environment::Environment;
use crate::service::error::ServiceError;
use crate::service::listing::ListQuery;
use crate::web::error::WebError;
use crate::web::problem::Problem;

/// The media type of CSV.
pub const CSV: &str = "text/csv";
/// Handfuls of rows that wait for a slow reader.
const WAITING: usize = 2;

/// What goes through the channel.
enum Part {
    Rows(Bytes),
    /// There are no more. Without it the answer is cut off.
    End,
    Failed(ServiceError),
}

/// Where rows go.
pub struct Sink {
    sender: Sender<Part>,
    is_broken: bool,
}

impl Sink {
    /// Sends rows on their way, waiting for a slow reader; false: nobody reads any more.
    pub fn rows(&mut self, rows: impl Iterator<Item = Vec<String>>) -> bool {
        match encode(rows) {
            Ok(bytes) => self.send(Part::Rows(bytes)),
            Err(error) => {
                tracing::error!(%error, "rows could not be written as CSV");
                self.is_broken = true;
                false
            }
        }
    }

    fn send(&self, part: Part) -> bool {
        self.sender.blocking_send(part).is_ok()
    }
}

/// Whether the client would rather have CSV than JSON (RFC 9110 12.5.1).
pub fn is_wanted(request: &HttpRequest) -> bool {
    let values = request.headers().get_all(ACCEPT);
    let mut best: Option<(bool, f32)> = None;
    for range in values
        .filter_map(|value| value.to_str().ok())
        .flat_map(|text| text.split(','))
    {
        let mut parts = range.split(';').map(str::trim);
        let name = parts.next().unwrap_or_default().to_ascii_lowercase();
        let weight = parts
            .find_map(|part| part.strip_prefix("q=")?.parse().ok())
            .unwrap_or(1.0_f32);
        let is_csv = name == CSV || name == "text/*";
        let is_json = matches!(name.as_str(), "application/json" | "application/*" | "*/*");
        let is_better = best.is_none_or(|(_, former)| weight > former);
        if (is_csv || is_json) && weight > 0.0 && is_better {
            best = Some((is_csv, weight));
        }
    }
    best.is_some_and(|(is_csv, _)| is_csv)
}

/// CSV is answered whole.
pub fn refuse_paging(query: &ListQuery) -> Result<(), Problem> {
    let given = [
        ("/limit", query.limit.is_some()),
        ("/cursor", query.cursor.is_some()),
    ];
    let errors: Vec<Violation> = given
        .into_iter()
        .filter(|(_, is_given)| *is_given)
        .map(|(pointer, _)| {
            Violation::new(
                pointer,
                "CSV is answered whole, without pages. Leave it out.",
            )
        })
        .collect();
    if errors.is_empty() {
        Ok(())
    } else {
        Err(Problem::invalid(errors))
    }
}

/// Answers what `work` puts into the sink, below a line of column names.
pub async fn answer<W>(
    env: &Data<Environment>,
    (file, columns): (&'static str, &'static [&'static str]),
    work: W,
) -> Result<HttpResponse, WebError>
where
    W: FnOnce(&Environment, &mut Sink) -> Result<(), ServiceError> + Send + 'static,
{
    let (sender, mut parts) = channel(WAITING);
    let env = env.clone();
    let span = tracing::Span::current();
    // Nobody waits for the thread: it ends with its work, or when the reader has gone.
    drop(tokio::task::spawn_blocking(move || {
        span.in_scope(|| produce(&env, sender, columns, work));
    }));
    // The column names, then the first rows: a failure up to here is still an ordinary answer.
    let mut beginning = Vec::new();
    for _ in 0..2 {
        match parts.recv().await {
            Some(Part::Rows(bytes)) => beginning.push(bytes),
            Some(Part::End) => return Ok(response(file).body(beginning.concat())),
            Some(Part::Failed(error)) => return Err(error.into()),
            None => return Err(WebError::Panicked),
        }
    }
    let beginning = beginning.into_iter().map(Ok::<_, WebError>);
    let rest = stream::unfold(Some(parts), next_rows);
    Ok(response(file).streaming(stream::iter(beginning).chain(rest)))
}

fn produce<W>(env: &Environment, sender: Sender<Part>, columns: &[&str], work: W)
where
    W: FnOnce(&Environment, &mut Sink) -> Result<(), ServiceError>,
{
    let mut sink = Sink {
        sender,
        is_broken: false,
    };
    let names = columns.iter().map(|name| (*name).to_owned()).collect();
    if !sink.rows(std::iter::once(names)) {
        return;
    }
    let _heard = match work(env, &mut sink) {
        Ok(()) if sink.is_broken => false,
        Ok(()) => sink.send(Part::End),
        Err(error) => sink.send(Part::Failed(error)),
    };
}

type Rest = Option<Receiver<Part>>;

async fn next_rows(parts: Rest) -> Option<(Result<Bytes, WebError>, Rest)> {
    let mut parts = parts?;
    match parts.recv().await {
        Some(Part::Rows(bytes)) => Some((Ok(bytes), Some(parts))),
        Some(Part::End) => None,
        Some(Part::Failed(error)) => {
            tracing::error!(%error, "a CSV answer was cut off");
            Some((Err(error.into()), None))
        }
        None => Some((Err(WebError::Panicked), None)),
    }
}

fn response(file: &str) -> actix_web::HttpResponseBuilder {
    let mut response = HttpResponse::Ok();
    response
        .insert_header((CONTENT_TYPE, "text/csv; charset=utf-8"))
        .insert_header((
            CONTENT_DISPOSITION,
            format!("attachment; filename=\"{file}\""),
        ));
    response
}

fn encode(rows: impl Iterator<Item = Vec<String>>) -> Result<Bytes, csv::Error> {
    let mut writer = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .from_writer(Vec::new());
    for row in rows {
        writer.write_record(row.into_iter().map(harmless))?;
    }
    let bytes = writer
        .into_inner()
        .map_err(csv::IntoInnerError::into_error)?;
    Ok(bytes.into())
}

/// A spreadsheet takes some beginnings for a formula; behind an apostrophe they are text.
fn harmless(mut cell: String) -> String {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        cell.insert(0, '\'');
    }
    cell
}

#[cfg(test)]
mod tests;
