//! Methods, rules and events: who comes and goes, when, and what is recorded about it.

use vestibule::domain::exemption::Exemptions;
use vestibule::domain::membership::MembershipSource;
use vestibule::domain::membership_rule::MembershipRule;
use vestibule::domain::user::RuleAttribute;
use vestibule::domain::user_group::MembershipMethod;
use vestibule::service::caller::system;
use vestibule::service::rule_change::RuleChange;
use vestibule::service::{group_members, groups, rule_ahead, users};
use vestibule::store::user_groups;

use crate::engine::oracle::assert_right;
use crate::engine::world::{World, denver, rule};

/// Saving a large group looks at all its members (rule A6), but not while writers of users wait.
#[test]
fn a6_a_large_group_saved_unchanged_is_worked_out_ahead() {
    World::each(|world| {
        let group = world.dynamic("Denver", denver());
        for name in ["jason", "mark", "stacy"] {
            world.person(name, &[("location", "Denver")]);
        }
        let stored = world.env.store.read(|conn| user_groups::find(conn, group));
        let (stored, none) = (stored.unwrap().unwrap(), Exemptions::default());
        let change = RuleChange {
            before: &stored,
            before_exemptions: &none,
            after: &stored,
            after_exemptions: &none,
        };
        let is_ahead =
            |long| rule_ahead::compute(&world.env.store, &change, long).map(|it| it.is_some());
        assert_eq!((is_ahead(3).unwrap(), is_ahead(2).unwrap()), (false, true));
        world.save_with(group, 2, |_, _| {});
        assert_eq!(world.members(group), ["jason", "mark", "stacy"]);
        assert_right(&world.env);
    });
}

#[test]
fn a1_nobody_comes_to_a_static_group_by_an_edit() {
    World::each(|world| {
        let group = world.group("Static");
        let jason = world.person("jason", &[("location", "Denver")]);
        let mark = world.person("mark", &[]);
        world.add_by_hand(group, &mark);
        world.edit(&jason, &[("location", "Austin")]);
        world.edit(&mark, &[("location", "Denver"), ("state", "SUSPENDED")]);
        assert_eq!(world.members(group), ["mark"]);
        assert_eq!(world.source(group, &mark), Some(MembershipSource::Direct));
    });
}

/// Every attribute a rule may test, the state among them, moves its user in and out at once.
#[test]
fn a7_each_of_the_nine_attributes_decides_at_once() {
    World::each(|world| {
        let user = world.person("jason", &[]);
        for attribute in RuleAttribute::ALL {
            let (field, here, away) = match attribute {
                RuleAttribute::UserState => ("state", "SUSPENDED", "STAGED"),
                other => (other.as_str(), "here", "away"),
            };
            let tested = rule(&[(attribute.as_str(), "equals", &[here])]);
            let group = world.dynamic(&format!("By {field}"), tested);
            assert!(!world.is_member(group, &user), "{field}");
            world.edit(&user, &[(field, here)]);
            assert!(world.is_member(group, &user), "{field}");
            world.edit(&user, &[(field, away)]);
            assert!(!world.is_member(group, &user), "{field}");
        }
        assert_right(&world.env);
    });
}

/// Rule A10: a membership by rule knows the change of the user, or of the group, that made it.
#[test]
fn a10_a_membership_by_rule_names_its_event() {
    World::each(|world| {
        let early = world.person("early", &[("location", "Denver")]);
        let group = world.dynamic("Denver", denver());
        let late = world.person("late", &[("location", "Denver")]);
        let moved = world.person("moved", &[]);
        world.edit(&moved, &[("location", "Denver")]);
        for (user, event) in [
            (&early, "group.updated"),
            (&late, "user.created"),
            (&moved, "user.updated"),
        ] {
            let found = users::groups(&world.env, user.public_id.as_str()).unwrap();
            let [only] = found.as_slice() else {
                panic!("{found:?}");
            };
            assert_eq!(only.cause.event, event, "{}", user.username);
            assert_eq!(only.source, MembershipSource::Rule);
        }
        let _ = group;
    });
}

#[test]
fn a3_a_changed_rule_adds_and_removes_in_one_save() {
    World::each(|world| {
        world.person("jason", &[("location", "Denver")]);
        world.person("stacy", &[("location", "Austin")]);
        let group = world.dynamic("Group", denver());
        let outcome = world.set_rule(group, &rule(&[("location", "equals", &["Austin"])]));
        assert_eq!((outcome.joined, outcome.left, outcome.suggested), (1, 1, 0));
        assert_eq!(world.members(group), ["stacy"]);
        // Rule A26: no condition matches nobody.
        let outcome = world.set_rule(group, &MembershipRule::default());
        assert_eq!((outcome.joined, outcome.left), (0, 1));
        assert_right(&world.env);
    });
}

/// Rule A6: a save that changes neither rule nor method re-evaluates the group all the same.
#[test]
fn a6_every_save_re_evaluates() {
    World::each(|world| {
        let jason = world.person("jason", &[("location", "Denver")]);
        let group = world.dynamic("Denver", denver());
        let (user, damage) = (jason.id, group);
        world
            .env
            .store
            .write(move |conn| vestibule::store::memberships::remove(conn, user, damage))
            .unwrap();
        assert!(!world.is_member(group, &jason));
        let outcome = world.save(group, |after, _| after.description = "Colorado".to_owned());
        assert_eq!(outcome.joined, 1);
        assert_right(&world.env);
    });
}

