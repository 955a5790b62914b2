//! What is done to the values of a mapping before they leave: a small closed set of steps, without
//! code. Each step turns a list of values into a list of values; nothing here fails a sign-on, and
//! nothing looks anything up but through the [`Lookup`] that is handed in.

use std::collections::BTreeSet;

use crate::domain::match_pattern::MatchPattern;
use crate::domain::value_template::{Reference, ValueTemplate};

/// A mapping has at most this many steps.
pub const STEP_LIMIT: usize = 10;
/// Each text of a step has at most this many characters.
pub const STEP_TEXT_LIMIT: usize = 512;
/// A step yields at most this many values,
const VALUES_LIMIT: usize = 1_000;
/// and at most this many bytes in all: a template that doubles its value ten times stays harmless.
const BYTES_LIMIT: usize = 128 * 1024;

/// Gives the values of a placeholder; none if it has none.
pub type Lookup<'a> = dyn Fn(&Reference) -> Vec<String> + 'a;

/// One step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Transformation {
    /// `LOWER`
    Lower,
    /// `UPPER`
    Upper,
    /// `BEFORE`: what stands before the first occurrence; all of a value without one.
    Before(String),
    /// `AFTER`: what stands after the first occurrence; all of a value without one.
    After(String),
    /// `JOIN`: all values as one.
    Join(String),
    /// `SPLIT`: each value as its parts, without surrounding blanks and without empty ones.
    Split(String),
    /// `REPLACE`: each occurrence of a literal text.
    Replace { find: String, with: String },
    /// `KEEP`: only the values for which the test holds.
    Keep { test: KeepTest, text: String },
    /// `MATCH`: what a regular expression finds; values in which it finds nothing are left out.
    Match(MatchPattern),
    /// `DEFAULT`: this value if there is none so far.
    Default(String),
    /// `TEMPLATE`: a text around each value and other attributes.
    Template(ValueTemplate),
}

/// How [`Transformation::Keep`] compares, exact case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeepTest {
    StartsWith,
    Equals,
    Contains,
}

impl KeepTest {
    pub const ALL: [Self; 3] = [Self::StartsWith, Self::Equals, Self::Contains];

    /// The spelling of API and store.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::StartsWith => "STARTS_WITH",
            Self::Equals => "EQUALS",
            Self::Contains => "CONTAINS",
        }
    }

    /// Reads the API spelling, exact case.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|item| item.as_str() == text)
    }

    fn holds(self, value: &str, text: &str) -> bool {
        match self {
            Self::StartsWith => value.starts_with(text),
            Self::Equals => value == text,
            Self::Contains => value.contains(text),
        }
    }
}

/// A step would yield more than is sent to anybody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooLarge;

