//! People, groups and attributes for the tests of this floor. Never part of the product.

#![cfg(test)]

use chrono::DateTime;

use crate::domain::access_conditions::AccessConditions;
use crate::domain::app_access::BoundMembership;
use crate::domain::attribute_mapping::{AttributeMapping, AttributeSource, Merge, NameFormat};
use crate::domain::attribute_path::AttributePath;
use crate::domain::connector::{
    AcsBinding, AcsEndpoint, ConnectorSettings, ConnectorStatus, NameIdChoice, NameIdFormat,
    SignatureAlgorithm, SignatureScope,
};
use crate::domain::custom_attribute::{
    AttributeKind, AttributeName, CustomAttribute, CustomAttributeValue, GroupAttribute,
};
use crate::domain::encryption::EncryptionChoice;
use crate::domain::ids::{GroupId, PublicId, UserId};
use crate::domain::membership::MembershipSource;
use crate::domain::membership_rule::{Condition, MembershipRule, Operator};
use crate::domain::name_id_source::NameIdSource;
use crate::domain::user::{DirectoryAttributes, RuleAttribute, User, UserField, UserState};
use crate::domain::user_schedule::UserSchedule;

/// An active user without directory attributes.
pub fn user(username: &str) -> User {
    User {
        id: UserId::new(1),
        public_id: PublicId::new(format!("id-{username}")),
        username: username.to_owned(),
        email: format!("{username}@example.com"),
        first_name: String::new(),
        last_name: String::new(),
        display_name: username.to_owned(),
        state: UserState::Activated,
        schedule: UserSchedule::default(),
        directory: DirectoryAttributes::default(),
        version: 1,
    }
}

/// The user with a directory attribute set; the state is not set by this.
pub fn with(mut user: User, attribute: RuleAttribute, value: &str) -> User {
    let field = match attribute {
        RuleAttribute::Company => &mut user.directory.company,
        RuleAttribute::CostCenter => &mut user.directory.cost_center,
        RuleAttribute::Department => &mut user.directory.department,
        RuleAttribute::Description => &mut user.directory.description,
        RuleAttribute::EmployeeType => &mut user.directory.employee_type,
        RuleAttribute::JobTitle => &mut user.directory.job_title,
        RuleAttribute::Location => &mut user.directory.location,
        RuleAttribute::Manager => &mut user.directory.manager,
        RuleAttribute::UserState => return user,
    };
    value.clone_into(field);
    user
}

/// A rule of conditions joined by "and".
pub fn rule(conditions: &[(RuleAttribute, Operator, &[&str])]) -> MembershipRule {
    MembershipRule {
        conditions: conditions
            .iter()
            .map(|(attribute, operator, values)| Condition {
                attribute: *attribute,
                operator: *operator,
                values: values.iter().map(ToString::to_string).collect(),
            })
            .collect(),
    }
}

/// The rule of the FL Technical Writers (rule A25).
pub fn fl_technical_writers() -> MembershipRule {
    rule(&[
        (
            RuleAttribute::JobTitle,
            Operator::Equals,
            &["Technical Writer 2", "Technical Writer 3"],
        ),
        (RuleAttribute::Location, Operator::Equals, &["Florida"]),
    ])
}

/// An attribute typed into a form.
pub fn attribute(name: &str, kind: AttributeKind, typed: &str) -> CustomAttribute {
    CustomAttribute {
        name: AttributeName::parse(name).unwrap(),
        value: CustomAttributeValue::parse(kind, typed).unwrap().value,
    }
}

/// A String attribute of the static group `group`, added as number `added_seq`.
pub fn inherited(group: i64, added_seq: i64, name: &str, value: &str) -> GroupAttribute {
    inheriting(
        group,
        added_seq,
        attribute(name, AttributeKind::String, value),
    )
}

/// `attribute` on the static group `group`, added as number `added_seq`.
pub fn inheriting(group: i64, added_seq: i64, attribute: CustomAttribute) -> GroupAttribute {
    GroupAttribute {
        group: GroupId::new(group),
        group_public_id: PublicId::new(format!("group-{group}")),
        group_name: group_name(group),
        group_is_dynamic: false,
        added_seq,
        attribute,
    }
}

/// Direct membership in a group that is bound to the application.
pub fn bound(group: i64) -> BoundMembership {
    BoundMembership {
        group: GroupId::new(group),
        group_public_id: PublicId::new(format!("group-{group}")),
        group_name: group_name(group),
        source: MembershipSource::Direct,
        since: DateTime::UNIX_EPOCH,
    }
}

/// `Team-A` for 1, `Team-B` for 2.
fn group_name(group: i64) -> String {
    let letter = u8::try_from(group).unwrap() - 1 + b'A';
    format!("Team-{}", char::from(letter))
}

/// A mapping of a custom attribute's path.
pub fn mapping(sp_attribute_name: &str, path: &str) -> AttributeMapping {
    mapped(
        sp_attribute_name,
        AttributeSource::Custom(AttributePath::parse(path).unwrap()),
    )
}

/// A mapping of any source.
pub fn mapped(sp_attribute_name: &str, source: AttributeSource) -> AttributeMapping {
    AttributeMapping {
        sp_attribute_name: sp_attribute_name.to_owned(),
        name_format: NameFormat::Basic,
        source,
        merge: Merge::Newest,
        transformations: Vec::new(),
    }
}

/// A valid connector without mappings.
pub fn settings() -> ConnectorSettings {
    ConnectorSettings {
        name: "AWS".to_owned(),
        slug: "aws".to_owned(),
        status: ConnectorStatus::Active,
        template: None,
        sp_entity_id: "urn:amazon:webservices".to_owned(),
        acs: vec![AcsEndpoint {
            url: "https://signin.aws.amazon.com/saml".to_owned(),
            binding: AcsBinding::HttpPost,
            index: None,
            is_default: true,
        }],
        slo: vec![],
        certificates: vec![],
        want_authn_requests_signed: false,
        name_id: NameIdChoice {
            source: NameIdSource::Field(UserField::Email),
            format: NameIdFormat::EmailAddress,
        },
        sign: SignatureScope::Assertion,
        signature_algorithm: SignatureAlgorithm::RsaSha256,
        encryption: EncryptionChoice::NONE,
        require_mfa: false,
        conditions: AccessConditions::NONE,
        default_relay_state: String::new(),
        login_url: String::new(),
        mappings: vec![],
        metadata_xml: None,
        metadata_url: None,
    }
}
