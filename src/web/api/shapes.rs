//! JSON shapes that several resources share.

use chrono::{DateTime, Utc};
use serde::ser::Error as _;
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;
use utoipa::ToSchema;

use crate::domain::custom_attribute::{CustomAttribute, CustomAttributeValue};
use crate::domain::user::User;
use crate::domain::violation::Warning;
use crate::service::cause::Cause;

/// Something that was saved, with a remark.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Warning)]
pub struct WarningJson {
    /// RFC 6901 pointer into the resource.
    pointer: String,
    detail: String,
}

impl From<Warning> for WarningJson {
    fn from(warning: Warning) -> Self {
        Self {
            pointer: warning.pointer,
            detail: warning.detail,
        }
    }
}

/// The warnings of a use case.
pub fn warnings(warnings: Vec<Warning>) -> Vec<WarningJson> {
    warnings.into_iter().map(WarningJson::from).collect()
}

/// The event that made something so (rule C2).
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Cause)]
pub struct CauseJson {
    event: String,
    audit_id: String,
    text: String,
}

impl From<Cause> for CauseJson {
    fn from(cause: Cause) -> Self {
        Self {
            event: cause.event,
            audit_id: cause.audit_id,
            text: cause.text,
        }
    }
}

/// A custom attribute, in the form in which it can be sent back.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Attribute)]
pub struct AttributeJson {
    pub name: String,
    /// `string`, `number`, `boolean` or `json`.
    #[serde(rename = "type")]
    pub kind: &'static str,
    #[schema(value_type = serde_json::Value)]
    pub value: ValueJson,
}

impl From<CustomAttribute> for AttributeJson {
    fn from(attribute: CustomAttribute) -> Self {
        Self {
            name: attribute.name.as_str().to_owned(),
            kind: attribute.value.kind().as_str(),
            value: ValueJson(attribute.value),
        }
    }
}

/// A value as JSON text, so that a number keeps the digits it was written with (rule B6).
#[derive(Debug)]
pub struct ValueJson(CustomAttributeValue);

impl Serialize for ValueJson {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        RawValue::from_string(self.0.to_json_text())
            .map_err(S::Error::custom)?
            .serialize(serializer)
    }
}

/// A user as other resources name one.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = UserRef)]
pub struct UserRef {
    pub id: String,
    pub username: String,
    pub display_name: String,
}

impl From<&User> for UserRef {
    fn from(user: &User) -> Self {
        Self {
            id: user.public_id.as_str().to_owned(),
            username: user.username.clone(),
            display_name: user.display_name.clone(),
        }
    }
}

/// A group as other resources name one.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = GroupRef)]
pub struct GroupRef {
    pub id: String,
    pub name: String,
}

/// An instant as RFC 3339 in UTC, with milliseconds.
pub fn instant(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(chrono::SecondsFormat::Millis, true)
}
