//! From a CSV header to columns, and from a line to a change of one user. Nothing is read from the
//! store here; a line that breaks a rule is told with every rule it breaks.

use csv::StringRecord;

use crate::domain::custom_attribute::{
    AttributeKind, AttributeName, CustomAttribute, CustomAttributeValue, NameError,
};
use crate::domain::user::{RuleAttribute, UserField};
use crate::domain::violation::Violation;
use crate::service::attribute_drafts::LARGEST_LIST;
use crate::service::error::ServiceError;
use crate::service::patch::{AttributeDraft, Field, Violations};
use crate::service::user_draft::UserDraft;
use crate::service::user_fields::{self, UserChange};

/// Before the name of an attribute of type String.
const PREFIX: &str = "attributes.";
/// The column that holds the whole list as JSON.
const LIST: &str = "attributes";
const ACTIVATE_AT: &str = "activateAt";
const SUSPEND_AT: &str = "suspendAt";
/// What is no field.
const OTHERS: [&str; 3] = [ACTIVATE_AT, SUSPEND_AT, LIST];

/// Why a header cannot be used; nothing was read behind it.
#[derive(Debug, thiserror::Error)]
pub enum HeaderError {
    #[error("the file is empty; its first line has to name the columns")]
    Empty,
    #[error("the first line is not UTF-8")]
    NotText,
    #[error("the column {0} stands there twice")]
    Twice(String),
    #[error("a column username is needed, since users are found by it")]
    NoUsername,
    #[error(
        "a column password is not imported: passwords are set by their owners or one by one, so that they never lie in files"
    )]
    Password,
    #[error("a column id is not imported: the service gives ids, and users are found by username")]
    Id,
    #[error(
        "there is no column {0:?}; known are {known} and attributes.NAME",
        known = known_columns()
    )]
    Unknown(String),
    #[error("the column attributes.{name} cannot be: {source}")]
    AttributeName {
        name: String,
        #[source]
        source: NameError,
    },
    #[error("give either a column attributes or columns attributes.NAME, not both")]
    BothForms,
}

/// One column.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Column {
    Field(UserField),
    /// When the state changes by itself.
    ActivateAt,
    SuspendAt,
    /// All attributes, as the JSON list of the REST interface.
    List,
    /// One attribute, of type String.
    Attribute(AttributeName),
}

/// The columns of a file, in their order.
#[derive(Debug, Default)]
pub struct Columns(Vec<Column>);

/// One line that may be written.
#[derive(Debug)]
pub struct ImportLine {
    pub username: String,
    pub change: UserChange,
    /// Attributes that are named one by one; `None` takes one away.
    attributes: Vec<(AttributeName, Option<CustomAttributeValue>)>,
}

impl Columns {
    /// Reads the header.
    pub fn parse(header: &StringRecord) -> Result<Self, HeaderError> {
        let mut columns = Vec::new();
        for name in header {
            let column = column(name)?;
            if columns.contains(&column) {
                return Err(HeaderError::Twice(name.to_owned()));
            }
            columns.push(column);
        }
        if !columns.contains(&Column::Field(UserField::Username)) {
            return Err(HeaderError::NoUsername);
        }
        let is_single = |column: &Column| matches!(column, Column::Attribute(_));
        if columns.contains(&Column::List) && columns.iter().any(is_single) {
            return Err(HeaderError::BothForms);
        }
        Ok(Self(columns))
    }

    /// Reads one line: a column that is missing stays untouched, an empty cell empties.
    pub fn read(&self, record: &StringRecord) -> Result<ImportLine, Vec<Violation>> {
        if record.len() != self.0.len() {
            let detail = format!(
                "The line has {} cells and the header {}.",
                record.len(),
                self.0.len()
            );
            return Err(vec![Violation::new("", detail)]);
        }
        let mut draft = UserDraft::default();
        let mut attributes = Vec::new();
        let mut broken = Violations::default();
        for (column, cell) in self.0.iter().zip(record) {
            match column {
                Column::Field(field) => {
                    if let Some(place) = place(&mut draft, *field) {
                        *place = set_or_clear(cell);
                    }
                }
                Column::ActivateAt => draft.activate_at = set_or_clear(cell),
                Column::SuspendAt => draft.suspend_at = set_or_clear(cell),
                Column::List => match list(cell) {
                    Ok(drafts) => draft.attributes = drafts,
                    Err(violation) => broken.extend([violation]),
                },
                Column::Attribute(name) => match value(name, cell) {
                    Ok(value) => attributes.push((name.clone(), value)),
                    Err(violation) => broken.extend([violation]),
                },
            }
        }
        let change = match user_fields::parse(draft) {
            Ok(change) => Some(change),
            Err(ServiceError::Invalid(violations)) => {
                broken.extend(violations);
                None
            }
            Err(other) => return Err(vec![Violation::new("", other.to_string())]),
        };
        let violations = broken.into_violations();
        match change {
            Some(change) if violations.is_empty() => Ok(ImportLine {
                username: change.username.clone().into_set().unwrap_or_default(),
                change,
                attributes,
            }),
            _ => Err(violations),
        }
    }
}

