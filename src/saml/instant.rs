//! Instants as SAML writes them: xs:dateTime in UTC (SAML Core 1.3.3). Reading is tolerant of what
//! is met in the field, writing knows one form.

use chrono::{DateTime, NaiveDateTime, SecondsFormat, Utc};

/// Reads an xs:dateTime with or without fraction. SAML instants are UTC, so a missing zone means
/// UTC; a zone that is there counts.
pub fn parse(text: &str) -> Option<DateTime<Utc>> {
    let text = text.trim();
    match DateTime::parse_from_rfc3339(text) {
        Ok(instant) => Some(instant.to_utc()),
        Err(_) => NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f")
            .ok()
            .map(|instant| instant.and_utc()),
    }
}

/// Writes the instant in whole seconds with `Z`, the form every reader takes.
pub fn format(instant: DateTime<Utc>) -> String {
    instant.to_rfc3339_opts(SecondsFormat::Secs, true)
}

#[cfg(test)]
mod tests;
