//! Exemptions of dynamic groups. The limit of 25 holds because they are replaced whole by a valid
//! [`Exemptions`], under the gate held alone (rule A42).

use diesel::prelude::*;

use crate::domain::exemption::{ExemptionEffect, Exemptions};
use crate::domain::ids::{GroupId, PublicId, UserId};
use crate::store::connection::DbConnection;
use crate::store::error::StoreError;
use crate::store::schema::{accounts, exemptions, users};

fn effect_of(stored: &str, group: i64) -> Result<ExemptionEffect, StoreError> {
    ExemptionEffect::parse(stored)
        .ok_or_else(|| StoreError::corrupt("exemptions", "effect", &group))
}

/// The exemptions of a group.
pub fn of_group(conn: &mut DbConnection, group: GroupId) -> Result<Exemptions, StoreError> {
    let rows: Vec<(i64, String)> = exemptions::table
        .filter(exemptions::group_id.eq(group.get()))
        .select((exemptions::user_id, exemptions::effect))
        .load(conn)?;
    let mut include = Vec::new();
    let mut exclude = Vec::new();
    for (user, effect) in rows {
        match effect_of(&effect, group.get())? {
            ExemptionEffect::Include => include.push(UserId::new(user)),
            ExemptionEffect::Exclude => exclude.push(UserId::new(user)),
        }
    }
    Exemptions::new(include, exclude)
        .map_err(|_why| StoreError::corrupt("exemptions", "effect", &group.get()))
}

/// The exemptions of a user in all groups, ascending by group.
pub fn of_user(
    conn: &mut DbConnection,
    user: UserId,
) -> Result<Vec<(GroupId, ExemptionEffect)>, StoreError> {
    let rows: Vec<(i64, String)> = exemptions::table
        .filter(exemptions::user_id.eq(user.get()))
        .order(exemptions::group_id)
        .select((exemptions::group_id, exemptions::effect))
        .load(conn)?;
    rows.into_iter()
        .map(|(group, effect)| Ok((GroupId::new(group), effect_of(&effect, group)?)))
        .collect()
}

/// Each user with a group and what its exemption does there.
pub type EffectsOnUsers = Vec<(UserId, (GroupId, ExemptionEffect))>;

/// The exemptions of the users from `first` to `last`, ascending by user, then group.
pub fn of_users(
    conn: &mut DbConnection,
    (first, last): (UserId, UserId),
) -> Result<EffectsOnUsers, StoreError> {
    let rows: Vec<(i64, i64, String)> = exemptions::table
        .filter(exemptions::user_id.between(first.get(), last.get()))
        .order((exemptions::user_id, exemptions::group_id))
        .select((
            exemptions::user_id,
            exemptions::group_id,
            exemptions::effect,
        ))
        .load(conn)?;
    rows.into_iter()
        .map(|(user, group, effect)| {
            let exemption = (GroupId::new(group), effect_of(&effect, group)?);
            Ok((UserId::new(user), exemption))
        })
        .collect()
}

/// Puts `wanted` in the place of the group's exemptions. A user that was deleted meanwhile is
/// `ParentGone`.
pub fn replace(
    conn: &mut DbConnection,
    group: GroupId,
    wanted: &Exemptions,
) -> Result<(), StoreError> {
    diesel::delete(exemptions::table.filter(exemptions::group_id.eq(group.get()))).execute(conn)?;
    for (user, effect) in wanted.iter() {
        diesel::insert_into(exemptions::table)
            .values((
                exemptions::group_id.eq(group.get()),
                exemptions::user_id.eq(user.get()),
                exemptions::effect.eq(effect.as_str()),
            ))
            .execute(conn)?;
    }
    Ok(())
}

/// An exempted user as pages show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExemptedUser {
    pub user: UserId,
    pub user_public_id: PublicId,
    pub username: String,
    pub display_name: String,
    pub effect: ExemptionEffect,
}

/// The exempted users of a group in alphabetical order (rule A46).
pub fn list(conn: &mut DbConnection, group: GroupId) -> Result<Vec<ExemptedUser>, StoreError> {
    let rows = list_of_groups(conn, &[group])?;
    Ok(rows.into_iter().map(|(_, user)| user).collect())
}

/// The exempted users of several groups, each with its group, in alphabetical order.
pub fn list_of_groups(
    conn: &mut DbConnection,
    groups: &[GroupId],
) -> Result<Vec<(GroupId, ExemptedUser)>, StoreError> {
    let keys: Vec<i64> = groups.iter().map(|group| group.get()).collect();
    let rows: Vec<(i64, i64, String, String, String, String)> = exemptions::table
        .inner_join(users::table.inner_join(accounts::table))
        .filter(exemptions::group_id.eq_any(keys))
        .order((users::sort_key, users::id))
        .select((
            exemptions::group_id,
            users::id,
            accounts::public_id,
            accounts::username,
            users::display_name,
            exemptions::effect,
        ))
        .load(conn)?;
    rows.into_iter()
        .map(|(group, id, public_id, username, display_name, effect)| {
            let user = ExemptedUser {
                user: UserId::new(id),
                user_public_id: PublicId::new(public_id),
                username,
                display_name,
                effect: effect_of(&effect, group)?,
            };
            Ok((GroupId::new(group), user))
        })
        .collect()
}
