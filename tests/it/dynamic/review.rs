//! Review over REST (rules A30-A36, A50): suggestions wait, are accepted, rejected, remembered.

use actix_web::http::Method;
use serde_json::{Value, json};
use vestibule::domain::admin::AdminRole;

use crate::dynamic::world::{World, denver, each, exempt, group_path, reviewed, rule};

/// Jason and Mark in Denver, Stacy in Austin, and a group under review.
async fn office(world: &World) -> (String, [String; 3]) {
    let people = [
        world.person_in("jason", "Denver").await,
        world.person_in("mark", "Denver").await,
        world.person_in("stacy", "Austin").await,
    ];
    (world.group(&reviewed("Denver", &denver())).await, people)
}

#[actix_web::test]
async fn a30_a36_only_the_selected_are_applied_and_the_rest_waits() {
    each(async |world| {
        let (group, [jason, mark, stacy]) = office(&world).await;
        assert!(world.members(&group).await.is_empty());
        assert_eq!(world.waiting(&group).await, ["add jason", "add mark"]);

        let path = group_path(&group, "/suggestions/accept");
        let selection = json!({"userIds": [jason, stacy, jason, "nobody"]});
        let answer = world.app.post(&path, &selection).await.expect(200).json();
        assert_eq!(
            answer,
            json!({"suggestionsFound": [jason], "suggestionsNotFound": [stacy, "nobody"]})
        );
        assert_eq!(world.members(&group).await, ["jason RULE"]);
        assert_eq!(world.waiting(&group).await, ["add mark"]);

        // Removals wait as well; whoever comes back needs no review.
        world.move_to(&jason, "Boston").await;
        assert_eq!(world.members(&group).await, ["jason RULE"]);
        assert_eq!(world.waiting(&group).await, ["remove jason", "add mark"]);
        world.move_to(&jason, "Denver").await;
        assert_eq!(world.waiting(&group).await, ["add mark"]);
        world.move_to(&mark, "Boston").await;
        assert!(world.waiting(&group).await.is_empty());
        assert_eq!(world.review(&group, "accept", &[&mark]).await, (0, 1));
    })
    .await;
}

#[actix_web::test]
async fn a36_c7_the_event_of_the_acceptance_is_the_cause_of_the_membership() {
    each(async |world| {
        let (group, [jason, mark, _]) = office(&world).await;
        assert_eq!(world.review(&group, "accept", &[&jason]).await, (1, 0));
        assert_eq!(world.review(&group, "reject", &[&mark]).await, (1, 0));
        let event = async |kind: &str| {
            let events = world.app.get(&format!("/audit?kind={kind}")).await.json();
            assert_eq!(events["total"], 1, "{kind}");
            events["items"][0].clone()
        };
        let accepted = event("group.suggestions_accepted").await;
        assert_eq!(
            accepted["after"],
            json!({"users": [{"user": jason, "username": "jason", "op": "add"}]})
        );
        assert_eq!(accepted["object"]["id"], group.as_str());
        let rejected = event("group.suggestions_rejected").await;
        assert_eq!(rejected["after"]["users"][0]["username"], "mark");
        let member = world.app.get(&group_path(&group, "/members")).await.json();
        let cause = &member["items"][0]["cause"];
        assert_eq!(cause["auditId"], accepted["id"]);
        assert_eq!(cause["event"], "group.suggestions_accepted");
    })
    .await;
}

#[actix_web::test]
async fn a36_a_rejection_is_remembered_until_rule_or_rule_attribute_change() {
    each(async |world| {
        let (group, [jason, mark, _]) = office(&world).await;
        assert_eq!(world.review(&group, "reject", &[&jason]).await, (1, 0));
        assert_eq!(world.waiting(&group).await, ["add mark"]);
        assert_eq!(world.review(&group, "reject", &[&jason]).await, (0, 1));
        assert_eq!(world.review(&group, "accept", &[&jason]).await, (0, 1));
        // Other fields of the user and other fields of the group change nothing.
        world.change_user(&jason, json!({"firstName": "Jay"})).await;
        world
            .change_group(&group, &json!({"description": "x"}))
            .await;
        assert_eq!(world.waiting(&group).await, ["add mark"]);
        world.change_user(&jason, json!({"department": "x"})).await;
        assert_eq!(world.waiting(&group).await, ["add jason", "add mark"]);

        assert_eq!(
            world.review(&group, "reject", &[&jason, &mark]).await,
            (2, 0)
        );
        assert!(world.waiting(&group).await.is_empty());
        let wider = rule(&[("location", "startsWith", &["D"])]);
        world
            .change_group(&group, &json!({ "memberQuery": wider }))
            .await;
        assert_eq!(world.waiting(&group).await, ["add jason", "add mark"]);
    })
    .await;
}

#[actix_web::test]
async fn a35_a_changed_rule_computes_anew_what_waits() {
    each(async |world| {
        let (group, _) = office(&world).await;
        let austin = rule(&[("location", "equals", &["Austin"])]);
        world
            .change_group(&group, &json!({ "memberQuery": austin }))
            .await;
        assert_eq!(world.waiting(&group).await, ["add stacy"]);
    })
    .await;
}

#[actix_web::test]
async fn a36_two_administrators_at_once_accept_once() {
    each(async |world| {
        let (group, [jason, mark, _]) = office(&world).await;
        let both: &[&str] = &[&jason, &mark];
        let (first, second) = futures_util::future::join(
            world.review(&group, "accept", both),
            world.review(&group, "accept", both),
        )
        .await;
        assert_eq!((first.0 + second.0, first.1 + second.1), (2, 2));
        assert_eq!(world.members(&group).await, ["jason RULE", "mark RULE"]);
    })
    .await;
}

