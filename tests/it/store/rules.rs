//! Rules as SQL: the same meaning as in memory, on both databases, for one user and for a group.

use proptest::prelude::*;
use proptest::sample::{Index, select};
use proptest::test_runner::{Config, TestRunner};
use vestibule::domain::exemption::Exemptions;
use vestibule::domain::ids::UserId;
use vestibule::domain::membership::MembershipSource;
use vestibule::domain::membership_rule::{Condition, MembershipRule, Operator};
use vestibule::domain::user::{RuleAttribute, User, UserState};
use vestibule::store::handle::Store;
use vestibule::store::rule_members::{self, RuleChange, RuleCounts};
use vestibule::store::{exemptions, memberships, users};

use crate::store::databases::each_database;
use crate::store::samples::{self, at, new_user};

/// Values that a wrong comparison confuses: case, quotes, patterns, the edges of UTF-8.
const NASTY: [&str; 18] = [
    "",
    "a",
    "A",
    "ab",
    "a%",
    "a_",
    "a'b",
    "a\"b",
    r"a\b",
    "ä",
    "a\u{D7FF}",
    "a\u{E000}",
    "\u{10FFFF}",
    "\u{10FFFF}\u{10FFFF}",
    "a\u{10FFFF}",
    "b",
    "a b",
    "NULL",
];

/// Two attributes are enough to tell "and" from "or"; the state is one of three words.
const TESTED: [RuleAttribute; 3] = [
    RuleAttribute::Location,
    RuleAttribute::JobTitle,
    RuleAttribute::UserState,
];

fn condition() -> impl Strategy<Value = Condition> {
    let attribute = select(TESTED.as_slice());
    let operator = select(Operator::ALL.as_slice());
    let text = select(NASTY[1..].to_vec());
    let words = vec!["STAGED", "ACTIVATED", "SUSPENDED", "A", "S", "x"];
    let values = prop::collection::vec((text, select(words)), 1..4);
    (attribute, operator, values).prop_map(|(attribute, operator, values)| {
        let mut values: Vec<String> = values
            .into_iter()
            .map(|(text, word)| match attribute {
                RuleAttribute::UserState => word.to_owned(),
                _ => text.to_owned(),
            })
            .collect();
        if operator == Operator::StartsWith {
            values.truncate(1);
        }
        Condition {
            attribute,
            operator,
            values,
        }
    })
}

fn rule() -> impl Strategy<Value = MembershipRule> {
    prop::collection::vec(condition(), 0..4).prop_map(|conditions| MembershipRule { conditions })
}

/// One user for each nasty location, with job title and state spread over them.
fn people(store: &Store) -> Vec<User> {
    let news: Vec<_> = NASTY
        .iter()
        .enumerate()
        .map(|(number, location)| {
            let mut new = new_user(&format!("user-{number}"));
            new.directory.location = (*location).to_owned();
            new.directory.job_title = NASTY[number * 7 % NASTY.len()].to_owned();
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
fn a24_sql_and_memory_agree_on_who_matches() {
    each_database(|store| {
        let people = people(store);
        runner()
            .run(&rule(), |rule| {
                let found = samples::read(store, |conn| rule_members::matching(conn, &rule));
                prop_assert_eq!(found, in_memory(&rule, &people));
                Ok(())
            })
            .unwrap();
    });
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
