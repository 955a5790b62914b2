//! A message at `/saml/slo`: the LogoutRequest of a service provider, from octets to sessions that
//! are over (requirement LOGOUT-OWN). Answers to our own requests are handed on to `logout_response`.

use std::collections::BTreeSet;

use crate::domain::connector::{Connector, EndpointBinding};
use crate::domain::exchange::MessageType;
use crate::domain::ids::UserId;
use crate::domain::verdict::{Check, Verdicts};
use crate::saml::gate::ExpectedMessage;
use crate::saml::inbound::{InboundMessage, MessageKind};
use crate::saml::logout_request::{NamedPrincipal, ValidLogoutRequest};
use crate::saml::logout_writer::LogoutStatus;
use crate::saml::received_message::{self, ReceivedMessage};
use crate::saml::{post_binding, redirect_binding, slo_choice};
use crate::service::audit_trail::{Trail, actor_of_user, object, object_of_connector};
use crate::service::caller::stranger;
use crate::service::environment::Environment;
use crate::service::error::ServiceError;
use crate::service::issue::REQUEST_IS_REMEMBERED;
use crate::service::judgement;
use crate::service::logout::{Begun, LogoutError, LogoutFault, LogoutStep};
use crate::service::logout_participants::{self, Planned};
use crate::service::logout_response;
use crate::service::logout_result;
use crate::service::recording::Recording;
use crate::service::sign_on::Browser;
use crate::store::connection::DbConnection;
use crate::store::issued_assertions::{self, IssuedAssertion};
use crate::store::logouts::{Asker, Logout};
use crate::store::seen_requests::{self, Consumption, SeenRequest};
use crate::store::{connectors, half_sign_ins, sessions, users};

/// A message by HTTP-Redirect: `raw_query` is the query string as received (RAW-QUERY).
pub fn receive_redirect(
    env: &Environment,
    raw_query: &str,
    browser: &Browser,
) -> Result<LogoutStep, LogoutError> {
    receive(env, redirect_binding::decode(raw_query)?, browser)
}

/// A message by HTTP-POST: the form body as received.
pub fn receive_post(
    env: &Environment,
    body: &[u8],
    browser: &Browser,
) -> Result<LogoutStep, LogoutError> {
    receive(env, post_binding::decode(body)?, browser)
}

fn receive(
    env: &Environment,
    inbound: InboundMessage,
    browser: &Browser,
) -> Result<LogoutStep, LogoutError> {
    let way = Way {
        binding: inbound.binding,
        relay_state: inbound.relay_state.clone(),
    };
    let (expected, message) = match inbound.kind {
        MessageKind::Request => (ExpectedMessage::LogoutRequest, MessageType::LogoutRequest),
        MessageKind::Response => (ExpectedMessage::LogoutResponse, MessageType::LogoutResponse),
    };
    let mut recording = Recording::received(env, message, &inbound);
    let received = received_message::receive(inbound, expected).map_err(LogoutFault::Message)?;
    recording.message_id = Some(received.claimed_id().to_owned());
    let connector = connector_of(env, received.claimed_issuer())?;
    let step = match expected {
        ExpectedMessage::LogoutResponse => {
            logout_response::take(env, &connector, received, &mut recording)
        }
        _ => requested(
            env,
            browser,
            (&connector, received, way),
            &mut recording.verdicts,
        ),
    };
    recording.close(env, &connector, step.is_ok());
    step
}

/// How the request came, and so how its answer goes.
struct Way {
    binding: EndpointBinding,
    relay_state: Option<String>,
}

fn requested(
    env: &Environment,
    browser: &Browser,
    (connector, received, way): (&Connector, ReceivedMessage, Way),
    verdicts: &mut Verdicts,
) -> Result<LogoutStep, LogoutError> {
    let request = judgement::logout_request(env, connector, received, verdicts)?;
    // From here on the request is known to come from where its answer goes.
    let asker = Asker {
        connector: connector.id,
        request_id: request.id().to_owned(),
        binding: way.binding,
        relay_state: way.relay_state,
    };
    let principal = match named(&request, verdicts) {
        Ok(principal) => principal,
        Err(status) => return logout_result::answer(env, &asker, status),
    };
    let begun = Begun::new(browser)?;
    let ended = end(env, connector, (&request, principal, &asker, &begun))?;
    note(verdicts, &ended);
    match ended {
        Ended::UsedBefore => Err(LogoutFault::UsedBefore.into()),
        Ended::Unknown => logout_result::answer(env, &asker, LogoutStatus::UnknownPrincipal),
        // A cross-site POST brings no cookie along: it goes on with a GET of ours.
        Ended::Done { is_over } if !is_over || way.binding == EndpointBinding::HttpPost => {
            Ok(LogoutStep::Watch {
                logout: begun.id,
                pre_session: begun.pre_session,
            })
        }
        Ended::Done { .. } => logout_result::settle(env, &begun),
    }
}

/// Whom a valid request names, provided that it names sessions too.
pub(in crate::service) fn named<'a>(
    request: &'a ValidLogoutRequest,
    verdicts: &mut Verdicts,
) -> Result<&'a NamedPrincipal, LogoutStatus> {
    let told = |status: LogoutStatus| status.message().unwrap_or_default();
    let Some(principal) = request.principal() else {
        let status = LogoutStatus::UnsupportedPrincipal;
        verdicts.fail(Check::Principal, told(status));
        return Err(status);
    };
    let indexes = request.session_indexes().len();
    if indexes == 0 {
        let status = LogoutStatus::NoSessionIndex;
        verdicts.fail(Check::SessionIndex, told(status));
        return Err(status);
    }
    verdicts.pass(Check::SessionIndex, format!("The request names {indexes}."));
    Ok(principal)
}