impl Transformation {
    /// The API's `type`, which is also the store's spelling.
    pub const fn type_str(&self) -> &'static str {
        match self {
            Self::Lower => "LOWER",
            Self::Upper => "UPPER",
            Self::Before(_) => "BEFORE",
            Self::After(_) => "AFTER",
            Self::Join(_) => "JOIN",
            Self::Split(_) => "SPLIT",
            Self::Replace { .. } => "REPLACE",
            Self::Keep { .. } => "KEEP",
            Self::Match(_) => "MATCH",
            Self::Default(_) => "DEFAULT",
            Self::Template(_) => "TEMPLATE",
        }
    }

    /// The words on pages; [`Transformation::texts`] stand behind them.
    pub const fn label(&self) -> &'static str {
        match self {
            Self::Lower => "Lower case",
            Self::Upper => "Upper case",
            Self::Before(_) => "Part before",
            Self::After(_) => "Part after",
            Self::Join(_) => "Join with",
            Self::Split(_) => "Split at",
            Self::Replace { .. } => "Replace",
            Self::Keep { test, .. } => match test {
                KeepTest::StartsWith => "Keep values that start with",
                KeepTest::Equals => "Keep values equal to",
                KeepTest::Contains => "Keep values that contain",
            },
            Self::Match(_) => "Match",
            Self::Default(_) => "Default value",
            Self::Template(_) => "Template",
        }
    }

    /// Its texts with their names in the API, in the order in which people say them.
    pub fn texts(&self) -> Vec<(&'static str, &str)> {
        match self {
            Self::Lower | Self::Upper => Vec::new(),
            Self::Before(text)
            | Self::After(text)
            | Self::Join(text)
            | Self::Split(text)
            | Self::Keep { text, .. } => vec![("text", text)],
            Self::Replace { find, with } => vec![("find", find), ("with", with)],
            Self::Match(pattern) => vec![("pattern", pattern.pattern()), ("form", pattern.form())],
            Self::Default(value) => vec![("value", value)],
            Self::Template(template) => vec![("template", template.as_str())],
        }
    }

    /// Whether the text of this name may be left empty.
    pub const fn may_be_empty(&self, name: &str) -> bool {
        matches!(
            (self, name.as_bytes()),
            (Self::Join(_), _) | (Self::Replace { .. }, b"with") | (Self::Match(_), b"form")
        )
    }

    /// What it makes of these values.
    pub fn apply(&self, values: Vec<String>, lookup: &Lookup<'_>) -> Result<Vec<String>, TooLarge> {
        let each = |change: &dyn Fn(&str) -> String| values.iter().map(|one| change(one)).collect();
        let made: Vec<String> = match self {
            Self::Lower => each(&str::to_lowercase),
            Self::Upper => each(&str::to_uppercase),
            Self::Before(text) => each(&|value| before(value, text).to_owned()),
            Self::After(text) => each(&|value| after(value, text).to_owned()),
            Self::Join(_) if values.is_empty() => values,
            Self::Join(text) => vec![values.join(text)],
            Self::Split(text) => parts(&values, text),
            Self::Replace { find, with } => {
                let finds: usize = values.iter().map(|one| one.matches(find).count()).sum();
                check_size(values.len(), finds * with.len())?;
                each(&|value| value.replace(find, with))
            }
            Self::Keep { test, text } => {
                let kept = values.into_iter().filter(|value| test.holds(value, text));
                kept.collect()
            }
            Self::Match(pattern) => values.iter().filter_map(|one| pattern.find(one)).collect(),
            Self::Default(value) if values.is_empty() => vec![value.clone()],
            Self::Default(_) => values,
            Self::Template(template) => template.fill(&values, lookup)?,
        };
        check_size(made.len(), made.iter().map(String::len).sum())?;
        Ok(made)
    }

    /// What its placeholders stand for.
    pub fn references(&self) -> impl Iterator<Item = &Reference> {
        let template = match self {
            Self::Template(template) => Some(template),
            _ => None,
        };
        template.into_iter().flat_map(ValueTemplate::references)
    }
}

/// Whether so many values of so many bytes in all are still sent.
pub fn check_size(values: usize, bytes: usize) -> Result<(), TooLarge> {
    if values > VALUES_LIMIT || bytes > BYTES_LIMIT {
        return Err(TooLarge);
    }
    Ok(())
}

fn before<'v>(value: &'v str, text: &str) -> &'v str {
    value.split_once(text).map_or(value, |(head, _)| head)
}

fn after<'v>(value: &'v str, text: &str) -> &'v str {
    value.split_once(text).map_or(value, |(_, tail)| tail)
}

fn parts(values: &[String], text: &str) -> Vec<String> {
    let parts = values.iter().flat_map(|value| value.split(text));
    let parts = parts.map(str::trim).filter(|part| !part.is_empty());
    parts.map(str::to_owned).collect()
}

/// The values without those that stand there already; the first of equal ones stays.
pub fn distinct(values: Vec<String>) -> Vec<String> {
    let mut seen = BTreeSet::new();
    let new = values
        .into_iter()
        .filter(|value| seen.insert(value.clone()));
    new.collect()
}

#[cfg(test)]
mod tests;
