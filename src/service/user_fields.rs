//! From a user as it arrives to valid fields, with every broken rule at its pointer. What is valid
//! by itself is checked here; what depends on other rows is checked in the transaction.

use chrono::{DateTime, Utc};

use crate::domain::custom_attribute::CustomAttribute;
use crate::domain::identity;
use crate::domain::ids::{PublicId, UserId};
use crate::domain::text::directory_field;
use crate::domain::user::{DirectoryAttributes, User, UserState};
use crate::domain::user_schedule::UserSchedule;
use crate::domain::violation::Warning;
use crate::service::attribute_drafts;
use crate::service::error::ServiceError;
use crate::service::patch::{Field, Violations};
use crate::service::user_draft::UserDraft;
use crate::store::users::NewUser;

/// A merge patch whose values are valid.
#[derive(Debug, Clone)]
pub struct UserChange {
    pub username: Field<String>,
    pub email: Field<String>,
    pub first_name: Field<String>,
    pub last_name: Field<String>,
    pub display_name: Field<String>,
    pub state: Field<UserState>,
    pub activate_at: Field<DateTime<Utc>>,
    pub suspend_at: Field<DateTime<Utc>>,
    pub password: Field<String>,
    pub directory: DirectoryChange,
    pub attributes: Field<Vec<CustomAttribute>>,
    pub warnings: Vec<Warning>,
}

/// The eight free-text attributes of a patch.
#[derive(Debug, Clone)]
pub struct DirectoryChange {
    company: Field<String>,
    cost_center: Field<String>,
    department: Field<String>,
    description: Field<String>,
    employee_type: Field<String>,
    job_title: Field<String>,
    location: Field<String>,
    manager: Field<String>,
}

/// Parses a draft; every broken rule is named at once.
pub fn parse(draft: UserDraft) -> Result<UserChange, ServiceError> {
    let mut broken = Violations::default();
    let mut warnings = Vec::new();
    let attributes = match draft.attributes {
        Field::Set(drafts) => match attribute_drafts::parse_list(drafts, "/attributes") {
            Ok((attributes, dropped)) => {
                warnings = dropped;
                Field::Set(attributes)
            }
            Err(violations) => {
                broken.extend(violations);
                Field::Keep
            }
        },
        Field::Clear => Field::Clear,
        Field::Keep => Field::Keep,
    };
    let state = match draft.state {
        Field::Set(text) => match UserState::parse(&text) {
            Some(state) => Field::Set(state),
            None => {
                broken.add("/state", "the state is one of STAGED, ACTIVATED, SUSPENDED");
                Field::Keep
            }
        },
        Field::Clear => Field::Clear,
        Field::Keep => Field::Keep,
    };
    let activate_at = date("/activateAt", draft.activate_at, &mut broken);
    let suspend_at = date("/suspendAt", draft.suspend_at, &mut broken);
    let mut take = |pointer: &str, field: Field<String>, parse: Parser| match field {
        Field::Set(text) => broken
            .keep(pointer, parse(&text))
            .map_or(Field::Keep, Field::Set),
        other => other,
    };
    let change = UserChange {
        username: take("/username", draft.username, |text| {
            words(identity::username(text))
        }),
        email: take("/email", draft.email, |text| words(identity::email(text))),
        first_name: take("/firstName", draft.first_name, person_name),
        last_name: take("/lastName", draft.last_name, person_name),
        display_name: take("/displayName", draft.display_name, person_name),
        state,
        activate_at,
        suspend_at,
        password: draft.password,
        directory: DirectoryChange {
            company: take("/company", draft.company, directory),
            cost_center: take("/costCenter", draft.cost_center, directory),
            department: take("/department", draft.department, directory),
            description: take("/description", draft.description, directory),
            employee_type: take("/employeeType", draft.employee_type, directory),
            job_title: take("/jobTitle", draft.job_title, directory),
            location: take("/location", draft.location, directory),
            manager: take("/manager", draft.manager, directory),
        },
        attributes,
        warnings,
    };
    for (pointer, field) in [("/username", &change.username), ("/email", &change.email)] {
        if *field == Field::Clear {
            broken.add(pointer, "It cannot be empty.");
        }
    }
    broken.into_result()?;
    Ok(change)
}

const DATE: &str = "A date and time looks like 2026-12-31T08:00:00Z.";

