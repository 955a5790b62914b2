//! Versions of resources as HTTP sees them: `ETag` on answers, `If-Match` on changes (RFC 9110 8.8.3
//! and 13.1.1). `If-Match` is optional; a stale one is 412.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::header::IF_MATCH;
use actix_web::{FromRequest, HttpRequest};

use crate::service::error::ServiceError;
use crate::web::problem::Problem;

/// The entity tag of a version.
pub fn tag(version: i64) -> String {
    format!("\"{version}\"")
}

/// What a change requires of the present version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IfMatch {
    /// No header, or `*`: any version.
    Any,
    /// One of these tags, compared byte for byte: weak and foreign ones match nothing.
    OneOf(Vec<String>),
}

impl IfMatch {
    /// Reads the values of the header, which may come in several lines.
    pub fn parse<'a>(values: impl Iterator<Item = &'a str>) -> Self {
        let tags: Vec<String> = values
            .flat_map(|value| value.split(','))
            .map(|tag| tag.trim().to_owned())
            .collect();
        if tags.is_empty() || tags.iter().any(|tag| tag == "*") {
            Self::Any
        } else {
            Self::OneOf(tags)
        }
    }

    /// The version that the use case has to find, atomically with its change; a list of tags is
    /// narrowed to the present version first.
    pub fn expected(
        &self,
        present: impl FnOnce() -> Result<i64, ServiceError>,
    ) -> Result<Option<i64>, ServiceError> {
        let Self::OneOf(tags) = self else {
            return Ok(None);
        };
        let present = present()?;
        if tags.contains(&tag(present)) {
            Ok(Some(present))
        } else {
            Err(ServiceError::Stale)
        }
    }
}

impl FromRequest for IfMatch {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _payload: &mut Payload) -> Self::Future {
        let values = request.headers().get_all(IF_MATCH);
        // A value that is not ASCII is no tag of ours; it stays one that matches nothing.
        ready(Ok(Self::parse(
            values.map(|value| value.to_str().unwrap_or("\"\"")),
        )))
    }
}

#[cfg(test)]
mod tests;
