//! `/users`.

use actix_web::http::Method;
use serde_json::{Value, json};
use vestibule::domain::admin::AdminRole;

use crate::support::test_app::{BASE_URL, PASSWORD, TestApp};

fn jason() -> Value {
    json!({"username": "jason", "email": "jason@example.com", "firstName": "Jason", "lastName": "Lee",
           "location": "Denver", "manager": "maria", "password": PASSWORD,
           "attributes": [{"name": "otherInfo", "type": "json", "value": {"Location": "Denver"}}]})
}

fn place(resource: &Value, path: &str) -> String {
    format!("/users/{}{path}", resource["id"].as_str().unwrap())
}

#[actix_web::test]
async fn a_new_user_is_answered_whole_and_without_a_password() {
    let app = TestApp::start().await;
    let answer = app.post("/users", &jason()).await.expect(201);
    let made = answer.json();
    let id = made["id"].as_str().unwrap();
    assert_eq!(
        answer.header("location"),
        format!("{BASE_URL}/api/v1/users/{id}")
    );
    assert_eq!(answer.header("etag"), "\"1\"");
    assert_eq!(answer.header("content-type"), "application/json");
    assert_eq!(
        made,
        json!({"id": id, "username": "jason", "email": "jason@example.com", "firstName": "Jason",
               "lastName": "Lee", "displayName": "Jason Lee", "state": "ACTIVATED", "activateAt": null, "suspendAt": null, "company": "",
               "costCenter": "", "department": "", "description": "", "employeeType": "",
               "jobTitle": "", "location": "Denver", "manager": "maria",
               "attributes": [{"name": "otherInfo", "type": "json", "value": {"Location": "Denver"}}],
               "warnings": []})
    );
    assert_eq!(app.get(&place(&made, "")).await.expect(200).json(), made);
    let texts = [
        app.get("/users").await.text(),
        app.get("/audit").await.text(),
        app.patch(&place(&made, ""), &json!({"password": PASSWORD}))
            .await
            .expect(200)
            .text(),
    ];
    for text in texts {
        assert!(
            !text.contains(PASSWORD) && !text.contains("argon2"),
            "{text}"
        );
    }
}

#[actix_web::test]
async fn a_patch_touches_what_it_names_only() {
    let app = TestApp::start().await;
    let made = app.make("/users", &jason()).await;
    let path = place(&made, "");
    let mut wanted = made.clone();
    for (patch, pointer, value) in [
        (
            json!({"location": "Boulder"}),
            "/location",
            json!("Boulder"),
        ),
        (json!({"location": null}), "/location", json!("")),
        (
            json!({"displayName": "J. Lee"}),
            "/displayName",
            json!("J. Lee"),
        ),
        (json!({"state": "STAGED"}), "/state", json!("STAGED")),
        (json!({"attributes": []}), "/attributes", json!([])),
        (json!({}), "/state", json!("STAGED")),
    ] {
        let answer = app.patch(&path, &patch).await.expect(200).json();
        *wanted.pointer_mut(pointer).unwrap() = value;
        assert_eq!(answer, wanted, "{patch}");
    }
}

#[actix_web::test]
async fn b3_b6_b13_values_come_back_as_they_were_written() {
    let app = TestApp::start().await;
    let text = r#"{"username": "ann", "email": "ann@example.com", "attributes": [
        {"name": "n", "type": "number", "value": -1.50},
        {"name": "b", "type": "boolean", "value": false},
        {"name": "s", "type": "string", "value": "<&\"' \ud83d\ude00"},
        {"name": "j", "type": "json", "value": {"a": 1, "a": 12345678901234567890.10, "z": null}}]}"#;
    let answer = app
        .send_text(Method::POST, "/users", text)
        .await
        .expect(201);
    for part in [
        r#"{"name":"n","type":"number","value":-1.50}"#,
        r#"{"name":"b","type":"boolean","value":false}"#,
        r#""value":{"a":12345678901234567890.10,"z":null}"#,
    ] {
        assert!(answer.text().contains(part), "{part} in {}", answer.text());
    }
    assert_eq!(answer.json()["attributes"][2]["value"], "<&\"' \u{1f600}");
    assert_eq!(
        answer.json()["warnings"][0]["pointer"],
        "/attributes/3/value/a"
    );
}

