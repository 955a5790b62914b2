//! Saving groups (rules A6, A8, A12, A15, A17, A37, A51, B4): what a save evaluates, what it keeps,
//! what it refuses.

use actix_web::http::Method;
use serde_json::json;
use vestibule::domain::admin::AdminRole;

use crate::dynamic::world::{automated, denver, each, exempt, group_path, reviewed, rule};

#[actix_web::test]
async fn a6_a_group_has_its_members_when_the_call_that_creates_it_returns() {
    each(async |world| {
        let jason = world.person_in("jason", "Denver").await;
        let stacy = world.person_in("stacy", "Austin").await;
        let mut body = automated("Denver", &denver());
        body["memberQueryExemptions"] = json!({"include": [stacy], "exclude": []});
        let made = world.app.make("/groups", &body).await;
        assert_eq!(made["memberCount"], 2);
        assert_eq!(
            made["memberQueryExemptions"],
            json!({"include": [stacy], "exclude": []})
        );
        let group = made["id"].as_str().unwrap();
        assert_eq!(
            world.members(group).await,
            ["jason RULE", "stacy MANUAL_INCLUDE"]
        );
        let of_jason = world
            .app
            .get(&format!("/users/{jason}/groups"))
            .await
            .json();
        assert_eq!(of_jason["items"][0]["source"], "RULE");
    })
    .await;
}

#[actix_web::test]
async fn a8_a_new_user_is_in_the_group_when_the_call_returns() {
    each(async |world| {
        let group = world.group(&automated("Denver", &denver())).await;
        world.person_in("jason", "Denver").await;
        world.person_in("stacy", "Austin").await;
        assert_eq!(world.members(&group).await, ["jason RULE"]);
    })
    .await;
}

#[actix_web::test]
async fn a12_a_static_group_turned_dynamic_loses_who_does_not_match() {
    each(async |world| {
        let mut ids = Vec::new();
        for (name, location) in [("ann", "Denver"), ("ben", "Boston"), ("cleo", "Boston")] {
            ids.push(world.person_in(name, location).await);
        }
        world.person_in("dan", "Denver").await;
        let group = world.group(&json!({"name": "Denver"})).await;
        for id in &ids {
            let member = group_path(&group, &format!("/members/{id}"));
            world.app.put(&member).await.expect(204);
        }
        let mut turned = exempt(&[&ids[1]], &[]);
        turned["membershipMethod"] = json!("DYNAMIC_AUTOMATED");
        turned["memberQuery"] = denver();
        world.change_group(&group, &turned).await;
        assert_eq!(
            world.members(&group).await,
            ["ann RULE", "ben MANUAL_INCLUDE", "dan RULE"]
        );
    })
    .await;
}

#[actix_web::test]
async fn a12_under_review_the_losses_become_suggestions() {
    each(async |world| {
        let ben = world.person_in("ben", "Boston").await;
        world.person_in("dan", "Denver").await;
        let group = world.group(&json!({"name": "Denver"})).await;
        let member = group_path(&group, &format!("/members/{ben}"));
        world.app.put(&member).await.expect(204);
        world
            .change_group(&group, &reviewed("Denver", &denver()))
            .await;
        assert_eq!(world.members(&group).await, ["ben DIRECT"]);
        assert_eq!(world.waiting(&group).await, ["remove ben", "add dan"]);
    })
    .await;
}

#[actix_web::test]
async fn a51_a_dynamic_group_turned_static_keeps_members_rule_and_exemptions() {
    each(async |world| {
        let jason = world.person_in("jason", "Denver").await;
        let stacy = world.person_in("stacy", "Austin").await;
        let group = world.group(&reviewed("Denver", &denver())).await;
        world.change_group(&group, &exempt(&[&stacy], &[])).await;
        assert_eq!(world.waiting(&group).await, ["add jason"]);
        let asleep = world
            .change_group(&group, &json!({"membershipMethod": "STATIC"}))
            .await;
        assert_eq!(asleep["memberQuery"], denver());
        assert_eq!(
            asleep["memberQueryExemptions"],
            json!({"include": [stacy], "exclude": []})
        );
        assert_eq!(world.members(&group).await, ["stacy DIRECT"]);
        assert!(world.waiting(&group).await.is_empty(), "dropped");

        // Asleep: by hand everything goes, and nothing comes by the rule.
        let member = |user: &str| group_path(&group, &format!("/members/{user}"));
        world.app.put(&member(&jason)).await.expect(204);
        world.app.delete(&member(&stacy)).await.expect(204);
        world.move_to(&jason, "Chicago").await;
        assert_eq!(world.members(&group).await, ["jason DIRECT"]);

        world
            .change_group(&group, &json!({"membershipMethod": "DYNAMIC_AUTOMATED"}))
            .await;
        assert_eq!(world.members(&group).await, ["stacy MANUAL_INCLUDE"]);
    })
    .await;
}

