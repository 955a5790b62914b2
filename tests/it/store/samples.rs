//! Rows for the store's tests: plausible, and different from each other wherever it matters.

use chrono::{DateTime, Duration, Utc};
use vestibule::domain::access_conditions::AccessConditions;
use vestibule::domain::address_range::AddressRange;
use vestibule::domain::attribute_mapping::{AttributeMapping, AttributeSource, Merge, NameFormat};
use vestibule::domain::attribute_path::AttributePath;
use vestibule::domain::audit::{Actor, ActorKind, AuditObject, NewAuditEvent};
use vestibule::domain::connector::{
    AcsBinding, AcsEndpoint, CertificateUse, ConnectorSettings, ConnectorStatus, EndpointBinding,
    NameIdChoice, NameIdFormat, SignatureAlgorithm, SignatureScope, SloEndpoint, SpCertificate,
};
use vestibule::domain::custom_attribute::{
    AttributeKind, AttributeName, CustomAttribute, CustomAttributeValue,
};
use vestibule::domain::encryption::{EncryptionAlgorithm, EncryptionChoice, KeyTransport};
use vestibule::domain::ids::{ConnectorId, PublicId, UserId};
use vestibule::domain::membership::MembershipSource;
use vestibule::domain::name_id_source::NameIdSource;
use vestibule::domain::user::{DirectoryAttributes, User, UserField, UserState};
use vestibule::domain::user_group::{MembershipMethod, UserGroup};
use vestibule::domain::user_schedule::UserSchedule;
use vestibule::store::connection::DbConnection;
use vestibule::store::error::StoreError;
use vestibule::store::handle::Store;
use vestibule::store::issued_assertions::IssuedAssertion;
use vestibule::store::memberships::{self, NewMembership};
use vestibule::store::user_groups::{self, NewUserGroup};
use vestibule::store::users::{self, NewUser};

/// A fixed instant, `minutes` after noon.
pub fn at(minutes: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(1_790_000_000_000).unwrap() + Duration::minutes(minutes)
}

pub fn id(text: &str) -> PublicId {
    PublicId::new(text)
}

/// A user called `name`, everything else made from it.
pub fn new_user(name: &str) -> NewUser {
    NewUser {
        public_id: PublicId::new(format!("u-{name}")),
        username: name.to_owned(),
        email: format!("{name}@example.com"),
        first_name: format!("First {name}"),
        last_name: format!("Last {name}"),
        display_name: format!("Display {name}"),
        state: UserState::Activated,
        schedule: UserSchedule::default(),
        directory: DirectoryAttributes {
            company: "Example".to_owned(),
            location: "Denver".to_owned(),
            ..DirectoryAttributes::default()
        },
        created_at: at(0),
    }
}

pub fn new_group(name: &str) -> NewUserGroup {
    NewUserGroup {
        public_id: PublicId::new(format!("g-{name}")),
        name: name.to_owned(),
        description: format!("About {name}"),
        method: MembershipMethod::Static,
        notify: false,
        require_mfa: false,
        rule: None,
        rule_epoch: 0,
        created_at: at(0),
    }
}