/// Who does not match leaves unless included; who matches is a member by the rule from then on.
#[test]
fn a12_a_static_group_turned_dynamic_loses_who_does_not_match() {
    World::each(|world| {
        let group = world.group("Group");
        let jason = world.person("jason", &[("location", "Denver")]);
        let mark = world.person("mark", &[("location", "Austin")]);
        let stacy = world.person("stacy", &[("location", "Austin")]);
        for user in [&jason, &mark, &stacy] {
            world.add_by_hand(group, user);
        }
        let outcome = world.save(group, |after, lists| {
            after.method = MembershipMethod::DynamicAutomated;
            after.rule = Some(denver());
            lists.include.push(stacy.id);
        });
        assert_eq!((outcome.joined, outcome.left), (0, 1));
        assert_eq!(world.source(group, &jason), Some(MembershipSource::Rule));
        assert_eq!(world.source(group, &mark), None);
        let listed = Some(MembershipSource::ManualInclude);
        assert_eq!(world.source(group, &stacy), listed);
        assert_right(&world.env);
    });
}

/// Members stay as Direct, rule and exemptions sleep, and wake with the method.
#[test]
fn a51_a_group_turned_static_keeps_members_and_sleeps() {
    World::each(|world| {
        let jason = world.person("jason", &[("location", "Denver")]);
        let stacy = world.person("stacy", &[("location", "Austin")]);
        let group = world.dynamic("Denver", denver());
        world.include(group, &stacy);
        world.set_method(group, MembershipMethod::Static);
        for user in [&jason, &stacy] {
            assert_eq!(world.source(group, user), Some(MembershipSource::Direct));
        }
        world.edit(&jason, &[("location", "Austin")]);
        let mark = world.person("mark", &[("location", "Denver")]);
        assert_eq!(world.members(group), ["jason", "stacy"]);
        assert_right(&world.env);

        world.set_method(group, MembershipMethod::DynamicAutomated);
        assert_eq!(world.members(group), ["mark", "stacy"]);
        assert_eq!(world.source(group, &mark), Some(MembershipSource::Rule));
        let listed = Some(MembershipSource::ManualInclude);
        assert_eq!(world.source(group, &stacy), listed);
        assert_right(&world.env);
    });
}

/// Rule A37: the members of a dynamic group are not edited by hand.
#[test]
fn a37_a_dynamic_group_is_not_edited_by_hand() {
    World::each(|world| {
        let jason = world.person("jason", &[("location", "Denver")]);
        let group = world.dynamic("Denver", denver());
        let (group_id, user_id) = (world.public_id(group), jason.public_id.as_str());
        assert!(group_members::remove(&world.env, &system(), &group_id, user_id).is_err());
        assert!(group_members::add(&world.env, &system(), &group_id, user_id).is_err());
        assert!(world.is_member(group, &jason));
    });
}

/// A deleted group leaves nothing behind that could stop the next change of a user.
#[test]
fn a_deleted_group_is_evaluated_no_more() {
    World::each(|world| {
        let group = world.dynamic("Denver", denver());
        let jason = world.person("jason", &[("location", "Denver")]);
        let id = world.public_id(group);
        groups::delete(&world.env, &system(), &id, None).unwrap();
        world.edit(&jason, &[("location", "Austin")]);
        world.edit(&jason, &[("location", "Denver")]);
        let left = users::groups(&world.env, jason.public_id.as_str()).unwrap();
        assert!(left.is_empty());
    });
}

/// What is computed ahead gives the same as what is written in one go, from every method to every
/// other.
#[test]
fn long_and_short_changes_agree() {
    const SHORT: i64 = i64::MAX;
    World::each(|world| {
        for (number, place) in ["Denver", "Austin", "Miami", ""]
            .iter()
            .cycle()
            .take(24)
            .enumerate()
        {
            world.person(&format!("user-{number}"), &[("location", place)]);
        }
        let people = world.env.store.read(|conn| {
            vestibule::store::users::list_by_key(
                conn,
                (vestibule::domain::ids::UserId::new(0), 100),
            )
        });
        let people = people.unwrap();
        let rules = [
            denver(),
            rule(&[("location", "notEquals", &["Denver", "Miami"])]),
            rule(&[("location", "startsWith", &["A"])]),
        ];
        let groups = [world.group("Short"), world.group("Long")];
        for (step, method) in MembershipMethod::ALL
            .into_iter()
            .cycle()
            .take(12)
            .enumerate()
        {
            for from in MembershipMethod::ALL {
                let outcomes: Vec<_> = groups
                    .iter()
                    .zip([SHORT, -1])
                    .map(|(group, long)| {
                        world.save_with(*group, long, |after, _| after.method = from);
                        let outcome = world.save_with(*group, long, |after, lists| {
                            after.method = method;
                            after.rule = Some(rules[step % rules.len()].clone());
                            lists.include = vec![people[step].id, people[step + 4].id];
                            lists.exclude = vec![people[step + 1].id, people[step + 9].id];
                        });
                        assert_right(&world.env);
                        outcome
                    })
                    .collect();
                assert_eq!(outcomes[0], outcomes[1], "step {step} from {from:?}");
                assert_eq!(world.members(groups[0]), world.members(groups[1]));
            }
        }
    });
}
