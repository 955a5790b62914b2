//! `/groups`, their members and attributes.

use serde_json::{Value, json};

use crate::support::test_app::{BASE_URL, TestApp};

fn id(resource: &Value) -> &str {
    resource["id"].as_str().unwrap()
}

fn text_attribute(name: &str, value: &str) -> Value {
    json!({"name": name, "type": "string", "value": value})
}

#[actix_web::test]
async fn a1_b14_a_new_group_is_static_and_brings_its_attributes() {
    let app = TestApp::start().await;
    let attributes = json!([text_attribute("TeamName", "team-b")]);
    let answer = app
        .post(
            "/groups",
            &json!({"name": "Team-B", "attributes": attributes}),
        )
        .await
        .expect(201);
    let made = answer.json();
    assert_eq!(
        answer.header("location"),
        format!("{BASE_URL}/api/v1/groups/{}", id(&made))
    );
    assert_eq!(answer.header("etag"), "\"1\"");
    assert_eq!(
        made,
        json!({"id": made["id"], "name": "Team-B", "description": "", "membershipMethod": "STATIC",
               "memberSuggestionsNotify": false, "requireMfa": false, "memberQuery": null,
               "memberQueryExemptions": {"include": [], "exclude": []}, "attributes": attributes,
               "memberCount": 0, "suggestionCount": 0, "warnings": []})
    );
    assert_eq!(
        app.get(&format!("/groups/{}", id(&made))).await.json(),
        made
    );
}

#[actix_web::test]
async fn b8_a_name_that_stays_keeps_its_sequence() {
    let app = TestApp::start().await;
    let group = app
        .make(
            "/groups",
            &json!({"name": "Team-A", "attributes": [
            text_attribute("first", "1"), text_attribute("second", "2")]}),
        )
        .await;
    let path = format!("/groups/{}", id(&group));
    let sequences = async || {
        let list = app
            .get(&format!("{path}/attributes"))
            .await
            .expect(200)
            .json();
        let item = |name: &str| {
            let items = list["items"].as_array().unwrap().clone();
            items.into_iter().find(|item| item["name"] == name).unwrap()["sequence"]
                .as_i64()
                .unwrap()
        };
        (item("first"), item("second"))
    };
    let (first, second) = sequences().await;
    assert!(first < second);
    // Another order, another value, another type.
    let replaced = json!({"attributes": [
        text_attribute("second", "22"), {"name": "first", "type": "number", "value": 7}]});
    app.patch(&path, &replaced).await.expect(200);
    assert_eq!(sequences().await, (first, second));
    // Deleted and added again is new.
    app.delete(&format!("{path}/attributes/first"))
        .await
        .expect(204);
    app.post(&format!("{path}/attributes"), &text_attribute("first", "1"))
        .await
        .expect(201);
    let (again, still) = sequences().await;
    assert!(again > second);
    assert_eq!(still, second);
}

#[actix_web::test]
async fn b5_b16_attributes_one_by_one() {
    let app = TestApp::start().await;
    let group = app.make("/groups", &json!({"name": "Team-A"})).await;
    let path = format!("/groups/{}/attributes", id(&group));
    let odd = "Größe / 100% +";
    let answer = app.post(&path, &text_attribute(odd, "x")).await.expect(201);
    let encoded = "Gr%C3%B6%C3%9Fe%20%2F%20100%25%20%2B";
    let place = format!("{path}/{encoded}");
    assert_eq!(
        answer.header("location"),
        format!("{BASE_URL}/api/v1{place}")
    );
    let made = answer.json();
    assert_eq!(
        (&made["name"], &made["inherited"]),
        (&json!(odd), &json!(true))
    );
    app.post(&path, &text_attribute(odd, "y"))
        .await
        .expect_problem(409, "/name");
    app.post(&path, &text_attribute("a.b", "y"))
        .await
        .expect_problem(422, "/name");

    let changed = app
        .patch(&place, &json!({"value": "y"}))
        .await
        .expect(200)
        .json();
    assert_eq!(
        (&changed["value"], &changed["sequence"]),
        (&json!("y"), &made["sequence"])
    );
    let changed = app
        .patch(&place, &json!({"type": "json", "value": {"a": [1]}}))
        .await
        .expect(200)
        .json();
    assert_eq!(changed["value"], json!({"a": [1]}));
    app.patch(&place, &json!({"type": "number"}))
        .await
        .expect_problem(422, "/value");
    app.patch(&place, &json!({"name": "other"}))
        .await
        .expect_problem(422, "/name");
    app.patch(&place, &json!({"name": odd})).await.expect(200);
    app.delete(&place).await.expect(204);
    app.delete(&place).await.expect_problem(404, "");
    app.patch(&place, &json!({"value": "y"}))
        .await
        .expect_problem(404, "");
}

#[actix_web::test]
async fn members_come_and_go_by_hand_and_doing_it_twice_is_no_fault() {
    let app = TestApp::start().await;
    let group = app.make("/groups", &json!({"name": "Team-A"})).await;
    let user = app
        .make(
            "/users",
            &json!({"username": "ann", "email": "ann@example.com"}),
        )
        .await;
    let members = format!("/groups/{}/members", id(&group));
    let member = format!("{members}/{}", id(&user));
    for _ in 0..2 {
        assert_eq!(app.put(&member).await.expect(204).body, b"");
    }
    let list = app.get(&members).await.expect(200).json();
    assert_eq!(list["total"], 1);
    let item = &list["items"][0];
    assert_eq!(
        item["user"],
        json!({"id": user["id"], "username": "ann", "displayName": "ann"})
    );
    assert_eq!(
        (&item["source"], &item["cause"]["event"]),
        (&json!("DIRECT"), &json!("group.member_added"))
    );
    let event = app.get("/audit?kind=group.member_added").await.json();
    assert_eq!(event["items"][0]["id"], item["cause"]["auditId"]);
    assert_eq!(
        app.get(&format!("/groups/{}", id(&group))).await.json()["memberCount"],
        1
    );
    for _ in 0..2 {
        app.delete(&member).await.expect(204);
    }
    assert_eq!(app.total(&members).await, 0);
    app.put(&format!("{members}/nobody"))
        .await
        .expect_problem(404, "");
    app.put(&format!("/groups/nothing/members/{}", id(&user)))
        .await
        .expect_problem(404, "");
}

#[actix_web::test]
async fn a_group_name_is_taken_once() {
    let app = TestApp::start().await;
    app.make("/groups", &json!({"name": "Team-A"})).await;
    app.post("/groups", &json!({"name": "Team-A"}))
        .await
        .expect_problem(409, "/name");
    app.post("/groups", &json!({}))
        .await
        .expect_problem(422, "/name");
    app.post("/groups", &json!({"name": null}))
        .await
        .expect_problem(422, "/name");
    app.post("/groups", &json!({"name": ""}))
        .await
        .expect_problem(422, "/name");
}
