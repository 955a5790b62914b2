//! What every membership and suggestion has to be, worked out pair by pair from the plain meaning of
//! rules, with none of the engine's short cuts.

use std::collections::{BTreeMap, BTreeSet};

use vestibule::domain::ids::UserId;
use vestibule::domain::membership_change::{MembershipChange, Pair, decide};
use vestibule::domain::user_group::{MembershipMethod, UserGroup};
use vestibule::service::environment::Environment;
use vestibule::store::connection::DbConnection;
use vestibule::store::error::StoreError;
use vestibule::store::paging::PageRequest;
use vestibule::store::user_groups::{self, GroupFilter};
use vestibule::store::{exemptions, memberships, suggestions, users};

/// Every pair of user and group that is not as it has to be, in words.
pub fn wrong_pairs(env: &Environment) -> Vec<String> {
    env.store.read(look).unwrap()
}

/// Insists that there is none.
#[track_caller]
pub fn assert_right(env: &Environment) {
    let wrong = wrong_pairs(env);
    assert!(wrong.is_empty(), "{} wrong: {wrong:#?}", wrong.len());
}

fn look(conn: &mut DbConnection) -> Result<Vec<String>, StoreError> {
    let people = users::list_by_key(conn, (UserId::new(0), 1_000_000))?;
    let all = PageRequest::first(1_000_000);
    let groups = user_groups::list(conn, &GroupFilter::default(), &all)?.items;
    let mut wrong = Vec::new();
    for group in groups {
        let exemptions = exemptions::of_group(conn, group.id)?;
        let present: BTreeMap<_, _> = memberships::of_group(conn, group.id)?.into_iter().collect();
        let stored: BTreeMap<_, _> = suggestions::of_group(conn, group.id)?.into_iter().collect();
        let mut seen = BTreeSet::new();
        for user in &people {
            let change = decide(Pair {
                method: group.method,
                matches: group.rule.as_ref().is_some_and(|rule| rule.matches(user)),
                exemption: exemptions.effect_on(user.id),
                present: present.get(&user.id).copied(),
            });
            let suggested = match change {
                Some(MembershipChange::Suggest(op)) => Some(op),
                None => None,
                Some(change) => {
                    wrong.push(told(&group, &user.username, &format!("{change:?} is due")));
                    None
                }
            };
            let found = stored.get(&user.id).map(|suggestion| suggestion.op);
            if found != suggested {
                let fault = format!("suggestion {found:?} instead of {suggested:?}");
                wrong.push(told(&group, &user.username, &fault));
            }
            seen.insert(user.id);
        }
        // A row of somebody who does not exist.
        let strangers = present.keys().chain(stored.keys());
        for stranger in strangers.filter(|user| !seen.contains(user)) {
            wrong.push(told(&group, &format!("{stranger:?}"), "does not exist"));
        }
    }
    Ok(wrong)
}

fn told(group: &UserGroup, user: &str, fault: &str) -> String {
    let method = MembershipMethod::as_str(group.method);
    format!("{} ({method}), {user}: {fault}", group.name)
}
