//! Two administrators save one thing: the second is shown what the first changed and what differs
//! from the own values, and chooses. Nothing is merged behind anybody's back.

/// A field that both touched, or that the other one changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// Label of the field, in English.
    pub label: String,
    pub theirs: String,
    pub mine: String,
}

/// What is shown above a form that was overtaken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Overtaken {
    pub differences: Vec<Difference>,
    /// Where the stored values can be opened instead.
    pub reload: String,
}

impl Overtaken {
    /// Compares what is stored now with what was submitted, both as label and value; a label that
    /// only one of them has counts as empty in the other.
    pub fn between(
        stored: &[(String, String)],
        submitted: &[(String, String)],
        reload: impl Into<String>,
    ) -> Self {
        let value_in = |of: &[(String, String)], label: &str| {
            let found = of.iter().find(|(name, _)| name == label);
            found.map(|(_, value)| value.clone()).unwrap_or_default()
        };
        let only_submitted = submitted
            .iter()
            .filter(|(label, _)| stored.iter().all(|(name, _)| name != label));
        let differences = stored
            .iter()
            .chain(only_submitted)
            .map(|(label, _)| Difference {
                label: label.clone(),
                theirs: value_in(stored, label),
                mine: value_in(submitted, label),
            })
            .filter(|difference| difference.theirs != difference.mine)
            .collect();
        Self {
            differences,
            reload: reload.into(),
        }
    }
}

#[cfg(test)]
mod tests;
