//! What a service provider answers to a LogoutRequest of ours. The logout is found by InResponseTo
//! alone, since a browser sends no cookie from within another site's frame; each question is
//! answered once (FRESH-ONCE), and only by whom it was put to.

use crate::domain::connector::Connector;
use crate::domain::logout::ParticipantState;
use crate::domain::verdict::Check;
use crate::saml::logout_response::ValidLogoutResponse;
use crate::saml::received_message::ReceivedMessage;
use crate::service::audit_trail::{Trail, actor_of_user, object_of_connector};
use crate::service::caller::stranger;
use crate::service::environment::Environment;
use crate::service::error::ServiceError;
use crate::service::judgement;
use crate::service::logout::{LogoutError, LogoutFault, LogoutStep};
use crate::service::recording::Recording;
use crate::store::{issued_assertions, logout_participants, users};

/// Takes an answer.
pub(in crate::service) fn take(
    env: &Environment,
    connector: &Connector,
    received: ReceivedMessage,
    recording: &mut Recording,
) -> Result<LogoutStep, LogoutError> {
    let verdicts = &mut recording.verdicts;
    let response = judgement::logout_response(env, connector, received, verdicts)?;
    recording.in_response_to = Some(response.in_response_to.clone());
    let state = response.state;
    verdicts.pass(Check::Status, state.as_str());
    let noted = note(env, connector, response)?;
    match noted {
        Noting::Noted => verdicts.pass(Check::InResponseTo, ""),
        Noting::NotAsked => verdicts.fail(Check::InResponseTo, LogoutFault::NotAsked.to_string()),
        Noting::AnsweredBefore => {
            verdicts.fail(Check::Replay, LogoutFault::AnsweredBefore.to_string());
        }
    }
    match noted {
        Noting::Noted => Ok(LogoutStep::Noted {
            application: connector.settings.name.clone(),
            state,
        }),
        Noting::NotAsked => Err(LogoutFault::NotAsked.into()),
        Noting::AnsweredBefore => Err(LogoutFault::AnsweredBefore.into()),
    }
}

enum Noting {
    Noted,
    NotAsked,
    AnsweredBefore,
}

fn note(
    env: &Environment,
    connector: &Connector,
    response: ValidLogoutResponse,
) -> Result<Noting, ServiceError> {
    let connector = connector.clone();
    let actorless = Trail::new(env, &stranger());
    env.store
        .write(move |conn| -> Result<Noting, ServiceError> {
            let now = actorless.at();
            let asked = logout_participants::find_asked(conn, &response.in_response_to, now)?;
            let Some(asked) = asked.filter(|asked| asked.connector == connector.id) else {
                return Ok(Noting::NotAsked);
            };
            if !logout_participants::answer(conn, &response.in_response_to, response.state)? {
                return Ok(Noting::AnsweredBefore);
            }
            let is_over = matches!(
                response.state,
                ParticipantState::Confirmed | ParticipantState::Partial
            );
            if is_over {
                issued_assertions::end(conn, (connector.id, &asked.session_family), now)?;
            }
            let user =
                users::find(conn, asked.user)?.ok_or(ServiceError::NotFound { what: "user" })?;
            let trail = actorless.by(&actor_of_user(&user));
            let after = serde_json::json!({ "answer": response.state.as_str() }).to_string();
            let named = object_of_connector(&connector);
            trail.write(conn, "logout.answered", named, (None, Some(after)))?;
            Ok(Noting::Noted)
        })
}
