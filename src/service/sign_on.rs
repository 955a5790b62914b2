//! Single sign-on, SP-initiated and IdP-initiated: from the octets of a request, or from the name of
//! an application, to the next step of the browser. Deciding and issuing is `issue.rs`; this file
//! reads requests, keeps them while somebody signs in, and sees that each is answered once.

use chrono::{DateTime, Utc};

use crate::domain::app_access::AccessReason;
use crate::domain::connector::Connector;
use crate::domain::exchange::MessageType;
use crate::domain::session::{AccountKind, Session};
use crate::domain::verdict::Check;
use crate::saml::acs_choice::Carrier;
use crate::saml::inbound::{BindingError, InboundMessage};
use crate::saml::message::MessageError;
use crate::saml::received_message::AuthenticityError;
use crate::saml::received_request::{self, ReceivedRequest};
use crate::saml::request_refusal::PageRefusal;
use crate::saml::status::FailureStatus;
use crate::saml::{post_binding, redirect_binding};
use crate::service::authentication;
use crate::service::delivery::Delivery;
use crate::service::environment::Environment;
use crate::service::error::ServiceError;
use crate::service::factor_demand::{Way, better_way};
use crate::service::issue::{self, Issued};
use crate::service::judgement::{self, RequestFailure};
use crate::service::pending::{self, Ask, Pending};
use crate::service::recording::Recording;
use crate::service::second_step;
use crate::store::connectors;

/// RelayState is opaque and bounded (SAML Bindings 3.4.3, BOUNDED-INPUT).
const RELAY_STATE_LIMIT: usize = 2048;

/// What the browser brought along.
#[derive(Debug, Clone, Default)]
pub struct Browser {
    /// Token of the pre-session cookie.
    pub pre_session: Option<String>,
    /// Token of the session cookie.
    pub session: Option<String>,
    /// Network address of the client.
    pub source: String,
}

/// Where the browser goes next.
#[derive(Debug)]
pub enum Step {
    /// To the sign-in page; `pre_session` is to be set as a cookie.
    SignIn {
        pending: String,
        pre_session: String,
    },
    /// To the page of the second step; both tokens are to be set as cookies.
    SecondStep {
        pending: String,
        pre_session: String,
        half: String,
    },
    /// To a GET of ours, so that the session cookie comes along after a cross-site POST.
    Continue {
        pending: String,
        pre_session: String,
    },
    /// To the service provider, with a response.
    Respond(Delivery),
    /// Nowhere: a page says why.
    Denied(DeniedPage),
}

/// What a refused user is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeniedPage {
    pub connector_name: String,
    /// `None` when access was granted but no assertion can be made.
    pub reason: Option<AccessReason>,
    /// What to do next.
    pub help: String,
    /// Where help is found; `""`: nowhere.
    pub help_url: String,
}

