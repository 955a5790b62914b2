//! What a change of a user would do, before it is saved: the groups joined and left, the
//! applications that open and close, the sessions that end. Decided by the functions that the save
//! itself goes by (`domain::membership_change`, `domain::app_access`); nothing is written.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::app_access::{self, AccessPaths, BoundMembership};
use crate::domain::connector::ConnectorStatus;
use crate::domain::ids::{ConnectorId, GroupId, PublicId};
use crate::domain::membership::MembershipSource;
use crate::domain::membership_change::{
    MembershipChange, SuggestionOp, UserMemberships, user_difference,
};
use crate::domain::user::{User, UserState};
use crate::domain::user_group::UserGroup;
use crate::service::environment::Environment;
use crate::service::error::ServiceError;
use crate::service::user_draft::UserDraft;
use crate::service::user_fields::parse;
use crate::service::users::find;
use crate::store::connection::DbConnection;
use crate::store::error::StoreError;
use crate::store::{
    accounts, app_bindings, exemptions, memberships, sessions, sign_on_view, user_groups,
};

/// A group or an application by its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    pub id: PublicId,
    pub name: String,
}

/// What would happen; every list by name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Consequences {
    pub joins: Vec<Named>,
    pub leaves: Vec<Named>,
    /// Groups under review, where an administrator would be asked first (rule A30).
    pub would_join: Vec<Named>,
    pub would_leave: Vec<Named>,
    pub opens: Vec<Named>,
    pub closes: Vec<Named>,
    /// Live sessions that would end (rule C6).
    pub sessions: i64,
}

impl Consequences {
    /// True when neither memberships nor access nor sessions change.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// What saving the draft would do. Refuses what the save would refuse for the values themselves.
pub fn of_change(
    env: &Environment,
    id: &str,
    (draft, if_match): (UserDraft, Option<i64>),
) -> Result<Consequences, ServiceError> {
    let change = parse(draft)?;
    let id = PublicId::new(id);
    env.store.read(|conn| -> Result<_, ServiceError> {
        let before = find(conn, &id)?;
        if if_match.is_some_and(|version| version != before.version) {
            return Err(ServiceError::Stale);
        }
        let after = change.applied_to(&before, env.now());
        let mut groups = Groups::after(conn, env, &after)?;
        // What waits for review already is no consequence of this change.
        let waiting = Groups::after(conn, env, &before)?;
        groups
            .would_join
            .retain(|group| !waiting.would_join.contains(group));
        groups
            .would_leave
            .retain(|group| !waiting.would_leave.contains(group));
        groups.consequences(conn, env, (&before, Some(after.state)))
    })
}

/// What adding the user to a group by hand, or removing the user from it, would do.
pub fn of_membership(
    env: &Environment,
    (user, group): (&str, &str),
    is_member: bool,
) -> Result<Consequences, ServiceError> {
    let (user, group) = (PublicId::new(user), PublicId::new(group));
    env.store.read(|conn| -> Result<_, ServiceError> {
        let user = find(conn, &user)?;
        let group = user_groups::find_by_public_id(conn, &group)?
            .ok_or(ServiceError::NotFound { what: "group" })?;
        let was_member = memberships::find(conn, user.id, group.id)?.is_some();
        let mut groups = Groups::default();
        match (was_member, is_member) {
            (false, true) => groups.joins.insert(group.id),
            (true, false) => groups.leaves.insert(group.id),
            _ => false,
        };
        groups.consequences(conn, env, (&user, Some(user.state)))
    })
}

/// What the deletion of the user would end.
pub fn of_deletion(env: &Environment, id: &str) -> Result<Consequences, ServiceError> {
    let id = PublicId::new(id);
    env.store.read(|conn| -> Result<_, ServiceError> {
        let user = find(conn, &id)?;
        let present = memberships::of_user(conn, user.id)?;
        let groups = Groups {
            leaves: present.into_iter().map(|(group, _)| group).collect(),
            ..Groups::default()
        };
        groups.consequences(conn, env, (&user, None))
    })
}

/// The memberships that would change.
#[derive(Debug, Default)]
struct Groups {
    joins: BTreeSet<GroupId>,
    leaves: BTreeSet<GroupId>,
    would_join: BTreeSet<GroupId>,
    would_leave: BTreeSet<GroupId>,
}

impl Groups {
    /// The memberships of the user as it is to be, compared with those that are stored.
    fn after(conn: &mut DbConnection, env: &Environment, after: &User) -> Result<Self, StoreError> {
        let rules = env.rules.at(conn)?;
        let changes = user_difference(UserMemberships {
            matching: &rules.index().groups_matching(after),
            exemptions: &exemptions::of_user(conn, after.id)?,
            present: &memberships::of_user(conn, after.id)?,
            methods: rules.methods(),
        });
        let mut groups = Self::default();
        for (group, change) in changes {
            match change {
                MembershipChange::Add(_) => groups.joins.insert(group),
                MembershipChange::Remove => groups.leaves.insert(group),
                MembershipChange::Suggest(SuggestionOp::Add) => groups.would_join.insert(group),
                MembershipChange::Suggest(SuggestionOp::Remove) => groups.would_leave.insert(group),
                MembershipChange::SetSource(_) => false,
            };
        }
        Ok(groups)
    }

