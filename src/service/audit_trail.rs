//! The audit events of a use case (rule C7): who, what, before and after, written in the same
//! transaction as the change itself. Never holds a secret: passwords, tokens and private keys do not
//! pass through here.

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::value::RawValue;

use crate::domain::audit::{Actor, ActorKind, AuditObject, NewAuditEvent};
use crate::domain::connector::{Connector, SpCertificate};
use crate::domain::custom_attribute::CustomAttribute;
use crate::domain::exemption::ExemptionEffect;
use crate::domain::membership_rule::MembershipRule;
use crate::domain::transformation::Transformation;
use crate::domain::user::{RuleAttribute, User};
use crate::domain::user_group::UserGroup;
use crate::saml::certificate_facts;
use crate::service::environment::{Environment, new_public_id};
use crate::service::secrets::digest_hex;
use crate::store::audit_events;
use crate::store::connection::DbConnection;
use crate::store::error::StoreError;
use crate::store::exemptions::ExemptedUser;

/// The actor and the instant of one use case.
#[derive(Debug, Clone)]
pub struct Trail {
    actor: Actor,
    at: DateTime<Utc>,
}

/// An audit event that is about to be written, so that memberships can name it as their cause.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Its public id.
    pub id: String,
    pub at: DateTime<Utc>,
}

/// JSON texts before and after.
pub type Texts = (Option<String>, Option<String>);

impl Trail {
    /// A trail for what `actor` does now.
    pub fn new(env: &Environment, actor: &Actor) -> Self {
        Self {
            actor: actor.clone(),
            at: env.now(),
        }
    }

    /// The same instant, by somebody who was found on the way.
    pub fn by(&self, actor: &Actor) -> Self {
        Self {
            actor: actor.clone(),
            at: self.at,
        }
    }

    /// The instant that every row of the use case carries.
    pub const fn at(&self) -> DateTime<Utc> {
        self.at
    }

    /// An event of this use case; [`Trail::write_event`] has to follow in the same transaction.
    pub fn announce(&self) -> Event {
        Event {
            id: new_public_id().as_str().to_owned(),
            at: self.at,
        }
    }

    /// Writes one event and gives its public id, which memberships keep as their cause.
    pub fn write(
        &self,
        conn: &mut DbConnection,
        kind: &str,
        object: AuditObject,
        texts: Texts,
    ) -> Result<String, StoreError> {
        let event = self.announce();
        self.write_event(conn, &event, (kind, object), texts)?;
        Ok(event.id)
    }

    /// Writes an event that was announced.
    pub fn write_event(
        &self,
        conn: &mut DbConnection,
        announced: &Event,
        (kind, object): (&str, AuditObject),
        (before, after): Texts,
    ) -> Result<(), StoreError> {
        let event = NewAuditEvent {
            public_id: announced.id.clone(),
            at: announced.at,
            actor: self.actor.clone(),
            kind: kind.to_owned(),
            object,
            before,
            after,
        };
        audit_events::insert(conn, &event)?;
        Ok(())
    }
}

/// A user as the actor of what happens at their own sign-on.
pub fn actor_of_user(user: &User) -> Actor {
    Actor {
        kind: ActorKind::User,
        id: user.public_id.as_str().to_owned(),
        name: user.username.clone(),
    }
}

/// Names a user as the object of an event.
pub fn object_of_user(user: &User) -> AuditObject {
    object("user", user.public_id.as_str(), &user.username)
}

/// Names a group as the object of an event.
pub fn object_of_group(group: &UserGroup) -> AuditObject {
    object("group", group.public_id.as_str(), &group.name)
}

/// Names a connector as the object of an event.
pub fn object_of_connector(connector: &Connector) -> AuditObject {
    object(
        "connector",
        connector.public_id.as_str(),
        &connector.settings.name,
    )
}

/// Names anything else.
pub fn object(kind: &str, id: &str, name: &str) -> AuditObject {
    AuditObject {
        kind: kind.to_owned(),
        id: id.to_owned(),
        name: name.to_owned(),
    }
}

/// A user as the audit keeps it.
pub fn user_text(user: &User, attributes: &[CustomAttribute]) -> String {
    let mut fields = serde_json::Map::new();
    let identity = [
        ("username", &user.username),
        ("email", &user.email),
        ("firstName", &user.first_name),
        ("lastName", &user.last_name),
        ("displayName", &user.display_name),
    ];
    for (name, value) in identity {
        fields.insert(name.to_owned(), value.as_str().into());
    }
    for attribute in RuleAttribute::ALL {
        fields.insert(
            attribute.as_str().to_owned(),
            user.rule_value(attribute).into(),
        );
    }
    let dates = [
        ("activateAt", user.schedule.activate_at),
        ("suspendAt", user.schedule.suspend_at),
    ];
    for (name, date) in dates {
        if let Some(date) = date {
            fields.insert(name.to_owned(), date.to_rfc3339().into());
        }
    }
    text(&WithAttributes {
        fields,
        attributes: attributes.iter().map(AttributeText::of).collect(),
    })
}

