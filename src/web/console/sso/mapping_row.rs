//! One row of the section Attributes: a name of the service provider, and where its values come from
//! (rules B25-B29).

use crate::domain::attribute_mapping::{AttributeMapping, AttributeSource, Merge, NameFormat};
use crate::domain::user::UserField;
use crate::service::connector_draft::{MappingDraft, SourceDraft};
use crate::web::console::sso::step_row::StepRow;
use crate::web::console::submitted::Fields;

/// How the drop-down "Vestibule Attribute Name" spells a user field.
const FIELD: &str = "field:";

/// The row as it is typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MappingRow {
    /// "Service Provider Attribute Name" (rule B26).
    pub name: String,
    pub format: String,
    /// `field:NAME`, `CUSTOM`, `CONSTANT`, `GROUPS`, or nothing chosen.
    pub source: String,
    /// "Group Attribute Name" (rule B28).
    pub path: String,
    pub constant: String,
    /// "When several groups have it"; for a custom attribute.
    pub merge: String,
    pub steps: Vec<StepRow>,
}

impl Default for MappingRow {
    fn default() -> Self {
        Self {
            name: String::new(),
            format: NameFormat::Basic.as_str().to_owned(),
            source: String::new(),
            path: String::new(),
            constant: String::new(),
            merge: Merge::Newest.as_str().to_owned(),
            steps: Vec::new(),
        }
    }
}

impl MappingRow {
    /// The rows of a form, in their order.
    pub fn all(fields: &Fields) -> Vec<Self> {
        let rows = fields.rows("attribute").into_iter();
        rows.map(|row| {
            let text = |field: &str| fields.text(&format!("attribute-{row}-{field}")).to_owned();
            Self {
                name: text("name"),
                format: text("format"),
                source: text("source"),
                path: text("path"),
                // Browsers send line ends of their own; the value that is kept has those it had.
                constant: text("constant").replace("\r\n", "\n"),
                merge: text("merge"),
                steps: StepRow::all(fields, &format!("attribute-{row}")),
            }
        })
        .collect()
    }

    /// True for a row that was added and never filled.
    pub const fn is_blank(&self) -> bool {
        self.name.is_empty()
            && self.source.is_empty()
            && self.path.is_empty()
            && self.constant.is_empty()
            && self.steps.is_empty()
    }

    /// What is to be saved. What was typed for another choice than the present one is not.
    pub fn draft(&self) -> MappingDraft {
        let source = match self.source.as_str() {
            "CUSTOM" => SourceDraft::Custom {
                path: self.path.clone(),
            },
            "CONSTANT" => SourceDraft::Constant {
                value: self.constant.clone(),
            },
            "GROUPS" => SourceDraft::Groups {},
            other => SourceDraft::UserField {
                field: other.strip_prefix(FIELD).unwrap_or_default().to_owned(),
            },
        };
        MappingDraft {
            sp_attribute_name: self.name.clone(),
            name_format: Some(self.format.clone()),
            source,
            merge: (self.source == "CUSTOM").then(|| self.merge.clone()),
            transformations: Some(self.steps.iter().map(StepRow::draft).collect()),
        }
    }

    /// The row as one line.
    pub fn said(&self) -> String {
        let from = match self.source.as_str() {
            "CUSTOM" => &self.path,
            "CONSTANT" => &self.constant,
            other => other.strip_prefix(FIELD).unwrap_or(other),
        };
        let steps: String = self
            .steps
            .iter()
            .map(|one| format!(" → {}", one.said()))
            .collect();
        let merge = match (self.source.as_str(), self.merge.as_str()) {
            ("CUSTOM", "UNION") => " UNION",
            _ => "",
        };
        format!("{} ← {from}{merge}{steps} ({})", self.name, self.format)
    }
}

impl From<&AttributeMapping> for MappingRow {
    fn from(stored: &AttributeMapping) -> Self {
        let mut row = Self {
            name: stored.sp_attribute_name.clone(),
            format: stored.name_format.as_str().to_owned(),
            source: stored.source.type_str().to_owned(),
            merge: stored.merge.as_str().to_owned(),
            steps: stored.transformations.iter().map(StepRow::from).collect(),
            ..Self::default()
        };
        match &stored.source {
            AttributeSource::UserField(field) => row.source = choice(*field),
            AttributeSource::Custom(path) => path.as_str().clone_into(&mut row.path),
            AttributeSource::Constant(value) => row.constant.clone_from(value),
            AttributeSource::Groups => {}
        }
        row
    }
}

/// How the drop-down spells a user field.
fn choice(field: UserField) -> String {
    format!("{FIELD}{}", field.as_str())
}

/// The user fields as the drop-down offers them: spelling and label.
pub fn field_choices() -> Vec<(String, &'static str)> {
    let all = UserField::all();
    all.map(|field| (choice(field), field.label())).collect()
}

/// Where a stored mapping takes its values from, for people who do not edit: the words for the kind,
/// and what it names.
pub fn source_line(source: &AttributeSource) -> (&'static str, String) {
    (source.label(), source.named().to_owned())
}

#[cfg(test)]
mod tests;
