//! A regular expression with the form of what it finds, as a step of a mapping. The expression is
//! bounded in size and is run in time linear in the value, whatever it is.

use regex::{Regex, RegexBuilder};

/// A compiled expression takes at most this many bytes.
const COMPILED_LIMIT: usize = 64 * 1024;

/// An expression and what becomes of its find.
#[derive(Debug, Clone)]
pub struct MatchPattern {
    expression: Regex,
    form: String,
}

/// Why a text is no expression. Each message is a sentence for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PatternError {
    #[error("Enter a regular expression, for example ^app-(.+)$.")]
    Empty,
    #[error("This regular expression becomes too large. Use smaller repetitions.")]
    TooLarge,
    #[error(
        "This is no regular expression that can be used: look at its brackets and repetitions. Look-around and back-references are not known here."
    )]
    Syntax,
}

impl MatchPattern {
    /// `form`: the text that takes the place of a value, with `$1` or `${name}` for the groups of
    /// the expression and `$0` for the whole find; the whole find if it is empty.
    pub fn parse(pattern: &str, form: &str) -> Result<Self, PatternError> {
        if pattern.is_empty() {
            return Err(PatternError::Empty);
        }
        let built = RegexBuilder::new(pattern)
            .size_limit(COMPILED_LIMIT)
            .dfa_size_limit(COMPILED_LIMIT)
            .build();
        let expression = built.map_err(|error| match error {
            regex::Error::CompiledTooBig(_) => PatternError::TooLarge,
            _ => PatternError::Syntax,
        })?;
        Ok(Self {
            expression,
            form: form.to_owned(),
        })
    }

    /// The expression as it was typed.
    pub fn pattern(&self) -> &str {
        self.expression.as_str()
    }

    /// The form as it was typed.
    pub fn form(&self) -> &str {
        &self.form
    }

    /// The form around the first find; `None` if there is no find, or if nothing is left of it.
    pub fn find(&self, value: &str) -> Option<String> {
        let found = self.expression.captures(value)?;
        let mut made = String::new();
        let form = if self.form.is_empty() {
            "$0"
        } else {
            &self.form
        };
        found.expand(form, &mut made);
        Some(made).filter(|made| !made.is_empty())
    }
}

/// Equal texts are equal expressions.
impl PartialEq for MatchPattern {
    fn eq(&self, other: &Self) -> bool {
        self.pattern() == other.pattern() && self.form == other.form
    }
}

impl Eq for MatchPattern {}

#[cfg(test)]
mod tests;
