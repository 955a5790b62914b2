//! Lists as JSON for a file: one array, or one item a line (JSON Lines), written as they come.

use actix_web::http::header::ACCEPT;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;

use crate::service::environment::Environment;
use crate::service::error::ServiceError;
use crate::web::error::WebError;
use crate::web::streamed::{self, File, Pipe};

/// How JSON Lines are called in `Accept`.
const LINES: [&str; 2] = ["application/x-ndjson", "application/jsonl"];

/// How items are put together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    Array,
    Lines,
}

impl Shape {
    const fn file(self, name: &'static str) -> File {
        let media_type = match self {
            Self::Array => "application/json",
            Self::Lines => "application/jsonl",
        };
        File { name, media_type }
    }

    /// What stands before the first item, between two, and behind the last.
    const fn around(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Array => ("[\n", ",\n", "\n]\n"),
            Self::Lines => ("", "\n", "\n"),
        }
    }
}

/// Whether a client asks for one item a line: by one of the names that are in use, and for nothing else.
pub fn is_wanted(request: &HttpRequest) -> bool {
    let mut values = request.headers().get_all(ACCEPT);
    let (Some(only), None) = (values.next(), values.next()) else {
        return false;
    };
    only.to_str().is_ok_and(|text| {
        LINES
            .iter()
            .any(|name| text.trim().eq_ignore_ascii_case(name))
    })
}

/// Where items go.
pub struct Items<'a> {
    pipe: &'a Pipe,
    shape: Shape,
    has_some: bool,
    is_broken: bool,
}

impl Items<'_> {
    /// Sends items on their way; false: nobody reads any more, or one could not be written, and then
    /// the answer is cut off.
    pub fn add<T, I>(&mut self, items: I) -> bool
    where
        T: Serialize,
        I: Iterator<Item = Result<T, serde_json::Error>>,
    {
        match self.written(items) {
            Ok(text) => self.pipe.send(text),
            Err(error) => {
                tracing::error!(%error, "items could not be written as JSON");
                self.is_broken = true;
                false
            }
        }
    }

    fn written<T, I>(&mut self, items: I) -> Result<Vec<u8>, serde_json::Error>
    where
        T: Serialize,
        I: Iterator<Item = Result<T, serde_json::Error>>,
    {
        let (_, between, _) = self.shape.around();
        let mut text = Vec::new();
        for item in items {
            if self.has_some {
                text.extend_from_slice(between.as_bytes());
            }
            self.has_some = true;
            serde_json::to_writer(&mut text, &item?)?;
        }
        Ok(text)
    }
}

/// Answers what `work` adds, as a file.
pub async fn answer<W>(
    env: &Data<Environment>,
    (name, shape): (&'static str, Shape),
    work: W,
) -> Result<HttpResponse, WebError>
where
    W: FnOnce(&Environment, &mut Items<'_>) -> Result<(), ServiceError> + Send + 'static,
{
    streamed::answer(env, shape.file(name), move |env, pipe| {
        let (open, _, close) = shape.around();
        let mut items = Items {
            pipe,
            shape,
            has_some: false,
            is_broken: false,
        };
        pipe.send(open);
        work(env, &mut items)?;
        let is_empty_file = shape == Shape::Lines && !items.has_some;
        if !is_empty_file {
            pipe.send(close);
        }
        Ok(!items.is_broken)
    })
    .await
}
