//! What can be said about a user group from outside: REST resource and forms fill this one shape.

use serde::Deserialize;

use crate::service::patch::{AttributeDraft, Field};

/// A merge patch of a group; creating needs `name`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct GroupDraft {
    pub name: Field<String>,
    pub description: Field<String>,
    /// `STATIC`, `DYNAMIC_AUTOMATED`, `DYNAMIC_REVIEW_REQUIRED`.
    pub membership_method: Field<String>,
    pub member_suggestions_notify: Field<bool>,
    /// Whether members need a second factor.
    pub require_mfa: Field<bool>,
    pub member_query: Field<MemberQueryDraft>,
    pub member_query_exemptions: Field<ExemptionsDraft>,
    /// Replaces the whole list; a name that stays keeps its sequence (rule B8).
    pub attributes: Field<Vec<AttributeDraft>>,
}

/// A membership rule as it arrives.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MemberQueryDraft {
    pub filters: Vec<FilterDraft>,
}

/// One condition as it arrives.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FilterDraft {
    pub field: String,
    pub operator: String,
    pub values: Vec<String>,
}

/// A merge patch of exemptions: public ids of users; a list that is named is replaced whole.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ExemptionsDraft {
    pub include: Field<Vec<String>>,
    pub exclude: Field<Vec<String>>,
}

/// A change of one attribute: `PATCH /groups/{id}/attributes/{name}`. The name stays.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AttributePatch {
    /// Only to be refused when it differs: an attribute cannot be renamed.
    pub name: Option<String>,
    #[serde(rename = "type")]
    pub kind: Option<String>,
    pub value: Option<Box<serde_json::value::RawValue>>,
}