impl ImportLine {
    /// The attributes after this line; `None`: they stay.
    pub fn attributes_over(
        &self,
        present: &[CustomAttribute],
    ) -> Result<Option<Vec<CustomAttribute>>, Violation> {
        if self.attributes.is_empty() {
            return Ok(self.change.attributes_to_save());
        }
        let mut after = present.to_vec();
        for (name, value) in &self.attributes {
            let place = after.iter().position(|attribute| attribute.name == *name);
            match (place, value) {
                (Some(place), None) => {
                    after.remove(place);
                }
                (Some(place), Some(value)) => {
                    if let Some(attribute) = after.get_mut(place) {
                        attribute.value = value.clone();
                    }
                }
                (None, None) => {}
                (None, Some(value)) => after.push(CustomAttribute {
                    name: name.clone(),
                    value: value.clone(),
                }),
            }
        }
        if after.len() > LARGEST_LIST {
            let detail = format!("A user has at most {LARGEST_LIST} attributes.");
            return Err(Violation::new("/attributes", detail));
        }
        Ok(Some(after))
    }
}

fn column(name: &str) -> Result<Column, HeaderError> {
    if let Some(attribute) = name.strip_prefix(PREFIX) {
        let parsed = AttributeName::parse(attribute);
        let parsed = parsed.map_err(|source| HeaderError::AttributeName {
            name: attribute.to_owned(),
            source,
        })?;
        return Ok(Column::Attribute(parsed));
    }
    match name {
        LIST => Ok(Column::List),
        ACTIVATE_AT => Ok(Column::ActivateAt),
        SUSPEND_AT => Ok(Column::SuspendAt),
        "password" => Err(HeaderError::Password),
        "id" => Err(HeaderError::Id),
        _ => UserField::all()
            .find(|field| field.as_str() == name)
            .map(Column::Field)
            .ok_or_else(|| HeaderError::Unknown(name.to_owned())),
    }
}

fn known_columns() -> String {
    let fields = UserField::all().filter(|field| *field != UserField::Id);
    let names: Vec<&str> = fields.map(UserField::as_str).chain(OTHERS).collect();
    names.join(", ")
}

/// Where a field stands in a draft; the id has no place there.
fn place(draft: &mut UserDraft, field: UserField) -> Option<&mut Field<String>> {
    Some(match field {
        UserField::Id => return None,
        UserField::Username => &mut draft.username,
        UserField::Email => &mut draft.email,
        UserField::FirstName => &mut draft.first_name,
        UserField::LastName => &mut draft.last_name,
        UserField::DisplayName => &mut draft.display_name,
        UserField::Rule(RuleAttribute::Company) => &mut draft.company,
        UserField::Rule(RuleAttribute::CostCenter) => &mut draft.cost_center,
        UserField::Rule(RuleAttribute::Department) => &mut draft.department,
        UserField::Rule(RuleAttribute::Description) => &mut draft.description,
        UserField::Rule(RuleAttribute::EmployeeType) => &mut draft.employee_type,
        UserField::Rule(RuleAttribute::JobTitle) => &mut draft.job_title,
        UserField::Rule(RuleAttribute::Location) => &mut draft.location,
        UserField::Rule(RuleAttribute::Manager) => &mut draft.manager,
        UserField::Rule(RuleAttribute::UserState) => &mut draft.state,
    })
}

fn set_or_clear(cell: &str) -> Field<String> {
    if cell.is_empty() {
        Field::Clear
    } else {
        Field::Set(cell.to_owned())
    }
}

fn list(cell: &str) -> Result<Field<Vec<AttributeDraft>>, Violation> {
    if cell.is_empty() {
        return Ok(Field::Clear);
    }
    serde_json::from_str(cell).map(Field::Set).map_err(|error| {
        let detail = format!("The cell has to hold a JSON list of attributes: {error}.");
        Violation::new("/attributes", detail)
    })
}

fn value(name: &AttributeName, cell: &str) -> Result<Option<CustomAttributeValue>, Violation> {
    if cell.is_empty() {
        return Ok(None);
    }
    CustomAttributeValue::parse(AttributeKind::String, cell)
        .map(|accepted| Some(accepted.value))
        .map_err(|error| Violation::new(format!("/{PREFIX}{}", name.as_str()), error.to_string()))
}
