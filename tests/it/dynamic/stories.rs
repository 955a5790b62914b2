//! The stories of Jason, Mark and Stacy and the example of the FL Technical Writers, told from the
//! first save to the next sign-on (rules A25, A39-A41).

use serde_json::json;

use crate::dynamic::world::SignOn::{LetIn, Refused};
use crate::dynamic::world::{automated, denver, each, exempt, rule};

#[actix_web::test]
async fn a39_jason_moves_to_chicago_and_is_out_at_once() {
    each(async |world| {
        let jason = world.person_in("jason", "Denver").await;
        let office = world.group_with_wiki(&automated("Denver", &denver())).await;
        let browser = world.browser("jason").await;
        assert_eq!(world.members(&office).await, ["jason RULE"]);
        assert_eq!(world.sign_on(&browser).await, LetIn);

        world.move_to(&jason, "Chicago").await;
        assert_eq!(world.sign_on(&browser).await, Refused);
        assert!(world.members(&office).await.is_empty());
    })
    .await;
}

#[actix_web::test]
async fn a39_a50_jason_is_listed_before_he_moves_and_stays_until_he_is_taken_off_the_list() {
    each(async |world| {
        let jason = world.person_in("jason", "Denver").await;
        let office = world.group_with_wiki(&automated("Denver", &denver())).await;
        let browser = world.browser("jason").await;
        world.change_group(&office, &exempt(&[&jason], &[])).await;

        world.move_to(&jason, "Chicago").await;
        assert_eq!(world.sign_on(&browser).await, LetIn);
        assert_eq!(world.members(&office).await, ["jason MANUAL_INCLUDE"]);

        world.change_group(&office, &exempt(&[], &[])).await;
        assert_eq!(world.sign_on(&browser).await, Refused);
        assert!(world.members(&office).await.is_empty());
    })
    .await;
}

#[actix_web::test]
async fn a40_mark_matches_and_stays_whatever_users_to_include_says() {
    each(async |world| {
        let mark = world.person_in("mark", "Denver").await;
        let office = world.group_with_wiki(&automated("Denver", &denver())).await;
        let browser = world.browser("mark").await;
        for (exemptions, source) in [
            (exempt(&[], &[]), "mark RULE"),
            (exempt(&[&mark], &[]), "mark MANUAL_INCLUDE"),
            (exempt(&[], &[]), "mark RULE"),
        ] {
            world.change_group(&office, &exemptions).await;
            assert_eq!(world.members(&office).await, [source]);
            assert_eq!(world.sign_on(&browser).await, LetIn);
        }

        world.change_group(&office, &exempt(&[], &[&mark])).await;
        assert_eq!(world.sign_on(&browser).await, Refused);
        assert!(world.members(&office).await.is_empty());
    })
    .await;
}

#[actix_web::test]
async fn a41_stacy_becomes_denver_and_is_in_at_once() {
    each(async |world| {
        let stacy = world.person_in("stacy", "Austin").await;
        let office = world.group_with_wiki(&automated("Denver", &denver())).await;
        let browser = world.browser("stacy").await;
        assert_eq!(world.sign_on(&browser).await, Refused);

        world.move_to(&stacy, "Denver").await;
        assert_eq!(world.sign_on(&browser).await, LetIn);
        assert_eq!(world.members(&office).await, ["stacy RULE"]);
    })
    .await;
}

#[actix_web::test]
async fn a41_a50_stacy_is_excluded_and_never_added_until_she_is_taken_off_the_list() {
    each(async |world| {
        let stacy = world.person_in("stacy", "Austin").await;
        let office = world.group_with_wiki(&automated("Denver", &denver())).await;
        let browser = world.browser("stacy").await;
        world.change_group(&office, &exempt(&[], &[&stacy])).await;

        world.move_to(&stacy, "Denver").await;
        assert_eq!(world.sign_on(&browser).await, Refused);
        assert!(world.members(&office).await.is_empty());

        world.change_group(&office, &exempt(&[], &[])).await;
        assert_eq!(world.sign_on(&browser).await, LetIn);
        assert_eq!(world.members(&office).await, ["stacy RULE"]);
    })
    .await;
}

#[actix_web::test]
async fn a25_the_fl_technical_writers_are_technical_writers_2_or_3_in_florida() {
    each(async |world| {
        for (name, title, location) in [
            ("ann", "Technical Writer 2", "Florida"),
            ("ben", "Technical Writer 3", "Florida"),
            ("cleo", "Technical Writer 1", "Florida"),
            ("dan", "Technical Writer 2", "Georgia"),
            ("eve", "technical writer 3", "Florida"),
        ] {
            let fields = json!({"jobTitle": title, "location": location});
            world.person(name, fields).await;
        }
        let titles: &[&str] = &["Technical Writer 2", "Technical Writer 3"];
        let writers = rule(&[
            ("jobTitle", "equals", titles),
            ("location", "equals", &["Florida"]),
        ]);
        let group = automated("FL Technical Writers", &writers);
        let group = world.group_with_wiki(&group).await;
        assert_eq!(world.members(&group).await, ["ann RULE", "ben RULE"]);
        for (name, expected) in [("ben", LetIn), ("cleo", Refused), ("dan", Refused)] {
            let browser = world.browser(name).await;
            assert_eq!(world.sign_on(&browser).await, expected, "{name}");
        }
    })
    .await;
}
