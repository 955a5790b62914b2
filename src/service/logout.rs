//! Single logout (SAML Profiles 4.4): what it is made of, and how it begins when the person signs out
//! here. How a service provider begins it is in `logout_request`, how it goes on in `logout_run`,
//! how it ends in `logout_result`.

use chrono::TimeDelta;

use crate::domain::ids::UserId;
use crate::domain::logout::ParticipantState;
use crate::domain::session::AccountKind;
use crate::saml::inbound::BindingError;
use crate::saml::logout_request::LogoutRequestError;
use crate::saml::logout_response::LogoutResponseError;
use crate::saml::message::MessageError;
use crate::saml::sp_keys::SignatureFault;
use crate::service::audit_trail::{Trail, object};
use crate::service::authentication;
use crate::service::delivery::Delivery;
use crate::service::environment::Environment;
use crate::service::error::ServiceError;
use crate::service::logout_participants::{self, Planned};
use crate::service::secrets::{random_token, token_hash};
use crate::service::sign_on::Browser;
use crate::store::connection::DbConnection;
use crate::store::logouts::{self, Logout};
use crate::store::{half_sign_ins, sessions};

/// How long a logout is kept: as long as the browser's cookie that it is bound to.
pub const KEPT: TimeDelta = TimeDelta::minutes(15);

/// Where the browser goes next.
#[derive(Debug)]
pub enum LogoutStep {
    /// To the page of this logout; `pre_session` is to be set as a cookie.
    Watch { logout: String, pre_session: String },
    /// To a service provider, with a message.
    Deliver(Delivery),
    /// Nowhere: it brought the answer of this application.
    Noted {
        application: String,
        state: ParticipantState,
    },
    /// To the sign-in page.
    SignedOut,
}

/// Why there is no next step.
#[derive(Debug, thiserror::Error)]
pub enum LogoutError {
    /// The message is at fault; its text is for the page (400).
    #[error(transparent)]
    Message(#[from] LogoutFault),
    /// The message is over the caps (413).
    #[error("the message is larger than 256 KiB")]
    TooLarge,
    /// No such logout in this browser (404).
    #[error("not found")]
    NotFound,
    #[error(transparent)]
    Service(#[from] ServiceError),
}

/// What is wrong with a message.
#[derive(Debug, thiserror::Error)]
pub enum LogoutFault {
    #[error(transparent)]
    Binding(BindingError),
    #[error(transparent)]
    Message(#[from] MessageError),
    #[error(transparent)]
    Signature(#[from] SignatureFault),
    #[error(transparent)]
    Request(#[from] LogoutRequestError),
    #[error(transparent)]
    Response(#[from] LogoutResponseError),
    #[error("the service provider {0:?} is not registered here")]
    UnknownServiceProvider(String),
    #[error("this logout request was carried out before; sign out at the application again")]
    UsedBefore,
    #[error("the logout response answers no request that this application was sent")]
    NotAsked,
    #[error("the logout request that this response answers was answered before")]
    AnsweredBefore,
}

impl From<BindingError> for LogoutError {
    fn from(error: BindingError) -> Self {
        match error {
            BindingError::TooLarge => Self::TooLarge,
            other => Self::Message(LogoutFault::Binding(other)),
        }
    }
}

/// How a sign-out begins.
#[derive(Debug)]
pub enum SignOut {
    /// It is all done; `pre_session` leads the sign-in page to what could not be told.
    Done { pre_session: Option<String> },
    /// Applications are to be told.
    Watch { logout: String, pre_session: String },
}

/// Names of the applications that a sign-out will tell, and of those that it cannot tell.
pub fn preview(
    env: &Environment,
    family: &str,
) -> Result<(Vec<String>, Vec<String>), ServiceError> {
    env.store.read(|conn| -> Result<_, ServiceError> {
        let families = [family.to_owned()];
        let found = logout_participants::plan(conn, &families, (None, env.now()))?;
        let (told, untold): (Vec<_>, Vec<_>) = found.into_iter().partition(Planned::can_be_told);
        let names = |of: Vec<Planned>| -> Vec<String> {
            of.into_iter().map(|planned| planned.name).collect()
        };
        Ok((names(told), names(untold)))
    })
}

/// Ends the session of a cookie's token and what the account has begun of others, and gathers whom to tell.
pub fn sign_out(
    env: &Environment,
    token: &str,
    browser: &Browser,
) -> Result<SignOut, ServiceError> {
    let Some(who) = authentication::session(env, token)? else {
        return Ok(SignOut::Done { pre_session: None });
    };
    let hash = token_hash(token);
    let trail = Trail::new(env, &who.actor());
    let begun = Begun::new(browser)?;
    let kept = begun.clone();
    let planned = env.store.write(move |conn| -> Result<_, ServiceError> {
        sessions::delete(conn, &hash)?;
        half_sign_ins::delete_of_account(conn, who.session.account)?;
        let named = object("session", who.session.public_id.as_str(), &who.username);
        trail.write(conn, "session.ended", named, (None, None))?;
        if who.session.account_kind != AccountKind::User {
            return Ok(Vec::new());
        }
        let families = [who.session.family.clone()];
        let planned = logout_participants::plan(conn, &families, (None, trail.at()))?;
        if !planned.is_empty() {
            let is_over = !planned.iter().any(Planned::can_be_told);
            let logout = Logout {
                finished_at: is_over.then_some(trail.at()),
                ..kept.logout(UserId::new(who.session.account.get()), &trail)
            };
            kept.keep(conn, &logout, &planned)?;
        }
        Ok(planned)
    })?;
    if planned.iter().any(Planned::can_be_told) {
        return Ok(SignOut::Watch {
            logout: begun.id,
            pre_session: begun.pre_session,
        });
    }
    let pre_session = (!planned.is_empty()).then_some(begun.pre_session);
    Ok(SignOut::Done { pre_session })
}

/// The name and the browser of a logout that begins.
#[derive(Debug, Clone)]
pub(in crate::service) struct Begun {
    pub id: String,
    pub pre_session: String,
}

impl Begun {
    /// In this browser, by the cookie it has or a new one.
    pub fn new(browser: &Browser) -> Result<Self, ServiceError> {
        let pre_session = match &browser.pre_session {
            Some(token) => token.clone(),
            None => random_token()?,
        };
        Ok(Self {
            id: random_token()?,
            pre_session,
        })
    }

    /// Its row, without anybody who asked.
    pub fn logout(&self, user: UserId, trail: &Trail) -> Logout {
        Logout {
            id: self.id.clone(),
            user,
            asker: None,
            began_at: trail.at(),
            finished_at: None,
            expires_at: trail.at() + KEPT,
        }
    }

    /// Writes it down with everybody who takes part.
    pub fn keep(
        &self,
        conn: &mut DbConnection,
        logout: &Logout,
        planned: &[Planned],
    ) -> Result<(), ServiceError> {
        logouts::insert(conn, &token_hash(&self.pre_session), logout)?;
        logout_participants::keep(conn, &self.id, planned)
    }
}
