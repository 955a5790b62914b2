//! The moment of issue (CHECK-AT-ISSUE): everything is read at one snapshot, decided by the one
//! decision, signed, and written down; only then does the answer leave. Nothing is remembered from
//! sign-in but who it is and how that was proven.

use chrono::TimeDelta;

use crate::domain::app_access::{AccessDecision, AccessReason};
use crate::domain::connector::Connector;
use crate::domain::exchange::{ExchangeBinding, MessageType};
use crate::domain::ids::UserId;
use crate::domain::session::Session;
use crate::domain::sign_on::{SignOnDecision, SignOnView};
use crate::domain::verdict::{Check, Verdicts};
use crate::saml::request_refusal::StatusRefusal;
use crate::saml::response::{self, FailureInput};
use crate::service::audit_trail::{Texts, Trail, actor_of_user, object_of_connector};
use crate::service::delivery::Delivery;
use crate::service::environment::Environment;
use crate::service::error::{InternalError, ServiceError};
use crate::service::parcel::pack;
use crate::service::pending::Pending;
use crate::service::recording::Recording;
use crate::service::response_draft::{Draft, Made, Snapshot, make};
use crate::service::secrets::new_xml_id;
use crate::service::sign_on::{DeniedPage, RequestFault, SignOnError, Step};
use crate::service::signing_choice;
use crate::store::connection::DbConnection;
use crate::store::issued_assertions;
use crate::store::name_ids::{self, ProposedNameId};
use crate::store::seen_requests::{self, Consumption, SeenRequest};
use crate::store::waiting_responses::{self, WaitingResponse};
use crate::store::{sessions, sign_on_view};

/// A request id is remembered longer than any request can be fresh.
pub const REQUEST_IS_REMEMBERED: TimeDelta = TimeDelta::days(1);
/// Two first sign-ons at once may both make a pairwise NameID; the loser takes the winner's.
const TRIES: usize = 3;

/// What came of a sign-on.
#[derive(Debug)]
pub enum Issued {
    Step(Step),
    /// The session has ended meanwhile.
    SessionEnded,
    /// Application or groups ask for a second factor, and the session has none.
    FactorMissing,
}

/// Decides, signs and writes down one sign-on; `source` is the network address that it comes from.
pub fn issue(
    env: &Environment,
    (session, source): (&Session, &str),
    (connector, pending): (&Connector, &Pending),
) -> Result<Issued, SignOnError> {
    let mut recording = Recording::sent(MessageType::Response, ExchangeBinding::HttpPost);
    recording.in_response_to = pending.ask.request_id().map(str::to_owned);
    let step = attempt(env, (session, source), (connector, pending), &mut recording);
    // Nothing is sent before the factor is there.
    if !matches!(step, Ok(Issued::FactorMissing)) {
        recording.close(env, connector, matches!(step, Ok(Issued::Step(_))));
    }
    step
}

fn attempt(
    env: &Environment,
    (session, source): (&Session, &str),
    (connector, pending): (&Connector, &Pending),
    recording: &mut Recording,
) -> Result<Issued, SignOnError> {
    for _ in 0..TRIES {
        let snapshot = read(env, session, connector)?;
        let decision = snapshot.view.decide_from(source.parse().ok());
        recording.verdicts = Verdicts::default();
        recording.username = Some(snapshot.view.user.username.clone());
        judge(&mut recording.verdicts, session, &decision.access);
        if !decision.access.is_allowed() {
            return Ok(Issued::Step(denied(env, &snapshot.view, &decision)?));
        }
        if snapshot
            .view
            .lacks_factor(session.method, env.users_need_mfa)
        {
            return Ok(Issued::FactorMissing);
        }
        let what = (&snapshot, &decision, pending);
        match make(env, session, what, &mut recording.verdicts)? {
            Made::Refused(refusal) => {
                let relay_state = pending.relay_state.clone();
                let connector = &snapshot.view.connector;
                recording.binding = refusal.acs.binding.into();
                let delivery = fail(env, connector, &refusal, relay_state)?;
                return Ok(Issued::Step(Step::Respond(delivery)));
            }
            Made::Impossible(help) => {
                return Ok(Issued::Step(impossible(env, &snapshot.view, help)?));
            }
            Made::Response(draft) => {
                recording.binding = draft.acs.binding.into();
                let relay_state = pending.relay_state.clone();
                let what = (&draft.acs, draft.issued.xml.as_str());
                let parcel = pack(env, connector, what, relay_state)?;
                let written = commit(env, session, (&draft, parcel.waiting))?;
                note(&mut recording.verdicts, &written, &draft);
                match written {
                    Written::Done => {
                        note_issued(env, connector, *draft, recording);
                        return Ok(Issued::Step(Step::Respond(parcel.delivery)));
                    }
                    Written::SessionEnded => return Ok(Issued::SessionEnded),
                    Written::AnsweredElsewhere => {
                        return Err(RequestFault::AnsweredElsewhere.into());
                    }
                    Written::NameIdChanged => {}
                }
            }
        }
    }
    Err(ServiceError::Internal(InternalError::NameIdUnsettled).into())
}

/// The answer is durable now.
fn note_issued(env: &Environment, connector: &Connector, draft: Draft, recording: &mut Recording) {
    env.sign_ons.issued.increment();
    recording.document(env, connector, &draft.issued.xml);
    recording.message_id = Some(draft.assertion.response_id);
}