fn date(pointer: &str, field: Field<String>, broken: &mut Violations) -> Field<DateTime<Utc>> {
    match field {
        Field::Set(text) => match DateTime::parse_from_rfc3339(&text) {
            // Whole milliseconds, as they are stored.
            Ok(at) => DateTime::from_timestamp_millis(at.timestamp_millis())
                .map_or(Field::Clear, Field::Set),
            Err(_not_a_date) => {
                broken.add(pointer, DATE);
                Field::Keep
            }
        },
        Field::Clear => Field::Clear,
        Field::Keep => Field::Keep,
    }
}

type Parser = fn(&str) -> Result<String, String>;

fn words<E: std::fmt::Display>(result: Result<String, E>) -> Result<String, String> {
    result.map_err(|error| error.to_string())
}

fn person_name(text: &str) -> Result<String, String> {
    words(identity::person_name(text))
}

fn directory(text: &str) -> Result<String, String> {
    words(directory_field(text))
}

impl UserChange {
    /// The user that this patch makes of nothing; `username` and `email` are needed.
    pub fn new_user(
        &self,
        public_id: PublicId,
        created_at: DateTime<Utc>,
    ) -> Result<NewUser, ServiceError> {
        let mut missing = Violations::default();
        for (pointer, field) in [("/username", &self.username), ("/email", &self.email)] {
            if !field.is_named() {
                missing.add(pointer, "It is needed.");
            }
        }
        missing.into_result()?;
        let blank = User {
            id: UserId::new(0),
            public_id,
            username: String::new(),
            email: String::new(),
            first_name: String::new(),
            last_name: String::new(),
            display_name: String::new(),
            state: UserState::Activated,
            schedule: UserSchedule::default(),
            directory: DirectoryAttributes::default(),
            version: 1,
        };
        let user = self.applied_to(&blank, created_at);
        Ok(NewUser {
            public_id: user.public_id,
            username: user.username,
            email: user.email,
            first_name: user.first_name,
            last_name: user.last_name,
            display_name: user.display_name,
            state: user.state,
            schedule: user.schedule,
            directory: user.directory,
            created_at,
        })
    }

    /// The user after this patch, made at `now`. An empty display name falls back to the other names.
    pub fn applied_to(&self, present: &User, now: DateTime<Utc>) -> User {
        let text = |field: &Field<String>, present: &String| {
            field.clone().over(present.clone(), String::new())
        };
        let old = &present.directory;
        let new = &self.directory;
        let mut user = User {
            id: present.id,
            public_id: present.public_id.clone(),
            username: text(&self.username, &present.username),
            email: text(&self.email, &present.email),
            first_name: text(&self.first_name, &present.first_name),
            last_name: text(&self.last_name, &present.last_name),
            display_name: text(&self.display_name, &present.display_name),
            state: self.state.clone().over(present.state, UserState::Activated),
            schedule: self.schedule_after(present.schedule, now),
            directory: DirectoryAttributes {
                company: text(&new.company, &old.company),
                cost_center: text(&new.cost_center, &old.cost_center),
                department: text(&new.department, &old.department),
                description: text(&new.description, &old.description),
                employee_type: text(&new.employee_type, &old.employee_type),
                job_title: text(&new.job_title, &old.job_title),
                location: text(&new.location, &old.location),
                manager: text(&new.manager, &old.manager),
            },
            version: present.version,
        };
        if user.display_name.is_empty() {
            user.display_name =
                identity::default_display_name(&user.first_name, &user.last_name, &user.username);
        }
        user
    }

    /// The dates after this patch. A state that it names counts from now on, so dates that have come go
    /// with it; and nobody is let in again after a suspension but by a date that the patch itself names.
    fn schedule_after(&self, present: UserSchedule, now: DateTime<Utc>) -> UserSchedule {
        let kept = if self.state.is_named() {
            present.to_come(now)
        } else {
            present
        };
        let schedule = UserSchedule {
            activate_at: self.activate_at.clone().over_option(kept.activate_at),
            suspend_at: self.suspend_at.clone().over_option(kept.suspend_at),
        };
        if self.state != Field::Set(UserState::Suspended) {
            return schedule;
        }
        let named = self.activate_at.clone().into_set();
        UserSchedule {
            activate_at: named.filter(|date| *date > now),
            ..schedule
        }
    }

    /// The list that replaces the stored one, if the patch names it.
    pub fn attributes_to_save(&self) -> Option<Vec<CustomAttribute>> {
        match &self.attributes {
            Field::Keep => None,
            Field::Clear => Some(Vec::new()),
            Field::Set(attributes) => Some(attributes.clone()),
        }
    }
}
