//! A form of the console as it arrives: names and values in their order, a name as often as the
//! form has it. Taking one checks origin and token, so no handler can change something on the word
//! of another site.

use std::future::Future;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};

use crate::web::console::access::Visitor;
use crate::web::error::WebError;
use crate::web::form;

/// The button that was pressed: its name on every form.
const BUTTON: &str = "do";
/// The version of the resource that the form was made from.
const VERSION: &str = "version";

/// The fields of a form.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fields(Vec<(String, String)>);

impl Fields {
    /// From names and values in their order.
    pub const fn new(pairs: Vec<(String, String)>) -> Self {
        Self(pairs)
    }

    /// The first value of a name; empty if there is none.
    pub fn text(&self, name: &str) -> &str {
        let found = self.0.iter().find(|(key, _)| key == name);
        found.map_or("", |(_, value)| value)
    }

    /// Every value of a name.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let of_name = self.0.iter().filter(move |(key, _)| key == name);
        of_name.map(|(_, value)| value.as_str())
    }

    /// Whether a name is there: a ticked check box is.
    pub fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(key, _)| key == name)
    }

    /// The numbers N of the names `prefix-N` and `prefix-N-...`, each once, in their order.
    pub fn rows(&self, prefix: &str) -> Vec<usize> {
        let mut rows = Vec::new();
        for (key, _) in &self.0 {
            let number = key
                .strip_prefix(prefix)
                .and_then(|rest| rest.strip_prefix('-'))
                .and_then(|rest| rest.split('-').next())
                .and_then(|digits| digits.parse().ok());
            if let Some(number) = number.filter(|number| !rows.contains(number)) {
                rows.push(number);
            }
        }
        rows
    }

    /// The button: its word, and what stands after a colon (`remove:3`).
    pub fn button(&self) -> (&str, &str) {
        let pressed = self.text(BUTTON);
        pressed.split_once(':').unwrap_or((pressed, ""))
    }

    /// The version the form was made from, to be found again by the use case.
    pub fn version(&self) -> Option<i64> {
        self.text(VERSION).parse().ok()
    }
}

/// Fields whose token was this session's. `LIMIT`: the largest form, in bytes.
#[derive(Debug)]
pub struct Submitted<const LIMIT: usize = { form::LIMIT }>(pub Fields);

impl<const LIMIT: usize> FromRequest for Submitted<LIMIT> {
    type Error = WebError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, WebError>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let request = request.clone();
        let mut payload = payload.take();
        Box::pin(async move {
            let visitor = Visitor::of_form(&request)?;
            let pairs = form::read_pairs(&request, &mut payload, LIMIT).await?;
            let fields = Fields::new(pairs);
            visitor.check_token(fields.text("csrf_token"))?;
            Ok(Self(fields))
        })
    }
}

#[cfg(test)]
mod tests;
