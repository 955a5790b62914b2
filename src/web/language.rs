//! The one catalogue of texts: English stands in the templates and is the key; every other language
//! is a folder of files under `templates/locales`. A text without a translation stays English, and a
//! test keeps that from happening. Nothing here knows a page.

use std::any::Any;
use std::collections::BTreeMap;
use std::future::{Ready, ready};
use std::sync::LazyLock;

use actix_web::dev::Payload;
use actix_web::http::header::ACCEPT_LANGUAGE;
use actix_web::{FromRequest, HttpRequest};
use rust_embed::RustEmbed;

use crate::web::error::WebError;

/// Stands for a value in a text.
const PLACE: &str = "{}";
/// A text that begins with a value is recognised by at least this much of its own, in bytes.
const ENOUGH: usize = 16;

#[derive(RustEmbed)]
#[folder = "templates/locales/de"]
struct GermanFiles;

static GERMAN: LazyLock<BTreeMap<String, String>> = LazyLock::new(|| {
    GermanFiles::iter()
        .filter_map(|name| GermanFiles::get(&name))
        .filter_map(|file| serde_json::from_slice::<BTreeMap<String, String>>(&file.data).ok())
        .flatten()
        .collect()
});

/// A language that pages are written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Language {
    #[default]
    English,
    German,
}

impl Language {
    /// The tag of the attribute `lang` (BCP 47).
    pub const fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::German => "de",
        }
    }

    /// The best of ours for a header `Accept-Language` (RFC 9110 12.5.4): the highest weight wins,
    /// of equals the first; English when none is asked for.
    pub fn negotiate(accepted: &str) -> Self {
        let mut best = (0.0, Self::English);
        for part in accepted.split(',') {
            let (tag, parameters) = part.split_once(';').unwrap_or((part, ""));
            let weight = match parameters.trim().strip_prefix("q=") {
                Some(text) => text.trim().parse::<f32>().unwrap_or(0.0),
                None => 1.0,
            };
            let primary = tag.trim().split('-').next().unwrap_or_default();
            let ours = [Self::English, Self::German]
                .into_iter()
                .find(|language| primary.eq_ignore_ascii_case(language.tag()));
            if let Some(language) = ours.filter(|_| weight > best.0) {
                best = (weight, language);
            }
        }
        best.1
    }

    /// The text in this language.
    pub fn say(self, english: &str) -> &str {
        match self {
            Self::English => english,
            Self::German => GERMAN.get(english).map_or(english, String::as_str),
        }
    }

    /// A finished sentence in this language: one that the floors below made, with values already in
    /// it. It is recognised by the text around its values; of several that fit, the one with the
    /// most text of its own is meant.
    pub fn retell(self, sentence: &str) -> String {
        let known = self.say(sentence);
        if self == Self::English || known != sentence {
            return known.to_owned();
        }
        GERMAN
            .iter()
            .filter(|(english, _)| can_be_recognised(english))
            .filter_map(|(english, german)| Some((english, german, values(english, sentence)?)))
            .max_by_key(|(english, ..)| own_text(english))
            .map_or_else(
                || sentence.to_owned(),
                |(_, german, values)| fill(german, &values),
            )
    }
}

/// A page's language reaches the filters of its template as a value beside the page.
impl askama::Value for Language {
    fn ref_any(&self) -> Option<&dyn Any> {
        Some(self)
    }
}

/// Puts values into the places of a text, in order.
pub fn fill<T: AsRef<str>>(text: &str, values: &[T]) -> String {
    let mut filled = String::with_capacity(text.len());
    let mut values = values.iter();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(PLACE) {
        filled.push_str(before);
        filled.push_str(values.next().map_or(PLACE, AsRef::as_ref));
        rest = after;
    }
    filled.push_str(rest);
    filled
}

/// Whether a text is one with places, and tells enough of itself: `{} group` would be found at the
/// end of many a sentence that is not its own.
fn can_be_recognised(english: &str) -> bool {
    english.contains(PLACE) && (!english.starts_with(PLACE) || own_text(english) >= ENOUGH)
}

/// How much of a text is not its values, in bytes.
fn own_text(english: &str) -> usize {
    english.split(PLACE).map(str::len).sum()
}

/// The values of a sentence that was made from `pattern`; `None` if it was not.
fn values<'a>(pattern: &str, sentence: &'a str) -> Option<Vec<&'a str>> {
    let mut parts = pattern.split(PLACE);
    let mut rest = sentence.strip_prefix(parts.next()?)?;
    let mut found = Vec::new();
    let mut parts = parts.peekable();
    while let Some(part) = parts.next() {
        // The last value reaches up to the end of the text, an inner one as far as it has to.
        let at = if parts.peek().is_none() {
            rest.len()
                .checked_sub(part.len())
                .filter(|_| rest.ends_with(part))
        } else {
            rest.find(part)
        }?;
        let (value, after) = rest.split_at_checked(at)?;
        found.push(value);
        rest = after.strip_prefix(part)?;
    }
    Some(found)
}

impl FromRequest for Language {
    type Error = WebError;
    type Future = Ready<Result<Self, WebError>>;

    fn from_request(request: &HttpRequest, _payload: &mut Payload) -> Self::Future {
        ready(Ok(of_request(request)))
    }
}

/// The language that the browser asks for.
pub fn of_request(request: &HttpRequest) -> Language {
    let accepted = request.headers().get(ACCEPT_LANGUAGE);
    accepted
        .and_then(|value| value.to_str().ok())
        .map_or(Language::English, Language::negotiate)
}

#[cfg(test)]
mod tests;
