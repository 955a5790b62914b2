//! What a rule means, four times the same: read condition by condition, through the compiled index, as
//! SQL on SQLite and as SQL on PostgreSQL; and what SQL makes of a whole group.

use proptest::prelude::*;
use proptest::sample::{Index, select};
use proptest::test_runner::{Config, TestRunner};
use vestibule::domain::exemption::Exemptions;
use vestibule::domain::ids::{GroupId, UserId};
use vestibule::domain::membership::MembershipSource;
use vestibule::domain::membership_rule::{Condition, MembershipRule, Operator};
use vestibule::domain::rule_index::RuleIndex;
use vestibule::domain::user::{RuleAttribute, User, UserState};
use vestibule::store::handle::Store;
use vestibule::store::rule_members::{self, RuleChange, RuleCounts};
use vestibule::store::{exemptions, memberships, users};

use crate::store::databases::{Database, each_database};
use crate::store::samples::{self, at, new_user};

/// Values that a wrong comparison confuses: case, quotes, patterns, prefixes of each other, the edges
/// of UTF-8. Few and related, so that rules match often.
const NASTY: [&str; 25] = [
    "",
    "a",
    "A",
    "ab",
    "aB",
    "abc",
    "a%",
    "a_",
    "%",
    "_",
    "'",
    "\"",
    "a'b",
    r"a\b",
    "é",
    "a\u{D7FF}",
    "\u{D7FF}\u{10FFFF}",
    "a\u{E000}",
    "\u{10FFFF}",
    "\u{10FFFF}\u{10FFFF}",
    "a\u{10FFFF}",
    "b",
    "a b",
    "NULL",
    "ACTIVATED",
];

fn condition() -> impl Strategy<Value = Condition> {
    let attribute = select(RuleAttribute::ALL.as_slice());
    let operator = select(Operator::ALL.as_slice());
    const WORDS: [&str; 5] = ["STAGED", "ACTIVATED", "SUSPENDED", "A", "S"];
    let value = (select(NASTY.as_slice()), select(WORDS.as_slice()));
    let values = prop::collection::vec(value, 0..4);
    (attribute, operator, values).prop_map(|(attribute, operator, values)| {
        let values = values.into_iter().map(|(text, word)| match attribute {
            // The state is one of three words, so that other texts would never match.
            RuleAttribute::UserState => word.to_owned(),
            _ => text.to_owned(),
        });
        Condition {
            attribute,
            operator,
            values: values.collect(),
        }
    })
}

fn rule() -> impl Strategy<Value = MembershipRule> {
    prop::collection::vec(condition(), 0..4).prop_map(|conditions| MembershipRule { conditions })
}

/// Two users for each nasty value, with the other attributes spread over them.
fn people(store: &Store) -> Vec<User> {
    let news: Vec<_> = (0..2 * NASTY.len())
        .map(|number| {
            let mut new = new_user(&format!("user-{number:02}"));
            let nasty = |step: usize| NASTY[(number * step + number / 5) % NASTY.len()].to_owned();
            new.directory.location = NASTY[number % NASTY.len()].to_owned();
            new.directory.job_title = nasty(7);
            new.directory.company = nasty(2);
            new.directory.cost_center = nasty(3);
            new.directory.department = nasty(4);
            new.directory.description = nasty(6);
            new.directory.employee_type = nasty(8);
            new.directory.manager = nasty(9);
            new.state = UserState::ALL[number % 3];
            new
        })
        .collect();
    samples::write(store, move |conn| {
        news.iter().map(|new| users::insert(conn, new)).collect()
    })
}

fn in_memory(rule: &MembershipRule, people: &[User]) -> Vec<UserId> {
    let matching = people.iter().filter(|user| rule.matches(user));
    matching.map(|user| user.id).collect()
}

fn runner() -> TestRunner {
    // Each case is a transaction, so that hundreds take seconds.
    TestRunner::new(Config {
        failure_persistence: None,
        ..Config::with_cases(300)
    })
}