    /// `after`: the user's state then; `None`: there is no such user any more.
    fn consequences(
        &self,
        conn: &mut DbConnection,
        env: &Environment,
        (before, after): (&User, Option<UserState>),
    ) -> Result<Consequences, ServiceError> {
        let all = [
            &self.joins,
            &self.leaves,
            &self.would_join,
            &self.would_leave,
        ];
        let keys: Vec<GroupId> = all.into_iter().flatten().copied().collect();
        let known = user_groups::find_all(conn, &keys)?;
        let (opens, closes) = self.access(conn, &known, (before, after))?;
        // What waits for review already is not news.
        Ok(Consequences {
            joins: named(&known, &self.joins),
            leaves: named(&known, &self.leaves),
            would_join: named(&known, &self.would_join),
            would_leave: named(&known, &self.would_leave),
            opens,
            closes,
            sessions: if before.state == UserState::Activated && after != Some(UserState::Activated)
            {
                live_sessions(conn, env, before)?
            } else {
                0
            },
        })
    }

    /// The applications that open and that close, each decided as it is and as it would be.
    fn access(
        &self,
        conn: &mut DbConnection,
        known: &BTreeMap<GroupId, UserGroup>,
        (before, after): (&User, Option<UserState>),
    ) -> Result<(Vec<Named>, Vec<Named>), StoreError> {
        let mut applications: BTreeMap<ConnectorId, Application> = BTreeMap::new();
        for row in sign_on_view::load_all_for_user(conn, before.id)? {
            let stays = |path: &BoundMembership| !self.leaves.contains(&path.group);
            let application = Application {
                named: Named {
                    id: row.connector.public_id,
                    name: row.connector.settings.name,
                },
                status: row.connector.settings.status,
                after: row
                    .memberships
                    .iter()
                    .filter(|path| stays(path))
                    .cloned()
                    .collect(),
                before: row.memberships.to_vec(),
            };
            applications.insert(row.connector.id, application);
        }
        for group in self.joins.iter().filter_map(|group| known.get(group)) {
            for bound in app_bindings::list_connectors(conn, group.id)? {
                let application = applications.entry(bound.id).or_insert(Application {
                    named: Named {
                        id: bound.public_id,
                        name: bound.name,
                    },
                    status: bound.status,
                    before: Vec::new(),
                    after: Vec::new(),
                });
                application.after.push(joined(group));
            }
        }
        let (mut opens, mut closes) = (Vec::new(), Vec::new());
        for application in applications.into_values() {
            let is_open = |state, paths| {
                let paths = AccessPaths::new(paths);
                app_access::decide(state, application.status, paths).is_allowed()
            };
            let was = is_open(before.state, application.before);
            let is = after.is_some_and(|state| is_open(state, application.after));
            match (was, is) {
                (false, true) => opens.push(application.named),
                (true, false) => closes.push(application.named),
                _ => {}
            }
        }
        Ok((by_name(opens), by_name(closes)))
    }
}

/// An application that the user reaches, or would.
struct Application {
    named: Named,
    status: ConnectorStatus,
    before: Vec<BoundMembership>,
    after: Vec<BoundMembership>,
}

/// A membership that is not there yet, as far as access asks for it.
fn joined(group: &UserGroup) -> BoundMembership {
    BoundMembership {
        group: group.id,
        group_public_id: group.public_id.clone(),
        group_name: group.name.clone(),
        source: MembershipSource::Rule,
        since: chrono::DateTime::UNIX_EPOCH,
    }
}

fn named(known: &BTreeMap<GroupId, UserGroup>, groups: &BTreeSet<GroupId>) -> Vec<Named> {
    let found = groups.iter().filter_map(|group| known.get(group));
    by_name(
        found
            .map(|group| Named {
                id: group.public_id.clone(),
                name: group.name.clone(),
            })
            .collect(),
    )
}

fn by_name(mut those: Vec<Named>) -> Vec<Named> {
    those.sort_by_cached_key(|one| crate::domain::text::fold(&one.name));
    those
}

fn live_sessions(
    conn: &mut DbConnection,
    env: &Environment,
    user: &User,
) -> Result<i64, StoreError> {
    let Some(account) = accounts::find(conn, user.id.account())? else {
        return Ok(0);
    };
    let live = sessions::list_of_account(conn, &account, env.now())?;
    Ok(i64::try_from(live.len()).unwrap_or(i64::MAX))
}
