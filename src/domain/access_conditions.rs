//! Under which conditions an application opens, beside its groups: from which networks, and how long ago the
//! sign-in may be; and what is told to those whom it stays closed to. Says nothing of who they are.

use std::net::IpAddr;

use chrono::{DateTime, TimeDelta, Utc};
use url::Url;

use crate::domain::address_range::AddressRange;
use crate::domain::text;
use crate::domain::violation::Violation;

/// At most this many ranges.
pub const NETWORK_LIMIT: usize = 100;
/// The text has at most this many characters.
pub const DENIED_TEXT_LIMIT: usize = 500;
/// The address of help has at most this many characters.
pub const HELP_URL_LIMIT: usize = 2048;
/// Bounds of the age of a sign-in, in minutes. A second step may take ten of them, and a sign-in that is too old
/// as soon as it is complete would be asked for again for ever.
pub const MAX_AGE_MINUTES: std::ops::RangeInclusive<i64> = 15..=43_200;

/// The conditions of one application.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessConditions {
    /// The networks that it opens from; empty: all.
    pub networks: Vec<AddressRange>,
    /// Minutes after which a sign-in has to be made anew, with its second factor where one is needed.
    pub sign_in_max_age: Option<i64>,
    /// What whoever is refused reads; `""`: to ask the administrator.
    pub denied_text: String,
    /// Where help is found, `https:` or `mailto:`; `""`: nowhere.
    pub help_url: String,
}

impl AccessConditions {
    /// It opens from everywhere, by any live session.
    pub const NONE: Self = Self {
        networks: Vec::new(),
        sign_in_max_age: None,
        denied_text: String::new(),
        help_url: String::new(),
    };

    /// Whether it opens from an address. One that is not known lies in no network.
    pub fn admits(&self, source: Option<IpAddr>) -> bool {
        let within = |source| self.networks.iter().any(|range| range.contains(source));
        self.networks.is_empty() || source.is_some_and(within)
    }

    /// Whether a sign-in of then is too old by now.
    pub fn outdates(&self, signed_in_at: DateTime<Utc>, now: DateTime<Utc>) -> bool {
        let age = self.sign_in_max_age.and_then(TimeDelta::try_minutes);
        age.is_some_and(|age| now - signed_in_at >= age)
    }

    /// The networks as they are written.
    pub fn network_texts(&self) -> Vec<String> {
        self.networks.iter().map(ToString::to_string).collect()
    }

    /// The same with commas between them.
    pub fn networks_text(&self) -> String {
        self.network_texts().join(", ")
    }

    /// What a preview, which comes from nowhere, leaves open; a sentence for each.
    pub fn left_open(&self) -> Vec<String> {
        let networks = (!self.networks.is_empty()).then(|| {
            format!(
                "It opens from these networks only: {}.",
                self.networks_text()
            )
        });
        let age = self.sign_in_max_age.map(|minutes| {
            format!("A sign-in older than {minutes} minutes has to be made anew for it.")
        });
        networks.into_iter().chain(age).collect()
    }

    /// All broken rules.
    pub fn check(&self) -> Vec<Violation> {
        let mut broken = Vec::new();
        let mut add = |field: &str, detail: String| {
            broken.push(Violation::new(format!("/accessConditions/{field}"), detail));
        };
        let count = self.networks.len();
        if count > NETWORK_LIMIT {
            let detail = format!("There are {count}. Reduce them to at most {NETWORK_LIMIT}.");
            add("networks", detail);
        }
        if let Some(age) = self.sign_in_max_age
            && !MAX_AGE_MINUTES.contains(&age)
        {
            let detail = "Enter 15 to 43200 minutes (30 days), or nothing.";
            add("signInMaxAgeMinutes", detail.to_owned());
        }
        if let Err(error) = text::bounded(&self.denied_text, DENIED_TEXT_LIMIT) {
            add("deniedText", error.to_string());
        }
        if !self.help_url.is_empty() && !is_help_url(&self.help_url) {
            let detail =
                "Enter an address such as https://help.example.com or mailto:help@example.com.";
            add("helpUrl", detail.to_owned());
        }
        broken
    }
}

/// A link on a page of ours: nothing that runs, and nothing that leads to another host than it seems to.
fn is_help_url(text: &str) -> bool {
    let is_plain = text.len() <= HELP_URL_LIMIT
        && !text.contains(|c: char| c.is_whitespace() || c.is_control());
    let Some(url) = Url::parse(text).ok().filter(|_| is_plain) else {
        return false;
    };
    match url.scheme() {
        "https" => url.username().is_empty() && url.password().is_none(),
        "mailto" => url.path().contains('@'),
        _ => false,
    }
}

#[cfg(test)]
mod tests;
