//! Who has access follows at once (rules A4, A9, A38, C6): each kind of change is made on one node,
//! and the very next AuthnRequest at another is decided by it.

use serde_json::json;

use crate::dynamic::world::SignOn::{AskedToSignIn, LetIn, Refused};
use crate::dynamic::world::{automated, denver, each, exempt, group_path, reviewed, rule};

#[actix_web::test]
async fn a4_a9_a_rule_edit_decides_the_very_next_sign_on() {
    each(async |world| {
        world.person_in("jason", "Denver").await;
        let office = world.group_with_wiki(&automated("Office", &denver())).await;
        let browser = world.browser("jason").await;
        assert_eq!(world.sign_on(&browser).await, LetIn);
        for (location, expected) in [("Boston", Refused), ("Denver", LetIn)] {
            let changed = rule(&[("location", "equals", &[location])]);
            world
                .change_group(&office, &json!({"memberQuery": changed}))
                .await;
            assert_eq!(world.sign_on(&browser).await, expected, "{location}");
        }
    })
    .await;
}

#[actix_web::test]
async fn a4_a7_each_rule_attribute_decides_the_very_next_sign_on() {
    each(async |world| {
        let jason = world.person("jason", json!({})).await;
        let group = world.group_with_wiki(&automated("Group", &denver())).await;
        let browser = world.browser("jason").await;
        for attribute in [
            "company",
            "costCenter",
            "department",
            "description",
            "employeeType",
            "jobTitle",
            "location",
            "manager",
        ] {
            let wanted = rule(&[(attribute, "equals", &["x"])]);
            world
                .change_group(&group, &json!({"memberQuery": wanted}))
                .await;
            assert_eq!(world.sign_on(&browser).await, Refused, "{attribute}");
            world.change_user(&jason, json!({attribute: "x"})).await;
            assert_eq!(world.sign_on(&browser).await, LetIn, "{attribute}");
            world.change_user(&jason, json!({attribute: null})).await;
            assert_eq!(world.sign_on(&browser).await, Refused, "{attribute}");
        }
    })
    .await;
}

#[actix_web::test]
async fn a38_an_exemption_decides_the_very_next_sign_on_under_review_too() {
    each(async |world| {
        let jason = world.person_in("jason", "Denver").await;
        let group = world.group_with_wiki(&reviewed("Denver", &denver())).await;
        let browser = world.browser("jason").await;
        for (exemptions, expected) in [
            (exempt(&[], &[]), Refused),
            (exempt(&[&jason], &[]), LetIn),
            (exempt(&[], &[&jason]), Refused),
        ] {
            world.change_group(&group, &exemptions).await;
            assert_eq!(world.sign_on(&browser).await, expected, "{exemptions}");
        }
    })
    .await;
}

#[actix_web::test]
async fn a7_c6_a_suspension_ends_sign_on_and_the_membership_of_a_rule_on_states() {
    each(async |world| {
        let jason = world.person("jason", json!({})).await;
        let active = rule(&[("userState", "equals", &["ACTIVATED"])]);
        let group = world.group_with_wiki(&automated("Active", &active)).await;
        let browser = world.browser("jason").await;
        assert_eq!(world.sign_on(&browser).await, LetIn);
        world
            .change_user(&jason, json!({"state": "SUSPENDED"}))
            .await;
        assert_eq!(world.sign_on(&browser).await, AskedToSignIn);
        assert!(world.members(&group).await.is_empty());

        world
            .change_user(&jason, json!({"state": "ACTIVATED"}))
            .await;
        assert_eq!(world.members(&group).await, ["jason RULE"]);
        let browser = world.browser("jason").await;
        assert_eq!(world.sign_on(&browser).await, LetIn);
    })
    .await;
}

#[actix_web::test]
async fn a51_a_deleted_group_and_a_static_one_are_heeded_by_the_very_next_sign_on() {
    each(async |world| {
        let jason = world.person_in("jason", "Denver").await;
        let group = world.group_with_wiki(&automated("Denver", &denver())).await;
        let browser = world.browser("jason").await;
        world
            .change_group(&group, &json!({"membershipMethod": "STATIC"}))
            .await;
        world.move_to(&jason, "Chicago").await;
        assert_eq!(world.sign_on(&browser).await, LetIn, "asleep");
        world
            .change_group(&group, &json!({"membershipMethod": "DYNAMIC_AUTOMATED"}))
            .await;
        assert_eq!(world.sign_on(&browser).await, Refused, "awake");
        world.move_to(&jason, "Denver").await;
        assert_eq!(world.sign_on(&browser).await, LetIn);
        world.app.delete(&group_path(&group, "")).await.expect(204);
        assert_eq!(world.sign_on(&browser).await, Refused, "deleted");
    })
    .await;
}

#[actix_web::test]
async fn a36_an_accepted_suggestion_decides_the_very_next_sign_on() {
    each(async |world| {
        let jason = world.person_in("jason", "Denver").await;
        let group = world.group_with_wiki(&reviewed("Denver", &denver())).await;
        let browser = world.browser("jason").await;
        assert_eq!(world.sign_on(&browser).await, Refused, "waits");
        assert_eq!(world.review(&group, "accept", &[&jason]).await, (1, 0));
        assert_eq!(world.sign_on(&browser).await, LetIn);
        world.move_to(&jason, "Chicago").await;
        assert_eq!(world.sign_on(&browser).await, LetIn, "waits");
        assert_eq!(world.review(&group, "accept", &[&jason]).await, (1, 0));
        assert_eq!(world.sign_on(&browser).await, Refused);
    })
    .await;
}
