//! Groups whose updates wait for an administrator.

use vestibule::domain::membership::MembershipSource;
use vestibule::domain::membership_change::SuggestionOp::{Add, Remove};
use vestibule::domain::user_group::MembershipMethod;
use vestibule::service::environment::Environment;
use vestibule::store::paging::PageRequest;
use vestibule::store::{suggestions, user_groups};

use crate::engine::oracle::assert_right;
use crate::engine::world::{World, denver, rule};

const PENDING_ADD: Option<(vestibule::domain::membership_change::SuggestionOp, bool)> =
    Some((Add, false));
const PENDING_REMOVE: Option<(vestibule::domain::membership_change::SuggestionOp, bool)> =
    Some((Remove, false));

/// Members stay as they are; additions and removals wait with the version of the rule.
#[test]
fn a30_changes_wait_under_review() {
    World::each(|world| {
        let jason = world.person("jason", &[("location", "Denver")]);
        let group = world.dynamic("Denver", denver());
        world.set_method(group, MembershipMethod::DynamicReviewRequired);
        let stacy = world.person("stacy", &[("location", "Denver")]);
        world.edit(&jason, &[("location", "Austin")]);
        assert_eq!(world.members(group), ["jason"]);
        assert_eq!(world.suggestion(group, &jason), PENDING_REMOVE);
        assert_eq!(world.suggestion(group, &stacy), PENDING_ADD);
        assert_versions(&world.env, group);
        assert_right(&world.env);

        // Whoever comes back, or goes again, waits for nothing any more.
        world.edit(&jason, &[("location", "Denver")]);
        world.edit(&stacy, &[("location", "Austin")]);
        assert_eq!(world.suggestion(group, &jason), None);
        assert_eq!(world.suggestion(group, &stacy), None);
        assert_right(&world.env);
    });
}

/// All suggestions bear the version of the group's rule.
fn assert_versions(env: &Environment, group: vestibule::domain::ids::GroupId) {
    use diesel::prelude::*;
    use diesel::sql_types::BigInt;
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = BigInt)]
        epoch: i64,
    }
    let rows: Vec<Row> = env
        .store
        .read(|conn| -> Result<_, vestibule::store::error::StoreError> {
            Ok(diesel::sql_query("SELECT epoch FROM membership_suggestions").load(conn)?)
        })
        .unwrap();
    let stored = env.store.read(|conn| user_groups::find(conn, group));
    let version = stored.unwrap().unwrap().rule_epoch;
    assert!(!rows.is_empty() && rows.iter().all(|row| row.epoch == version));
}

#[test]
fn a12_losses_of_a_static_group_become_suggestions_under_review() {
    World::each(|world| {
        let group = world.group("Group");
        let jason = world.person("jason", &[("location", "Denver")]);
        let mark = world.person("mark", &[("location", "Austin")]);
        world.add_by_hand(group, &jason);
        world.add_by_hand(group, &mark);
        let outcome = world.save(group, |after, _| {
            after.method = MembershipMethod::DynamicReviewRequired;
            after.rule = Some(denver());
        });
        assert_eq!((outcome.joined, outcome.left, outcome.suggested), (0, 0, 1));
        assert_eq!(world.source(group, &jason), Some(MembershipSource::Rule));
        assert_eq!(world.suggestion(group, &mark), PENDING_REMOVE);
        assert_right(&world.env);
    });
}

#[test]
fn a17_deselecting_review_applies_what_is_pending() {
    World::each(|world| {
        let jason = world.person("jason", &[("location", "Denver")]);
        let group = world.reviewed("Denver", denver());
        let stacy = world.person("stacy", &[("location", "Denver")]);
        assert!(world.members(group).is_empty());
        world.reject(group, &stacy);
        let outcome = world.set_method(group, MembershipMethod::DynamicAutomated);
        assert_eq!((outcome.joined, outcome.suggested), (2, 0));
        assert_eq!(world.suggestion(group, &jason), None);
        assert_right(&world.env);
    });
}