/// A group as the audit keeps it: with its rule and exemptions once it has any.
pub fn group_text(
    group: &UserGroup,
    attributes: &[CustomAttribute],
    exempted: &[ExemptedUser],
) -> String {
    let mut fields = serde_json::Map::new();
    fields.insert("name".to_owned(), group.name.as_str().into());
    fields.insert("description".to_owned(), group.description.as_str().into());
    fields.insert("membershipMethod".to_owned(), group.method.as_str().into());
    fields.insert("requireMfa".to_owned(), group.require_mfa.into());
    if let Some(rule) = &group.rule {
        fields.insert("memberQuery".to_owned(), rule_value(rule));
        fields.insert("memberSuggestionsNotify".to_owned(), group.notify.into());
    }
    for effect in ExemptionEffect::ALL {
        let those = exempted.iter().filter(|row| row.effect == effect);
        let names: Vec<&str> = those.map(|row| row.username.as_str()).collect();
        if !names.is_empty() {
            fields.insert(effect.as_str().to_owned(), names.into());
        }
    }
    text(&WithAttributes {
        fields,
        attributes: attributes.iter().map(AttributeText::of).collect(),
    })
}

fn rule_value(rule: &MembershipRule) -> serde_json::Value {
    let filters = rule.conditions.iter().map(|condition| {
        serde_json::json!({
            "field": condition.attribute.as_str(),
            "operator": condition.operator.as_str(),
            "values": condition.values,
        })
    });
    serde_json::json!({ "filters": filters.collect::<Vec<_>>() })
}

/// A connector as the audit keeps it; its certificates and its metadata by their fingerprints.
pub fn connector_text(connector: &Connector) -> String {
    let settings = &connector.settings;
    let mappings: Vec<_> = settings
        .mappings
        .iter()
        .map(|mapping| {
            let steps = mapping.transformations.iter();
            serde_json::json!({
                "spAttributeName": mapping.sp_attribute_name,
                "nameFormat": mapping.name_format.as_str(),
                "source": mapping.source.type_str(),
                "detail": mapping.source.argument().unwrap_or_default(),
                "merge": mapping.merge.as_str(),
                "transformations": steps.map(step_text).collect::<Vec<_>>(),
            })
        })
        .collect();
    text(&serde_json::json!({
        "name": settings.name,
        "slug": settings.slug,
        "status": settings.status.as_str(),
        "template": settings.template,
        "spEntityId": settings.sp_entity_id,
        "acsUrls": settings.acs.iter().map(|acs| acs.url.as_str()).collect::<Vec<_>>(),
        "sloUrls": settings.slo.iter().map(|slo| slo.url.as_str()).collect::<Vec<_>>(),
        "spCertificates": settings.certificates.iter().map(certificate_line).collect::<Vec<_>>(),
        "wantAuthnRequestsSigned": settings.want_authn_requests_signed,
        "requireMfa": settings.require_mfa,
        "accessConditions": {
            "networks": settings.conditions.networks_text(),
            "signInMaxAgeMinutes": settings.conditions.sign_in_max_age,
            "deniedText": settings.conditions.denied_text,
            "helpUrl": settings.conditions.help_url,
        },
        "nameId": {
            "source": settings.name_id.source.as_str(),
            "path": settings.name_id.source.path(),
            "format": settings.name_id.format.uri(),
        },
        "sign": settings.sign.as_str(),
        "signatureAlgorithm": settings.signature_algorithm.as_str(),
        "encryptAssertions": settings.encryption.assertions,
        "encryptNameId": settings.encryption.name_id,
        "encryptionAlgorithm": settings.encryption.algorithm.as_str(),
        "keyTransportAlgorithm": settings.encryption.key_transport.as_str(),
        "defaultRelayState": settings.default_relay_state,
        "loginUrl": settings.login_url,
        "attributeMappings": mappings,
        "metadata": settings.metadata_xml.as_deref().map(|xml| digest_hex(xml.as_bytes())),
    }))
}

fn certificate_line(certificate: &SpCertificate) -> String {
    let facts = certificate_facts::read(&certificate.pem);
    let fingerprint = facts.map(|facts| facts.fingerprint).unwrap_or_default();
    format!("{} {fingerprint}", certificate.use_for.as_str())
}

/// A transformation with its texts, for example `REPLACE` with `a` and `b`.
fn step_text(step: &Transformation) -> serde_json::Value {
    let texts: Vec<&str> = step.texts().into_iter().map(|(_, text)| text).collect();
    serde_json::json!({ "type": step.type_str(), "label": step.label(), "texts": texts })
}

/// One attribute as the audit keeps it.
pub fn attribute_text(attribute: &CustomAttribute) -> String {
    text(&AttributeText::of(attribute))
}

#[derive(Serialize)]
struct WithAttributes<'a> {
    #[serde(flatten)]
    fields: serde_json::Map<String, serde_json::Value>,
    attributes: Vec<AttributeText<'a>>,
}

#[derive(Serialize)]
struct AttributeText<'a> {
    name: &'a str,
    #[serde(rename = "type")]
    kind: &'static str,
    /// Raw, so that numbers keep their digits.
    value: Option<Box<RawValue>>,
}

impl<'a> AttributeText<'a> {
    fn of(attribute: &'a CustomAttribute) -> Self {
        Self {
            name: attribute.name.as_str(),
            kind: attribute.value.kind().as_str(),
            value: RawValue::from_string(attribute.value.to_json_text()).ok(),
        }
    }
}

/// JSON of plain data: strings, lists and maps with string keys always serialise.
fn text(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}
