//! Why the gate is needed: the same steps of two connections to PostgreSQL, one that changes a user
//! and one that changes a rule, leave a wrong membership without it and a right one with it. And why
//! whoever locks a user stamps it: a change that was computed ahead looks at it again.

use std::sync::{Arc, Barrier};
use std::thread;

use diesel::prelude::*;
use diesel::sql_types::BigInt;
use vestibule::domain::exemption::Exemptions;
use vestibule::domain::ids::GroupId;
use vestibule::domain::membership_rule::MembershipRule;
use vestibule::domain::user::User;
use vestibule::domain::user_group::{MembershipMethod, UserGroup};
use vestibule::service::audit_trail::{Event, Trail};
use vestibule::service::caller::system;
use vestibule::service::error::ServiceError;
use vestibule::service::rule_ahead;
use vestibule::service::rule_cache::RuleCache;
use vestibule::service::rule_change::{self, RuleChange, RuleChangeError};
use vestibule::service::user_evaluation;
use vestibule::store::connection::DbConnection;
use vestibule::store::error::StoreError;
use vestibule::store::{exemptions, user_groups, users};

use crate::engine::oracle::{assert_right, wrong_pairs};
use crate::engine::world::{World, denver, rule};
use crate::store::databases::Database;

fn austin() -> MembershipRule {
    rule(&[("location", "equals", &["Austin"])])
}

/// Moves a user to Austin and evaluates; the caller commits.
fn move_to_austin(
    conn: &mut DbConnection,
    rules: &RuleCache,
    user: &User,
    event: &Event,
) -> Result<(), ServiceError> {
    users::lock(conn, user.id)?;
    let before = users::find(conn, user.id)?.unwrap();
    let mut after = before.clone();
    after.directory.location = "Austin".to_owned();
    user_evaluation::save(conn, rules, (&before, &after), event)?;
    Ok(())
}

/// Gives a group the rule of Austin; the caller commits.
fn choose_austin(
    conn: &mut DbConnection,
    group: GroupId,
    event: &Event,
) -> Result<(), RuleChangeError> {
    let before = user_groups::find(conn, group)?.unwrap();
    let after = UserGroup {
        rule: Some(austin()),
        ..before.clone()
    };
    let none = Exemptions::default();
    let change = RuleChange {
        before: &before,
        before_exemptions: &none,
        after: &after,
        after_exemptions: &none,
    };
    rule_change::apply(conn, &change, None, event)?;
    Ok(())
}

/// Somebody in Miami, and a group of those in Denver.
fn begin(world: &World) -> (User, GroupId, Event) {
    let user = world.person("stacy", &[("location", "Miami")]);
    let group = world.dynamic("Group", denver());
    (user, group, Trail::new(&world.env, &system()).announce())
}

#[test]
fn without_the_gate_a_membership_goes_wrong() {
    let Some(database) = Database::postgres() else {
        return;
    };
    let world = World::over(&database, "chain");
    let (user, group, event) = begin(&world);
    let (evaluated, changed) = (Arc::new(Barrier::new(2)), Arc::new(Barrier::new(2)));
    thread::scope(|scope| {
        scope.spawn(|| {
            evaluated.wait();
            let event = event.clone();
            // `write` takes no gate.
            let done: Result<(), RuleChangeError> = world
                .env
                .store
                .write(move |conn| choose_austin(conn, group, &event));
            done.unwrap();
            changed.wait();
        });
        let (rules, event) = (Arc::clone(&world.env.rules), event.clone());
        let user = user.clone();
        let (evaluated, changed) = (Arc::clone(&evaluated), Arc::clone(&changed));
        let done: Result<(), ServiceError> = world.env.store.write(move |conn| {
            move_to_austin(conn, &rules, &user, &event)?;
            evaluated.wait();
            changed.wait();
            Ok(())
        });
        done.unwrap();
    });
    // In Austin, under the rule of Austin, and no member: each saw only half of it.
    assert!(!world.is_member(group, &user));
    assert_eq!(wrong_pairs(&world.env).len(), 1);
}

#[test]
fn with_the_gate_the_same_steps_are_right() {
    let Some(database) = Database::postgres() else {
        return;
    };
    let world = World::over(&database, "chain");
    let (user, group, event) = begin(&world);
    let evaluated = Arc::new(Barrier::new(2));
    thread::scope(|scope| {
        scope.spawn(|| {
            evaluated.wait();
            let event = event.clone();
            let done: Result<(), RuleChangeError> = world
                .env
                .store
                .change_rules(move |conn| choose_austin(conn, group, &event));
            done.unwrap();
        });
        let (rules, event) = (Arc::clone(&world.env.rules), event.clone());
        let (user, url) = (user.clone(), database.url.clone());
        let evaluated = Arc::clone(&evaluated);
        let done: Result<(), ServiceError> = world.env.store.change_user(move |conn| {
            move_to_austin(conn, &rules, &user, &event)?;
            evaluated.wait();
            // Commit only when the change of the rule is known to stand before the gate.
            while waiting_at_the_gate(&url) == 0 {
                thread::yield_now();
            }
            Ok(())
        });
        done.unwrap();
    });
    assert!(world.is_member(group, &user));
    assert_right(&world.env);
}

fn waiting_at_the_gate(url: &str) -> i64 {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = BigInt)]
        waiting: i64,
    }
    let mut other = PgConnection::establish(url).unwrap();
    let row: Row = diesel::sql_query(
        "SELECT COUNT(*) AS waiting FROM pg_locks WHERE locktype = 'advisory' AND NOT granted \
         AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
    )
    .get_result(&mut other)
    .unwrap();
    row.waiting
}

