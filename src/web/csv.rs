//! Lists as CSV (RFC 4180): chosen by the Accept header, streamed, and safe to open in spreadsheets.

use actix_web::http::header::ACCEPT;
use actix_web::web::{Bytes, Data};
use actix_web::{HttpRequest, HttpResponse};

use crate::domain::violation::Violation;
use crate::service::environment::Environment;
use crate::service::error::ServiceError;
use crate::service::listing::ListQuery;
use crate::web::error::WebError;
use crate::web::problem::Problem;
use crate::web::streamed::{self, File, Pipe};

/// The media type of CSV.
pub const CSV: &str = "text/csv";

/// Where rows go.
pub struct Sink<'a> {
    pipe: &'a Pipe,
    is_broken: bool,
}

impl Sink<'_> {
    /// Sends rows on their way, waiting for a slow reader; false: nobody reads any more.
    pub fn rows(&mut self, rows: impl Iterator<Item = Vec<String>>) -> bool {
        match encode(rows) {
            Ok(bytes) => self.pipe.send(bytes),
            Err(error) => {
                tracing::error!(%error, "rows could not be written as CSV");
                self.is_broken = true;
                false
            }
        }
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
    (name, columns): (&'static str, &'static [&'static str]),
    work: W,
) -> Result<HttpResponse, WebError>
where
    W: FnOnce(&Environment, &mut Sink<'_>) -> Result<(), ServiceError> + Send + 'static,
{
    let file = File {
        name,
        media_type: "text/csv; charset=utf-8",
    };
    streamed::answer(env, file, move |env, pipe| {
        let mut sink = Sink {
            pipe,
            is_broken: false,
        };
        let names = columns.iter().map(|name| (*name).to_owned()).collect();
        if !sink.rows(std::iter::once(names)) {
            return Ok(false);
        }
        work(env, &mut sink)?;
        Ok(!sink.is_broken)
    })
    .await
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
