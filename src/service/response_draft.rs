//! A response on its way: from a snapshot and the decision made of it to a signed document that is
//! not written down yet. Consumes nothing and stores nothing; that is `issue.rs`.

use std::sync::Arc;

use chrono::TimeDelta;

use crate::domain::connector::{Connector, ConnectorSettings};
use crate::domain::connector_template;
use crate::domain::release::{Release, ReleasedAttribute};
use crate::domain::session::Session;
use crate::domain::sign_on::{SignOnDecision, SignOnView};
use crate::domain::verdict::{Check, Verdicts};
use crate::saml::acs_choice::{AcsTarget, default_acs, is_registered};
use crate::saml::assertion::{AssertionInput, AssertionTimes, AuthnStatement};
use crate::saml::authn_context::{class_to_state, truest_class};
use crate::saml::credentials::SigningCredential;
use crate::saml::encryption::{Encryption, Recipient};
use crate::saml::name_id::{NameId, NameIdError, NameIdPlan, configured_plan};
use crate::saml::request_refusal::StatusRefusal;
use crate::saml::response::{self, IssuedResponse, Signing};
use crate::saml::status::FailureStatus;
use crate::saml::urns::AC_PASSWORD_PROTECTED_TRANSPORT;
use crate::service::audit_trail::{Trail, actor_of_user};
use crate::service::environment::Environment;
use crate::service::error::ServiceError;
use crate::service::name_id_value;
use crate::service::pending::{Ask, Pending};
use crate::service::secrets::{digest_hex, new_xml_id};
use crate::store::issued_assertions::IssuedAssertion;

/// Conditions hold from this long before the issue, since clocks of service providers differ.
const VALID_BEFORE: TimeDelta = TimeDelta::seconds(60);
/// And to this long after it.
const VALID_AFTER: TimeDelta = TimeDelta::minutes(5);

/// What one sign-on reads, at one snapshot.
pub struct Snapshot {
    pub view: SignOnView,
    pub credential: Arc<SigningCredential>,
    /// The stored pairwise NameID.
    pub persistent: Option<String>,
}

/// What came of making a response.
pub enum Made {
    Response(Box<Draft>),
    /// To be told to the service provider.
    Refused(StatusRefusal),
    /// To be told to the user: access is granted, but no assertion can be made.
    Impossible(String),
}

/// A signed response that is not written down yet.
pub struct Draft {
    pub issued: IssuedResponse,
    pub assertion: IssuedAssertion,
    pub acs: AcsTarget,
    pub in_response_to: Option<String>,
    /// A pairwise NameID that has to be stored with it.
    pub new_name_id: Option<String>,
    pub connector: Connector,
    pub trail: Trail,
    /// What the audit keeps of it.
    pub after: String,
}

