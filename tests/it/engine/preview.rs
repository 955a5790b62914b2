//! Previews and remarks.

use vestibule::domain::ids::PublicId;
use vestibule::domain::membership_rule::MembershipRule;
use vestibule::domain::rule_lint::LintCode;
use vestibule::service::listing::ListQuery;
use vestibule::service::rule_preview::{self, Forecast, PreviewResult};

use crate::engine::dice::Dice;
use crate::engine::world::{World, denver, rule};

fn preview(world: &World, rule: &MembershipRule, group: Option<&PublicId>) -> PreviewResult {
    let page = ListQuery::default();
    rule_preview::preview(&world.env, rule, group, &page).unwrap()
}

fn shown(forecast: &Forecast) -> Vec<(&str, &str)> {
    let items = forecast.items.iter();
    items
        .map(|item| (item.username.as_str(), item.change.as_str()))
        .collect()
}

fn counts(forecast: &Forecast) -> (i64, i64, i64, i64) {
    let Forecast {
        matching,
        joins,
        leaves,
        stays,
        ..
    } = forecast;
    (*matching, *joins, *leaves, *stays)
}

/// All who match, with what happens to them, and who leaves; nothing is written (rule A28).
#[test]
fn a27_a_preview_shows_who_joins_leaves_and_stays() {
    World::each(|world| {
        world.person("stacy", &[("location", "Austin"), ("displayName", "anna")]);
        world.person("jason", &[("location", "Denver"), ("displayName", "Bert")]);
        world.person("mark", &[("location", "Miami"), ("displayName", "Carl")]);
        let group = world.dynamic("Group", rule(&[("location", "notEquals", &["Austin"])]));
        let id = PublicId::new(world.public_id(group));
        let asked = rule(&[("location", "equals", &["Austin", "Denver"])]);
        let result = preview(world, &asked, Some(&id));
        // Rule A46: by display name, whatever its case.
        let expected = [("stacy", "joins"), ("jason", "stays"), ("mark", "leaves")];
        assert_eq!(shown(&result.by_rule), expected);
        assert_eq!(counts(&result.by_rule), (2, 1, 1, 1));
        assert_eq!(result.by_rule, result.after_exemptions);
        assert_eq!(world.members(group), ["jason", "mark"]);
    });
}

/// Rule A19: a group that is not saved yet.
#[test]
fn a19_an_unsaved_group_is_previewed() {
    World::each(|world| {
        world.person("jason", &[("location", "Denver")]);
        world.person("stacy", &[("location", "Austin")]);
        let result = preview(world, &denver(), None);
        assert_eq!(shown(&result.by_rule), [("jason", "joins")]);
        assert_eq!(counts(&result.by_rule), (1, 1, 0, 0));
        let nobody = preview(world, &MembershipRule::default(), None);
        assert_eq!(counts(&nobody.by_rule), (0, 0, 0, 0));
    });
}

/// The main list leaves exemptions out; the second list has them.
#[test]
fn a48_exemptions_are_reflected_in_the_second_list_only() {
    World::each(|world| {
        let kept = world.person("a-kept", &[("location", "Austin")]);
        let listed = world.person("b-listed", &[("location", "Denver")]);
        let barred = world.person("c-barred", &[("location", "Denver")]);
        world.person("d-free", &[("location", "Denver")]);
        let group = world.group("Group");
        world.save(group, |_, lists| {
            lists.include = vec![kept.id, listed.id];
            lists.exclude = vec![barred.id];
        });
        world.add_by_hand(group, &barred);
        let id = PublicId::new(world.public_id(group));
        let result = preview(world, &denver(), Some(&id));
        let by_rule = [
            ("b-listed", "joins"),
            ("c-barred", "stays"),
            ("d-free", "joins"),
        ];
        assert_eq!(shown(&result.by_rule), by_rule);
        assert_eq!(counts(&result.by_rule), (3, 2, 0, 1));
        let after = [
            ("a-kept", "joins"),
            ("b-listed", "joins"),
            ("c-barred", "leaves"),
            ("d-free", "joins"),
        ];
        assert_eq!(shown(&result.after_exemptions), after);
        assert_eq!(counts(&result.after_exemptions), (3, 3, 1, 0));
    });
}

