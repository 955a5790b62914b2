//! One user and one application as pages explain them (rule C2): `explanation.html` draws an
//! [`Explanation`] wherever it stands. What it says was decided by the code that signs on; nothing
//! is decided here.

use crate::domain::attribute_mapping::AttributeMapping;
use crate::domain::release::{Omission, OmissionReason, ReleasedAttribute, Step, ValueOrigin};
use crate::domain::user::{User, UserField};
use crate::domain::violation::Warning;
use crate::service::preview::{Preview, PreviewedNameId};
use crate::web::console::xml_lines::indented;

/// Everything there is to say, in the order in which it is said.
#[derive(Debug, Clone)]
pub struct Explanation {
    pub user: User,
    pub application_name: String,
    /// Path of the application's page.
    pub application: String,
    pub is_allowed: bool,
    /// The reason as a sentence.
    pub reason: &'static str,
    pub paths: Vec<Path>,
    /// `None` when there is no value for it.
    pub name_id: Option<PreviewedNameId>,
    /// What is released, or would be if access were given.
    pub attributes: Vec<ReleasedAttribute>,
    pub omitted: Vec<Omitted>,
    pub warnings: Vec<Warning>,
    /// The algorithm, when what is sent is encrypted although it is shown in clear here.
    pub encrypted_by: Option<&'static str>,
    /// Unsigned and expired; `None` when access is refused.
    pub response_xml: Option<String>,
}

/// A group that opens the application.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Path {
    pub group_name: String,
    /// Path of the group's page.
    pub group: String,
    /// Direct, Rule or Manual Include.
    pub source: &'static str,
    pub since: chrono::DateTime<chrono::Utc>,
    /// The event behind it, with the conditions that the user meets.
    pub cause: String,
}

/// A mapping that yields nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Omitted {
    /// The "Service Provider Attribute Name".
    pub name: String,
    /// Kind of its source, and the field or path in it.
    pub source: &'static str,
    pub detail: String,
    /// Why, as a sentence.
    pub reason: &'static str,
    /// What to do about it; empty where the reason says it.
    pub advice: &'static str,
    /// How far the transformations got.
    pub steps: Vec<Step>,
}

impl From<Preview> for Explanation {
    fn from(preview: Preview) -> Self {
        let causes = preview.causes.into_iter().map(|cause| cause.text);
        // One cause for each path; a path without one would still be shown.
        let causes = causes.chain(std::iter::repeat_with(String::new));
        let paths = preview.access.paths.iter().zip(causes);
        let mappings = &preview.connector.settings.mappings;
        let omitted = preview.release.omitted.iter();
        let encryption = preview.connector.settings.encryption;
        Self {
            encrypted_by: encryption.is_on().then(|| encryption.algorithm.as_str()),
            is_allowed: preview.access.is_allowed(),
            reason: preview.access.reason.sentence(),
            paths: paths
                .map(|(path, cause)| Path {
                    group_name: path.group_name.clone(),
                    group: format!("/admin/groups/{}", path.group_public_id),
                    source: path.source.label(),
                    since: path.since,
                    cause,
                })
                .collect(),
            omitted: omitted
                .filter_map(|one| Some(Omitted::new(mappings.get(one.mapping)?, one)))
                .collect(),
            application: format!("/admin/connectors/{}", preview.connector.public_id),
            application_name: preview.connector.settings.name,
            user: preview.user,
            name_id: preview.name_id,
            attributes: preview.release.attributes,
            warnings: preview.warnings,
            response_xml: preview.response_xml.as_deref().map(indented),
        }
    }
}

impl Omitted {
    fn new(mapping: &AttributeMapping, omission: &Omission) -> Self {
        Self {
            name: mapping.sp_attribute_name.clone(),
            source: mapping.source.label(),
            detail: mapping.source.named().to_owned(),
            reason: omission.reason.sentence(),
            advice: advice(omission.reason),
            steps: omission.steps.clone(),
        }
    }
}

/// What to do about a mapping that yields nothing.
pub const fn advice(reason: OmissionReason) -> &'static str {
    match reason {
        OmissionReason::NoAttribute => {
            "Add it to a static group that is bound to the application, or to the user. Upper and lower case count."
        }
        OmissionReason::NoPath => {
            "Compare the path with the JSON; upper and lower case count. The user's own attribute hides that of a group as a whole."
        }
        OmissionReason::Object => "",
        OmissionReason::NothingLeft => "Put a text, a number or a boolean there.",
        OmissionReason::EmptyField => "Fill the field of the user, or map another one.",
        OmissionReason::TransformedAway => {
            "See which transformation left nothing, or add a default value as the last one."
        }
        OmissionReason::TooLarge => "Keep fewer values before the transformation that makes more.",
    }
}

/// The label of the field that a value came from.
pub fn field_label(origin: &ValueOrigin) -> &'static str {
    let field = origin.attribute.as_deref().and_then(UserField::parse);
    field.map_or("", UserField::label)
}

#[cfg(test)]
mod tests;
