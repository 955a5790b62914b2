//! What a change changed: the JSON texts that the audit keeps, before and after, as a list of fields
//! with both values. Knows the fields by their names in the texts and judges none of them.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use crate::domain::membership_rule::{ConditionDraft, MembershipRule};
use crate::domain::user::UserField;

/// Longer values are cut, in characters.
const LONGEST: usize = 400;

/// One field that differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// English label, or the field's name in the text if it has none.
    pub label: String,
    /// Which of several, such as the name of an attribute; often empty.
    pub which: String,
    /// `None`: there was none before, or there is none any more.
    pub before: Option<String>,
    pub after: Option<String>,
}

/// Fields that only link to something and tell people nothing.
const SILENT: [&str; 2] = ["user", "group"];

/// Labels of fields that are not fields of a user; the order is that of the page.
const LABELS: &[(&str, &str)] = &[
    ("name", "Name"),
    ("userState", "User State"),
    ("membershipMethod", "Membership Method"),
    ("memberQuery", "Rule"),
    ("memberSuggestionsNotify", "Review emails"),
    ("include", "Users to include"),
    ("exclude", "Users to exclude"),
    ("attributes", "Attribute"),
    ("slug", "Short name"),
    ("status", "Status"),
    ("template", "Template"),
    ("spEntityId", "Entity ID"),
    ("acsUrls", "ACS URLs"),
    ("sloUrls", "Logout URLs"),
    ("spCertificates", "Certificates"),
    ("wantAuthnRequestsSigned", "Signed requests"),
    ("nameId", "NameID"),
    ("sign", "Signature"),
    ("signatureAlgorithm", "Signature Algorithm"),
    ("defaultRelayState", "RelayState"),
    ("loginUrl", "Sign-in URL"),
    ("metadata", "Metadata"),
    ("attributeMappings", "Attribute mapping"),
    ("role", "Role"),
    ("organisationName", "Organisation name"),
    ("contactEmail", "Contact e-mail"),
    ("logo", "Logo"),
    ("nightlyAt", "Time of the nightly run"),
    ("timeZone", "Time zone"),
    ("mailServer", "Mail server"),
    ("mailFrom", "Sender"),
    ("reason", "Reason"),
    ("method", "Signed in by"),
    ("users", "Users"),
    ("ended", "Sessions ended"),
    ("toTell", "To tell"),
    ("unreachable", "Cannot be told"),
    ("answer", "Answer"),
    ("confirmed", "Confirmed"),
    ("unconfirmed", "Not confirmed"),
];

/// Field, spelling of the API, word on pages.
const WORDS: &[(&str, &str, &str)] = &[
    ("userState", "STAGED", "Staged"),
    ("userState", "ACTIVATED", "Active"),
    ("userState", "SUSPENDED", "Suspended"),
    ("membershipMethod", "STATIC", "Static"),
    ("membershipMethod", "DYNAMIC_AUTOMATED", "Dynamic"),
    (
        "membershipMethod",
        "DYNAMIC_REVIEW_REQUIRED",
        "Dynamic, with review",
    ),
    ("status", "ACTIVE", "Active"),
    ("status", "INACTIVE", "Inactive"),
    ("method", "PASSWORD", "Password"),
    (
        "method",
        "PASSWORD_REMEMBERED_DEVICE",
        "Password, in a remembered browser",
    ),
    ("method", "PASSWORD_TOTP", "Password and authenticator app"),
    ("method", "PASSWORD_PASSKEY", "Password and passkey"),
    (
        "method",
        "PASSWORD_RECOVERY_CODE",
        "Password and recovery code",
    ),
    ("method", "PASSKEY", "Passkey"),
    ("answer", "CONFIRMED", "Signed out."),
    (
        "answer",
        "PARTIAL",
        "Signed out, but it could not tell everybody behind it.",
    ),
    (
        "answer",
        "REFUSED",
        "It could not sign you out. You may still be signed in there.",
    ),
];

/// A field of a text, flat.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Entry {
    field: String,
    which: String,
    value: String,
}

/// The fields that differ between two texts; without one of the texts all of the other.
pub fn between(before: Option<&str>, after: Option<&str>) -> Vec<Change> {
    let (before, after) = (entries(before), entries(after));
    let find = |of: &[Entry], like: &Entry| {
        let found = of
            .iter()
            .find(|entry| entry.field == like.field && entry.which == like.which);
        found.map(|entry| entry.value.clone())
    };
    let added = after.iter().filter(|entry| find(&before, entry).is_none());
    let mut changes: Vec<(usize, Change)> = before
        .iter()
        .chain(added)
        .map(|entry| (entry, find(&before, entry), find(&after, entry)))
        .filter(|(_, old, new)| old != new)
        .map(|(entry, old, new)| {
            let (place, label) = label(&entry.field);
            let change = Change {
                label,
                which: entry.which.clone(),
                before: old.map(cut).filter(|text| !text.is_empty()),
                after: new.map(cut).filter(|text| !text.is_empty()),
            };
            (place, change)
        })
        .filter(|(_, change)| change.before.is_some() || change.after.is_some())
        .collect();
    changes.sort_by_key(|(place, _)| *place);
    changes.into_iter().map(|(_, change)| change).collect()
}

