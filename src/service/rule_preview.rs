//! What saving a rule would do, without writing anything (rules A27, A28, A48), and the remarks on
//! it (rule A18). Works on a group that is not saved yet (rule A19).

use crate::domain::exemption::{ExemptionEffect, Exemptions};
use crate::domain::ids::{GroupId, PublicId, UserId};
use crate::domain::membership_rule::MembershipRule;
use crate::domain::rule_lint::{self, Lint, RuleFacts};
use crate::domain::user::User;
use crate::service::environment::Environment;
use crate::service::error::ServiceError;
use crate::service::groups;
use crate::service::listing::ListQuery;
use crate::store::connection::DbConnection;
use crate::store::error::StoreError;
use crate::store::paging::{Cursor, PageRequest};
use crate::store::rule_candidates::{self, Candidate};
use crate::store::rule_members::{self, RuleCounts};
use crate::store::{exemptions, memberships, rule_facts, users};

/// What saving would do to one user.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum MemberChange {
    Joins,
    Leaves,
    Stays,
}

impl MemberChange {
    /// The API spelling.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Joins => "joins",
            Self::Leaves => "leaves",
            Self::Stays => "stays",
        }
    }
}

/// One line of a preview.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PreviewedUser {
    pub user: PublicId,
    pub username: String,
    pub display_name: String,
    pub change: MemberChange,
}

/// Three counts and a page of the users behind them, in alphabetical order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Forecast {
    /// Who would be a member after the save.
    pub matching: i64,
    pub joins: i64,
    pub leaves: i64,
    pub stays: i64,
    pub items: Vec<PreviewedUser>,
    /// `None` on the last page.
    pub next: Option<String>,
}

/// A preview.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PreviewResult {
    /// By the rule alone: exemptions are not reflected (rule A48).
    pub by_rule: Forecast,
    /// With the group's exemptions.
    pub after_exemptions: Forecast,
    /// What the exemptions alone do; nobody is listed.
    pub by_exemptions: Forecast,
    pub lint: Vec<Lint>,
}

/// Previews `rule`, for a stored group or for one that is not saved yet. `page`: limit and cursor,
/// for both lists alike.
pub fn preview(
    env: &Environment,
    rule: &MembershipRule,
    group: Option<&PublicId>,
    page: &ListQuery,
) -> Result<PreviewResult, ServiceError> {
    let request = page.page_request()?;
    env.store.read(|conn| -> Result<_, ServiceError> {
        let group = match group {
            None => None,
            Some(id) => Some(groups::find(conn, id)?.id),
        };
        let stored = match group {
            None => Exemptions::default(),
            Some(group) => exemptions::of_group(conn, group)?,
        };
        Ok(with_exemptions(conn, rule, (group, &stored), &request)?)
    })
}

/// The same with exemptions that need not be stored.
pub(in crate::service) fn with_exemptions(
    conn: &mut DbConnection,
    rule: &MembershipRule,
    (group, exemptions): (Option<GroupId>, &Exemptions),
    page: &PageRequest,
) -> Result<PreviewResult, StoreError> {
    let counts = rule_members::count(conn, rule, group)?;
    let exempted = exempted(conn, group, exemptions)?;
    let total = users::count(conn)?;
    let asked = Asked {
        rule,
        group,
        exempted: &exempted,
    };
    let mut by_rule = Forecast::counted(counts);
    let mut after_exemptions = by_rule.clone();
    for one in &exempted {
        after_exemptions.replace(one, rule);
    }
    let mut by_exemptions = Forecast::default();
    for one in &exempted {
        by_exemptions.count(one.change(), 1);
    }
    let mut lists = Lists::new(page);
    if is_walk_shorter(&counts, total, page) {
        lists.walk(conn, asked)?;
    } else {
        lists.gather(conn, asked)?;
    }
    (by_rule.items, by_rule.next) = lists.by_rule.finish();
    (after_exemptions.items, after_exemptions.next) = lists.after_exemptions.finish();
    let matching = counts.matching;
    Ok(PreviewResult {
        by_rule,
        after_exemptions,
        by_exemptions,
        lint: remarks(conn, rule, (matching, total))?,
    })
}

/// The remarks on a rule (rule A18).
pub fn lint(env: &Environment, rule: &MembershipRule) -> Result<Vec<Lint>, ServiceError> {
    env.store.read(|conn| -> Result<_, ServiceError> {
        let matching = rule_members::count(conn, rule, None)?.matching;
        let total = users::count(conn)?;
        Ok(remarks(conn, rule, (matching, total))?)
    })
}

fn remarks(
    conn: &mut DbConnection,
    rule: &MembershipRule,
    (matching, total): (i64, i64),
) -> Result<Vec<Lint>, StoreError> {
    let facts = RuleFacts {
        total_users: u64::try_from(total).unwrap_or(0),
        matching: u64::try_from(matching).unwrap_or(0),
        conditions: rule_facts::of_conditions(conn, rule)?,
    };
    Ok(rule_lint::lint(rule, &facts))
}

/// A walk along all users meets one of the list every `total / list` users; gathering reads the
/// whole list.
fn is_walk_shorter(counts: &RuleCounts, total: i64, page: &PageRequest) -> bool {
    let list = counts.matching + counts.leaves;
    let reads = counts.matching + counts.stays + counts.leaves;
    list > 0 && i64::from(page.limit) * (total / list) < reads
}

/// What saving does to somebody who would be a member afterwards, or not.
const fn change_of(belongs: bool, is_member: bool) -> Option<MemberChange> {
    match (belongs, is_member) {
        (true, false) => Some(MemberChange::Joins),
        (true, true) => Some(MemberChange::Stays),
        (false, true) => Some(MemberChange::Leaves),
        (false, false) => None,
    }
}

