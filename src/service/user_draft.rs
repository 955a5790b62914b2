//! What can be said about a user from outside: the REST resource and the forms fill this one shape.

use serde::Deserialize;

use crate::service::patch::{AttributeDraft, Field};

/// A merge patch of a user; creating needs `username` and `email`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct UserDraft {
    pub username: Field<String>,
    pub email: Field<String>,
    pub first_name: Field<String>,
    pub last_name: Field<String>,
    pub display_name: Field<String>,
    /// `STAGED`, `ACTIVATED`, `SUSPENDED`.
    pub state: Field<String>,
    /// RFC 3339.
    pub activate_at: Field<String>,
    pub suspend_at: Field<String>,
    /// Never returned.
    pub password: Field<String>,
    pub company: Field<String>,
    pub cost_center: Field<String>,
    pub department: Field<String>,
    pub description: Field<String>,
    pub employee_type: Field<String>,
    pub job_title: Field<String>,
    pub location: Field<String>,
    pub manager: Field<String>,
    /// Replaces the whole list.
    pub attributes: Field<Vec<AttributeDraft>>,
}
