//! What can be said about a user group from outside: REST resource and forms fill this one shape.

use serde::Deserialize;

use crate::service::caller::Caller;
use crate::service::error::ServiceError;
use crate::service::patch::{AttributeDraft, Field};

const NOT_WITHIN_REACH: &str =
    "a role that is limited to user groups does not decide whether members need a second factor";

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

impl GroupDraft {
    /// The change as far as the caller reaches. What a group demands at sign-in guards more than the group: a
    /// role that is limited to groups may name it as it is, and not change it (rule C5). `present`: whether
    /// the group demands a second factor now.
    pub fn within_reach(
        self,
        caller: &Caller,
        present: impl FnOnce() -> Result<bool, ServiceError>,
    ) -> Result<Self, ServiceError> {
        if !caller.scope.is_limited() || !self.require_mfa.is_named() {
            return Ok(self);
        }
        let present = present()?;
        if self.require_mfa.over(present, false) != present {
            return Err(ServiceError::Forbidden {
                detail: NOT_WITHIN_REACH.to_owned(),
            });
        }
        Ok(Self {
            require_mfa: Field::Keep,
            ..self
        })
    }
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
