//! API tokens, found by their hash: the token itself is shown once and never stored.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use crate::domain::admin::AdminRole;
use crate::domain::ids::{ApiTokenId, PublicId};
use crate::store::columns::{Place, millis};
use crate::store::connection::DbConnection;
use crate::store::error::StoreError;
use crate::store::schema::api_tokens;

/// A token as it is listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiToken {
    pub id: ApiTokenId,
    pub public_id: PublicId,
    pub name: String,
    pub role: AdminRole,
    /// Whether it is limited to user groups.
    pub is_limited: bool,
    /// The beginning of the token, by which people tell tokens apart.
    pub prefix: String,
    pub created_at: DateTime<Utc>,
    /// `None`: never.
    pub expires_at: Option<DateTime<Utc>>,
    /// `None`: never used.
    pub last_used_at: Option<DateTime<Utc>>,
}

/// A token about to be made.
#[derive(Debug, Clone)]
pub struct NewApiToken {
    pub public_id: PublicId,
    pub name: String,
    pub role: AdminRole,
    pub is_limited: bool,
    pub token_hash: Vec<u8>,
    pub prefix: String,
    pub created_at: DateTime<Utc>,
    pub expires_at: Option<DateTime<Utc>>,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = api_tokens)]
struct TokenRow {
    id: i64,
    public_id: String,
    name: String,
    role: String,
    is_scoped: bool,
    prefix: String,
    created_at: i64,
    expires_at: Option<i64>,
    last_used_at: Option<i64>,
}

impl TokenRow {
    fn into_token(self) -> Result<ApiToken, StoreError> {
        let place = Place::new("api_tokens", &self.id);
        Ok(ApiToken {
            id: ApiTokenId::new(self.id),
            role: place.read("role", AdminRole::parse(&self.role))?,
            created_at: place.instant("created_at", self.created_at)?,
            expires_at: place.optional_instant("expires_at", self.expires_at)?,
            last_used_at: place.optional_instant("last_used_at", self.last_used_at)?,
            public_id: PublicId::new(self.public_id),
            name: self.name,
            is_limited: self.is_scoped,
            prefix: self.prefix,
        })
    }
}

/// Inserts a token.
pub fn insert(conn: &mut DbConnection, new: &NewApiToken) -> Result<ApiToken, StoreError> {
    diesel::insert_into(api_tokens::table)
        .values((
            api_tokens::public_id.eq(new.public_id.as_str()),
            api_tokens::name.eq(&new.name),
            api_tokens::role.eq(new.role.as_str()),
            api_tokens::is_scoped.eq(new.is_limited),
            api_tokens::token_hash.eq(&new.token_hash),
            api_tokens::prefix.eq(&new.prefix),
            api_tokens::created_at.eq(millis(new.created_at)),
            api_tokens::expires_at.eq(new.expires_at.map(millis)),
        ))
        .returning((
            api_tokens::id,
            api_tokens::public_id,
            api_tokens::name,
            api_tokens::role,
            api_tokens::is_scoped,
            api_tokens::prefix,
            api_tokens::created_at,
            api_tokens::expires_at,
            api_tokens::last_used_at,
        ))
        .get_result::<TokenRow>(conn)?
        .into_token()
}

/// The token of this hash, unless it has run out.
pub fn find_live(
    conn: &mut DbConnection,
    token_hash: &[u8],
    now: DateTime<Utc>,
) -> Result<Option<ApiToken>, StoreError> {
    let token = api_tokens::table
        .filter(api_tokens::token_hash.eq(token_hash))
        .select(TokenRow::as_select())
        .get_result(conn)
        .optional()?
        .map(TokenRow::into_token)
        .transpose()?;
    Ok(token.filter(|token| token.expires_at.is_none_or(|end| now < end)))
}

/// Notes that a token was used. Callers do so once a minute at most.
pub fn touch(
    conn: &mut DbConnection,
    id: ApiTokenId,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    diesel::update(api_tokens::table.find(id.get()))
        .set(api_tokens::last_used_at.eq(Some(millis(now))))
        .execute(conn)?;
    Ok(())
}

/// All tokens, newest first.
pub fn list(conn: &mut DbConnection) -> Result<Vec<ApiToken>, StoreError> {
    api_tokens::table
        .order(api_tokens::id.desc())
        .select(TokenRow::as_select())
        .load(conn)?
        .into_iter()
        .map(TokenRow::into_token)
        .collect()
}

/// One token by public id.
pub fn find_by_public_id(
    conn: &mut DbConnection,
    id: &PublicId,
) -> Result<Option<ApiToken>, StoreError> {
    api_tokens::table
        .filter(api_tokens::public_id.eq(id.as_str()))
        .select(TokenRow::as_select())
        .get_result(conn)
        .optional()?
        .map(TokenRow::into_token)
        .transpose()
}

/// Deletes a token; false: there was none.
pub fn delete(conn: &mut DbConnection, id: ApiTokenId) -> Result<bool, StoreError> {
    Ok(diesel::delete(api_tokens::table.find(id.get())).execute(conn)? == 1)
}