/// Why there is no next step.
#[derive(Debug, thiserror::Error)]
pub enum SignOnError {
    /// The request is at fault; its text is for the page (400).
    #[error(transparent)]
    Request(#[from] RequestFault),
    /// The message is over the caps (413).
    #[error("the message is larger than 256 KiB")]
    TooLarge,
    /// No such application, or no such waiting request in this browser (404).
    #[error("not found")]
    NotFound,
    #[error(transparent)]
    Service(#[from] ServiceError),
}

/// What is wrong with a request.
#[derive(Debug, thiserror::Error)]
pub enum RequestFault {
    #[error(transparent)]
    Binding(BindingError),
    #[error(transparent)]
    Message(#[from] MessageError),
    #[error(transparent)]
    NotAuthentic(AuthenticityError),
    #[error(transparent)]
    Refused(#[from] PageRefusal),
    #[error("the service provider {0:?} is not registered here")]
    UnknownServiceProvider(String),
    #[error("this request was already answered in another browser; start again at the application")]
    AnsweredElsewhere,
    #[error("RelayState is longer than 2,048 bytes")]
    RelayStateTooLong,
}

impl From<BindingError> for SignOnError {
    fn from(error: BindingError) -> Self {
        match error {
            BindingError::TooLarge => Self::TooLarge,
            other => Self::Request(RequestFault::Binding(other)),
        }
    }
}

/// A request by HTTP-Redirect: `raw_query` is the query string as received (RAW-QUERY).
pub fn receive_redirect(
    env: &Environment,
    raw_query: &str,
    browser: &Browser,
) -> Result<Step, SignOnError> {
    match admit(env, redirect_binding::decode_request(raw_query)?)? {
        Admitted::Refused(delivery) => Ok(Step::Respond(delivery)),
        Admitted::Valid(connector, pending) => {
            let session = user_session(env, browser)?;
            proceed(env, browser, (&connector, pending, session, None))
        }
    }
}

/// A request by HTTP-POST: the form body as received. No cookie came along, so the answer is a GET.
pub fn receive_post(
    env: &Environment,
    body: &[u8],
    browser: &Browser,
) -> Result<Step, SignOnError> {
    match admit(env, post_binding::decode_request(body)?)? {
        Admitted::Refused(delivery) => Ok(Step::Respond(delivery)),
        Admitted::Valid(connector, new) => {
            let (pending, pre_session) = pending::keep(env, browser, (&connector, &new))?;
            Ok(Step::Continue {
                pending,
                pre_session,
            })
        }
    }
}

/// IdP-initiated sign-on; `relay_state` overrides the connector's default.
pub fn start(
    env: &Environment,
    slug: &str,
    relay_state: Option<&str>,
    browser: &Browser,
) -> Result<Step, SignOnError> {
    let found = env
        .store
        .read(|conn| -> Result<_, ServiceError> { Ok(connectors::find_by_slug(conn, slug)?) })?;
    let connector = found.ok_or(SignOnError::NotFound)?;
    let default = &connector.settings.default_relay_state;
    let relay_state = match relay_state {
        Some(given) if given.len() > RELAY_STATE_LIMIT => {
            return Err(RequestFault::RelayStateTooLong.into());
        }
        Some(given) => Some(given.to_owned()),
        None if default.is_empty() => None,
        None => Some(default.clone()),
    };
    let session = user_session(env, browser)?;
    proceed(
        env,
        browser,
        (
            &connector,
            Pending {
                ask: Ask::Unsolicited,
                relay_state,
            },
            session,
            None,
        ),
    )
}

/// Goes on with a request that was kept in this browser.
pub fn resume(env: &Environment, id: &str, browser: &Browser) -> Result<Step, SignOnError> {
    let kept = pending::find(env, browser, id)?.ok_or(SignOnError::NotFound)?;
    let session = user_session(env, browser)?;
    let kept_at = Some((id, kept.created_at));
    proceed(
        env,
        browser,
        (&kept.connector, kept.pending, session, kept_at),
    )
}

/// The connector, what is asked, the live session, and under which id it waits since when.
type Turn<'a> = (
    &'a Connector,
    Pending,
    Option<Session>,
    Option<(&'a str, DateTime<Utc>)>,
);

fn proceed(
    env: &Environment,
    browser: &Browser,
    (connector, pending, session, kept): Turn<'_>,
) -> Result<Step, SignOnError> {
    // ForceAuthn: only a credential that was checked after the request arrived counts. Nor does one that the
    // application calls too old, whatever else may be missing: all of it is asked for in the new sign-in.
    let counts = |session: &Session| {
        let is_forced = pending.ask.force_authn();
        let conditions = &connector.settings.conditions;
        (!is_forced || kept.is_some_and(|(_, since)| session.authenticated_at > since))
            && !conditions.outdates(session.authenticated_at, env.now())
    };
    let since = kept.map(|(_, since)| since);
    let mut lacking = None;
    if let Some(session) = session.filter(counts) {
        let who = (&session, browser.source.as_str());
        match stand(env, who, (connector, &pending), since)? {
            Standing::Step(step) => return Ok(step),
            Standing::FactorMissing => lacking = Some(session),
            Standing::SignIn => {}
        }
    }
    if let Ask::Request(request) = &pending.ask
        && request.is_passive()
    {
        let binding = request.acs().binding.into();
        let mut recording = Recording::sent(MessageType::Response, binding);
        recording.in_response_to = Some(request.id().to_owned());
        recording.verdicts.fail(
            Check::Passive,
            "The request forbids a page, and nobody is signed in as it wants.",
        );
        recording.close(env, connector, false);
        let refusal = request.refused(FailureStatus::NoPassive);
        let delivery = issue::fail(env, connector, &refusal, pending.relay_state)?;
        return Ok(Step::Respond(delivery));
    }
    let (pending, pre_session) = match (kept, &browser.pre_session) {
        (Some((id, _)), Some(token)) => (id.to_owned(), token.clone()),
        _ => pending::keep(env, browser, (connector, &pending))?,
    };
    if let Some(session) = lacking
        && let Some(half) = second_step::begin_from_session(env, &session, &pre_session)?
    {
        return Ok(Step::SecondStep {
            pending,
            pre_session,
            half,
        });
    }
    Ok(Step::SignIn {
        pending,
        pre_session,
    })
}

/// What a live session comes to.
enum Standing {
    Step(Step),
    /// A second factor beside it is needed.
    FactorMissing,
    /// Another sign-in is needed.
    SignIn,
}

/// Issues, unless the request could be met by a better sign-in than that of the session. Whoever just
/// signed in for this request is not asked for another way again: the service provider is told.
fn stand(
    env: &Environment,
    (session, source): (&Session, &str),
    (connector, pending): (&Connector, &Pending),
    since: Option<DateTime<Utc>>,
) -> Result<Standing, SignOnError> {
    let is_fresh = since.is_some_and(|since| session.authenticated_at > since);
    match better_way(&pending.ask, session.method) {
        Some(Way::SecondFactor) => return Ok(Standing::FactorMissing),
        Some(Way::OtherSignIn) if !is_fresh => return Ok(Standing::SignIn),
        Some(Way::OtherSignIn) | None => {}
    }
    Ok(
        match issue::issue(env, (session, source), (connector, pending))? {
            Issued::Step(step) => Standing::Step(step),
            Issued::SessionEnded => Standing::SignIn,
            Issued::FactorMissing => Standing::FactorMissing,
        },
    )
}

/// What came of reading a request.
pub(in crate::service) enum Admitted {
    Valid(Box<Connector>, Pending),
    /// Refused with a status to a verified endpoint.
    Refused(Delivery),
}

fn admit(env: &Environment, inbound: InboundMessage) -> Result<Admitted, SignOnError> {
    let relay_state = inbound.relay_state.clone();
    let recording = Recording::received(env, MessageType::AuthnRequest, &inbound);
    let received = received_request::receive(inbound).map_err(RequestFault::Message)?;
    admit_received(env, (received, Carrier::Browser), relay_state, recording)
}

/// Judges a request that was taken in, and keeps what was found of it.
pub(in crate::service) fn admit_received(
    env: &Environment,
    (received, carrier): (ReceivedRequest, Carrier),
    relay_state: Option<String>,
    mut recording: Recording,
) -> Result<Admitted, SignOnError> {
    recording.message_id = Some(received.claimed_id().to_owned());
    let connector = connector_of(env, received.claimed_issuer())?;
    let what = (received, carrier);
    let judged = judgement::authn_request(env, &connector, what, &mut recording.verdicts);
    recording.close(env, &connector, judged.is_ok());
    match judged {
        Ok(valid) => {
            let ask = Ask::Request(Box::new(valid));
            let pending = Pending { ask, relay_state };
            Ok(Admitted::Valid(Box::new(connector), pending))
        }
        Err(RequestFailure::Fault(fault)) => Err(fault.into()),
        Err(RequestFailure::Status(refusal)) => {
            let delivery = issue::fail(env, &connector, &refusal, relay_state)?;
            Ok(Admitted::Refused(delivery))
        }
    }
}

/// The connector of an entity ID.
pub fn connector_of(env: &Environment, issuer: &str) -> Result<Connector, SignOnError> {
    let found = env.store.read(|conn| -> Result<_, ServiceError> {
        Ok(connectors::find_by_entity_id(conn, issuer)?)
    })?;
    found.ok_or_else(|| RequestFault::UnknownServiceProvider(issuer.to_owned()).into())
}

/// The live session of a user. Administrators are accounts of their own and open no application.
fn user_session(env: &Environment, browser: &Browser) -> Result<Option<Session>, ServiceError> {
    let Some(token) = &browser.session else {
        return Ok(None);
    };
    let session = authentication::session(env, token)?.map(|signed_in| signed_in.session);
    Ok(session.filter(|session| session.account_kind == AccountKind::User))
}