/// What was decided of the person.
fn judge(verdicts: &mut Verdicts, session: &Session, access: &AccessDecision) {
    let since = session.authenticated_at.format("%Y-%m-%d %H:%M:%S UTC");
    verdicts.pass(Check::SignIn, format!("Signed in at {since}."));
    let reason = access.reason.sentence();
    if access.is_allowed() {
        let groups = access.paths.iter().map(|path| path.group_name.as_str());
        let groups = groups.collect::<Vec<_>>().join(", ");
        verdicts.pass(Check::Access, format!("By {groups}."));
    } else {
        verdicts.fail(Check::Access, reason);
    }
}

/// What the write found.
fn note(verdicts: &mut Verdicts, written: &Written, draft: &Draft) {
    match written {
        Written::Done if draft.in_response_to.is_some() => {
            verdicts.pass(Check::Replay, "Answered once, and only to this session.");
        }
        Written::Done | Written::NameIdChanged => {}
        Written::SessionEnded => {
            verdicts.fail(
                Check::SignIn,
                "The session ended while the answer was made.",
            );
        }
        Written::AnsweredElsewhere => {
            verdicts.fail(Check::Replay, RequestFault::AnsweredElsewhere.to_string());
        }
    }
}

/// A failure status to a verified endpoint.
pub fn fail(
    env: &Environment,
    connector: &Connector,
    refusal: &StatusRefusal,
    relay_state: Option<String>,
) -> Result<Delivery, ServiceError> {
    let algorithm = connector.settings.signature_algorithm;
    let credential = signing_choice::credential(env, connector)?;
    let input = FailureInput {
        response_id: &new_xml_id()?,
        issuer: &env.settings.entity_id,
        acs_url: &refusal.acs.url,
        in_response_to: Some(&refusal.request_id),
        issued_at: env.now(),
        status: refusal.status,
    };
    let xml = response::issue_failure(&input, &credential, algorithm)?;
    env.sign_ons.failed.increment();
    let parcel = pack(env, connector, (&refusal.acs, &xml), relay_state)?;
    if let Some(waiting) = parcel.waiting {
        env.store.write(move |conn| -> Result<(), ServiceError> {
            Ok(waiting_responses::insert(conn, &waiting)?)
        })?;
    }
    Ok(parcel.delivery)
}

fn read(
    env: &Environment,
    session: &Session,
    connector: &Connector,
) -> Result<Snapshot, SignOnError> {
    let now = env.now();
    let user = UserId::new(session.account.get());
    let found = env.store.read(|conn| -> Result<_, ServiceError> {
        let Some(mut view) = sign_on_view::load(conn, user, connector.id)? else {
            return Ok(None);
        };
        view.user = view.user.in_effect_at(now);
        let key = signing_choice::for_connector(conn, &view.connector, now)?;
        let persistent = name_ids::find(conn, user, connector.id)?;
        Ok(Some((view, key, persistent)))
    })?;
    let (view, key, persistent) = found.ok_or(SignOnError::NotFound)?;
    Ok(Snapshot {
        view,
        credential: env.keys.open(&key)?,
        persistent,
    })
}

/// What came of writing a response down.
enum Written {
    Done,
    /// Somebody signed out, or was signed out: an assertion of now would be told of its end by nobody.
    SessionEnded,
    /// The request id belongs to another session family (FRESH-ONCE).
    AnsweredElsewhere,
    /// Somebody stored another pairwise NameID first.
    NameIdChanged,
}

/// Request id, NameID, assertion and audit event in one write. Durable when it returns.
fn commit(
    env: &Environment,
    session: &Session,
    (draft, waiting): (&Draft, Option<WaitingResponse>),
) -> Result<Written, ServiceError> {
    let assertion = draft.assertion.clone();
    let request = draft.in_response_to.clone();
    let new_name_id = draft.new_name_id.clone();
    let (family, session) = (session.family.clone(), session.public_id.clone());
    let trail = draft.trail.clone();
    let named = object_of_connector(&draft.connector);
    let texts: Texts = (None, Some(draft.after.clone()));
    env.store
        .write(move |conn| -> Result<Written, ServiceError> {
            if !sessions::hold(conn, &session)? {
                return Ok(Written::SessionEnded);
            }
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
            if let Some(waiting) = &waiting {
                waiting_responses::insert(conn, waiting)?;
            }
            trail.write(conn, "assertion.issued", named.clone(), texts.clone())?;
            Ok(Written::Done)
        })
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
    env.sign_ons.denied.increment();
    let help = match view.connector.settings.conditions.denied_text.as_str() {
        "" => "Ask your administrator for access.",
        text => text,
    };
    Ok(refusal_page(view, Some(reason), help.to_owned()))
}

fn impossible(env: &Environment, view: &SignOnView, help: String) -> Result<Step, ServiceError> {
    let connector = view.connector.settings.slug.as_str();
    tracing::warn!(connector, reason = help, "no assertion could be made");
    let after = serde_json::json!({ "reason": help }).to_string();
    write_event(env, view, ("sign_on.failed", after))?;
    env.sign_ons.failed.increment();
    Ok(refusal_page(view, None, help))
}

/// The page of a refusal; `help` says what to do next.
fn refusal_page(view: &SignOnView, reason: Option<AccessReason>, help: String) -> Step {
    let settings = &view.connector.settings;
    Step::Denied(DeniedPage {
        connector_name: settings.name.clone(),
        reason,
        help,
        help_url: settings.conditions.help_url.clone(),
    })
}

fn write_event(
    env: &Environment,
    view: &SignOnView,
    (kind, after): (&'static str, String),
) -> Result<(), ServiceError> {
    let trail = Trail::new(env, &actor_of_user(&view.user));
    let named = object_of_connector(&view.connector);
    env.store
        .write(move |conn: &mut DbConnection| -> Result<(), ServiceError> {
            trail.write(conn, kind, named.clone(), (None, Some(after.clone())))?;
            Ok(())
        })
}
