//! What a save of a group would do, told before it: the same as it then does, and nothing until then.

use serde_json::{Value, json};
use vestibule::domain::ids::{GroupId, PublicId};
use vestibule::service::caller::terminal;
use vestibule::service::error::ServiceError;
use vestibule::service::group_draft::GroupDraft;
use vestibule::service::group_forecast::{self, GroupForecast};
use vestibule::service::group_plan::Target;
use vestibule::service::listing::ListQuery;
use vestibule::service::{group_members, groups, user_names};

use crate::engine::world::{World, denver};

fn draft(fields: &Value) -> GroupDraft {
    serde_json::from_value(fields.clone()).unwrap()
}

fn forecast(world: &World, group: GroupId, fields: &Value) -> GroupForecast {
    let target = Target::Stored {
        id: PublicId::new(world.public_id(group)),
        if_match: None,
    };
    let before = world.members(group);
    let page = ListQuery::default();
    let forecast = group_forecast::of_save(&world.env, &target, draft(fields), &page).unwrap();
    assert_eq!(world.members(group), before, "a forecast writes nothing");
    forecast
}

fn save(world: &World, group: GroupId, fields: &Value) {
    let id = world.public_id(group);
    groups::update(&world.env, &terminal(), &id, (draft(fields), None)).unwrap();
}

fn in_denver(method: &str) -> Value {
    json!({
        "membershipMethod": method,
        "memberQuery": {"filters": [
            {"field": "location", "operator": "equals", "values": ["Denver"]}
        ]},
    })
}

#[test]
fn a12_a_static_group_made_dynamic_loses_whom_the_forecast_says() {
    World::each(|world| {
        let group = world.group("Team");
        let id = world.public_id(group);
        world.person("jason", &[("location", "Denver")]);
        let mark = world.person("mark", &[("location", "Miami")]);
        let stacy = world.person("stacy", &[("location", "Boston")]);
        for user in [&mark, &stacy] {
            let user = user.public_id.as_str();
            group_members::add(&world.env, &terminal(), &id, user).unwrap();
        }
        let mut wanted = in_denver("DYNAMIC_AUTOMATED");
        wanted["memberQueryExemptions"] = json!({"include": [stacy.public_id.as_str()]});
        let told = forecast(world, group, &wanted);
        assert_eq!((told.joins, told.leaves, told.for_review), (1, 1, 0));
        // Rule A48: by the rule alone, Stacy leaves too.
        assert_eq!(told.preview.by_rule.leaves, 2);
        assert!(told.changes_members());
        save(world, group, &wanted);
        assert_eq!(world.members(group), ["jason", "stacy"]);
        assert!(!forecast(world, group, &wanted).changes_members());
    });
}

#[test]
fn a38_under_review_only_exemptions_act_with_the_save() {
    World::each(|world| {
        world.person("jason", &[("location", "Denver")]);
        let mark = world.person("mark", &[("location", "Denver")]);
        let stacy = world.person("stacy", &[("location", "Boston")]);
        let group = world.dynamic("Group", denver());
        world.person("nina", &[("location", "Boston")]);
        let wanted = json!({
            "membershipMethod": "DYNAMIC_REVIEW_REQUIRED",
            "memberQuery": {"filters": [
                {"field": "location", "operator": "equals", "values": ["Boston"]}
            ]},
            "memberQueryExemptions": {
                "include": [stacy.public_id.as_str()], "exclude": [mark.public_id.as_str()]
            },
        });
        let told = forecast(world, group, &wanted);
        // Nina is suggested to join and Jason to leave; Stacy joins and Mark leaves at once.
        assert_eq!((told.joins, told.leaves, told.for_review), (1, 1, 2));
        save(world, group, &wanted);
        assert_eq!(world.members(group), ["jason", "stacy"]);
        let waiting = groups::get(&world.env, &world.public_id(group)).unwrap();
        assert_eq!(waiting.suggestions, 2);
        // Rule A17: review deselected, both are carried out.
        let automated = json!({"membershipMethod": "DYNAMIC_AUTOMATED"});
        let told = forecast(world, group, &automated);
        assert_eq!((told.joins, told.leaves, told.dropped), (1, 1, 0));
        // Rule A51: made static instead, both are dropped and nobody comes or goes.
        let asleep = json!({"membershipMethod": "STATIC"});
        let told = forecast(world, group, &asleep);
        assert_eq!((told.joins, told.leaves, told.dropped), (0, 0, 2));
        save(world, group, &asleep);
        assert_eq!(world.members(group), ["jason", "stacy"]);
    });
}

#[test]
fn a33_groups_in_which_suggestions_wait_are_listed() {
    World::each(|world| {
        let waiting = || {
            let page = groups::waiting(&world.env, &ListQuery::default()).unwrap();
            let names = page.items.into_iter().map(|view| view.group.name);
            (page.total, names.collect::<Vec<_>>())
        };
        let group = world.reviewed("Group", denver());
        world.dynamic("Other", denver());
        assert_eq!(waiting(), (0, vec![]));
        for name in ["jason", "mark"] {
            world.person(name, &[("location", "Denver")]);
        }
        let name = groups::get(&world.env, &world.public_id(group))
            .unwrap()
            .group
            .name;
        assert_eq!(waiting(), (1, vec![name]));
    });
}

#[test]
fn a37_several_members_are_added_all_or_none() {
    World::each(|world| {
        let group = world.group("Team");
        let id = world.public_id(group);
        let people: Vec<String> = ["stacy", "jason"]
            .map(|name| world.person(name, &[]).public_id.as_str().to_owned())
            .into();
        let with_a_stranger = [people.as_slice(), &["nobody".to_owned()]].concat();
        let refused = group_members::add_all(&world.env, &terminal(), &id, &with_a_stranger);
        assert!(matches!(
            refused,
            Err(ServiceError::NotFound { what: "user" })
        ));
        assert!(world.members(group).is_empty());
        group_members::add_all(&world.env, &terminal(), &id, &people).unwrap();
        assert_eq!(world.members(group), ["jason", "stacy"]);
        group_members::remove_all(&world.env, &terminal(), &id, &people).unwrap();
        assert!(world.members(group).is_empty());
    });
}

#[test]
fn a46_picked_users_are_in_alphabetical_order_and_strangers_are_left_out() {
    World::each(|world| {
        let zoe = world.person("a-zoe", &[("displayName", "Zoe")]);
        let anna = world.person("z-anna", &[("displayName", "anna")]);
        let ids = [&zoe, &anna].map(|user| user.public_id.as_str().to_owned());
        let ids = [ids.as_slice(), &["nobody".to_owned()]].concat();
        let names = user_names::of(&world.env, &ids).unwrap();
        let names: Vec<&str> = names
            .iter()
            .map(|user| user.display_name.as_str())
            .collect();
        assert_eq!(names, ["anna", "Zoe"]);
        let hits = user_names::search(&world.env, "ANN").unwrap();
        assert_eq!(hits.len(), 1);
        assert_eq!(hits[0].username, "z-anna");
        assert_eq!(user_names::search(&world.env, "").unwrap().len(), 2);
    });
}