/// Every label of a field that is not a user's.
pub fn labels() -> impl Iterator<Item = &'static str> {
    LABELS.iter().map(|(_, label)| *label)
}

/// Place on the page, and the label.
fn label(field: &str) -> (usize, String) {
    let of_user = UserField::all().position(|known| known.as_str() == field);
    let of_rest = LABELS.iter().position(|(name, _)| *name == field);
    let users = UserField::all().count();
    match (UserField::parse(field), of_user, of_rest) {
        (Some(known), Some(place), _) => (place, known.label().to_owned()),
        (_, _, Some(place)) => {
            let label = LABELS.get(place).map_or(field, |(_, label)| label);
            (users + place, label.to_owned())
        }
        _ => (users + LABELS.len(), field.to_owned()),
    }
}

fn cut(text: String) -> String {
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text,
    }
}

/// A text that is no JSON object has no fields.
fn entries(text: Option<&str>) -> Vec<Entry> {
    let fields: BTreeMap<String, Box<RawValue>> = text
        .and_then(|text| serde_json::from_str(text).ok())
        .unwrap_or_default();
    if let Some(attribute) = text.and_then(|text| serde_json::from_str(text).ok()) {
        return vec![attribute_entry(&attribute)];
    }
    let loud = fields
        .iter()
        .filter(|(field, _)| !SILENT.contains(&field.as_str()));
    loud.flat_map(|(field, raw)| entries_of(field, raw.get()))
        .collect()
}

fn entries_of(field: &str, json: &str) -> Vec<Entry> {
    let entry = |which: &str, value: String| Entry {
        field: field.to_owned(),
        which: which.to_owned(),
        value,
    };
    if field == "attributes" {
        let attributes: Vec<AttributeText<'_>> = serde_json::from_str(json).unwrap_or_default();
        return attributes.iter().map(attribute_entry).collect();
    }
    let value: Value = serde_json::from_str(json).unwrap_or_default();
    match &value {
        Value::Object(_) if field == "memberQuery" => vec![entry("", rule(&value))],
        Value::Object(members) => members
            .iter()
            .map(|(name, value)| entry(name, plain(field, value)))
            .collect(),
        Value::Array(items) if items.iter().any(Value::is_object) => {
            items.iter().map(|item| named(field, item)).collect()
        }
        value => vec![entry("", plain(field, value))],
    }
}

/// An attribute as the audit keeps it.
#[derive(Deserialize)]
struct AttributeText<'a> {
    name: String,
    #[serde(rename = "type")]
    kind: String,
    /// As text, so that numbers keep their digits.
    #[serde(borrow)]
    value: &'a RawValue,
}

fn attribute_entry(attribute: &AttributeText<'_>) -> Entry {
    let json = attribute.value.get();
    let text = serde_json::from_str::<String>(json).unwrap_or_else(|_no_string| json.to_owned());
    Entry {
        field: "attributes".to_owned(),
        which: attribute.name.clone(),
        value: format!("{text} ({})", attribute.kind),
    }
}

/// An item of a list, under the member that names it.
fn named(field: &str, item: &Value) -> Entry {
    const NAMES: [&str; 3] = ["spAttributeName", "username", "name"];
    let name = NAMES.iter().find_map(|name| item.get(name)?.as_str());
    let members = item.as_object().into_iter().flatten();
    let values: Vec<String> = members
        .filter(|(key, _)| !NAMES.contains(&key.as_str()) && !SILENT.contains(&key.as_str()))
        .map(|(key, value)| plain(key, value))
        .filter(|text| !text.is_empty())
        .collect();
    Entry {
        field: field.to_owned(),
        which: name.unwrap_or_default().to_owned(),
        value: values.join(", "),
    }
}

/// A value as people read it.
fn plain(field: &str, value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => word(field, text).to_owned(),
        Value::Bool(true) => "Yes".to_owned(),
        Value::Bool(false) => "No".to_owned(),
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(|item| plain(field, item)).collect();
            items.join(", ")
        }
        Value::Number(_) | Value::Object(_) => value.to_string(),
    }
}

/// The word on pages for what the API spells in capitals.
fn word<'a>(field: &str, text: &'a str) -> &'a str {
    let of_field = WORDS
        .iter()
        .find(|(of, spelling, _)| *of == field && *spelling == text);
    of_field.map_or(text, |(_, _, word)| word)
}

/// A rule in words; one that this version cannot read stays JSON.
fn rule(query: &Value) -> String {
    #[derive(Deserialize)]
    struct Query {
        filters: Vec<Filter>,
    }
    #[derive(Deserialize)]
    struct Filter {
        field: String,
        operator: String,
        values: Vec<String>,
    }
    let drafts = Query::deserialize(query).map(|query| {
        let filters = query.filters.into_iter();
        let drafts = filters.map(|filter| ConditionDraft {
            attribute: filter.field,
            operator: filter.operator,
            values: filter.values,
        });
        drafts.collect::<Vec<_>>()
    });
    let rule = drafts
        .ok()
        .and_then(|drafts| MembershipRule::parse(&drafts).ok());
    rule.map_or_else(|| query.to_string(), |rule| rule.sentence())
}

#[cfg(test)]
mod tests;