/// Pages of a broad rule (met by walking) and of a narrow one (gathered) hold everybody once, in
/// order, as many as were counted.
#[test]
fn a27_pages_hold_everybody_once() {
    World::each(|world| {
        let mut dice = Dice::new(3);
        for number in 0..120 {
            let place = *dice.pick(&["Denver", "Austin", "Austin", "Austin", "Austin"]);
            let rare = if number % 40 == 0 { "Rare" } else { "" };
            let name = format!("user-{number}");
            let shown = format!("Person {}", dice.below(1_000));
            let fields = [
                ("location", place),
                ("jobTitle", rare),
                ("displayName", shown.as_str()),
            ];
            world.person(&name, &fields);
        }
        let group = world.dynamic("Group", denver());
        let id = PublicId::new(world.public_id(group));
        for asked in [
            rule(&[("location", "equals", &["Austin"])]),
            rule(&[("jobTitle", "equals", &["Rare"])]),
        ] {
            let mut pages = Vec::new();
            let mut page = ListQuery {
                limit: Some(7),
                ..ListQuery::default()
            };
            let counted = loop {
                let result = rule_preview::preview(&world.env, &asked, Some(&id), &page).unwrap();
                pages.extend(result.by_rule.items.clone());
                page.cursor.clone_from(&result.by_rule.next);
                if page.cursor.is_none() {
                    break result.by_rule;
                }
            };
            let whole = ListQuery {
                limit: Some(500),
                ..ListQuery::default()
            };
            let at_once = rule_preview::preview(&world.env, &asked, Some(&id), &whole).unwrap();
            assert_eq!(pages, at_once.by_rule.items);
            let total = counted.joins + counted.leaves + counted.stays;
            assert_eq!(i64::try_from(pages.len()).unwrap(), total);
        }
    });
}

#[test]
fn a18_remarks_know_what_the_directory_holds() {
    World::each(|world| {
        world.person(
            "jason",
            &[("location", "Ft. Lauderdale"), ("manager", "maria")],
        );
        let codes = |rule: &MembershipRule| -> Vec<LintCode> {
            let lints = rule_preview::lint(&world.env, rule).unwrap();
            lints.into_iter().map(|lint| lint.code).collect()
        };
        let near = rule(&[("location", "equals", &["Fort Lauderdale"])]);
        assert_eq!(codes(&near), [LintCode::NobodyMeets, LintCode::NearMiss]);
        let everybody = rule(&[("location", "notEquals", &["Denver"])]);
        assert_eq!(codes(&everybody), [LintCode::MatchesEverybody]);
        let unknown = rule(&[("manager", "equals", &["maria"])]);
        assert!(codes(&unknown).contains(&LintCode::UnknownManager));
        world.person("maria", &[]);
        assert_eq!(codes(&unknown), []);
        assert_eq!(preview(world, &near, None).lint.len(), 2);
    });
}

/// A value in the other case stands far from what was meant in the order of texts.
#[test]
fn a18_a_near_miss_is_found_among_thousands_of_values() {
    World::each(|world| {
        world.person("stacy", &[("jobTitle", "Pilot")]);
        world.person("mark", &[("jobTitle", "Pilot")]);
        for number in 0..450 {
            world.person(
                &format!("p{number}"),
                &[("jobTitle", &format!("a{number:03}"))],
            );
        }
        for wanted in ["pilot", "Pilo", "Pi-lot"] {
            let lints = rule_preview::lint(&world.env, &rule(&[("jobTitle", "equals", &[wanted])]));
            let lints = lints.unwrap();
            let near = lints
                .iter()
                .find(|lint| lint.code == LintCode::NearMiss)
                .unwrap();
            assert!(near.detail.contains("2 have “Pilot”"), "{}", near.detail);
        }
    });
}
