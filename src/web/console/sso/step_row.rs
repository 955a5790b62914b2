//! One transformation in a row of the section Attributes, as it is typed: what it does, and up to two
//! texts for it.

use crate::domain::transformation::{KeepTest, Transformation};
use crate::service::connector_draft::TransformationDraft;
use crate::web::console::submitted::Fields;

/// The choices of the drop-down: spelling, words, and how many texts it has. The three tests of `KEEP`
/// are choices of their own.
const KINDS: [(&str, &str, usize); 13] = [
    ("LOWER", "Lower case", 0),
    ("UPPER", "Upper case", 0),
    ("BEFORE", "Part before", 1),
    ("AFTER", "Part after", 1),
    ("SPLIT", "Split at", 1),
    ("JOIN", "Join with", 1),
    ("REPLACE", "Replace", 2),
    ("STARTS_WITH", "Keep values that start with", 1),
    ("EQUALS", "Keep values equal to", 1),
    ("CONTAINS", "Keep values that contain", 1),
    ("MATCH", "Match", 2),
    ("TEMPLATE", "Template", 1),
    ("DEFAULT", "Default value", 1),
];

/// The step as it is typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepRow {
    /// A spelling of [`StepRow::choices`].
    pub kind: String,
    /// What is beyond the texts of that choice was typed for another one.
    pub texts: [String; 2],
}

impl Default for StepRow {
    fn default() -> Self {
        Self {
            kind: "LOWER".to_owned(),
            texts: [String::new(), String::new()],
        }
    }
}

impl StepRow {
    /// The steps of the row with this prefix (`attribute-3`), in their order.
    pub fn all(fields: &Fields, row: &str) -> Vec<Self> {
        let prefix = format!("{row}-step");
        let steps = fields.rows(&prefix).into_iter();
        steps
            .map(|step| {
                let text = |part: &str| fields.text(&format!("{prefix}-{step}-{part}")).to_owned();
                Self {
                    kind: text("kind"),
                    texts: [text("first"), text("second")],
                }
            })
            .collect()
    }

    /// Spelling and words of every kind.
    pub fn choices() -> Vec<(&'static str, &'static str)> {
        KINDS.map(|(kind, label, _)| (kind, label)).to_vec()
    }

    /// The pointer of a text within the step, as the API names it.
    pub fn pointer(&self, text: &usize) -> &'static str {
        match (self.kind.as_str(), *text) {
            ("REPLACE", 0) => "find",
            ("REPLACE", _) => "with",
            ("MATCH", 0) => "pattern",
            ("MATCH", _) => "form",
            ("TEMPLATE", _) => "template",
            ("DEFAULT", _) => "value",
            _ => "text",
        }
    }

    /// What is to be saved. A kind that no drop-down offers is kept as a test that nothing knows, for
    /// the use case to refuse.
    pub fn draft(&self) -> TransformationDraft {
        let [text, second] = self.texts.clone();
        match self.kind.as_str() {
            "LOWER" => TransformationDraft::Lower {},
            "UPPER" => TransformationDraft::Upper {},
            "BEFORE" => TransformationDraft::Before { text },
            "AFTER" => TransformationDraft::After { text },
            "SPLIT" => TransformationDraft::Split { text },
            "JOIN" => TransformationDraft::Join { text },
            "REPLACE" => TransformationDraft::Replace {
                find: text,
                with: second,
            },
            "MATCH" => TransformationDraft::Match {
                pattern: text,
                form: second,
            },
            "TEMPLATE" => TransformationDraft::Template { template: text },
            "DEFAULT" => TransformationDraft::Default { value: text },
            test => TransformationDraft::Keep {
                test: test.to_owned(),
                text,
            },
        }
    }

    /// The step as a part of the row's line.
    pub fn said(&self) -> String {
        let known = KINDS.iter().find(|(kind, ..)| *kind == self.kind);
        let number = known.map_or(0, |(_, _, texts)| *texts);
        let used = self.texts.iter().take(number);
        let texts: String = used.map(|text| format!(" “{text}”")).collect();
        format!("{}{texts}", self.kind)
    }
}

impl From<&Transformation> for StepRow {
    fn from(step: &Transformation) -> Self {
        let kind = match step {
            Transformation::Keep { test, .. } => KeepTest::as_str(*test),
            _ => step.type_str(),
        };
        let mut texts = step.texts().into_iter().map(|(_, text)| text.to_owned());
        Self {
            kind: kind.to_owned(),
            texts: [
                texts.next().unwrap_or_default(),
                texts.next().unwrap_or_default(),
            ],
        }
    }
}

#[cfg(test)]
mod tests;
