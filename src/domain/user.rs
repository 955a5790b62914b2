//! People of the directory: identity, state and the nine attributes a rule may test (rule A20).
//! Administrators are not users and never appear here.

use crate::domain::ids::{PublicId, UserId};
use crate::domain::user_schedule::UserSchedule;

/// Life-cycle state; the API spells it in capitals, pages show the label (rule A20).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum UserState {
    Staged,
    Activated,
    Suspended,
}

impl UserState {
    /// All states in the order pages list them.
    pub const ALL: [Self; 3] = [Self::Staged, Self::Activated, Self::Suspended];

    /// The spelling of API, store and rules.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Staged => "STAGED",
            Self::Activated => "ACTIVATED",
            Self::Suspended => "SUSPENDED",
        }
    }

    /// The word on pages.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Staged => "Staged",
            Self::Activated => "Active",
            Self::Suspended => "Suspended",
        }
    }

    /// Reads the API spelling, exact case.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }
}

/// The attributes a membership rule may test, in the order of rule A20.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RuleAttribute {
    Company,
    CostCenter,
    Department,
    Description,
    EmployeeType,
    JobTitle,
    Location,
    Manager,
    UserState,
}

impl RuleAttribute {
    /// Exactly the nine, in order.
    pub const ALL: [Self; 9] = [
        Self::Company,
        Self::CostCenter,
        Self::Department,
        Self::Description,
        Self::EmployeeType,
        Self::JobTitle,
        Self::Location,
        Self::Manager,
        Self::UserState,
    ];

    /// The API spelling.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Company => "company",
            Self::CostCenter => "costCenter",
            Self::Department => "department",
            Self::Description => "description",
            Self::EmployeeType => "employeeType",
            Self::JobTitle => "jobTitle",
            Self::Location => "location",
            Self::Manager => "manager",
            Self::UserState => "userState",
        }
    }

    /// The label on pages.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Company => "Company",
            Self::CostCenter => "Cost Center",
            Self::Department => "Department",
            Self::Description => "Description",
            Self::EmployeeType => "Employee Type",
            Self::JobTitle => "Job Title",
            Self::Location => "Location",
            Self::Manager => "Manager",
            Self::UserState => "User State",
        }
    }

    /// Reads the API spelling, exact case.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|attribute| attribute.as_str() == text)
    }
}

/// The free-text directory attributes. Absent is the empty string (rule A26), so that memory and
/// SQL agree on what a comparison means. All NFC, at most 512 characters.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DirectoryAttributes {
    pub company: String,
    pub cost_center: String,
    pub department: String,
    pub description: String,
    pub employee_type: String,
    pub job_title: String,
    pub location: String,
    /// The manager's username as plain text; not a reference (rule A20).
    pub manager: String,
}

/// A person of the directory as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    pub id: UserId,
    pub public_id: PublicId,
    pub username: String,
    pub email: String,
    pub first_name: String,
    pub last_name: String,
    pub display_name: String,
    /// As it was written down last; what access is decided by is [`User::in_effect_at`].
    pub state: UserState,
    pub schedule: UserSchedule,
    pub directory: DirectoryAttributes,
    /// Raised by every save; the ETag.
    pub version: i64,
}

impl User {
    /// What a rule compares: the stored text of the attribute, `""` when absent.
    pub fn rule_value(&self, attribute: RuleAttribute) -> &str {
        match attribute {
            RuleAttribute::Company => &self.directory.company,
            RuleAttribute::CostCenter => &self.directory.cost_center,
            RuleAttribute::Department => &self.directory.department,
            RuleAttribute::Description => &self.directory.description,
            RuleAttribute::EmployeeType => &self.directory.employee_type,
            RuleAttribute::JobTitle => &self.directory.job_title,
            RuleAttribute::Location => &self.directory.location,
            RuleAttribute::Manager => &self.directory.manager,
            RuleAttribute::UserState => self.state.as_str(),
        }
    }

    /// The value of a field for a mapping or a NameID; `""` when absent.
    pub fn field(&self, field: UserField) -> &str {
        match field {
            UserField::Id => self.public_id.as_str(),
            UserField::Username => &self.username,
            UserField::Email => &self.email,
            UserField::FirstName => &self.first_name,
            UserField::LastName => &self.last_name,
            UserField::DisplayName => &self.display_name,
            UserField::Rule(attribute) => self.rule_value(attribute),
        }
    }
}

/// A user field that a connector can release or use as NameID.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum UserField {
    Id,
    Username,
    Email,
    FirstName,
    LastName,
    DisplayName,
    /// One of the nine rule attributes.
    Rule(RuleAttribute),
}

impl UserField {
    /// The API spelling; the state is called `state`, as on the user resource.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Id => "id",
            Self::Username => "username",
            Self::Email => "email",
            Self::FirstName => "firstName",
            Self::LastName => "lastName",
            Self::DisplayName => "displayName",
            Self::Rule(RuleAttribute::UserState) => "state",
            Self::Rule(attribute) => attribute.as_str(),
        }
    }

    /// The label on pages.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Id => "User ID",
            Self::Username => "Username",
            Self::Email => "Email",
            Self::FirstName => "First name",
            Self::LastName => "Last name",
            Self::DisplayName => "Display name",
            Self::Rule(attribute) => attribute.label(),
        }
    }

    /// All fields in the order pages list them.
    pub fn all() -> impl Iterator<Item = Self> {
        [
            Self::Username,
            Self::Email,
            Self::FirstName,
            Self::LastName,
            Self::DisplayName,
            Self::Id,
        ]
        .into_iter()
        .chain(RuleAttribute::ALL.into_iter().map(Self::Rule))
    }

    /// Reads the API spelling, exact case; `userState` is read as `state`.
    pub fn parse(text: &str) -> Option<Self> {
        if text == RuleAttribute::UserState.as_str() {
            return Some(Self::Rule(RuleAttribute::UserState));
        }
        Self::all().find(|field| field.as_str() == text)
    }
}
