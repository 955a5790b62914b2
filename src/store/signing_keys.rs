//! Signing key pairs, private halves sealed or kept elsewhere. At most one key of each type is active, held by a
//! unique index whatever two administrators do at once.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use crate::domain::ids::{PublicId, SigningKeyId};
use crate::domain::signing_key::{KeyAlgorithm, KeyState, PrivateHalf, SigningKey};
use crate::store::columns::{Place, millis};
use crate::store::connection::DbConnection;
use crate::store::error::StoreError;
use crate::store::schema::signing_keys;

/// A key pair about to be kept.
#[derive(Debug, Clone)]
pub struct NewSigningKey {
    pub public_id: PublicId,
    pub algorithm: KeyAlgorithm,
    pub state: KeyState,
    /// PEM.
    pub certificate: String,
    pub private_half: PrivateHalf,
    pub not_after: DateTime<Utc>,
    pub created_at: DateTime<Utc>,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = signing_keys)]
struct KeyRow {
    id: i64,
    public_id: String,
    algorithm: String,
    state: String,
    certificate: String,
    sealed_private_key: Vec<u8>,
    not_after: i64,
    created_at: i64,
    signs_from: Option<i64>,
    warned_days: Option<i64>,
    is_in_hsm: bool,
}

impl KeyRow {
    fn into_key(self) -> Result<SigningKey, StoreError> {
        let place = Place::new("signing_keys", &self.id);
        Ok(SigningKey {
            id: SigningKeyId::new(self.id),
            algorithm: place.read("algorithm", KeyAlgorithm::parse(&self.algorithm))?,
            state: place.read("state", KeyState::parse(&self.state))?,
            not_after: place.instant("not_after", self.not_after)?,
            created_at: place.instant("created_at", self.created_at)?,
            signs_from: self
                .signs_from
                .map(|at| place.instant("signs_from", at))
                .transpose()?,
            warned_days: self.warned_days,
            public_id: PublicId::new(self.public_id),
            certificate: self.certificate,
            private_half: if self.is_in_hsm {
                PrivateHalf::InHsm
            } else {
                PrivateHalf::Sealed(self.sealed_private_key)
            },
        })
    }
}

/// Inserts a key; an active one signs from when it was made. A second active one of its type is `NotUnique(ActiveKey)`.
pub fn insert(conn: &mut DbConnection, new: &NewSigningKey) -> Result<SigningKeyId, StoreError> {
    let signs_from = (new.state == KeyState::Active).then(|| millis(new.created_at));
    let sealed = match &new.private_half {
        PrivateHalf::Sealed(sealed) => sealed.as_slice(),
        PrivateHalf::InHsm => &[],
    };
    let id: i64 = diesel::insert_into(signing_keys::table)
        .values((
            signing_keys::public_id.eq(new.public_id.as_str()),
            signing_keys::algorithm.eq(new.algorithm.as_str()),
            signing_keys::state.eq(new.state.as_str()),
            signing_keys::certificate.eq(&new.certificate),
            signing_keys::sealed_private_key.eq(sealed),
            signing_keys::is_in_hsm.eq(new.private_half == PrivateHalf::InHsm),
            signing_keys::not_after.eq(millis(new.not_after)),
            signing_keys::created_at.eq(millis(new.created_at)),
            signing_keys::signs_from.eq(signs_from),
        ))
        .returning(signing_keys::id)
        .get_result(conn)?;
    Ok(SigningKeyId::new(id))
}

/// All keys, oldest first, retired ones too.
pub fn list(conn: &mut DbConnection) -> Result<Vec<SigningKey>, StoreError> {
    signing_keys::table
        .order(signing_keys::id)
        .select(KeyRow::as_select())
        .load(conn)?
        .into_iter()
        .map(KeyRow::into_key)
        .collect()
}

/// One key by public id.
pub fn find_by_public_id(
    conn: &mut DbConnection,
    id: &PublicId,
) -> Result<Option<SigningKey>, StoreError> {
    signing_keys::table
        .filter(signing_keys::public_id.eq(id.as_str()))
        .select(KeyRow::as_select())
        .get_result(conn)
        .optional()?
        .map(KeyRow::into_key)
        .transpose()
}

/// Puts a key into another state, whatever it was in. To make one active use [`activate`].
pub fn set_state(
    conn: &mut DbConnection,
    id: SigningKeyId,
    state: KeyState,
) -> Result<bool, StoreError> {
    let changed = diesel::update(signing_keys::table.find(id.get()))
        .set(signing_keys::state.eq(state.as_str()))
        .execute(conn)?;
    Ok(changed == 1)
}

/// Puts down from when a key signs for all; `None`: not decided.
pub fn set_signs_from(
    conn: &mut DbConnection,
    id: SigningKeyId,
    from: Option<DateTime<Utc>>,
) -> Result<(), StoreError> {
    diesel::update(signing_keys::table.find(id.get()))
        .set(signing_keys::signs_from.eq(from.map(millis)))
        .execute(conn)?;
    Ok(())
}

/// Remembers that a mail told of so many days. False: one had told of as few already, so that of
/// two nodes only one tells.
pub fn mark_warned(
    conn: &mut DbConnection,
    id: SigningKeyId,
    days: i64,
) -> Result<bool, StoreError> {
    let row = signing_keys::table
        .filter(signing_keys::id.eq(id.get()))
        .filter(
            signing_keys::warned_days
                .is_null()
                .or(signing_keys::warned_days.gt(days)),
        );
    let changed = diesel::update(row)
        .set(signing_keys::warned_days.eq(days))
        .execute(conn)?;
    Ok(changed == 1)
}

/// Makes a key the active one of its type from an instant on; the one that was active is published
/// as next.
pub fn activate(
    conn: &mut DbConnection,
    key: &SigningKey,
    from: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let same_type: Vec<&str> = KeyAlgorithm::ALL
        .into_iter()
        .filter(|algorithm| algorithm.is_rsa() == key.algorithm.is_rsa())
        .map(KeyAlgorithm::as_str)
        .collect();
    let former = signing_keys::table
        .filter(signing_keys::state.eq(KeyState::Active.as_str()))
        .filter(signing_keys::algorithm.eq_any(same_type));
    diesel::update(former)
        .set(signing_keys::state.eq(KeyState::Next.as_str()))
        .execute(conn)?;
    set_signs_from(conn, key.id, Some(from))?;
    set_state(conn, key.id, KeyState::Active)
}

/// Puts the same private half in its place, sealed by another key.
pub fn reseal(conn: &mut DbConnection, id: SigningKeyId, sealed: &[u8]) -> Result<(), StoreError> {
    diesel::update(signing_keys::table.find(id.get()))
        .set(signing_keys::sealed_private_key.eq(sealed))
        .execute(conn)?;
    Ok(())
}
