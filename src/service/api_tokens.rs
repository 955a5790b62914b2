//! API tokens: made once, stored hashed, told apart by a prefix that secret scanners know.

use chrono::{DateTime, TimeDelta, Utc};

use crate::domain::admin::AdminRole;
use crate::domain::audit::{Actor, ActorKind};
use crate::domain::identity::resource_name;
use crate::domain::ids::PublicId;
use crate::service::audit_trail::{Trail, object};
use crate::service::caller::Caller;
use crate::service::environment::{Environment, new_public_id};
use crate::service::error::ServiceError;
use crate::service::patch::Violations;
use crate::service::secrets::{random_token, token_hash};
use crate::store::api_tokens::{self, ApiToken, NewApiToken};
use crate::store::role_scopes;

/// Begins every token.
const PREFIX: &str = "vst_";
/// `last_used_at` is written at most this often, so that reading stays reading.
const USE_IS_NOTED_EVERY: TimeDelta = TimeDelta::minutes(10);

/// A token as it can be shown.
#[derive(Debug, Clone)]
pub struct ApiTokenView {
    pub id: PublicId,
    pub name: String,
    pub role: AdminRole,
    pub created_at: DateTime<Utc>,
    pub last_used_at: Option<DateTime<Utc>>,
}

/// Makes a token; the second value is the secret, which is never shown again.
pub fn create(
    env: &Environment,
    actor: &Actor,
    name: &str,
    role: &str,
) -> Result<(ApiTokenView, String), ServiceError> {
    let mut broken = Violations::default();
    let name = broken.keep("/name", resource_name(name));
    let role = broken.keep(
        "/role",
        AdminRole::parse(role)
            .ok_or("The role is one of administrator, manager, help-desk, read-only."),
    );
    broken.into_result()?;
    let (Some(name), Some(role)) = (name, role) else {
        return Err(ServiceError::Invalid(Vec::new()));
    };
    let secret = format!("{PREFIX}{}", random_token()?);
    let trail = Trail::new(env, actor);
    let new = NewApiToken {
        public_id: new_public_id(),
        name,
        role,
        token_hash: token_hash(&secret),
        prefix: secret.chars().take(8).collect(),
        created_at: trail.at(),
        expires_at: None,
    };
    let view = ApiTokenView {
        id: new.public_id.clone(),
        name: new.name.clone(),
        role,
        created_at: new.created_at,
        last_used_at: None,
    };
    env.store.write(move |conn| -> Result<(), ServiceError> {
        api_tokens::insert(conn, &new)?;
        let named = object("token", new.public_id.as_str(), &new.name);
        let after = format!("{{\"role\":\"{}\"}}", new.role.as_str());
        trail.write(conn, "token.created", named, (None, Some(after)))?;
        Ok(())
    })?;
    Ok((view, secret))
}

/// Who a bearer token speaks for; `None` for an unknown, expired or deleted one.
pub fn authenticate(env: &Environment, bearer: &str) -> Result<Option<Caller>, ServiceError> {
    if !bearer.starts_with(PREFIX) {
        return Ok(None);
    }
    let now = env.now();
    let hash = token_hash(bearer);
    let found = env.store.read(|conn| -> Result<_, ServiceError> {
        let Some(token) = api_tokens::find_live(conn, &hash, now)? else {
            return Ok(None);
        };
        let scope = role_scopes::of_token(conn, token.id)?;
        Ok(Some((token, scope)))
    })?;
    let Some((token, scope)) = found else {
        return Ok(None);
    };
    if token
        .last_used_at
        .is_none_or(|last| last + USE_IS_NOTED_EVERY < now)
    {
        let id = token.id;
        env.store.write(move |conn| -> Result<(), ServiceError> {
            Ok(api_tokens::touch(conn, id, now)?)
        })?;
    }
    let actor = Actor {
        kind: ActorKind::ApiToken,
        id: token.public_id.as_str().to_owned(),
        name: token.name,
    };
    Ok(Some(Caller {
        actor,
        role: token.role,
        scope,
    }))
}

/// All tokens, newest first.
pub fn list(env: &Environment) -> Result<Vec<ApiTokenView>, ServiceError> {
    let tokens = env
        .store
        .read(|conn| -> Result<_, ServiceError> { Ok(api_tokens::list(conn)?) })?;
    Ok(tokens.into_iter().map(view).collect())
}

/// One token.
pub fn get(env: &Environment, id: &str) -> Result<ApiTokenView, ServiceError> {
    let id = PublicId::new(id);
    let found = env
        .store
        .read(|conn| api_tokens::find_by_public_id(conn, &id))?;
    found
        .map(view)
        .ok_or(ServiceError::NotFound { what: "token" })
}

/// Ends a token.
pub fn delete(env: &Environment, actor: &Actor, id: &str) -> Result<(), ServiceError> {
    let id = PublicId::new(id);
    let trail = Trail::new(env, actor);
    env.store.write(move |conn| -> Result<(), ServiceError> {
        let token = api_tokens::find_by_public_id(conn, &id)?
            .ok_or(ServiceError::NotFound { what: "token" })?;
        api_tokens::delete(conn, token.id)?;
        let named = object("token", id.as_str(), &token.name);
        trail.write(conn, "token.deleted", named, (None, None))?;
        Ok(())
    })
}

fn view(token: ApiToken) -> ApiTokenView {
    ApiTokenView {
        id: token.public_id,
        name: token.name,
        role: token.role,
        created_at: token.created_at,
        last_used_at: token.last_used_at,
    }
}
