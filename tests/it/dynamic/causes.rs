//! Why somebody is in a group and may open an application, in words (rules A10, C2).

use serde_json::{Value, json};

use crate::dynamic::world::{automated, denver, each, exempt, group_path};

#[actix_web::test]
async fn a10_c2_every_list_names_source_event_and_conditions() {
    each(async |world| {
        let jason = world.person_in("jason", "Denver").await;
        let stacy = world.person_in("stacy", "Austin").await;
        let group = world.group_with_wiki(&automated("Denver", &denver())).await;
        world.change_group(&group, &exempt(&[&stacy], &[])).await;
        let connectors = world.app.get("/connectors").await.json();
        let preview = format!(
            "/connectors/{}/preview",
            connectors["items"][0]["id"].as_str().unwrap()
        );
        let members = world.app.get(&group_path(&group, "/members")).await.json();
        for (index, user, source, text) in [
            (
                0,
                &jason,
                "RULE",
                "meets Location equals “Denver”, since test administrator created the group",
            ),
            (
                1,
                &stacy,
                "MANUAL_INCLUDE",
                "stands in Users to include, member since test administrator saved the group",
            ),
        ] {
            let check = |place: &str, found: &Value| {
                assert_eq!(found["source"], source, "{place}");
                assert_eq!(found["cause"]["text"], text, "{place}");
                let event = found["cause"]["event"].as_str().unwrap();
                assert!(event.starts_with("group."), "{place}: {event}");
            };
            check("members", &members["items"][index]);
            let groups = world.app.get(&format!("/users/{user}/groups")).await.json();
            check("groups", &groups["items"][0]);
            let report = format!("/reports/memberships?user={user}");
            let report = world.app.get(&report).await.expect(200).json();
            check("report", &report["items"][0]);
            let answer = world.app.post(&preview, &json!({"userId": user})).await;
            check(
                "preview",
                &answer.expect(200).json()["decision"]["paths"][0],
            );
        }
        // What the rule gave stays when it falls asleep, and is told as such.
        world
            .change_group(&group, &json!({"membershipMethod": "STATIC"}))
            .await;
        let members = world.app.get(&group_path(&group, "/members")).await.json();
        assert_eq!(
            members["items"][0]["cause"]["text"],
            "kept from when the group was dynamic, since test administrator created the group"
        );
    })
    .await;
}

#[actix_web::test]
async fn c7_the_audit_shows_rule_and_exemptions_before_and_after() {
    each(async |world| {
        let stacy = world.person_in("stacy", "Austin").await;
        let group = world.group(&automated("Denver", &denver())).await;
        world.change_group(&group, &exempt(&[], &[&stacy])).await;
        let events = world.app.get("/audit?kind=group.updated").await.json();
        let event = &events["items"][0];
        assert_eq!(event["before"]["memberQuery"], denver());
        assert_eq!(event["before"].get("exclude"), None);
        assert_eq!(event["after"]["exclude"], json!(["stacy"]));
    })
    .await;
}