/// Saving the rule recomputes: stale suggestions vanish, those that still hold stay as they are.
#[test]
fn a35_saving_a_rule_recomputes_suggestions() {
    World::each(|world| {
        let jason = world.person("jason", &[("location", "Denver")]);
        let stacy = world.person("stacy", &[("location", "Austin")]);
        let group = world.reviewed("Group", denver());
        assert_eq!(world.suggestion(group, &jason), PENDING_ADD);
        let both = rule(&[("location", "equals", &["Denver", "Austin"])]);
        let outcome = world.set_rule(group, &both);
        assert_eq!(outcome.suggested, 1);
        assert_versions(&world.env, group);
        world.set_rule(group, &rule(&[("location", "equals", &["Austin"])]));
        assert_eq!(world.suggestion(group, &jason), None);
        assert_eq!(world.suggestion(group, &stacy), PENDING_ADD);
        let waiting = world.env.store.read(|conn| {
            suggestions::list_pending(conn, (group, None), None, &PageRequest::first(10))
        });
        assert_eq!(waiting.unwrap().total, 1);
        assert_right(&world.env);
    });
}

/// A rejected suggestion is remembered until the rule or a rule attribute of that user changes.
#[test]
fn a36_a_rejected_suggestion_is_remembered_until_something_changes() {
    World::each(|world| {
        let jason = world.person("jason", &[("location", "Denver")]);
        let group = world.reviewed("Denver", denver());
        let rejected = Some((Add, true));
        let reject = || {
            world.reject(group, &jason);
            assert_eq!(world.suggestion(group, &jason), rejected);
        };
        reject();
        // What no rule reads changes nothing, nor does a save of the group or somebody else.
        world.edit(&jason, &[("firstName", "Jay")]);
        world.save(group, |after, _| after.description = "Colorado".to_owned());
        world.person("mark", &[("location", "Denver")]);
        assert_eq!(world.suggestion(group, &jason), rejected);
        // Another attribute of the nine does.
        world.edit(&jason, &[("jobTitle", "Writer")]);
        assert_eq!(world.suggestion(group, &jason), PENDING_ADD);
        reject();
        world.set_rule(group, &rule(&[("location", "startsWith", &["Den"])]));
        assert_eq!(world.suggestion(group, &jason), PENDING_ADD);
        assert_right(&world.env);
    });
}

/// Rule A51: a group that turns static drops what waits.
#[test]
fn a51_pending_suggestions_are_dropped_when_the_group_turns_static() {
    World::each(|world| {
        let jason = world.person("jason", &[("location", "Denver")]);
        let group = world.reviewed("Denver", denver());
        world.set_method(group, MembershipMethod::Static);
        assert_eq!(world.suggestion(group, &jason), None);
        assert!(world.members(group).is_empty());
        world.set_method(group, MembershipMethod::DynamicReviewRequired);
        assert_eq!(world.suggestion(group, &jason), PENDING_ADD);
        assert_right(&world.env);
    });
}

/// Exemptions act at once, under review too; ending one becomes a suggestion.
#[test]
fn a38_a50_exemptions_under_review() {
    World::each(|world| {
        let jason = world.person("jason", &[("location", "Austin")]);
        let stacy = world.person("stacy", &[("location", "Denver")]);
        let group = world.dynamic("Denver", denver());
        world.set_method(group, MembershipMethod::DynamicReviewRequired);
        world.include(group, &jason);
        world.exclude(group, &stacy);
        assert_eq!(world.members(group), ["jason"]);
        assert_eq!(world.suggestion(group, &stacy), None);
        assert_right(&world.env);
        world.unexempt(group, &jason);
        world.unexempt(group, &stacy);
        assert_eq!(world.members(group), ["jason"]);
        assert_eq!(world.suggestion(group, &jason), PENDING_REMOVE);
        assert_eq!(world.suggestion(group, &stacy), PENDING_ADD);
        assert_right(&world.env);
    });
}
