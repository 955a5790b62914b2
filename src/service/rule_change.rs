//! Changes of a group's rule, method or exemptions, with everything that follows from them for its
//! members and suggestions (rules A6, A12, A17, A30, A35, A38-A42, A50, A51).

use crate::domain::exemption::Exemptions;
use crate::domain::user_group::UserGroup;
use crate::service::audit_trail::Event;
use crate::service::environment::Environment;
use crate::service::error::ServiceError;
use crate::store::connection::DbConnection;
use crate::store::error::StoreError;

/// A group as it is and as it is to be. Equal rules, methods and exemptions on both sides
/// re-evaluate the group all the same (rule A6).
#[derive(Debug, Clone, Copy)]
pub struct RuleChange<'a> {
    /// As stored; read it in the transaction that applies. A group that is being created: inserted
    /// there as static, without a rule. For [`prepare`] alone it need not be stored.
    pub before: &'a UserGroup,
    pub before_exemptions: &'a Exemptions,
    /// Method, rule, notify, name and description as they are to be saved; key, public id, version
    /// and rule epoch as in `before`.
    pub after: &'a UserGroup,
    pub after_exemptions: &'a Exemptions,
}

/// What was computed before the gate was shut, for a change of many members.
#[derive(Debug)]
pub struct Ahead {}

/// How many memberships and suggestions a change wrote.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RuleOutcome {
    pub joined: i64,
    pub left: i64,
    /// New suggestions (rule A30).
    pub suggested: i64,
}

/// Why a change was not made.
#[derive(Debug, thiserror::Error)]
pub enum RuleChangeError {
    /// The group changed since it was read or computed: begin again with [`prepare`].
    #[error("the group changed meanwhile")]
    Stale,
    #[error(transparent)]
    Service(#[from] ServiceError),
}

impl From<StoreError> for RuleChangeError {
    fn from(error: StoreError) -> Self {
        Self::Service(error.into())
    }
}

/// Decides whether a change is long, and if so computes it ahead. Call outside any transaction;
/// `None`: the change is short.
pub fn prepare(
    _env: &Environment,
    _change: &RuleChange<'_>,
) -> Result<Option<Ahead>, ServiceError> {
    Ok(None)
}

/// Saves the group, its rule and exemptions under a new rule epoch, and brings members and
/// suggestions to what they say. Call inside `Store::change_rules`; write the event in the same
/// transaction.
pub fn apply(
    _conn: &mut DbConnection,
    _change: &RuleChange<'_>,
    _ahead: Option<&Ahead>,
    _event: &Event,
) -> Result<RuleOutcome, RuleChangeError> {
    Err(RuleChangeError::Stale)
}
