//! What is wrong with a form, field by field: the pointers of the use cases' violations are looked
//! up by the template that draws the field.

use crate::domain::violation::Violation;
use crate::service::error::ServiceError;

/// The violations of one submission; empty on a fresh form.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Faults(Vec<Violation>);

impl Faults {
    /// The violations that a failure carries.
    pub fn of(fault: &ServiceError) -> Self {
        match fault {
            ServiceError::Invalid(violations) => Self(violations.clone()),
            ServiceError::Conflict(violation) => Self(vec![violation.clone()]),
            _ => Self::default(),
        }
    }

    /// True when the form can be taken, as far as is known.
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What is wrong exactly at `pointer`, a JSON pointer into the draft.
    pub fn at(&self, pointer: &str) -> Option<&str> {
        let found = self.0.iter().find(|fault| fault.pointer == pointer);
        found.map(|fault| fault.detail.as_str())
    }

    /// What is wrong with one field of a row: at `LIST/ROW/FIELD`.
    pub fn in_row(&self, list: &str, row: &usize, field: &str) -> Option<&str> {
        self.at(&format!("{list}/{row}/{field}"))
    }

    /// What is wrong with a row as a whole or with any of its fields.
    pub fn at_row(&self, list: &str, row: &usize) -> Option<&str> {
        self.under(&format!("{list}/{row}"))
    }

    /// What is wrong at `pointer` or anywhere below it.
    pub fn under(&self, pointer: &str) -> Option<&str> {
        let below = |fault: &&Violation| {
            let rest = fault.pointer.strip_prefix(pointer);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        self.0.iter().find(below).map(|fault| fault.detail.as_str())
    }

    /// Everything, for the summary above the form.
    pub fn all(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|fault| fault.detail.as_str())
    }

    /// How many there are.
    pub fn number(&self) -> i64 {
        i64::try_from(self.0.len()).unwrap_or(i64::MAX)
    }
}

#[cfg(test)]
mod tests;