#[actix_web::test]
async fn a6_every_save_reevaluates_and_a_patch_leaves_alone_what_it_does_not_name() {
    each(async |world| {
        let jason = world.person_in("jason", "Denver").await;
        let stacy = world.person_in("stacy", "Austin").await;
        let group = world.group(&automated("Denver", &denver())).await;
        world
            .change_group(&group, &exempt(&[&stacy], &[&jason]))
            .await;
        let renamed = world.change_group(&group, &json!({"name": "Office"})).await;
        assert_eq!(renamed["memberQuery"], denver());
        assert_eq!(
            renamed["memberQueryExemptions"],
            json!({"include": [stacy], "exclude": [jason]})
        );
        // One list is replaced, the other stays.
        let one = json!({"memberQueryExemptions": {"exclude": []}});
        let changed = world.change_group(&group, &one).await;
        assert_eq!(
            changed["memberQueryExemptions"],
            json!({"include": [stacy], "exclude": []})
        );
        assert_eq!(
            world.members(&group).await,
            ["jason RULE", "stacy MANUAL_INCLUDE"]
        );
        let cleared = json!({"memberQuery": null, "memberQueryExemptions": null});
        let cleared = world.change_group(&group, &cleared).await;
        assert_eq!(cleared["memberQuery"], json!(null));
        assert_eq!(cleared["membershipMethod"], "DYNAMIC_AUTOMATED");
        assert!(
            world.members(&group).await.is_empty(),
            "no rule matches nobody"
        );
    })
    .await;
}

#[actix_web::test]
async fn a15_mail_is_only_asked_for_under_review_and_goes_off_with_it() {
    each(async |world| {
        let mut body = automated("Denver", &denver());
        body["memberSuggestionsNotify"] = json!(true);
        let answer = world.app.post("/groups", &body).await;
        answer.expect_problem(422, "/memberSuggestionsNotify");
        body["membershipMethod"] = json!("DYNAMIC_REVIEW_REQUIRED");
        let made = world.app.make("/groups", &body).await;
        assert_eq!(made["memberSuggestionsNotify"], true);
        let group = made["id"].as_str().unwrap();
        for method in ["DYNAMIC_AUTOMATED", "DYNAMIC_REVIEW_REQUIRED"] {
            let saved = world
                .change_group(group, &json!({"membershipMethod": method}))
                .await;
            assert_eq!(saved["memberSuggestionsNotify"], false, "{method}");
        }
    })
    .await;
}

#[actix_web::test]
async fn a17_deselecting_review_applies_what_waits() {
    each(async |world| {
        let ben = world.person_in("ben", "Boston").await;
        world.person_in("jason", "Denver").await;
        let group = world.group(&json!({"name": "Denver"})).await;
        let member = group_path(&group, &format!("/members/{ben}"));
        world.app.put(&member).await.expect(204);
        world
            .change_group(&group, &reviewed("Denver", &denver()))
            .await;
        assert_eq!(world.waiting(&group).await, ["remove ben", "add jason"]);
        world
            .change_group(&group, &json!({"membershipMethod": "DYNAMIC_AUTOMATED"}))
            .await;
        assert_eq!(world.members(&group).await, ["jason RULE"]);
        assert!(world.waiting(&group).await.is_empty());
    })
    .await;
}

#[actix_web::test]
async fn a37_members_of_a_dynamic_group_are_not_edited_by_hand() {
    each(async |world| {
        let jason = world.person_in("jason", "Denver").await;
        let stacy = world.person_in("stacy", "Austin").await;
        let group = world.group(&automated("Denver", &denver())).await;
        let member = |user: &str| group_path(&group, &format!("/members/{user}"));
        for answer in [
            world.app.delete(&member(&jason)).await,
            world.app.put(&member(&stacy)).await,
        ] {
            let problem = answer.expect_problem(409, "");
            let detail = problem["detail"].as_str().unwrap();
            assert!(detail.contains("Location equals “Denver”"), "{detail}");
            assert!(detail.contains("Users to exclude"), "{detail}");
        }
        assert_eq!(world.members(&group).await, ["jason RULE"]);
    })
    .await;
}