/// Makes the response, or says why there is none. Each thing it insists on leaves its verdict.
pub fn make(
    env: &Environment,
    session: &Session,
    (snapshot, decision, pending): (&Snapshot, &SignOnDecision, &Pending),
    verdicts: &mut Verdicts,
) -> Result<Made, ServiceError> {
    let connector = &snapshot.view.connector;
    let settings = &connector.settings;
    let (acs, class_ref, plan) = match terms(connector, session, &pending.ask, verdicts) {
        Ok(terms) => terms,
        Err(made) => return Ok(made),
    };
    let view = (&snapshot.view, snapshot.persistent.as_deref());
    let found = name_id_value::find(env, view, &plan)?;
    let format = |_: &(NameId, Option<String>)| plan.format().uri().to_owned();
    let (name_id, new_name_id) = match verdicts.take_with(Check::NameId, found, format) {
        Ok(found) => found,
        Err(NameIdError::Empty | NameIdError::TooLong | NameIdError::NoIdentifier(_)) => {
            return Ok(Made::Impossible(format!(
                "Your account has no usable value for {}, by which {} knows its users. Ask your \
                 administrator to fill it in.",
                settings.name_id.source.named(),
                settings.name,
            )));
        }
    };
    if let Ask::Request(request) = &pending.ask
        && let Some(subject) = request.subject()
    {
        let parties = (
            env.settings.entity_id.as_str(),
            settings.sp_entity_id.as_str(),
        );
        if !name_id.satisfies(subject, parties) {
            verdicts.fail(Check::Subject, "The request is about somebody else.");
            return Ok(Made::Refused(
                request.refused(FailureStatus::UnknownPrincipal),
            ));
        }
        verdicts.pass(Check::Subject, "The request is about who signed in.");
    }
    let now = env.now();
    let ids = (new_xml_id()?, new_xml_id()?);
    let session_index = session_index(session, connector);
    let input = AssertionInput {
        id: &ids.1,
        issuer: &env.settings.entity_id,
        audience: &settings.sp_entity_id,
        acs_url: &acs.url,
        in_response_to: pending.ask.request_id(),
        name_id: &name_id,
        times: AssertionTimes {
            issued_at: now,
            not_before: now - VALID_BEFORE,
            not_on_or_after: now + VALID_AFTER,
        },
        authn: AuthnStatement {
            authn_instant: session.authenticated_at,
            session_index: &session_index,
            session_not_on_or_after: session.ends_at,
            class_ref,
        },
        attributes: &decision.release.attributes,
    };
    let signing = Signing {
        credential: &snapshot.credential,
        algorithm: settings.signature_algorithm,
        scope: settings.sign,
    };
    let encryption = match encryption(settings, verdicts) {
        Ok(encryption) => encryption,
        Err(made) => return Ok(made),
    };
    let issued = response::issue(&ids.0, &input, signing, encryption.as_ref())?;
    verdicts.pass(Check::Signing, signed_by(signing));
    let limit = connector_template::assertion_limit(settings.template.as_deref());
    let size = format!("{} characters of at most {limit}.", issued.assertion_chars);
    if issued.assertion_chars > limit {
        verdicts.fail(Check::Size, size);
        return Ok(Made::Impossible(format!(
            "What {} would be told about you has {} characters, and it accepts at most {limit}. Ask \
             your administrator to release less.",
            settings.name, issued.assertion_chars,
        )));
    }
    verdicts.pass(Check::Size, size);
    let user = &snapshot.view.user;
    let assertion = IssuedAssertion {
        assertion_id: ids.1,
        response_id: ids.0,
        connector: connector.id,
        user: user.id,
        session_index,
        session_family: session.family.clone(),
        name_id: name_id.value().to_owned(),
        name_id_format: name_id.format(),
        name_qualifier: name_id.name_qualifier().map(str::to_owned),
        sp_name_qualifier: name_id.sp_name_qualifier().map(str::to_owned),
        digest: digest_hex(released_text(&decision.release.attributes).as_bytes()),
        issued_at: now,
        expires_at: session.ends_at,
        ended_at: None,
    };
    let actor = actor_of_user(user);
    Ok(Made::Response(Box::new(Draft {
        after: issued_text(&assertion, &decision.release.attributes),
        issued,
        assertion,
        in_response_to: pending.ask.request_id().map(str::to_owned),
        acs,
        new_name_id,
        connector: connector.clone(),
        trail: Trail::new(env, &actor),
    })))
}

/// ACS URL, class to state, and how the NameID is made.
fn terms(
    connector: &Connector,
    session: &Session,
    ask: &Ask,
    verdicts: &mut Verdicts,
) -> Result<(AcsTarget, &'static str, NameIdPlan), Made> {
    let settings = &connector.settings;
    let Ask::Request(request) = ask else {
        let class_ref = truest_class(session.method);
        let acs = settled_acs(default_acs(settings), connector, verdicts)?;
        return Ok((acs, class_ref, configured_plan(&settings.name_id)));
    };
    let class_ref = class_to_state(request.requested_authn_context(), session.method);
    let class_ref = verdicts
        .take_with(Check::AuthnContext, class_ref, |class| (*class).to_owned())
        .map_err(|_unmet| Made::Refused(request.refused(FailureStatus::NoAuthnContext)))?;
    let plan = request.name_id_plan(settings);
    let plan = verdicts
        .take_with(Check::NameIdPolicy, plan, |plan| {
            plan.format().uri().to_owned()
        })
        .map_err(|_unmet| Made::Refused(request.refused(FailureStatus::InvalidNameIdPolicy)))?;
    // Registered when the request arrived; it has to be registered still (EXACT-ACS).
    let acs = Some(request.acs()).filter(|acs| is_registered(acs, settings));
    let acs = settled_acs(acs.cloned(), connector, verdicts)?;
    Ok((acs, class_ref, plan))
}

