//! From a group as it arrives to valid fields, with every broken rule at its pointer. What is valid
//! by itself is checked here, and what depends on the group as it is stored; which users exist is
//! looked up in `group_exemptions.rs`.

use crate::domain::custom_attribute::{AttributeName, CustomAttribute};
use crate::domain::identity::{description, resource_name};
use crate::domain::membership_rule::{ConditionDraft, MembershipRule};
use crate::domain::user_group::{MembershipMethod, UserGroup};
use crate::domain::violation::{Violation, Warning};
use crate::service::attribute_drafts;
use crate::service::error::ServiceError;
use crate::service::group_draft::{ExemptionsDraft, GroupDraft, MemberQueryDraft};
use crate::service::patch::{AttributeDraft, Field, Violations};

/// The longest description, in characters.
const DESCRIPTION_LIMIT: usize = 2000;

/// Why an attribute is not added to a dynamic group (rule B4).
pub const NO_ATTRIBUTES: &str =
    "A dynamic group passes no attributes on. Set the attribute on the user instead.";

/// A merge patch of a group whose values are valid by themselves.
#[derive(Debug, Clone)]
pub struct GroupChange {
    pub name: Field<String>,
    pub description: Field<String>,
    method: Field<MembershipMethod>,
    notify: Field<bool>,
    pub require_mfa: Field<bool>,
    rule: Field<MembershipRule>,
    /// Public ids of users, as they were sent.
    pub include: Field<Vec<String>>,
    pub exclude: Field<Vec<String>>,
    pub attributes: Field<Vec<CustomAttribute>>,
    pub warnings: Vec<Warning>,
}

/// Parses a draft; every broken rule is named at once.
pub fn parse(draft: GroupDraft) -> Result<GroupChange, ServiceError> {
    let mut broken = Violations::default();
    let (attributes, warnings) = attributes(draft.attributes, &mut broken);
    let exemptions = match draft.member_query_exemptions {
        Field::Keep => ExemptionsDraft::default(),
        Field::Clear => ExemptionsDraft {
            include: Field::Clear,
            exclude: Field::Clear,
        },
        Field::Set(draft) => draft,
    };
    let change = GroupChange {
        name: name(draft.name, &mut broken),
        description: match draft.description {
            Field::Set(text) => broken
                .keep("/description", description(&text, DESCRIPTION_LIMIT))
                .map_or(Field::Keep, Field::Set),
            other => other,
        },
        method: method(draft.membership_method, &mut broken),
        notify: draft.member_suggestions_notify,
        require_mfa: draft.require_mfa,
        rule: rule(draft.member_query, &mut broken),
        include: exemptions.include,
        exclude: exemptions.exclude,
        attributes,
        warnings,
    };
    broken.into_result()?;
    Ok(change)
}

/// Reads a membership rule, values exactly as typed (rules A20-A26). Pointers begin at
/// `/memberQuery`.
pub fn parse_rule(draft: MemberQueryDraft) -> Result<MembershipRule, Vec<Violation>> {
    let conditions: Vec<ConditionDraft> = draft
        .filters
        .into_iter()
        .map(|filter| ConditionDraft {
            attribute: filter.field,
            operator: filter.operator,
            values: filter.values,
        })
        .collect();
    MembershipRule::parse(&conditions)
}

/// Reads the API spelling of a method, for a filter.
pub fn parse_method(text: &str) -> Result<MembershipMethod, Violation> {
    MembershipMethod::parse(text).ok_or_else(|| {
        let choices = MembershipMethod::ALL.map(MembershipMethod::as_str);
        Violation::choice("/membershipMethod", &choices)
    })
}

impl GroupChange {
    /// The group after the change, given the stored one and the names of its attributes. Refuses
    /// mail without review (rule A15) and new attributes on a dynamic group (rule B4).
    pub fn applied_to(
        &self,
        present: &UserGroup,
        held: &[AttributeName],
    ) -> Result<UserGroup, ServiceError> {
        let mut broken = Violations::default();
        let method = self.method.clone().over(present.method, DEFAULT_METHOD);
        let is_reviewed = method == MembershipMethod::DynamicReviewRequired;
        if self.notify == Field::Set(true) && !is_reviewed {
            broken.add(
                "/memberSuggestionsNotify",
                "There is nothing to mail about unless membershipMethod is \
                 DYNAMIC_REVIEW_REQUIRED.",
            );
        }
        if let (true, Field::Set(attributes)) = (method.is_dynamic(), &self.attributes) {
            for (index, attribute) in attributes.iter().enumerate() {
                if !held.contains(&attribute.name) {
                    broken.add(format!("/attributes/{index}"), NO_ATTRIBUTES);
                }
            }
        }
        broken.into_result()?;
        Ok(UserGroup {
            name: self.name.clone().over(present.name.clone(), String::new()),
            description: self
                .description
                .clone()
                .over(present.description.clone(), String::new()),
            method,
            // A box beneath the review box: off when that one is (rule A15).
            notify: is_reviewed && self.notify.clone().over(present.notify, false),
            require_mfa: self.require_mfa.clone().over(present.require_mfa, false),
            rule: match &self.rule {
                Field::Keep => present.rule.clone(),
                Field::Clear => None,
                Field::Set(rule) => Some(rule.clone()),
            },
            ..present.clone()
        })
    }
}

const DEFAULT_METHOD: MembershipMethod = MembershipMethod::Static;

fn name(field: Field<String>, broken: &mut Violations) -> Field<String> {
    match field {
        Field::Set(text) => broken
            .keep("/name", resource_name(&text))
            .map_or(Field::Keep, Field::Set),
        Field::Clear => {
            broken.add("/name", "It cannot be empty.");
            Field::Keep
        }
        Field::Keep => Field::Keep,
    }
}

fn method(field: Field<String>, broken: &mut Violations) -> Field<MembershipMethod> {
    match field {
        Field::Set(text) => match parse_method(&text) {
            Ok(method) => Field::Set(method),
            Err(violation) => {
                broken.extend([violation]);
                Field::Keep
            }
        },
        Field::Clear => Field::Clear,
        Field::Keep => Field::Keep,
    }
}

fn rule(field: Field<MemberQueryDraft>, broken: &mut Violations) -> Field<MembershipRule> {
    match field {
        Field::Set(draft) => match parse_rule(draft) {
            Ok(rule) => Field::Set(rule),
            Err(violations) => {
                broken.extend(violations);
                Field::Keep
            }
        },
        Field::Clear => Field::Clear,
        Field::Keep => Field::Keep,
    }
}

fn attributes(
    field: Field<Vec<AttributeDraft>>,
    broken: &mut Violations,
) -> (Field<Vec<CustomAttribute>>, Vec<Warning>) {
    match field {
        Field::Set(drafts) => match attribute_drafts::parse_list(drafts, "/attributes") {
            Ok((attributes, dropped)) => (Field::Set(attributes), dropped),
            Err(violations) => {
                broken.extend(violations);
                (Field::Keep, Vec::new())
            }
        },
        Field::Clear => (Field::Clear, Vec::new()),
        Field::Keep => (Field::Keep, Vec::new()),
    }
}