/// A user with an exemption of the group.
struct Exempted {
    user: User,
    is_member: bool,
    effect: ExemptionEffect,
}

impl Exempted {
    /// What the exemption does, whatever the rule says.
    fn change(&self) -> Option<MemberChange> {
        change_of(self.effect == ExemptionEffect::Include, self.is_member)
    }
}

fn exempted(
    conn: &mut DbConnection,
    group: Option<GroupId>,
    exemptions: &Exemptions,
) -> Result<Vec<Exempted>, StoreError> {
    let mut all = Vec::new();
    for (id, effect) in exemptions.iter() {
        if let Some(user) = users::find(conn, id)? {
            let membership = match group {
                None => None,
                Some(group) => memberships::find(conn, id, group)?,
            };
            all.push(Exempted {
                is_member: membership.is_some(),
                user,
                effect,
            });
        }
    }
    Ok(all)
}

impl Forecast {
    fn counted(counts: RuleCounts) -> Self {
        Self {
            matching: counts.matching,
            joins: counts.joins(),
            leaves: counts.leaves,
            stays: counts.stays,
            ..Self::default()
        }
    }

    /// Counts somebody by the exemption instead of by the rule.
    fn replace(&mut self, one: &Exempted, rule: &MembershipRule) {
        self.count(change_of(rule.matches(&one.user), one.is_member), -1);
        self.count(one.change(), 1);
    }

    const fn count(&mut self, change: Option<MemberChange>, by: i64) {
        match change {
            Some(MemberChange::Joins) => self.joins += by,
            Some(MemberChange::Leaves) => self.leaves += by,
            Some(MemberChange::Stays) => self.stays += by,
            None => {}
        }
        self.matching = self.joins + self.stays;
    }
}

#[derive(Clone, Copy)]
struct Asked<'a> {
    rule: &'a MembershipRule,
    group: Option<GroupId>,
    exempted: &'a [Exempted],
}

impl Asked<'_> {
    fn effect_on(&self, user: UserId) -> Option<ExemptionEffect> {
        let one = self.exempted.iter().find(|one| one.user.id == user);
        one.map(|one| one.effect)
    }
}

/// A page that is being filled.
struct Filling {
    limit: usize,
    items: Vec<(Cursor, PreviewedUser)>,
}

impl Filling {
    /// One more than wanted tells that there is a next page.
    const fn is_full(&self) -> bool {
        self.items.len() > self.limit
    }

    fn offer(&mut self, candidate: &Candidate, change: Option<MemberChange>) {
        if let (Some(change), false) = (change, self.is_full()) {
            let user = &candidate.user;
            let item = PreviewedUser {
                user: user.public_id.clone(),
                username: user.username.clone(),
                display_name: user.display_name.clone(),
                change,
            };
            self.items.push((candidate.cursor.clone(), item));
        }
    }

    fn finish(mut self) -> (Vec<PreviewedUser>, Option<String>) {
        let has_more = self.is_full();
        self.items.truncate(self.limit);
        let last = self.items.last().filter(|_| has_more);
        let next = last.map(|(cursor, _)| cursor.encode());
        (self.items.into_iter().map(|(_, item)| item).collect(), next)
    }
}

/// Both pages, filled side by side.
struct Lists<'a> {
    after: Option<&'a Cursor>,
    by_rule: Filling,
    after_exemptions: Filling,
}

impl<'a> Lists<'a> {
    fn new(page: &'a PageRequest) -> Self {
        let filling = || Filling {
            limit: usize::try_from(page.limit).unwrap_or(usize::MAX),
            items: Vec::new(),
        };
        Self {
            after: page.after.as_ref(),
            by_rule: filling(),
            after_exemptions: filling(),
        }
    }

    const fn are_full(&self) -> bool {
        self.by_rule.is_full() && self.after_exemptions.is_full()
    }

    fn offer(&mut self, candidate: &Candidate, asked: Asked<'_>) {
        let matches = asked.rule.matches(&candidate.user);
        let belongs = match asked.effect_on(candidate.user.id) {
            Some(effect) => effect == ExemptionEffect::Include,
            None => matches,
        };
        let is_member = candidate.is_member;
        self.by_rule.offer(candidate, change_of(matches, is_member));
        self.after_exemptions
            .offer(candidate, change_of(belongs, is_member));
    }

    fn walk(&mut self, conn: &mut DbConnection, asked: Asked<'_>) -> Result<(), StoreError> {
        let mut after = self.after.cloned();
        while !self.are_full() {
            let some = rule_candidates::walk(conn, asked.group, after.as_ref())?;
            let Some(last) = some.last() else {
                return Ok(());
            };
            after = Some(last.cursor.clone());
            for candidate in &some {
                self.offer(candidate, asked);
            }
        }
        Ok(())
    }

    fn gather(&mut self, conn: &mut DbConnection, asked: Asked<'_>) -> Result<(), StoreError> {
        let others: Vec<UserId> = asked.exempted.iter().map(|one| one.user.id).collect();
        let places = rule_candidates::gather(conn, asked.rule, asked.group, &others)?;
        let from = self.after.map_or(0, |after| {
            places.partition_point(|place| (&place.sort, place.id) <= (&after.sort, after.id))
        });
        // At most the exempted users stand in one list and not in the other.
        let wanted = self.by_rule.limit.saturating_add(1 + others.len());
        let some: Vec<Cursor> = places.into_iter().skip(from).take(wanted).collect();
        for candidate in rule_candidates::at(conn, asked.group, &some)? {
            self.offer(&candidate, asked);
        }
        Ok(())
    }
}
