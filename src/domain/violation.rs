//! What is wrong with a value that somebody wants to save: a JSON pointer to the place and a
//! sentence that says what to do. Also the notices about values that were accepted but changed.

/// One broken rule in a request (REST `errors`, form field errors).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// RFC 6901 pointer into the request, for example `/attributes/0/value`.
    pub pointer: String,
    /// A sentence for people.
    pub detail: String,
}

impl Violation {
    /// A violation at `pointer`.
    pub fn new(pointer: impl Into<String>, detail: impl Into<String>) -> Self {
        Self {
            pointer: pointer.into(),
            detail: detail.into(),
        }
    }

    /// The value at `pointer` is none of `choices`.
    pub fn choice(pointer: impl Into<String>, choices: &[&str]) -> Self {
        Self::new(pointer, format!("Choose one of {}.", choices.join(", ")))
    }

    /// The same violation seen from one level up: `prefix` is put before the pointer.
    pub fn under(mut self, prefix: &str) -> Self {
        self.pointer.insert_str(0, prefix);
        self
    }
}

/// Something that was saved, with a remark (REST `warnings`): a dropped duplicate, a mapping to
/// an object, an endpoint that was left out. Same shape as a violation, never an error.
pub type Warning = Violation;
