//! The custom attributes of a user or of a group as rows of a form (rules B3-B16): the part that
//! both forms share. The fields of row N are `attribute-N-name`, `-type`, `-value` and `-stored`;
//! its buttons begin with `attribute-`. Which values are taken is decided by the use cases.

use crate::domain::custom_attribute::{AttributeKind, CustomAttribute};
use crate::domain::json;
use crate::service::patch::{AttributeDraft, ValueDraft};
use crate::web::console::faults::Faults;
use crate::web::console::submitted::Fields;

/// Names of the fields begin with it.
const PREFIX: &str = "attribute";

/// One attribute as it stands in the form. Its place among the rows is its place in the draft.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AttributeRow {
    /// The N of its fields.
    pub number: usize,
    pub name: String,
    /// API spelling of the type.
    pub kind: String,
    pub value: String,
    /// It has been saved before, so its name stays as it is.
    pub is_stored: bool,
    /// Just added or turned into another type: it gets the focus.
    pub is_new: bool,
}

/// All rows of a form.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AttributeRows(pub Vec<AttributeRow>);

impl AttributeRow {
    /// The types with their labels (rule B16).
    pub fn kinds() -> [(&'static str, &'static str); 4] {
        AttributeKind::ALL.map(|kind| (kind.as_str(), kind.label()))
    }

    pub fn is_boolean(&self) -> bool {
        self.kind == AttributeKind::Boolean.as_str()
    }

    pub fn is_json(&self) -> bool {
        self.kind == AttributeKind::Json.as_str()
    }

    pub fn is_number(&self) -> bool {
        self.kind == AttributeKind::Number.as_str()
    }

    fn stored(number: usize, attribute: &CustomAttribute) -> Self {
        Self {
            number,
            name: attribute.name.as_str().to_owned(),
            kind: attribute.value.kind().as_str().to_owned(),
            value: shown(attribute),
            is_stored: true,
            is_new: false,
        }
    }

    fn submitted(fields: &Fields, number: usize) -> Self {
        let text = |field: &str| {
            fields
                .text(&format!("{PREFIX}-{number}-{field}"))
                .to_owned()
        };
        Self {
            number,
            name: text("name"),
            kind: text("type"),
            // Browsers send every line break of a text as two characters.
            value: text("value").replace("\r\n", "\n"),
            is_stored: text("stored") == "yes",
            is_new: false,
        }
    }

    fn draft(&self) -> AttributeDraft {
        AttributeDraft {
            name: self.name.clone(),
            kind: self.kind.clone(),
            value: ValueDraft::Typed(self.value.clone()),
        }
    }
}

/// A JSON value is shown in lines as long as it can be saved like that.
fn shown(attribute: &CustomAttribute) -> String {
    let text = attribute.value.as_text();
    if attribute.value.kind() == AttributeKind::Json {
        let lines = json::indented(text);
        if lines.len() <= json::SIZE_LIMIT {
            return lines;
        }
    }
    text.to_owned()
}

impl AttributeRows {
    /// The rows of a form that was just opened.
    pub fn of_stored<'a>(attributes: impl IntoIterator<Item = &'a CustomAttribute>) -> Self {
        let rows = attributes.into_iter().enumerate();
        Self(
            rows.map(|(number, attribute)| AttributeRow::stored(number, attribute))
                .collect(),
        )
    }

    /// The rows of a form that was sent, after the button that was pressed in them.
    pub fn of_fields(fields: &Fields) -> Self {
        let numbers = fields.rows(PREFIX);
        let mut rows: Vec<AttributeRow> = numbers
            .into_iter()
            .map(|number| AttributeRow::submitted(fields, number))
            .collect();
        let (button, argument) = fields.button();
        let named = argument.parse().ok();
        match button {
            "attribute-add" => rows.push(AttributeRow {
                number: rows.iter().map(|row| row.number + 1).max().unwrap_or(0),
                kind: AttributeKind::String.as_str().to_owned(),
                is_new: true,
                ..AttributeRow::default()
            }),
            "attribute-remove" => rows.retain(|row| Some(row.number) != named),
            _ => {}
        }
        Self(rows)
    }

    /// Whether the button that was pressed only changes the rows; then nothing is saved.
    pub fn is_button(fields: &Fields) -> bool {
        fields.button().0.starts_with("attribute-")
    }

    /// What is wrong with the row at this place: with all of it (`""`), its `/name` or `/value`.
    pub fn fault<'a>(&self, faults: &'a Faults, index: &usize, field: &str) -> Option<&'a str> {
        faults.at(&format!("/attributes/{index}{field}"))
    }

    /// What the use case is given.
    pub fn drafts(&self) -> Vec<AttributeDraft> {
        self.0.iter().map(AttributeRow::draft).collect()
    }

    /// Label and value of each, to be compared when somebody else was faster.
    pub fn said(&self) -> Vec<(String, String)> {
        let rows = self.0.iter();
        rows.map(|row| (row.name.clone(), row.value.clone()))
            .collect()
    }
}

#[cfg(test)]
mod tests;
