//! API tokens: made once, stored hashed, and good for a limited time. What one looks like is `token_text.rs`.

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use secrecy::{ExposeSecret, SecretString};

use crate::domain::admin::AdminRole;
use crate::domain::audit::{Actor, ActorKind};
use crate::domain::identity::resource_name;
use crate::domain::ids::PublicId;
use crate::domain::role_scope::RoleScope;
use crate::service::audit_trail::{Trail, object};
use crate::service::caller::Caller;
use crate::service::environment::{Environment, new_public_id};
use crate::service::error::ServiceError;
use crate::service::patch::Violations;
use crate::service::role_scopes::{GroupList, names, settle};
use crate::service::secrets::token_hash;
use crate::service::token_text;
use crate::store::api_tokens::{self, ApiToken, NewApiToken};
use crate::store::connection::DbConnection;
use crate::store::role_scopes;

/// `last_used_at` is written at most this often, so that reading stays reading.
const USE_IS_NOTED_EVERY: TimeDelta = TimeDelta::minutes(1);
/// Days that a token is good for unless its maker says otherwise.
pub const USUAL_DAYS: u16 = 90;
/// The most that may be asked for.
pub const MOST_DAYS: u16 = 365;
/// The page warns this long before a token runs out.
const WARNED_BEFORE: TimeDelta = TimeDelta::days(14);

/// How long a token is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lifetime {
    /// From 1 to [`MOST_DAYS`].
    Days(u16),
    /// Until it is deleted. Only the terminal gives such a token: whoever works there holds the keys anyway, and
    /// over the network nobody can make a way in that stays.
    Endless,
}

impl Default for Lifetime {
    fn default() -> Self {
        Self::Days(USUAL_DAYS)
    }
}

/// A token that somebody wants, as it was typed.
#[derive(Debug, Clone)]
pub struct TokenWish<'a> {
    pub name: &'a str,
    pub role: &'a str,
    pub lifetime: Lifetime,
    /// The user groups that it is limited to; `None`: it reaches as far as its role.
    pub groups: Option<GroupList>,
}

/// A token as it can be shown.
#[derive(Debug, Clone)]
pub struct ApiTokenView {
    pub id: PublicId,
    pub name: String,
    pub role: AdminRole,
    pub scope: RoleScope,
    /// Its beginning, by which people find it in their files.
    pub prefix: String,
    pub created_at: DateTime<Utc>,
    /// `None`: when it is deleted.
    pub expires_at: Option<DateTime<Utc>>,
    pub last_used_at: Option<DateTime<Utc>>,
    pub validity: Validity,
}

/// What the end of a token means at this moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Validity {
    Good,
    /// It is time to make the next one.
    EndsSoon,
    /// It speaks for nobody any more.
    Ended,
}

impl Validity {
    fn at(now: DateTime<Utc>, end: Option<DateTime<Utc>>) -> Self {
        match end {
            Some(end) if end <= now => Self::Ended,
            Some(end) if end <= now + WARNED_BEFORE => Self::EndsSoon,
            _ => Self::Good,
        }
    }
}

/// Makes a token; the second value is the secret, which is never shown again.
pub fn create(
    env: &Environment,
    actor: &Actor,
    wish: TokenWish<'_>,
) -> Result<(ApiTokenView, SecretString), ServiceError> {
    let mut broken = Violations::default();
    let name = broken.keep("/name", resource_name(wish.name));
    let role = broken.keep(
        "/role",
        AdminRole::parse(wish.role)
            .ok_or("The role is one of administrator, manager, help-desk, read-only."),
    );
    let end = broken.keep("/expiresInDays", end_of(wish.lifetime, env.now(), actor));
    broken.into_result()?;
    let (Some(name), Some(role), Some(expires_at)) = (name, role, end) else {
        return Err(ServiceError::Invalid(Vec::new()));
    };
    let secret = token_text::draw()?;
    let trail = Trail::new(env, actor);
    let new = NewApiToken {
        public_id: new_public_id(),
        name,
        role,
        is_limited: wish.groups.is_some(),
        token_hash: token_hash(secret.expose_secret()),
        prefix: token_text::shown(&secret),
        created_at: trail.at(),
        expires_at,
    };
    let groups = wish.groups;
    let (token, scope) = env.store.write(move |conn| -> Result<_, ServiceError> {
        let scope = settle(conn, new.role, groups.as_ref())?;
        let token = api_tokens::insert(conn, &new)?;
        role_scopes::insert_of_token(conn, token.id, &scope)?;
        let named = object("token", new.public_id.as_str(), &new.name);
        let end = new
            .expires_at
            .map(|end| end.to_rfc3339_opts(SecondsFormat::Secs, true));
        let role = new.role.as_str();
        let groups = names(&scope);
        let after = serde_json::json!({ "role": role, "expiresAt": end, "groups": groups });
        trail.write(
            conn,
            "token.created",
            named,
            (None, Some(after.to_string())),
        )?;
        Ok((token, scope))
    })?;
    Ok((view((token, scope), env.now()), secret))
}

/// When a token of this lifetime ends; `None`: never.
fn end_of(
    lifetime: Lifetime,
    now: DateTime<Utc>,
    actor: &Actor,
) -> Result<Option<DateTime<Utc>>, &'static str> {
    match lifetime {
        Lifetime::Days(days) if (1..=MOST_DAYS).contains(&days) => {
            Ok(Some(now + TimeDelta::days(i64::from(days))))
        }
        Lifetime::Days(_) => Err("A token is good for at least 1 and at most 365 days."),
        Lifetime::Endless if actor.kind == ActorKind::Terminal => Ok(None),
        Lifetime::Endless => Err(
            "Only `vestibule token create --expires never` on the server makes a token without an end.",
        ),
    }
}

/// Who a bearer token speaks for; `None` for an unknown, expired or deleted one.
pub fn authenticate(env: &Environment, bearer: &str) -> Result<Option<Caller>, ServiceError> {
    if !token_text::can_be_one(bearer) {
        return Ok(None);
    }
    let now = env.now();
    let hash = token_hash(bearer);
    let found = env.store.read(|conn| -> Result<_, ServiceError> {
        let found = api_tokens::find_live(conn, &hash, now)?;
        found.map(|token| with_scope(conn, token)).transpose()
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
    let tokens = env.store.read(|conn| -> Result<Vec<_>, ServiceError> {
        let all = api_tokens::list(conn)?;
        all.into_iter()
            .map(|token| with_scope(conn, token))
            .collect()
    })?;
    let now = env.now();
    Ok(tokens.into_iter().map(|token| view(token, now)).collect())
}

/// One token.
pub fn get(env: &Environment, id: &str) -> Result<ApiTokenView, ServiceError> {
    let id = PublicId::new(id);
    let found = env.store.read(|conn| -> Result<_, ServiceError> {
        let found = api_tokens::find_by_public_id(conn, &id)?;
        found.map(|token| with_scope(conn, token)).transpose()
    })?;
    found
        .map(|token| view(token, env.now()))
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

fn with_scope(
    conn: &mut DbConnection,
    token: ApiToken,
) -> Result<(ApiToken, RoleScope), ServiceError> {
    let scope = role_scopes::of_token(conn, &token)?;
    Ok((token, scope))
}

fn view((token, scope): (ApiToken, RoleScope), now: DateTime<Utc>) -> ApiTokenView {
    ApiTokenView {
        scope,
        validity: Validity::at(now, token.expires_at),
        prefix: token.prefix,
        expires_at: token.expires_at,
        id: token.public_id,
        name: token.name,
        role: token.role,
        created_at: token.created_at,
        last_used_at: token.last_used_at,
    }
}