#[actix_web::test]
async fn a50_an_exemption_that_is_taken_away_becomes_a_suggestion_under_review() {
    each(async |world| {
        let (group, [jason, _, stacy]) = office(&world).await;
        world
            .change_group(&group, &exempt(&[&stacy], &[&jason]))
            .await;
        assert_eq!(world.members(&group).await, ["stacy MANUAL_INCLUDE"]);
        assert_eq!(world.waiting(&group).await, ["add mark"]);
        world.change_group(&group, &exempt(&[], &[])).await;
        assert_eq!(
            world.waiting(&group).await,
            ["add jason", "add mark", "remove stacy"]
        );
    })
    .await;
}

#[actix_web::test]
async fn a31_administrators_and_managers_review_and_nobody_else() {
    each(async |world| {
        let (group, [jason, mark, stacy]) = office(&world).await;
        for (role, user, status) in [
            (AdminRole::ReadOnly, &jason, 403),
            (AdminRole::HelpDesk, &jason, 403),
            (AdminRole::Manager, &jason, 200),
            (AdminRole::Administrator, &mark, 200),
        ] {
            for verdict in ["accept", "reject"] {
                let path = group_path(&group, &format!("/suggestions/{verdict}"));
                let request = world.app.request_as(role, &Method::POST, &path);
                let request = request.insert_header(("content-type", "application/json"));
                let body = json!({"userIds": [user]}).to_string();
                let answer = world.app.send(request.set_payload(body)).await;
                assert_eq!(answer.status, status, "{role:?} {verdict}");
            }
        }
        let _never_reviewed = stacy;
        assert_eq!(world.members(&group).await, ["jason RULE", "mark RULE"]);
    })
    .await;
}

#[actix_web::test]
async fn a34_the_list_can_be_narrowed_and_paged_and_each_line_names_its_condition() {
    each(async |world| {
        let (group, [jason, ..]) = office(&world).await;
        assert_eq!(world.review(&group, "accept", &[&jason]).await, (1, 0));
        world.move_to(&jason, "Boston").await;
        let path = group_path(&group, "/suggestions");
        let list = async |query: &str| -> Value {
            world
                .app
                .get(&format!("{path}?{query}"))
                .await
                .expect(200)
                .json()
        };
        let all = list("").await;
        let line = |index: usize| {
            let item = &all["items"][index];
            (
                item["op"].clone(),
                item["cause"]["text"].clone(),
                item["cause"]["event"].clone(),
            )
        };
        assert_eq!(
            line(0),
            (
                json!("remove"),
                json!(
                    "Location is “Boston”, but the rule says Location equals “Denver”, since test \
                     administrator changed the user"
                ),
                json!("user.updated")
            )
        );
        assert_eq!(
            line(1),
            (
                json!("add"),
                json!("meets Location equals “Denver”, since test administrator created the group"),
                json!("group.created")
            )
        );
        assert_eq!(list("op=add").await["items"], json!([all["items"][1]]));
        assert_eq!(list("q=JAS").await["items"], json!([all["items"][0]]));
        let first = list("limit=1").await;
        assert_eq!(
            (&first["items"][0], &first["total"]),
            (&all["items"][0], &json!(2))
        );
        let cursor = first["next"].as_str().unwrap();
        let second = list(&format!("limit=1&cursor={cursor}")).await;
        assert_eq!(
            (&second["items"][0], &second["next"]),
            (&all["items"][1], &json!(null))
        );
        world
            .app
            .get(&format!("{path}?op=both"))
            .await
            .expect_problem(422, "/op");
    })
    .await;
}

#[actix_web::test]
async fn a36_an_empty_selection_is_refused() {
    each(async |world| {
        let (group, _) = office(&world).await;
        for verdict in ["accept", "reject"] {
            let path = group_path(&group, &format!("/suggestions/{verdict}"));
            for (body, pointer) in [
                (json!({"userIds": []}), "/userIds"),
                (json!({}), "/userIds"),
                (json!({"userIds": "all"}), "/userIds"),
                (json!({"userIds": ["x"], "all": true}), "/all"),
            ] {
                let answer = world.app.post(&path, &body).await;
                answer.expect_problem(422, pointer);
            }
        }
    })
    .await;
}

#[actix_web::test]
async fn a15_a16_a_save_that_makes_suggestions_tells_those_who_review_if_it_is_asked_to() {
    each(async |world| {
        for (name, role) in [("maria", "manager"), ("rhea", "read-only")] {
            let email = format!("{name}@example.com");
            let admin = json!({"username": name, "email": email, "role": role});
            world.app.make("/admins", &admin).await;
        }
        world.person_in("jason", "Denver").await;
        let mut group = reviewed("Denver", &denver());
        world.group(&group).await;
        assert_eq!(world.app.total("/mail-outbox").await, 0, "not asked to");
        group["name"] = json!("Office");
        group["memberSuggestionsNotify"] = json!(true);
        world.group(&group).await;
        let mails = world.app.get("/mail-outbox").await.json();
        assert_eq!(mails["total"], 1);
        let mail = &mails["items"][0];
        assert_eq!(mail["recipient"], "maria@example.com");
        let text = mail["text"].as_str().unwrap();
        assert!(
            text.contains("Review Suggestions") && text.contains("jason Lee joins"),
            "{text}"
        );
    })
    .await;
}