#[test]
fn a24_plain_index_and_sql_of_both_databases_agree_on_who_matches() {
    let databases: Vec<Database> = Database::all();
    let stores: Vec<(Store, Vec<User>)> = databases
        .iter()
        .map(|database| database.open("chain"))
        .map(|store| (store.clone(), people(&store)))
        .collect();
    runner()
        .run(&prop::collection::vec(rule(), 1..12), |rules| {
            // Keys descend, so that the order of answers is not the order of the rules.
            let keyed = (0..).map(|key| GroupId::new(100 - key)).zip(&rules);
            let index = RuleIndex::compile(keyed.clone());
            for (store, people) in &stores {
                for (group, rule) in keyed.clone() {
                    let plain = in_memory(rule, people);
                    let indexed = people.iter().filter(|user| {
                        let groups = index.groups_matching(user);
                        groups.is_sorted() && groups.contains(&group)
                    });
                    let indexed: Vec<UserId> = indexed.map(|user| user.id).collect();
                    let sql = samples::read(store, |conn| rule_members::matching(conn, rule));
                    prop_assert_eq!(&indexed, &plain);
                    prop_assert_eq!(&sql, &plain);
                }
            }
            Ok(())
        })
        .unwrap();
}

/// A rule applied to a whole group leaves exactly the members that the domain decides one by one.
#[test]
fn a3_a_rule_change_leaves_exactly_those_who_belong() {
    each_database(|store| {
        let people = people(store);
        let group = samples::group(store, "Writers");
        let exempted = prop::collection::vec(any::<Index>(), 0..4);
        let input = (rule(), exempted.clone(), exempted);
        runner()
            .run(&input, |(rule, include, exclude)| {
                let pick = |chosen: Vec<Index>| -> Vec<UserId> {
                    chosen.iter().map(|index| index.get(&people).id).collect()
                };
                let include = pick(include);
                let mut exclude = pick(exclude);
                exclude.retain(|user| !include.contains(user));
                let exemptions = Exemptions::new(include.clone(), exclude.clone()).unwrap();

                let before = samples::read(store, |conn| memberships::of_group(conn, group.id));
                let is_member = |user: &UserId| before.iter().any(|(one, _)| one == user);
                let matching = in_memory(&rule, &people);
                let counts = samples::read(store, |conn| {
                    rule_members::count(conn, &rule, Some(group.id))
                });
                let stays = matching.iter().filter(|user| is_member(user)).count();
                let expected = RuleCounts {
                    matching: i64::try_from(matching.len()).unwrap(),
                    stays: i64::try_from(stays).unwrap(),
                    leaves: i64::try_from(before.len() - stays).unwrap(),
                };
                prop_assert_eq!(counts, expected);

                let (group, applied) = (group.id, rule.clone());
                samples::write(store, move |conn| {
                    exemptions::replace(conn, group, &exemptions)?;
                    rule_members::remove_excluded(conn, group)?;
                    rule_members::remove_unmatched(conn, group, &applied)?;
                    rule_members::mark_matched(conn, group, &applied)?;
                    let change = RuleChange {
                        group,
                        rule: &applied,
                        since: at(1),
                        cause: "event",
                    };
                    rule_members::add_matching(conn, change)
                });
                let after = samples::read(store, |conn| memberships::of_group(conn, group));
                let expected: Vec<(UserId, MembershipSource)> = people
                    .iter()
                    .map(|user| user.id)
                    .filter(|user| !exclude.contains(user))
                    .filter(|user| match include.contains(user) {
                        true => is_member(user),
                        false => matching.contains(user),
                    })
                    .map(|user| {
                        let former = before.iter().find(|(one, _)| *one == user);
                        let source = match (include.contains(&user), former) {
                            (true, Some((_, source))) => *source,
                            _ => MembershipSource::Rule,
                        };
                        (user, source)
                    })
                    .collect();
                prop_assert_eq!(after, expected);
                Ok(())
            })
            .unwrap();
    });
}