#[actix_web::test]
async fn b4_a_dynamic_group_takes_no_attributes_and_keeps_those_it_has_marked() {
    each(async |world| {
        let attribute = json!({"name": "team", "type": "string", "value": "a"});
        let mut body = automated("Denver", &denver());
        body["attributes"] = json!([attribute]);
        let answer = world.app.post("/groups", &body).await;
        let problem = answer.expect_problem(422, "/attributes/0");
        assert!(problem["detail"].as_str().unwrap().contains("on the user instead"));

        let group = world
            .group(&json!({"name": "Denver", "attributes": [attribute]}))
            .await;
        let turned = world
            .change_group(&group, &automated("Denver", &denver()))
            .await;
        assert_eq!(turned["attributes"], json!([attribute]));
        assert_eq!(
            turned["warnings"][0],
            json!({"pointer": "/attributes/0", "detail": "not inherited while the group is dynamic"})
        );
        let attributes = group_path(&group, "/attributes");
        let listed = world.app.get(&attributes).await.json();
        assert_eq!(listed["items"][0]["inherited"], false);
        let other = json!({"name": "other", "type": "string", "value": "b"});
        world.app.post(&attributes, &other).await.expect_problem(422, "");
        let both = json!({"attributes": [attribute, other]});
        let answer = world.app.patch(&group_path(&group, ""), &both).await;
        answer.expect_problem(422, "/attributes/1");
        // What it has can be changed and taken away.
        let changed = json!({"attributes": [{"name": "team", "type": "string", "value": "c"}]});
        world.change_group(&group, &changed).await;
        let none = world.change_group(&group, &json!({"attributes": []})).await;
        assert_eq!(none["attributes"], json!([]));
    })
    .await;
}

#[actix_web::test]
async fn a_stale_save_is_refused_before_anything_is_evaluated() {
    each(async |world| {
        world.person_in("jason", "Denver").await;
        let group = world.group(&automated("Denver", &denver())).await;
        let path = group_path(&group, "");
        let tag = world.app.get(&path).await.header("etag").to_owned();
        world
            .change_group(&group, &json!({"description": "x"}))
            .await;
        let patch = |tag: &str| {
            let request = world
                .app
                .request_as(AdminRole::Manager, &Method::PATCH, &path)
                .insert_header(("content-type", "application/merge-patch+json"))
                .insert_header(("if-match", tag));
            let nobody = rule(&[("location", "equals", &["nowhere"])]);
            request.set_payload(json!({ "memberQuery": nobody }).to_string())
        };
        world.app.send(patch(&tag)).await.expect_problem(412, "");
        assert_eq!(world.members(&group).await, ["jason RULE"]);
        let tag = world.app.get(&path).await.header("etag").to_owned();
        let saved = world.app.send(patch(&tag)).await.expect(200);
        assert_ne!(saved.header("etag"), tag);
        assert!(world.members(&group).await.is_empty());
    })
    .await;
}

/// An attribute is added by a save of the whole group, which must not bring back an older rule.
#[actix_web::test]
async fn a6_an_attribute_that_is_added_meanwhile_undoes_no_change_of_the_rule() {
    each(async |world| {
        let group = world.group(&json!({"name": "Denver"})).await;
        let attributes = group_path(&group, "/attributes");
        for round in 0..8 {
            let name = format!("a{round}");
            let wanted = rule(&[("location", "equals", &[name.as_str()])]);
            let attribute = json!({"name": name, "type": "string", "value": "x"});
            let patch = json!({ "memberQuery": wanted });
            let path = group_path(&group, "");
            let (added, saved) = futures_util::future::join(
                world.app.post(&attributes, &attribute),
                world.app.patch(&path, &patch),
            )
            .await;
            added.expect(201);
            saved.expect(200);
            let read = world.app.get(&path).await.json();
            assert_eq!(read["memberQuery"], wanted, "round {round}");
            assert_eq!(read["attributes"].as_array().unwrap().len(), round + 1);
        }
    })
    .await;
}
