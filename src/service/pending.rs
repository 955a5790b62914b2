//! Requests that wait while somebody signs in: kept for 15 minutes, in the store so that any node
//! can go on, bound to the browser by its pre-session cookie.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::domain::connector::Connector;
use crate::saml::valid_request::ValidAuthnRequest;
use crate::service::environment::Environment;
use crate::service::error::{InternalError, ServiceError};
use crate::service::secrets::{random_token, token_hash};
use crate::service::sign_on::Browser;
use crate::store::connectors;
use crate::store::pending_requests::{self, PendingRequest};

/// How long a request waits.
const WAITS: TimeDelta = TimeDelta::minutes(15);

/// What a sign-on was asked to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ask {
    /// To answer a request.
    Request(Box<ValidAuthnRequest>),
    /// To start at the identity provider.
    Unsolicited,
}

impl Ask {
    /// True when a session from before does not count.
    pub fn force_authn(&self) -> bool {
        matches!(self, Self::Request(request) if request.force_authn())
    }

    /// ID of the request, for InResponseTo.
    pub fn request_id(&self) -> Option<&str> {
        match self {
            Self::Request(request) => Some(request.id()),
            Self::Unsolicited => None,
        }
    }
}

/// A sign-on on its way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pending {
    pub ask: Ask,
    pub relay_state: Option<String>,
}

/// A sign-on that waited, with what it waited for.
pub struct Kept {
    pub pending: Pending,
    pub connector: Connector,
    pub created_at: DateTime<Utc>,
}

#[derive(Serialize, Deserialize)]
struct Body {
    request: Option<String>,
    relay_state: Option<String>,
}

/// Keeps a sign-on; gives its id and the pre-session token, which is the browser's own if it has one.
pub fn keep(
    env: &Environment,
    browser: &Browser,
    (connector, pending): (&Connector, &Pending),
) -> Result<(String, String), ServiceError> {
    let pre_session = match &browser.pre_session {
        Some(token) => token.clone(),
        None => random_token()?,
    };
    let request = match &pending.ask {
        Ask::Request(request) => Some(
            request
                .to_pending()
                .map_err(InternalError::PendingRequest)?,
        ),
        Ask::Unsolicited => None,
    };
    let body = Body {
        request,
        relay_state: pending.relay_state.clone(),
    };
    let now = env.now();
    let row = PendingRequest {
        id: random_token()?,
        browser_hash: token_hash(&pre_session),
        connector: connector.id,
        body: serde_json::to_string(&body).map_err(InternalError::Json)?,
        created_at: now,
        expires_at: now + WAITS,
    };
    let id = row.id.clone();
    env.store.write(move |conn| -> Result<(), ServiceError> {
        Ok(pending_requests::insert(conn, &row)?)
    })?;
    Ok((id, pre_session))
}

/// Finds what this browser keeps under `id`; another browser's, an old one, or one whose connector is
/// gone is not found.
pub fn find(env: &Environment, browser: &Browser, id: &str) -> Result<Option<Kept>, ServiceError> {
    let Some(token) = &browser.pre_session else {
        return Ok(None);
    };
    let hash = token_hash(token);
    let now = env.now();
    let found = env.store.read(|conn| -> Result<_, ServiceError> {
        let Some(row) = pending_requests::find(conn, id, &hash, now)? else {
            return Ok(None);
        };
        let connector = connectors::find(conn, row.connector)?;
        Ok(connector.map(|connector| (row, connector)))
    })?;
    found
        .map(|(row, connector)| kept(&row, connector))
        .transpose()
}

/// The connector that a waiting sign-on of this browser is for; the sign-in page names it.
pub fn connector_name(
    env: &Environment,
    browser: &Browser,
    id: &str,
) -> Result<Option<String>, ServiceError> {
    Ok(find(env, browser, id)?.map(|kept| kept.connector.settings.name))
}

fn kept(row: &PendingRequest, connector: Connector) -> Result<Kept, ServiceError> {
    let body: Body = serde_json::from_str(&row.body).map_err(InternalError::Json)?;
    let ask = match body.request {
        Some(text) => {
            let request =
                ValidAuthnRequest::from_pending(&text).map_err(InternalError::PendingRequest)?;
            Ask::Request(Box::new(request))
        }
        None => Ask::Unsolicited,
    };
    Ok(Kept {
        pending: Pending {
            ask,
            relay_state: body.relay_state,
        },
        connector,
        created_at: row.created_at,
    })
}