/// Whatever happens to users between computing and catching up, by their own door or by hand, is
/// seen by the catch-up.
#[test]
fn what_changes_between_computing_and_catching_up_is_caught() {
    World::each(|world| {
        let group = world.group("Group");
        let stays = world.person("stays", &[("location", "Denver")]);
        let goes = world.person("goes", &[("location", "Denver")]);
        let comes = world.person("comes", &[("location", "Austin")]);
        let added = world.person("added", &[("location", "Austin")]);
        let deleted = world.person("deleted", &[("location", "Denver")]);

        let (before, none) = (stored(world, group), Exemptions::default());
        let after = UserGroup {
            method: MembershipMethod::DynamicAutomated,
            rule: Some(denver()),
            ..before.clone()
        };
        let change = RuleChange {
            before: &before,
            before_exemptions: &none,
            after: &after,
            after_exemptions: &none,
        };
        let ahead = rule_ahead::compute(&world.env.store, &change, -1).unwrap();
        assert!(ahead.is_some());

        world.edit(&goes, &[("location", "Austin")]);
        world.edit(&comes, &[("location", "Denver")]);
        world.person("born", &[("location", "Denver")]);
        world.add_by_hand(group, &added);
        vestibule::service::users::delete(&world.env, &system(), deleted.public_id.as_str(), None)
            .unwrap();

        let event = Trail::new(&world.env, &system()).announce();
        let (before, after) = (before.clone(), after.clone());
        let applied: Result<_, RuleChangeError> = world.env.store.change_rules(move |conn| {
            let none = Exemptions::default();
            let change = RuleChange {
                before: &before,
                before_exemptions: &none,
                after: &after,
                after_exemptions: &none,
            };
            rule_change::apply(conn, &change, ahead.as_ref(), &event)
        });
        applied.unwrap();
        assert_eq!(world.members(group), ["born", "comes", "stays"]);
        assert!(world.is_member(group, &stays));
        assert_right(&world.env);
    });
}

/// A group that changed since it was computed is not overwritten: the caller begins again.
#[test]
fn what_was_computed_for_another_state_of_the_group_is_stale() {
    World::each(|world| {
        world.person("jason", &[("location", "Denver")]);
        let group = world.dynamic("Group", austin());
        let (before, none) = (stored(world, group), Exemptions::default());
        let after = UserGroup {
            rule: Some(denver()),
            ..before.clone()
        };
        let change = RuleChange {
            before: &before,
            before_exemptions: &none,
            after: &after,
            after_exemptions: &none,
        };
        let ahead = rule_ahead::compute(&world.env.store, &change, -1).unwrap();
        world.set_rule(group, &rule(&[("location", "startsWith", &["D"])]));
        for reads_again in [false, true] {
            let (before, after, ahead) = (before.clone(), after.clone(), ahead.clone());
            let event = Trail::new(&world.env, &system()).announce();
            let refused: Result<_, RuleChangeError> = world.env.store.change_rules(move |conn| {
                let before = match reads_again {
                    true => user_groups::find(conn, group)?.unwrap(),
                    false => before.clone(),
                };
                let none = exemptions::of_group(conn, group)?;
                let change = RuleChange {
                    before: &before,
                    before_exemptions: &none,
                    after: &after,
                    after_exemptions: &none,
                };
                rule_change::apply(conn, &change, ahead.as_ref(), &event)
            });
            assert!(matches!(refused, Err(RuleChangeError::Stale)));
        }
        assert_right(&world.env);
    });
}

fn stored(world: &World, group: GroupId) -> UserGroup {
    let found: Result<_, StoreError> = world.env.store.read(|conn| user_groups::find(conn, group));
    found.unwrap().unwrap()
}

/// A rolled-back change of a rule leaves nothing in the compiled rules, though they were compiled
/// while it was there.
#[test]
fn rules_of_a_rolled_back_change_are_not_remembered() {
    World::each(|world| {
        let (user, group, event) = begin(world);
        let rules = Arc::clone(&world.env.rules);
        let (rolled_back, named) = (event.clone(), user.clone());
        let refused: Result<(), RuleChangeError> = world.env.store.change_rules(move |conn| {
            choose_austin(conn, group, &rolled_back)?;
            move_to_austin(conn, &rules, &named, &rolled_back)?;
            Err(RuleChangeError::Stale)
        });
        assert!(refused.is_err());
        // Another change takes the counter as far again.
        world.set_rule(group, &rule(&[("location", "startsWith", &["Den"])]));
        world.person("mark", &[("location", "Denver")]);
        world.person("axel", &[("location", "Austin")]);
        assert_eq!(world.members(group), ["mark"]);
        assert_right(&world.env);
    });
}

/// The next change on another node decides by the new rule.
#[test]
fn a4_another_node_decides_by_the_new_rule_at_once() {
    for database in Database::all() {
        let (one, other) = (
            World::over(&database, "one"),
            World::over(&database, "other"),
        );
        let group = one.dynamic("Group", denver());
        other.person("stacy", &[("location", "Austin")]);
        for _ in 0..3 {
            one.set_rule(group, &austin());
            other.person(
                &format!("{}-a", one.members(group).len()),
                &[("location", "Austin")],
            );
            assert_right(&one.env);
            other.set_rule(group, &denver());
            let name = format!("{}-d", other.members(group).len());
            one.person(&name, &[("location", "Denver")]);
            assert_right(&other.env);
        }
    }
}