/// An application with every field filled.
pub fn settings(name: &str) -> ConnectorSettings {
    let mapping = |name: &str, format, source| AttributeMapping {
        sp_attribute_name: name.to_owned(),
        name_format: format,
        source,
        merge: Merge::Newest,
        transformations: Vec::new(),
    };
    ConnectorSettings {
        name: name.to_owned(),
        slug: name.to_lowercase(),
        status: ConnectorStatus::Active,
        template: Some("aws-iam".to_owned()),
        sp_entity_id: format!("urn:example:{name}"),
        acs: vec![AcsEndpoint {
            url: format!("https://{name}.example.com/acs"),
            binding: AcsBinding::HttpPost,
            index: Some(3),
            is_default: true,
        }],
        slo: vec![SloEndpoint {
            url: format!("https://{name}.example.com/slo"),
            binding: EndpointBinding::HttpRedirect,
            response_url: Some(format!("https://{name}.example.com/slo/response")),
        }],
        certificates: vec![SpCertificate {
            pem: "-----BEGIN CERTIFICATE-----".to_owned(),
            use_for: CertificateUse::Signing,
        }],
        want_authn_requests_signed: true,
        name_id: NameIdChoice {
            source: NameIdSource::Field(UserField::Email),
            format: NameIdFormat::EmailAddress,
        },
        sign: SignatureScope::Both,
        signature_algorithm: SignatureAlgorithm::RsaSha384,
        encryption: EncryptionChoice {
            assertions: true,
            name_id: true,
            algorithm: EncryptionAlgorithm::Aes128Cbc,
            key_transport: KeyTransport::RsaOaepSha256,
        },
        require_mfa: true,
        conditions: AccessConditions {
            networks: ["10.0.0.0/8", "2001:db8::/32"]
                .map(|text| AddressRange::parse(text).unwrap())
                .to_vec(),
            sign_in_max_age: Some(60),
            denied_text: "Come by the office.".to_owned(),
            help_url: "https://help.example.com/".to_owned(),
        },
        default_relay_state: "home".to_owned(),
        login_url: String::new(),
        mappings: vec![
            mapping(
                "mail",
                NameFormat::Basic,
                AttributeSource::UserField(UserField::Email),
            ),
            mapping(
                "team",
                NameFormat::Uri,
                AttributeSource::Custom(AttributePath::parse("otherInfo.team").unwrap()),
            ),
            mapping(
                "TeamName",
                NameFormat::Unspecified,
                AttributeSource::Custom(AttributePath::parse("TeamName").unwrap()),
            ),
            mapping(
                "env",
                NameFormat::Basic,
                AttributeSource::Constant("prod".to_owned()),
            ),
            mapping("memberOf", NameFormat::Basic, AttributeSource::Groups),
        ],
        metadata_xml: Some("<EntityDescriptor/>".to_owned()),
        metadata_url: None,
    }
}

/// An attribute of type String.
/// An assertion about a user at a connector; every second one has the same session index.
pub fn issued((connector, user): (ConnectorId, UserId), number: i64) -> IssuedAssertion {
    IssuedAssertion {
        assertion_id: format!("_a{number}"),
        response_id: format!("_r{number}"),
        connector,
        user,
        session_index: format!("_s{}", number % 2),
        session_family: "family".to_owned(),
        name_id: "jason@example.com".to_owned(),
        name_id_format: NameIdFormat::Transient,
        name_qualifier: None,
        sp_name_qualifier: Some("https://aws.example".to_owned()),
        digest: "digest".to_owned(),
        issued_at: at(number),
        expires_at: at(number + 10),
        ended_at: None,
    }
}

pub fn text(name: &str, value: &str) -> CustomAttribute {
    attribute(name, AttributeKind::String, value)
}

pub fn attribute(name: &str, kind: AttributeKind, value: &str) -> CustomAttribute {
    CustomAttribute {
        name: AttributeName::parse(name).unwrap(),
        value: CustomAttributeValue::parse(kind, value).unwrap().value,
    }
}

pub fn event(public_id: &str) -> NewAuditEvent {
    NewAuditEvent {
        public_id: public_id.to_owned(),
        at: at(0),
        actor: Actor {
            kind: ActorKind::Administrator,
            id: "a-1".to_owned(),
            name: "Ada".to_owned(),
        },
        kind: "user.created".to_owned(),
        object: AuditObject {
            kind: "user".to_owned(),
            id: "u-1".to_owned(),
            name: "Jason".to_owned(),
        },
        before: None,
        after: Some(r#"{"location":"Denver"}"#.to_owned()),
    }
}

/// Runs a write whose only error is the store's.
pub fn write<T: Send + 'static>(
    store: &Store,
    work: impl Fn(&mut DbConnection) -> Result<T, StoreError> + Send + 'static,
) -> T {
    store.write(work).unwrap()
}

/// Runs a read whose only error is the store's.
pub fn read<T>(store: &Store, work: impl Fn(&mut DbConnection) -> Result<T, StoreError>) -> T {
    store.read(work).unwrap()
}

pub fn user(store: &Store, name: &str) -> User {
    let new = new_user(name);
    write(store, move |conn| users::insert(conn, &new))
}

pub fn group(store: &Store, name: &str) -> UserGroup {
    let new = new_group(name);
    write(store, move |conn| user_groups::insert(conn, &new))
}

/// Makes `user` a member of `group` by hand.
pub fn join(store: &Store, user: &User, group: &UserGroup) {
    let new = NewMembership {
        user: user.id,
        group: group.id,
        source: MembershipSource::Direct,
        since: at(1),
        cause: "event-1".to_owned(),
    };
    assert!(write(store, move |conn| memberships::add(conn, &new)));
}
