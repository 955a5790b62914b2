//! The race: writers of users, rules, exemptions, methods and states all at once, on SQLite, and on
//! PostgreSQL from two nodes. In the end no pair may be wrong. That the test has teeth is shown in
//! `gate`, where the same steps without the gate leave a wrong membership every time.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use vestibule::domain::ids::GroupId;
use vestibule::domain::membership_rule::MembershipRule;
use vestibule::domain::user::User;
use vestibule::domain::user_group::MembershipMethod;
use vestibule::service::caller::system;
use vestibule::service::{group_members, users};

use crate::engine::dice::Dice;
use crate::engine::oracle::assert_right;
use crate::engine::world::{World, rule};
use crate::store::databases::Database;

const LASTS: Duration = Duration::from_secs(5);
const USERS: usize = 200;
const GROUPS: usize = 20;
const PLACES: [&str; 5] = ["", "Denver", "Austin", "Miami", "Madrid"];
const TITLES: [&str; 4] = ["", "Writer 1", "Writer 2", "Editor"];
const STATES: [&str; 3] = ["STAGED", "ACTIVATED", "SUSPENDED"];

/// All that the writers share.
struct Race<'a> {
    nodes: &'a [World],
    people: Vec<User>,
    groups: Vec<GroupId>,
    by_hand: GroupId,
    until: Instant,
    changes: AtomicUsize,
}

impl Race<'_> {
    fn run(&self, seed: usize, step: impl Fn(&World, &mut Dice)) {
        let node = &self.nodes[seed % self.nodes.len()];
        let mut dice = Dice::new(u64::try_from(seed).unwrap());
        while Instant::now() < self.until {
            step(node, &mut dice);
            self.changes.fetch_add(1, Ordering::Relaxed);
        }
    }
}

fn any_rule(dice: &mut Dice) -> MembershipRule {
    let place = *dice.pick(&PLACES[1..]);
    let title = *dice.pick(&TITLES[1..]);
    match dice.below(5) {
        0 => rule(&[("location", "equals", &[place, "Denver"])]),
        1 => rule(&[
            ("location", "notEquals", &[place]),
            ("jobTitle", "notEquals", &[title]),
        ]),
        2 => rule(&[("location", "startsWith", &["M"])]),
        3 => rule(&[
            ("jobTitle", "equals", &[title]),
            ("userState", "equals", &["ACTIVATED"]),
        ]),
        _ => MembershipRule::default(),
    }
}

fn edit_somebody(race: &Race<'_>, node: &World, dice: &mut Dice) {
    let user = dice.pick(&race.people);
    match dice.below(4) {
        0 => node.edit(user, &[("location", *dice.pick(&PLACES))]),
        1 => node.edit(user, &[("jobTitle", *dice.pick(&TITLES))]),
        2 => node.edit(
            user,
            &[("location", *dice.pick(&PLACES)), ("jobTitle", "Editor")],
        ),
        _ => {
            let group = node.public_id(race.by_hand);
            let id = user.public_id.as_str();
            // Refused while the group happens to be dynamic.
            let _refused = if dice.below(2) == 0 {
                group_members::add(&node.env, &system(), &group, id)
            } else {
                group_members::remove(&node.env, &system(), &group, id)
            };
        }
    }
}

fn change_a_rule(race: &Race<'_>, node: &World, dice: &mut Dice, long: i64) {
    let group = *dice.pick(&race.groups);
    let rule = any_rule(dice);
    node.save_with(group, long, |after, _| after.rule = Some(rule.clone()));
}

fn change_exemptions(race: &Race<'_>, node: &World, dice: &mut Dice) {
    let group = *dice.pick(&race.groups);
    let (one, other) = (dice.pick(&race.people).id, dice.pick(&race.people).id);
    let is_long = dice.below(2) == 0;
    node.save_with(group, if is_long { -1 } else { i64::MAX }, |_, lists| {
        lists.include = vec![one];
        lists.exclude = if one == other {
            Vec::new()
        } else {
            vec![other]
        };
    });
}

fn change_a_method(race: &Race<'_>, node: &World, dice: &mut Dice) {
    let one_of_the_groups = *dice.pick(&race.groups);
    let group = *dice.pick(&[race.by_hand, one_of_the_groups]);
    let method = *dice.pick(&MembershipMethod::ALL);
    let is_long = dice.below(2) == 0;
    node.save_with(group, if is_long { -1 } else { i64::MAX }, |after, _| {
        after.method = method;
        after.rule.get_or_insert_default();
    });
}

fn change_a_state(race: &Race<'_>, node: &World, dice: &mut Dice) {
    node.edit(dice.pick(&race.people), &[("state", *dice.pick(&STATES))]);
}

/// Somebody comes, and goes again.
fn come_and_go(node: &World, dice: &mut Dice) {
    let name = format!("guest-{:x}", dice.roll());
    let guest = node.person(&name, &[("location", *dice.pick(&PLACES))]);
    if dice.below(3) > 0 {
        users::delete(&node.env, &system(), guest.public_id.as_str(), None).unwrap();
    }
}

fn race(nodes: &[World]) {
    let first = &nodes[0];
    let people: Vec<User> = (0..USERS)
        .map(|number| {
            first.person(
                &format!("user-{number}"),
                &[("location", PLACES[number % 5])],
            )
        })
        .collect();
    let mut dice = Dice::new(7);
    let groups: Vec<GroupId> = (0..GROUPS)
        .map(|number| first.dynamic(&format!("Group {number}"), any_rule(&mut dice)))
        .collect();
    let by_hand = first.group("By hand");
    let race = Race {
        nodes,
        people,
        groups,
        by_hand,
        until: Instant::now() + LASTS,
        changes: AtomicUsize::new(0),
    };
    let race = &race;
    thread::scope(|scope| {
        for writer in 0..6 {
            scope.spawn(move || race.run(writer, |node, dice| edit_somebody(race, node, dice)));
        }
        scope.spawn(|| race.run(6, |node, dice| change_a_rule(race, node, dice, i64::MAX)));
        scope.spawn(|| race.run(7, |node, dice| change_a_rule(race, node, dice, -1)));
        scope.spawn(|| race.run(8, |node, dice| change_exemptions(race, node, dice)));
        scope.spawn(|| race.run(9, |node, dice| change_a_method(race, node, dice)));
        scope.spawn(|| race.run(10, |node, dice| change_a_state(race, node, dice)));
        scope.spawn(|| race.run(11, come_and_go));
    });
    let changes = race.changes.load(Ordering::Relaxed);
    assert!(changes > 50, "only {changes} changes");
    assert_right(&first.env);
    // Once more against the store's own check.
    let report = vestibule::service::reconcile::run(&first.env, "race", |_, _| {}).unwrap();
    assert!(report.is_clean(), "{report:?}");
}

#[test]
fn no_membership_is_wrong_after_a_race_on_sqlite() {
    let database = Database::sqlite();
    race(&[World::over(&database, "chain")]);
}

#[test]
fn no_membership_is_wrong_after_a_race_of_two_nodes_on_postgresql() {
    let Some(database) = Database::postgres() else {
        return;
    };
    race(&[
        World::over(&database, "one"),
        World::over(&database, "other"),
    ]);
}