/// What the write found.
fn note(verdicts: &mut Verdicts, ended: &Ended) {
    if let Ended::UsedBefore = ended {
        verdicts.fail(Check::Replay, LogoutFault::UsedBefore.to_string());
        return;
    }
    verdicts.pass(Check::Replay, "");
    match ended {
        Ended::Unknown => verdicts.fail(Check::Principal, Naming::UNKNOWN),
        _ => verdicts.pass(Check::Principal, "Its sessions were ended."),
    }
}

/// What came of it.
enum Ended {
    /// The request was consumed before (FRESH-ONCE).
    UsedBefore,
    /// It names nothing that this service provider holds.
    Unknown,
    /// `is_over`: nobody is waited for.
    Done { is_over: bool },
}

/// Consumes the request, ends the sessions that it names and begins the logout, in one write.
fn end(
    env: &Environment,
    connector: &Connector,
    (request, principal, asker, begun): (&ValidLogoutRequest, &NamedPrincipal, &Asker, &Begun),
) -> Result<Ended, ServiceError> {
    let naming = Naming::new(env, principal, request);
    let now = env.now();
    let (connector, asker, begun) = (connector.clone(), asker.clone(), begun.clone());
    let actorless = Trail::new(env, &stranger());
    env.store.write(move |conn| -> Result<Ended, ServiceError> {
        let seen = SeenRequest {
            connector: connector.id,
            request_id: &asker.request_id,
            // Of its own: it is carried out once, whoever brings it again.
            family: &begun.id,
            now,
            expires_at: now + REQUEST_IS_REMEMBERED,
        };
        if seen_requests::consume(conn, seen)? != Consumption::Consumed {
            return Ok(Ended::UsedBefore);
        }
        let Some((user, families)) = naming.families(conn, &connector)? else {
            return Ok(Ended::Unknown);
        };
        let user = users::find(conn, user)?.ok_or(ServiceError::NotFound { what: "user" })?;
        let trail = actorless.by(&actor_of_user(&user));
        half_sign_ins::delete_of_account(conn, user.id.account())?;
        for family in &families {
            for session in sessions::delete_of_family(conn, family)? {
                let named = object("session", session.as_str(), &user.username);
                trail.write(conn, "session.ended", named, (None, None))?;
            }
            issued_assertions::end(conn, (connector.id, family), now)?;
        }
        let planned = logout_participants::plan(conn, &families, (Some(connector.id), now))?;
        let has_address = slo_choice::for_response(asker.binding, &connector.settings.slo);
        let logout = Logout {
            asker: has_address.map(|_| asker.clone()),
            ..begun.logout(user.id, &trail)
        };
        begun.keep(conn, &logout, &planned)?;
        let texts = (None, Some(requested_text(&planned)));
        trail.write(
            conn,
            "logout.requested",
            object_of_connector(&connector),
            texts,
        )?;
        let is_over = !planned.iter().any(Planned::can_be_told);
        Ok(Ended::Done { is_over })
    })
}

/// Whom and what a request names.
pub(in crate::service) struct Naming {
    idp_entity_id: String,
    principal: NamedPrincipal,
    session_indexes: Vec<String>,
}

impl Naming {
    /// What a request says that names nothing.
    pub(in crate::service) const UNKNOWN: &str =
        "NameID and SessionIndex name no session of this service provider.";

    /// What a request names.
    pub(in crate::service) fn new(
        env: &Environment,
        principal: &NamedPrincipal,
        request: &ValidLogoutRequest,
    ) -> Self {
        Self {
            idp_entity_id: env.settings.entity_id.clone(),
            principal: principal.clone(),
            session_indexes: request.session_indexes().to_vec(),
        }
    }

    /// The user and the session families that this service provider was told of under these names.
    pub(in crate::service) fn families(
        &self,
        conn: &mut DbConnection,
        connector: &Connector,
    ) -> Result<Option<(UserId, Vec<String>)>, ServiceError> {
        let mut held: Vec<IssuedAssertion> = Vec::new();
        for index in &self.session_indexes {
            held.extend(issued_assertions::list_of_session(
                conn,
                connector.id,
                index,
            )?);
        }
        let sp = &connector.settings.sp_entity_id;
        held.retain(|issued| {
            let name_id = logout_participants::name_id(issued);
            self.principal.is(&name_id, &self.idp_entity_id, sp)
        });
        let families: BTreeSet<String> =
            held.iter().map(|one| one.session_family.clone()).collect();
        // One NameID of one service provider is one person's; should a directory have given an
        // address to somebody else meanwhile, nobody is taken for the other.
        let users: BTreeSet<UserId> = held.iter().map(|one| one.user).collect();
        match users.into_iter().collect::<Vec<_>>().as_slice() {
            [user] => Ok(Some((*user, families.into_iter().collect()))),
            _ => Ok(None),
        }
    }
}

fn requested_text(planned: &[Planned]) -> String {
    let told = |can| -> Vec<&str> {
        planned
            .iter()
            .filter(|one| one.can_be_told() == can)
            .map(|one| one.name.as_str())
            .collect()
    };
    serde_json::json!({ "toTell": told(true), "unreachable": told(false) }).to_string()
}

/// The connector of an entity ID.
fn connector_of(env: &Environment, issuer: &str) -> Result<Connector, LogoutError> {
    let found = env.store.read(|conn| -> Result<_, ServiceError> {
        Ok(connectors::find_by_entity_id(conn, issuer)?)
    })?;
    found.ok_or_else(|| LogoutFault::UnknownServiceProvider(issuer.to_owned()).into())
}