fn settled_acs(
    found: Option<AcsTarget>,
    connector: &Connector,
    verdicts: &mut Verdicts,
) -> Result<AcsTarget, Made> {
    let settled = found.ok_or_else(|| no_acs(connector));
    let told = |acs: &AcsTarget| acs.url.clone();
    verdicts
        .take_with(Check::AssertionConsumerService, settled, told)
        .map_err(Made::Impossible)
}

/// What is encrypted and for whom. A connector that wants encryption and has no certificate for it
/// gets nothing: what was to be secret is never sent in clear.
fn encryption(
    settings: &ConnectorSettings,
    verdicts: &mut Verdicts,
) -> Result<Option<Encryption>, Made> {
    let choice = settings.encryption;
    if !choice.is_on() {
        verdicts.skip(
            Check::Encryption,
            "Nothing is encrypted for this application.",
        );
        return Ok(None);
    }
    let recipient = Recipient::of(&settings.certificates).ok_or_else(|| {
        format!(
            "What {} is told about you has to be encrypted, and none of its certificates can be \
             used for that. Ask your administrator to add its encryption certificate.",
            settings.name,
        )
    });
    let how = |_: &Recipient| {
        let key_transport = choice.key_transport.as_str();
        format!("{}, {key_transport}.", choice.algorithm.as_str())
    };
    match verdicts.take_with(Check::Encryption, recipient, how) {
        Ok(recipient) => Ok(Some(Encryption { choice, recipient })),
        Err(help) => Err(Made::Impossible(help)),
    }
}

/// What is signed, how and by which key.
fn signed_by(signing: Signing<'_>) -> String {
    format!(
        "{}: {} by the key with the certificate {}.",
        signing.scope.as_str(),
        signing.algorithm.as_str(),
        signing.credential.fingerprint(),
    )
}

fn no_acs(connector: &Connector) -> String {
    format!(
        "The address at which {} receives sign-ons changed meanwhile. Start again at the application.",
        connector.settings.name
    )
}

/// One index for one session at one service provider, the same however often it signs on; nothing
/// of our own session can be read from it.
fn session_index(session: &Session, connector: &Connector) -> String {
    let text = format!("{}\n{}", session.public_id, connector.public_id);
    let digest = digest_hex(text.as_bytes());
    format!("_{}", digest.get(..32).unwrap_or(&digest))
}

/// What was released, in one canonical text: a line for each value.
fn released_text(attributes: &[ReleasedAttribute]) -> String {
    attributes
        .iter()
        .flat_map(|attribute| {
            attribute
                .values
                .iter()
                .map(|value| format!("{}\0{value}\n", attribute.name))
        })
        .collect()
}

/// The audit's picture of an assertion: names of what was released, and the digest of the values.
fn issued_text(assertion: &IssuedAssertion, attributes: &[ReleasedAttribute]) -> String {
    let names: Vec<&str> = attributes
        .iter()
        .map(|attribute| attribute.name.as_str())
        .collect();
    serde_json::json!({
        "assertionId": assertion.assertion_id,
        "responseId": assertion.response_id,
        "sessionIndex": assertion.session_index,
        "nameIdFormat": assertion.name_id_format.uri(),
        "attributes": names,
        "digest": assertion.digest,
    })
    .to_string()
}

/// The document of a preview: unsigned, and over since a day, so that it never signs anybody in.
/// Gives the XML and the length of the assertion in characters.
pub fn preview_document(
    env: &Environment,
    view: &SignOnView,
    (name_id, release): (&NameId, &Release),
) -> Result<(String, usize), ServiceError> {
    let settings = &view.connector.settings;
    let past = env.now() - TimeDelta::days(1);
    let times = AssertionTimes {
        issued_at: past,
        not_before: past - VALID_BEFORE,
        not_on_or_after: past + VALID_AFTER,
    };
    let acs_url = default_acs(settings).map_or_else(String::new, |acs| acs.url);
    let input = AssertionInput {
        id: &new_xml_id()?,
        issuer: &env.settings.entity_id,
        audience: &settings.sp_entity_id,
        acs_url: &acs_url,
        in_response_to: None,
        name_id,
        times,
        authn: AuthnStatement {
            authn_instant: times.issued_at,
            session_index: "_preview",
            session_not_on_or_after: times.not_on_or_after,
            class_ref: AC_PASSWORD_PROTECTED_TRANSPORT,
        },
        attributes: &release.attributes,
    };
    let preview = response::preview(&new_xml_id()?, &input)?;
    Ok((preview.xml, preview.assertion_chars))
}
