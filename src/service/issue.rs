//! The moment of issue (CHECK-AT-ISSUE): everything is read at one snapshot, decided by the one
//! decision, signed, and written down; only then does the answer leave. Nothing is remembered from
//! sign-in but who it is and how that was proven.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};

use crate::domain::attribute_release::ReleasedAttribute;
use crate::domain::audit::{Actor, ActorKind};
use crate::domain::connector::Connector;
use crate::domain::connector_template;
use crate::domain::ids::UserId;
use crate::domain::session::Session;
use crate::domain::sign_on::{SignOnDecision, SignOnView, decide};
use crate::saml::acs_choice::{default_acs, is_registered};
use crate::saml::assertion::{AssertionInput, AssertionTimes, AuthnStatement};
use crate::saml::authn_context::class_to_state;
use crate::saml::credentials::SigningCredential;
use crate::saml::name_id::{NameId, NameIdError, NameIdPlan, configured_plan};
use crate::saml::post_binding;
use crate::saml::request_refusal::StatusRefusal;
use crate::saml::response::{self, FailureInput, IssuedResponse, Signing};
use crate::saml::status::FailureStatus;
use crate::service::audit_trail::{Texts, Trail, object_of_connector};
use crate::service::environment::Environment;
use crate::service::error::{InternalError, ServiceError};
use crate::service::keys;
use crate::service::pending::{Ask, Pending};
use crate::service::secrets::{digest_hex, random_bytes};
use crate::service::sign_on::{DeniedPage, PostForm, RequestFault, SignOnError, Step};
use crate::store::connection::DbConnection;
use crate::store::issued_assertions::{self, IssuedAssertion};
use crate::store::name_ids::{self, ProposedNameId};
use crate::store::seen_requests::{self, Consumption, SeenRequest};
use crate::store::{sign_on_view, signing_keys};

/// Conditions hold from this long before the issue, since clocks of service providers differ.
const VALID_BEFORE: TimeDelta = TimeDelta::seconds(60);
/// And to this long after it.
const VALID_AFTER: TimeDelta = TimeDelta::minutes(5);
/// A request id is remembered longer than any request can be fresh.
const REQUEST_IS_REMEMBERED: TimeDelta = TimeDelta::days(1);
/// Two first sign-ons at once may both make a pairwise NameID; the loser takes the winner's.
const TRIES: usize = 3;

/// What one sign-on reads, at one snapshot.
struct Snapshot {
    view: SignOnView,
    credential: Arc<SigningCredential>,
    persistent: Option<String>,
}

/// Decides, signs and writes down one sign-on.
pub fn issue(
    env: &Environment,
    session: &Session,
    (connector, pending): (&Connector, &Pending),
) -> Result<Step, SignOnError> {
    for _ in 0..TRIES {
        let snapshot = read(env, session, connector)?;
        let decision = decide(&snapshot.view);
        if !decision.access.is_allowed() {
            return Ok(denied(env, &snapshot.view, &decision)?);
        }
        match make(env, session, (&snapshot, &decision, pending))? {
            Made::Refused(status) => return refuse(env, &snapshot.view.connector, (pending, status)),
            Made::Impossible(help) => return Ok(impossible(env, &snapshot.view, help)?),
            Made::Response(draft) => match commit(env, session, &draft)? {
                Written::Done => return Ok(Step::Respond(draft.form(pending))),
                Written::AnsweredElsewhere => return Err(RequestFault::AnsweredElsewhere.into()),
                Written::NameIdChanged => {}
            },
        }
    }
    Err(ServiceError::Internal(InternalError::NameIdUnsettled).into())
}

/// A failure status to a verified ACS URL.
pub fn failure_form(
    env: &Environment,
    connector: &Connector,
    refusal: &StatusRefusal,
) -> Result<PostForm, ServiceError> {
    let algorithm = connector.settings.signature_algorithm;
    let key = env.store.read(|conn| -> Result<_, ServiceError> {
        Ok(keys::active_for(&signing_keys::list(conn)?, algorithm)?.clone())
    })?;
    let input = FailureInput {
        response_id: &new_xml_id()?,
        issuer: &env.settings.entity_id,
        acs_url: &refusal.acs_url,
        in_response_to: Some(&refusal.request_id),
        issued_at: env.now(),
        status: refusal.status,
    };
    let credential = env.keys.open(&key)?;
    let xml = response::issue_failure(&input, &credential, algorithm)?;
    Ok(form(&refusal.acs_url, &xml, &connector.settings.name))
}

