//! The compiled rules of this process. The rule epoch, read in the transaction that decides, is the
//! whole protocol: a set of another epoch is replaced before it is used, so that no node ever
//! decides by rules that the others have left behind.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::domain::ids::GroupId;
use crate::domain::membership_rule::MembershipRule;
use crate::domain::rule_index::RuleIndex;
use crate::domain::user_group::MembershipMethod;
use crate::store::connection::DbConnection;
use crate::store::error::StoreError;
use crate::store::{dynamic_rules, epochs};

/// All rules at one epoch; immutable.
#[derive(Debug, Default)]
pub struct RuleSet {
    /// `None`: nothing was loaded yet.
    epoch: Option<i64>,
    index: RuleIndex,
    methods: BTreeMap<GroupId, MembershipMethod>,
    rules: BTreeMap<GroupId, KnownRule>,
}

#[derive(Debug, Clone)]
struct KnownRule {
    rule_epoch: i64,
    rule: Arc<MembershipRule>,
}

impl RuleSet {
    /// Which groups a user matches.
    pub const fn index(&self) -> &RuleIndex {
        &self.index
    }

    /// The methods of all dynamic groups.
    pub const fn methods(&self) -> &BTreeMap<GroupId, MembershipMethod> {
        &self.methods
    }

    /// The epoch of a group's rule; 0 for a group that is not dynamic.
    pub fn rule_epoch(&self, group: GroupId) -> i64 {
        self.rules.get(&group).map_or(0, |known| known.rule_epoch)
    }

    /// True if some group's updates wait for an administrator.
    pub fn has_reviewed_groups(&self) -> bool {
        self.methods
            .values()
            .any(|method| *method == MembershipMethod::DynamicReviewRequired)
    }

    /// The set at the transaction's epoch; rules that are the same as in `former` are not read
    /// again.
    fn load(conn: &mut DbConnection, epoch: i64, former: &Self) -> Result<Self, StoreError> {
        let groups = dynamic_rules::list(conn)?;
        let changed: Vec<GroupId> = groups
            .iter()
            .filter(|row| former.known(row.group, row.rule_epoch).is_none())
            .map(|row| row.group)
            .collect();
        let mut loaded = dynamic_rules::load(conn, &changed)?;
        let rules: BTreeMap<GroupId, KnownRule> = groups
            .iter()
            .map(|row| {
                let known = former.known(row.group, row.rule_epoch).cloned();
                let known = known.unwrap_or_else(|| KnownRule {
                    rule_epoch: row.rule_epoch,
                    rule: Arc::new(loaded.remove(&row.group).unwrap_or_default()),
                });
                (row.group, known)
            })
            .collect();
        Ok(Self {
            epoch: Some(epoch),
            index: RuleIndex::compile(rules.iter().map(|(group, known)| (*group, &*known.rule))),
            methods: groups.iter().map(|row| (row.group, row.method)).collect(),
            rules,
        })
    }

    fn known(&self, group: GroupId, rule_epoch: i64) -> Option<&KnownRule> {
        let known = self.rules.get(&group)?;
        (known.rule_epoch == rule_epoch).then_some(known)
    }
}

/// The newest set that this process has compiled.
#[derive(Debug, Default)]
pub struct RuleCache {
    newest: Mutex<Arc<RuleSet>>,
}

impl RuleCache {
    /// The rules as the transaction of `conn` sees them. In a change of a user call it after the
    /// transaction has begun: the epoch that counts is the one behind the gate.
    pub fn at(&self, conn: &mut DbConnection) -> Result<Arc<RuleSet>, StoreError> {
        let epoch = epochs::read(conn)?.rule;
        let newest = self.newest();
        if newest.epoch == Some(epoch) {
            return Ok(newest);
        }
        let set = Arc::new(RuleSet::load(conn, epoch, &newest)?);
        // Whatever stands there in the end is compared before it is used.
        *self.newest.lock().unwrap_or_else(PoisonError::into_inner) = Arc::clone(&set);
        Ok(set)
    }

    fn newest(&self) -> Arc<RuleSet> {
        Arc::clone(&self.newest.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