#[actix_web::test]
async fn names_are_unique_ignoring_case() {
    let app = TestApp::start().await;
    app.make("/users", &jason()).await;
    let other = app
        .make(
            "/users",
            &json!({"username": "mark", "email": "mark@example.com"}),
        )
        .await;
    app.post(
        "/users",
        &json!({"username": "JASON", "email": "j@example.com"}),
    )
    .await
    .expect_problem(409, "/username");
    app.post(
        "/users",
        &json!({"username": "j", "email": "Jason@Example.com"}),
    )
    .await
    .expect_problem(409, "/email");
    app.patch(&place(&other, ""), &json!({"username": "Jason"}))
        .await
        .expect_problem(409, "/username");
    assert_eq!(app.total("/users").await, 2);
}

#[actix_web::test]
async fn a_password_can_be_set_and_is_told_to_nobody() {
    let app = TestApp::start().await;
    let made = app.make("/users", &jason()).await;
    let put = async |role: AdminRole, json: Value| {
        let request = app.request_as(role, &Method::PUT, &place(&made, "/password"));
        let request = request.insert_header(("content-type", "application/json"));
        app.send(request.set_payload(json.to_string())).await
    };
    let good = json!({"password": "another violet anchor"});
    assert_eq!(
        put(AdminRole::HelpDesk, good.clone())
            .await
            .expect(204)
            .body,
        b""
    );
    put(AdminRole::ReadOnly, good).await.expect_problem(403, "");
    put(AdminRole::Manager, json!({"password": "short"}))
        .await
        .expect_problem(422, "/password");
    put(AdminRole::Manager, json!({}))
        .await
        .expect_problem(422, "/password");
    put(AdminRole::Manager, json!({"password": 12}))
        .await
        .expect_problem(422, "/password");
}

#[actix_web::test]
async fn a_deleted_user_is_gone_and_the_name_is_free() {
    let app = TestApp::start().await;
    let made = app.make("/users", &jason()).await;
    assert_eq!(app.delete(&place(&made, "")).await.expect(204).body, b"");
    app.get(&place(&made, "")).await.expect_problem(404, "");
    app.delete(&place(&made, "")).await.expect_problem(404, "");
    app.make("/users", &jason()).await;
}

#[actix_web::test]
async fn a10_c2_groups_and_applications_of_a_user_say_why() {
    let app = TestApp::start().await;
    let user = app.make("/users", &jason()).await;
    let group = app.make("/groups", &json!({"name": "Team-A"})).await;
    let connector = app
        .make(
            "/connectors",
            &json!({"name": "Wiki", "spEntityId": "https://wiki.example.com",
                    "acsUrls": [{"url": "https://wiki.example.com/acs"}]}),
        )
        .await;
    let text = |value: &Value, field: &str| value[field].as_str().unwrap().to_owned();
    let path = place(&user, "/connectors");
    let before = app.get(&path).await.expect(200).json();
    let named = json!({"id": connector["id"], "slug": "wiki", "name": "Wiki"});
    assert_eq!(
        before["items"],
        json!([{"connector": named, "allowed": false, "reason": "NOT_BOUND", "paths": []}])
    );
    app.put(&format!(
        "/groups/{}/members/{}",
        text(&group, "id"),
        text(&user, "id")
    ))
    .await
    .expect(204);
    app.put(&format!(
        "/connectors/{}/groups/{}",
        text(&connector, "id"),
        text(&group, "id")
    ))
    .await
    .expect(204);
    let groups = app.get(&place(&user, "/groups")).await.expect(200).json();
    assert_eq!(groups["total"], 1);
    let of_user = &groups["items"][0];
    assert_eq!(
        of_user["group"],
        json!({"id": group["id"], "name": "Team-A"})
    );
    assert_eq!(of_user["source"], "DIRECT");
    assert_eq!(of_user["cause"]["event"], "group.member_added");
    assert!(text(of_user, "since").ends_with('Z'), "{of_user}");
    let after = app.get(&path).await.expect(200).json();
    let decided = &after["items"][0];
    assert_eq!(
        (&decided["allowed"], &decided["reason"]),
        (&json!(true), &json!("ALLOWED"))
    );
    assert_eq!(decided["paths"][0]["groupName"], "Team-A");
    assert_eq!(decided["paths"][0]["source"], "DIRECT");
}