fn read(env: &Environment, session: &Session, connector: &Connector) -> Result<Snapshot, SignOnError> {
    let user = UserId::new(session.account.get());
    let found = env.store.read(|conn| -> Result<_, ServiceError> {
        let Some(view) = sign_on_view::load(conn, user, connector.id)? else { return Ok(None) };
        let keys = signing_keys::list(conn)?;
        let key =
            keys::active_for(&keys, view.connector.settings.signature_algorithm)?.clone();
        let persistent = name_ids::find(conn, user, connector.id)?;
        Ok(Some((view, key, persistent)))
    })?;
    let (view, key, persistent) = found.ok_or(SignOnError::NotFound)?;
    Ok(Snapshot { view, credential: env.keys.open(&key)?, persistent })
}

/// What came of making a response.
enum Made {
    Response(Box<Draft>),
    /// To be told to the service provider.
    Refused(FailureStatus),
    /// To be told to the user: access is granted, but no assertion can be made.
    Impossible(String),
}

/// A signed response that is not written down yet.
struct Draft {
    issued: IssuedResponse,
    assertion: IssuedAssertion,
    acs_url: String,
    in_response_to: Option<String>,
    /// A pairwise NameID that has to be stored with it.
    new_name_id: Option<String>,
    connector: Connector,
    trail: Trail,
    after: String,
}

impl Draft {
    fn form(&self, pending: &Pending) -> PostForm {
        let form = form(&self.acs_url, &self.issued.xml, &self.connector.settings.name);
        PostForm { relay_state: pending.relay_state.clone(), ..form }
    }
}

