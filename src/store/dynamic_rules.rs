//! What the compiled rule set of a process is made from: which dynamic groups there are, and their
//! rules. Read in the transaction that decides by them.

use std::collections::BTreeMap;

use diesel::prelude::*;

use crate::domain::ids::GroupId;
use crate::domain::membership_rule::MembershipRule;
use crate::domain::user_group::MembershipMethod;
use crate::store::columns::Place;
use crate::store::connection::DbConnection;
use crate::store::error::StoreError;
use crate::store::rule_conditions;
use crate::store::schema::user_groups;

/// A dynamic group without its rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DynamicGroup {
    pub group: GroupId,
    pub method: MembershipMethod,
    /// Another number: another rule, method or other exemptions.
    pub rule_epoch: i64,
}

/// All dynamic groups, ascending.
pub fn list(conn: &mut DbConnection) -> Result<Vec<DynamicGroup>, StoreError> {
    let rows: Vec<(i64, String, i64)> = user_groups::table
        .filter(user_groups::method.ne(MembershipMethod::Static.as_str()))
        .order(user_groups::id)
        .select((
            user_groups::id,
            user_groups::method,
            user_groups::rule_epoch,
        ))
        .load(conn)?;
    rows.into_iter()
        .map(|(id, method, rule_epoch)| {
            let place = Place::new("user_groups", &id);
            Ok(DynamicGroup {
                group: GroupId::new(id),
                method: place.read("method", MembershipMethod::parse(&method))?,
                rule_epoch,
            })
        })
        .collect()
}

/// The rules of these groups; a group without conditions is left out.
pub fn load(
    conn: &mut DbConnection,
    groups: &[GroupId],
) -> Result<BTreeMap<GroupId, MembershipRule>, StoreError> {
    let keys: Vec<i64> = groups.iter().map(|group| group.get()).collect();
    let rules = rule_conditions::load(conn, &keys)?;
    Ok(rules
        .into_iter()
        .map(|(group, rule)| (GroupId::new(group), rule))
        .collect())
}
