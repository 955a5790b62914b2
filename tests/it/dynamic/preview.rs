//! `POST /groups/preview` (rules A12, A18, A19, A27, A28, A48).

use serde_json::{Value, json};

use crate::dynamic::world::{World, automated, denver, each, exempt, group_path, rule};

async fn preview(world: &World, query: &str, body: &Value) -> Value {
    let path = format!("/groups/preview{query}");
    world.app.post(&path, body).await.expect(200).json()
}

/// `change username` of each line.
fn lines(forecast: &Value) -> Vec<String> {
    let items = forecast["items"].as_array().unwrap().iter();
    let shown = items.map(|item| {
        let (change, name) = (&item["change"], &item["user"]["username"]);
        format!("{} {}", change.as_str().unwrap(), name.as_str().unwrap())
    });
    shown.collect()
}

fn counts(forecast: &Value) -> [i64; 4] {
    ["matching", "joins", "leaves", "stays"].map(|name| forecast[name].as_i64().unwrap())
}

#[actix_web::test]
async fn a19_a28_a_group_that_is_not_saved_is_previewed_and_nothing_is_written() {
    each(async |world| {
        world.person_in("jason", "Denver").await;
        world.person_in("stacy", "Austin").await;
        let events = world.app.total("/audit").await;
        let shown = preview(&world, "", &json!({"memberQuery": denver()})).await;
        assert_eq!(
            (counts(&shown), lines(&shown)),
            ([1, 1, 0, 0], vec!["joins jason".to_owned()])
        );
        assert_eq!(shown["exemptionsReflected"], false);
        let after = &shown["afterExemptions"];
        assert_eq!(
            (counts(after), lines(after)),
            ([1, 1, 0, 0], vec!["joins jason".to_owned()])
        );
        assert_eq!((&shown["next"], &shown["lint"]), (&json!(null), &json!([])));
        assert!(after.get("lint").is_none() && after.get("afterExemptions").is_none());
        assert_eq!(world.app.total("/groups").await, 0);
        assert_eq!(world.app.total("/audit").await, events);
    })
    .await;
}

#[actix_web::test]
async fn a27_a48_joins_leaves_stays_and_the_second_list_after_exemptions() {
    each(async |world| {
        let mut ids = Vec::new();
        for (name, location) in [
            ("ann", "Denver"),
            ("ben", "Denver"),
            ("cleo", "Boston"),
            ("dan", "Boston"),
            ("eve", "Austin"),
        ] {
            ids.push(world.person_in(name, location).await);
        }
        let group = world.group(&automated("Denver", &denver())).await;
        // Ann stays by the list, Dan is kept out, Eve is in by the list.
        let exemptions = exempt(&[&ids[0], &ids[4]], &[&ids[3]]);
        world.change_group(&group, &exemptions).await;
        let boston = rule(&[("location", "equals", &["Boston"])]);
        let body = json!({"memberQuery": boston, "groupId": group});
        let shown = preview(&world, "", &body).await;
        assert_eq!(
            lines(&shown),
            [
                "leaves ann",
                "leaves ben",
                "joins cleo",
                "joins dan",
                "leaves eve"
            ]
        );
        assert_eq!(counts(&shown), [2, 2, 3, 0]);
        let after = &shown["afterExemptions"];
        assert_eq!(
            lines(after),
            ["stays ann", "leaves ben", "joins cleo", "stays eve"]
        );
        assert_eq!(counts(after), [3, 1, 1, 2]);
        world
            .change_group(&group, &json!({ "memberQuery": boston }))
            .await;
        assert_eq!(
            world.members(&group).await,
            ["ann MANUAL_INCLUDE", "cleo RULE", "eve MANUAL_INCLUDE"]
        );
    })
    .await;
}

#[actix_web::test]
async fn a12_a_static_group_shows_whom_it_would_lose() {
    each(async |world| {
        let ben = world.person_in("ben", "Boston").await;
        world.person_in("jason", "Denver").await;
        let group = world.group(&json!({"name": "Denver"})).await;
        let member = group_path(&group, &format!("/members/{ben}"));
        world.app.put(&member).await.expect(204);
        let body = json!({"memberQuery": denver(), "groupId": group});
        let shown = preview(&world, "", &body).await;
        assert_eq!(lines(&shown), ["leaves ben", "joins jason"]);
    })
    .await;
}

#[actix_web::test]
async fn a27_a_preview_is_paged_to_its_end() {
    each(async |world| {
        let names = ["ann", "ben", "cleo", "dan", "eve"];
        for name in names {
            world.person_in(name, "Denver").await;
        }
        let body = json!({"memberQuery": denver()});
        let mut seen = Vec::new();
        let mut query = "?limit=2".to_owned();
        for _ in 0..3 {
            let page = preview(&world, &query, &body).await;
            assert_eq!(counts(&page), [5, 5, 0, 0], "the counts are of all");
            seen.extend(lines(&page));
            match page["next"].as_str() {
                Some(cursor) => query = format!("?limit=2&cursor={cursor}"),
                None => break,
            }
        }
        assert_eq!(seen, names.map(|name| format!("joins {name}")));
        for (query, pointer) in [
            ("?limit=0", "/limit"),
            ("?cursor=abc", "/cursor"),
            ("?q=a", "/q"),
        ] {
            let path = format!("/groups/preview{query}");
            world
                .app
                .post(&path, &body)
                .await
                .expect_problem(422, pointer);
        }
    })
    .await;
}

#[actix_web::test]
async fn a18_the_lint_has_code_place_and_sentence() {
    each(async |world| {
        for name in ["ann", "ben"] {
            world.person_in(name, "Ft. Lauderdale").await;
        }
        let near = rule(&[("location", "equals", &["Denver", "Fort Lauderdale"])]);
        let shown = preview(&world, "", &json!({ "memberQuery": near })).await;
        let lint = shown["lint"].as_array().unwrap();
        let found = lint.iter().find(|one| one["code"] == "NEAR_MISS").unwrap();
        assert_eq!(found["pointer"], "/memberQuery/filters/0/values/1");
        assert_eq!(
            found["detail"],
            "0 users have “Fort Lauderdale”; 2 have “Ft. Lauderdale”."
        );
        assert!(lint.iter().any(|one| one["code"] == "NOBODY_MEETS"));
    })
    .await;
}

#[actix_web::test]
async fn a_preview_names_what_it_does_not_understand() {
    each(async |world| {
        for (body, status, pointer) in [
            (
                json!({"memberQuery": denver(), "groupId": "nothing"}),
                404,
                "",
            ),
            (json!({"groupId": "nothing"}), 422, "/memberQuery"),
            (json!({"memberQuery": denver(), "draft": {}}), 422, "/draft"),
        ] {
            let answer = world.app.post("/groups/preview", &body).await;
            answer.expect_problem(status, pointer);
        }
    })
    .await;
}