fn make(
    env: &Environment,
    session: &Session,
    (snapshot, decision, pending): (&Snapshot, &SignOnDecision, &Pending),
) -> Result<Made, SignOnError> {
    let connector = &snapshot.view.connector;
    let settings = &connector.settings;
    let (acs_url, class_ref, plan) = match terms(connector, session, &pending.ask) {
        Ok(terms) => terms,
        Err(made) => return Ok(made),
    };
    let (name_id, new_name_id) = match name_id(env, snapshot, plan)? {
        Ok(found) => found,
        Err(NameIdError::Empty | NameIdError::TooLong) => {
            return Ok(Made::Impossible(format!(
                "Your account has no usable value for {}, by which {} knows its users. Ask your \
                 administrator to fill it in.",
                settings.name_id.source.as_str(),
                settings.name,
            )));
        }
    };
    if let Ask::Request(request) = &pending.ask {
        if new_name_id.is_some() && !request.may_create_name_id() {
            return Ok(Made::Refused(FailureStatus::InvalidNameIdPolicy));
        }
        if request.subject().is_some_and(|subject| !name_id.satisfies(subject)) {
            return Ok(Made::Refused(FailureStatus::UnknownPrincipal));
        }
    }
    let now = env.now();
    let ids = (new_xml_id()?, new_xml_id()?);
    let session_index = session_index(session, connector);
    let input = AssertionInput {
        id: &ids.1,
        issuer: &env.settings.entity_id,
        audience: &settings.sp_entity_id,
        acs_url: &acs_url,
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
            session_not_on_or_after: session.ends_at(),
            class_ref,
        },
        attributes: &decision.release.attributes,
    };
    let signing = Signing {
        credential: &snapshot.credential,
        algorithm: settings.signature_algorithm,
        scope: settings.sign,
    };
    let issued = response::issue(&ids.0, &input, signing).map_err(ServiceError::from)?;
    let limit = connector_template::assertion_limit(settings.template.as_deref());
    if issued.assertion_chars > limit {
        return Ok(Made::Impossible(format!(
            "What {} would be told about you has {} characters, and it accepts at most {limit}. Ask \
             your administrator to release less.",
            settings.name, issued.assertion_chars,
        )));
    }
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
        digest: digest_hex(released_text(&decision.release.attributes).as_bytes()),
        issued_at: now,
        expires_at: session.ends_at(),
    };
    let actor = Actor {
        kind: ActorKind::User,
        id: user.public_id.as_str().to_owned(),
        name: user.username.clone(),
    };
    Ok(Made::Response(Box::new(Draft {
        after: issued_text(&assertion, &decision.release.attributes),
        issued,
        assertion,
        in_response_to: pending.ask.request_id().map(str::to_owned),
        acs_url,
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
) -> Result<(String, &'static str, NameIdPlan), Made> {
    let settings = &connector.settings;
    match ask {
        Ask::Request(request) => {
            let class_ref = class_to_state(request.requested_authn_context(), session.method)
                .map_err(|_unmet| Made::Refused(FailureStatus::NoAuthnContext))?;
            let plan = request
                .name_id_plan(settings)
                .map_err(|_unmet| Made::Refused(FailureStatus::InvalidNameIdPolicy))?;
            // Registered when the request arrived; it has to be registered still (EXACT-ACS).
            if !is_registered(request.acs_url(), &settings.acs) {
                return Err(Made::Impossible(no_acs(connector)));
            }
            Ok((request.acs_url().to_owned(), class_ref, plan))
        }
        Ask::Unsolicited => {
            let class_ref = class_to_state(None, session.method)
                .map_err(|_unmet| Made::Refused(FailureStatus::NoAuthnContext))?;
            let acs_url = default_acs(&settings.acs)
                .map(str::to_owned)
                .ok_or_else(|| Made::Impossible(no_acs(connector)))?;
            Ok((acs_url, class_ref, configured_plan(settings.name_id)))
        }
    }
}

fn no_acs(connector: &Connector) -> String {
    format!(
        "The address at which {} receives sign-ons changed meanwhile. Start again at the application.",
        connector.settings.name
    )
}

type FoundNameId = Result<(NameId, Option<String>), NameIdError>;

/// The NameID, and the new pairwise value if one had to be made.
fn name_id(
    env: &Environment,
    snapshot: &Snapshot,
    plan: NameIdPlan,
) -> Result<FoundNameId, ServiceError> {
    let sp = &snapshot.view.connector.settings.sp_entity_id;
    let idp = &env.settings.entity_id;
    Ok(match (plan, &snapshot.persistent) {
        (NameIdPlan::Field { format, field }, _) => {
            NameId::from_field(format, snapshot.view.user.field(field)).map(|id| (id, None))
        }
        (NameIdPlan::Persistent, Some(value)) => {
            NameId::persistent(value, idp, sp).map(|id| (id, None))
        }
        (NameIdPlan::Persistent, None) => {
            let value = new_xml_id()?;
            NameId::persistent(&value, idp, sp).map(|id| (id, Some(value)))
        }
        (NameIdPlan::Transient, _) => NameId::transient(&new_xml_id()?).map(|id| (id, None)),
    })
}

/// What came of writing a response down.
enum Written {
    Done,
    /// The request id belongs to another session family (FRESH-ONCE).
    AnsweredElsewhere,
    /// Somebody stored another pairwise NameID first.
    NameIdChanged,
}

/// Request id, NameID, assertion and audit event in one write. Durable when it returns.
fn commit(env: &Environment, session: &Session, draft: &Draft) -> Result<Written, ServiceError> {
    let assertion = draft.assertion.clone();
    let request = draft.in_response_to.clone();
    let new_name_id = draft.new_name_id.clone();
    let family = session.family.clone();
    let trail = draft.trail.clone();
    let named = object_of_connector(&draft.connector);
    let texts: Texts = (None, Some(draft.after.clone()));
    env.store.write(move |conn| -> Result<Written, ServiceError> {
        if let Some(request) = &request {
            let seen = SeenRequest {
                connector: assertion.connector,
                request_id: request,
                family: &family,
                now: trail.at(),
                expires_at: trail.at() + REQUEST_IS_REMEMBERED,
            };
            if seen_requests::consume(conn, seen)? == Consumption::Foreign {
                return Ok(Written::AnsweredElsewhere);
            }
        }
        if let Some(value) = &new_name_id {
            let proposed = ProposedNameId {
                user: assertion.user,
                connector: assertion.connector,
                value,
                now: trail.at(),
            };
            if name_ids::keep(conn, proposed)? != *value {
                return Ok(Written::NameIdChanged);
            }
        }
        issued_assertions::insert(conn, &assertion)?;
        trail.write(conn, "assertion.issued", named.clone(), texts.clone())?;
        Ok(Written::Done)
    })
}

fn refuse(
    env: &Environment,
    connector: &Connector,
    (pending, status): (&Pending, FailureStatus),
) -> Result<Step, SignOnError> {
    let Ask::Request(request) = &pending.ask else {
        return Err(ServiceError::Internal(InternalError::NameIdUnsettled).into());
    };
    let refusal = StatusRefusal {
        status,
        acs_url: request.acs_url().to_owned(),
        request_id: request.id().to_owned(),
    };
    let form = failure_form(env, connector, &refusal)?;
    Ok(Step::Respond(PostForm { relay_state: pending.relay_state.clone(), ..form }))
}

/// Access is denied: an audit event, a page that says whom to ask, nothing to the service provider.
fn denied(
    env: &Environment,
    view: &SignOnView,
    decision: &SignOnDecision,
) -> Result<Step, ServiceError> {
    let reason = decision.access.reason;
    let after = serde_json::json!({ "reason": reason.as_str() }).to_string();
    write_event(env, view, ("sign_on.denied", after))?;
    Ok(Step::Denied(DeniedPage {
        connector_name: view.connector.settings.name.clone(),
        reason: Some(reason),
        help: "Ask your administrator for access.".to_owned(),
    }))
}

fn impossible(env: &Environment, view: &SignOnView, help: String) -> Result<Step, ServiceError> {
    let after = serde_json::json!({ "reason": help }).to_string();
    write_event(env, view, ("sign_on.failed", after))?;
    Ok(Step::Denied(DeniedPage {
        connector_name: view.connector.settings.name.clone(),
        reason: None,
        help,
    }))
}

fn write_event(
    env: &Environment,
    view: &SignOnView,
    (kind, after): (&'static str, String),
) -> Result<(), ServiceError> {
    let actor = Actor {
        kind: ActorKind::User,
        id: view.user.public_id.as_str().to_owned(),
        name: view.user.username.clone(),
    };
    let trail = Trail::new(env, &actor);
    let named = object_of_connector(&view.connector);
    env.store.write(move |conn: &mut DbConnection| -> Result<(), ServiceError> {
        trail.write(conn, kind, named.clone(), (None, Some(after.clone())))?;
        Ok(())
    })
}

fn form(acs_url: &str, xml: &str, name: &str) -> PostForm {
    let form = post_binding::PostForm::response(acs_url, xml.as_bytes(), None);
    PostForm {
        acs_url: form.action,
        saml_response: form.message,
        relay_state: None,
        service_provider: name.to_owned(),
    }
}

/// An xs:ID of 128 random bits; the underscore keeps a leading digit away.
pub fn new_xml_id() -> Result<String, ServiceError> {
    let bytes = random_bytes(16)?;
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(format!("_{hex}"))
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
            attribute.values.iter().map(|value| format!("{}\0{value}\n", attribute.name))
        })
        .collect()
}

/// The audit's picture of an assertion: names of what was released, and the digest of the values.
fn issued_text(assertion: &IssuedAssertion, attributes: &[ReleasedAttribute]) -> String {
    let names: Vec<&str> = attributes.iter().map(|attribute| attribute.name.as_str()).collect();
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

/// Kept for previews: times that are over, so that the document can never be used.
pub fn expired_times(now: DateTime<Utc>) -> AssertionTimes {
    let past = now - TimeDelta::days(1);
    AssertionTimes { issued_at: past, not_before: past - VALID_BEFORE, not_on_or_after: past + VALID_AFTER }
}
