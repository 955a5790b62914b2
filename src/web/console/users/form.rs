//! The form of a user's details: identity, the nine attributes a rule may test in the order of rule
//! A20, and the password of a new user. Fields have the names of the API; what may stand in them is
//! decided by the use cases.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDateTime, Utc};

use crate::domain::secret::shown_by_name;
use crate::domain::user::{RuleAttribute, User, UserField, UserState};
use crate::service::patch::Field;
use crate::service::user_draft::UserDraft;
use crate::web::console::faults::Faults;
use crate::web::console::submitted::Fields;

/// The fields before the nine, in their order.
const IDENTITY: [UserField; 5] = [
    UserField::Username,
    UserField::Email,
    UserField::FirstName,
    UserField::LastName,
    UserField::DisplayName,
];

/// What stands in the form, by the names of its fields.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct UserForm {
    values: BTreeMap<&'static str, String>,
    /// As browsers show and send a date, in UTC; empty when there is none.
    pub activate_at: String,
    pub suspend_at: String,
    /// Of a new user; never shown again.
    pub password: String,
    /// Whether a new user is sent a link that sets the first one.
    pub invite: bool,
    /// The version that the form was made from; `None` for a new user.
    pub version: Option<i64>,
}

shown_by_name!(UserForm);

impl UserForm {
    /// The form of a user who is not there yet.
    pub fn blank() -> Self {
        let state = UserState::Activated.as_str().to_owned();
        Self {
            values: BTreeMap::from([(STATE.as_str(), state)]),
            ..Self::default()
        }
    }

    /// The form of a stored user.
    pub fn from_view(user: &User) -> Self {
        Self {
            values: fields()
                .map(|field| (field.as_str(), user.field(field).to_owned()))
                .collect(),
            activate_at: typed(user.schedule.activate_at),
            suspend_at: typed(user.schedule.suspend_at),
            password: String::new(),
            invite: false,
            version: Some(user.version),
        }
    }

    /// The form as it was sent.
    pub fn from_fields(sent: &Fields) -> Self {
        Self {
            values: fields()
                .map(|field| (field.as_str(), sent.text(field.as_str()).to_owned()))
                .collect(),
            activate_at: sent.text(ACTIVATE_AT).to_owned(),
            suspend_at: sent.text(SUSPEND_AT).to_owned(),
            password: sent.text("password").to_owned(),
            invite: sent.text("invite") == "yes",
            version: sent.version(),
        }
    }

    /// What stands in a field.
    pub fn value(&self, field: &UserField) -> &str {
        self.values
            .get(field.as_str())
            .map_or("", |value| value.as_str())
    }

    /// The username of the manager.
    pub fn manager(&self) -> &str {
        self.value(&MANAGER)
    }

    /// API spelling of the state.
    pub fn state(&self) -> &str {
        self.value(&STATE)
    }

    /// Every field but the password, to be carried along.
    pub fn carried(&self) -> impl Iterator<Item = (&'static str, &str)> {
        fields()
            .map(|field| (field.as_str(), self.value(&field)))
            .chain([
                (ACTIVATE_AT, self.activate_at.as_str()),
                (SUSPEND_AT, self.suspend_at.as_str()),
            ])
    }

    /// What the use case is given.
    pub fn draft(&self) -> UserDraft {
        let set = |field: UserField| Field::Set(self.value(&field).to_owned());
        let rule = |attribute| set(UserField::Rule(attribute));
        UserDraft {
            username: set(UserField::Username),
            email: set(UserField::Email),
            first_name: set(UserField::FirstName),
            last_name: set(UserField::LastName),
            display_name: set(UserField::DisplayName),
            state: set(STATE),
            activate_at: date(&self.activate_at),
            suspend_at: date(&self.suspend_at),
            // A new user without a password cannot sign in yet; that is no fault.
            password: match self.password.as_str() {
                "" => Field::Keep,
                password => Field::Set(password.to_owned()),
            },
            company: rule(RuleAttribute::Company),
            cost_center: rule(RuleAttribute::CostCenter),
            department: rule(RuleAttribute::Department),
            description: rule(RuleAttribute::Description),
            employee_type: rule(RuleAttribute::EmployeeType),
            job_title: rule(RuleAttribute::JobTitle),
            location: rule(RuleAttribute::Location),
            manager: rule(RuleAttribute::Manager),
            attributes: Field::Keep,
        }
    }

    /// Label and value of each field, to be compared when somebody else was faster.
    pub fn said(&self) -> Vec<(String, String)> {
        fields()
            .map(|field| (field.label().to_owned(), shown(field, self.value(&field))))
            .chain([
                ("Active from".to_owned(), self.activate_at.clone()),
                ("Suspended from".to_owned(), self.suspend_at.clone()),
            ])
            .collect()
    }
}

/// The identity fields, for the template.
pub const fn identity() -> [UserField; 5] {
    IDENTITY
}

/// The free-text attributes, for the template: the nine without Manager and User State, which have
/// controls of their own behind them.
pub fn texts() -> impl Iterator<Item = UserField> {
    RuleAttribute::ALL
        .into_iter()
        .filter(|attribute| !matches!(attribute, RuleAttribute::Manager | RuleAttribute::UserState))
        .map(UserField::Rule)
}

/// What is wrong with a field.
pub fn fault<'a>(faults: &'a Faults, field: &UserField) -> Option<&'a str> {
    faults.at(&format!("/{}", field.as_str()))
}

/// The states with their labels.
pub fn states() -> [(&'static str, &'static str); 3] {
    UserState::ALL.map(|state| (state.as_str(), state.label()))
}

const ACTIVATE_AT: &str = "activateAt";
const SUSPEND_AT: &str = "suspendAt";

/// The forms in which browsers send a date and time.
const FORMATS: [&str; 3] = [
    "%Y-%m-%dT%H:%M",
    "%Y-%m-%dT%H:%M:%S",
    "%Y-%m-%dT%H:%M:%S%.3f",
];

/// A date as a field shows it, without the parts that are zero.
fn typed(date: Option<DateTime<Utc>>) -> String {
    let Some(date) = date else {
        return String::new();
    };
    let format = match (date.timestamp_subsec_millis(), date.timestamp() % 60) {
        (0, 0) => "%Y-%m-%dT%H:%M",
        (0, _) => "%Y-%m-%dT%H:%M:%S",
        _ => "%Y-%m-%dT%H:%M:%S%.3f",
    };
    date.format(format).to_string()
}

/// A date for the use case, which tells what is wrong with one that is none.
fn date(typed: &str) -> Field<String> {
    if typed.is_empty() {
        return Field::Clear;
    }
    let date = FORMATS
        .into_iter()
        .find_map(|format| NaiveDateTime::parse_from_str(typed, format).ok());
    Field::Set(date.map_or_else(|| typed.to_owned(), |date| date.and_utc().to_rfc3339()))
}

const STATE: UserField = UserField::Rule(RuleAttribute::UserState);
const MANAGER: UserField = UserField::Rule(RuleAttribute::Manager);

/// Identity, then the nine.
pub fn fields() -> impl Iterator<Item = UserField> {
    IDENTITY
        .into_iter()
        .chain(RuleAttribute::ALL.into_iter().map(UserField::Rule))
}

/// A value as people read it.
fn shown(field: UserField, value: &str) -> String {
    let label = UserState::parse(value).filter(|_| field == STATE);
    label.map_or_else(|| value.to_owned(), |state| state.label().to_owned())
}

#[cfg(test)]
mod tests;
