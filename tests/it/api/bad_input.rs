//! Bad input: a 4xx with a sentence that says what to do, and nothing stored.

use actix_web::ResponseError;
use actix_web::http::Method;
use actix_web::http::header::RETRY_AFTER;
use serde_json::{Value, json};
use vestibule::domain::admin::AdminRole;
use vestibule::service::error::ServiceError;
use vestibule::store::error::StoreError;
use vestibule::web::problem::Problem;

use crate::support::test_app::TestApp;

fn user(field: &str, value: impl Into<Value>) -> Value {
    let value: Value = value.into();
    json!({"username": "nobody", "email": "nobody@example.com", field: value})
}

fn attribute(kind: &str, value: &str) -> String {
    format!(
        r#"{{"name": "g", "attributes": [{{"name": "a", "type": "{kind}", "value": {value}}}]}}"#
    )
}

#[actix_web::test]
async fn broken_fields_of_a_user_are_named() {
    let app = TestApp::start().await;
    for (body, pointer) in [
        (json!({"username": "nobody"}), "/email"),
        (json!({"email": "nobody@example.com"}), "/username"),
        (user("username", json!(null)), "/username"),
        (user("username", json!("")), "/username"),
        (user("email", json!("no address")), "/email"),
        (user("firstName", json!(7)), "/firstName"),
        (user("state", json!("GONE")), "/state"),
        (user("nickname", json!("x")), "/nickname"),
        (user("id", json!("mine")), "/id"),
        (user("location", json!("x".repeat(513))), "/location"),
        (user("department", json!("a\u{0}b")), "/department"),
        (user("password", json!("short")), "/password"),
        (user("password", json!("password1234")), "/password"),
        (
            user("attributes", json!([{"name": "a"}])),
            "/attributes/0/type",
        ),
        (user("attributes", json!([1])), "/attributes/0"),
    ] {
        app.post("/users", &body).await.expect_problem(422, pointer);
    }
    assert_eq!(app.total("/users").await, 0);
    assert_eq!(app.total("/audit?kind=user.created").await, 0);
}

#[actix_web::test]
async fn b5_b6_b7_b11_b12_broken_attributes_are_named() {
    let app = TestApp::start().await;
    let deep = format!("{}1{}", "{\"a\":".repeat(33), "}".repeat(33));
    let long = json!("x".repeat(128 * 1024 + 1)).to_string();
    for (kind, value) in [
        ("number", "1000000000"),
        ("number", "1e5"),
        ("number", "\"7\""),
        ("boolean", "\"true\""),
        ("boolean", "1"),
        ("string", "7"),
        ("string", "\"bell \\u0007\""),
        ("string", long.as_str()),
        ("json", "[1]"),
        ("json", "\"{}\""),
        ("json", "null"),
        ("json", "{\"a\": \"\\u0001\"}"),
        ("json", deep.as_str()),
    ] {
        let answer = app
            .send_text(Method::POST, "/groups", &attribute(kind, value))
            .await;
        answer.expect_problem(422, "/attributes/0/value");
    }
    let answer = app
        .send_text(Method::POST, "/groups", &attribute("date", "\"x\""))
        .await;
    answer.expect_problem(422, "/attributes/0/type");
    let named = |name: &str| json!({"name": name, "type": "string", "value": "x"});
    let twice = json!({"name": "g", "attributes": [named("a"), named("a")]});
    app.post("/groups", &twice)
        .await
        .expect_problem(422, "/attributes/1/name");
    for name in ["a.b", "", " a", "a\tb"] {
        let dotted = json!({"name": "g", "attributes": [named(name)]});
        app.post("/groups", &dotted)
            .await
            .expect_problem(422, "/attributes/0/name");
    }
    assert_eq!(app.total("/groups").await, 0);
}

#[actix_web::test]
async fn b23_text_that_is_no_json_is_told_by_line_and_column() {
    let app = TestApp::start().await;
    for (text, place) in [
        ("{\"username\": \"x\",\n \"email\": }", "line 2 column 11"),
        (
            "{\"name\": \"g\", \"attributes\": [{\"name\": \"a\", \"type\": \"json\", \"value\": {\"b\": \"Very\nclever\"}}]}",
            "line 1 column 79",
        ),
        ("", "line 1 column 0"),
        ("{}{}", "line 1 column 3"),
    ] {
        let problem = app
            .send_text(Method::POST, "/groups", text)
            .await
            .expect_problem(400, "");
        assert!(
            problem["detail"].as_str().unwrap().contains(place),
            "{problem}"
        );
    }
}

#[actix_web::test]
async fn bodies_of_another_kind_or_size_are_refused() {
    let app = TestApp::start().await;
    let send = async |content_type: Option<&str>, body: Vec<u8>| {
        let mut request = app.request_as(AdminRole::Administrator, &Method::POST, "/users");
        if let Some(content_type) = content_type {
            request = request.insert_header(("content-type", content_type));
        }
        app.send(request.set_payload(body)).await
    };
    let good = user("firstName", json!("N")).to_string().into_bytes();
    for wrong in [
        None,
        Some("text/plain"),
        Some("application/x-www-form-urlencoded"),
        Some("application/json; charset=latin1"),
    ] {
        send(wrong, good.clone()).await.expect_problem(415, "");
    }
    let compressed = app.request_as(AdminRole::Administrator, &Method::POST, "/users");
    let compressed = compressed.insert_header(("content-type", "application/json"));
    let compressed = compressed.insert_header(("content-encoding", "gzip"));
    app.send(compressed.set_payload(good.clone()))
        .await
        .expect_problem(415, "");
    let large = user("description", json!("x".repeat(1024 * 1024)))
        .to_string()
        .into_bytes();
    send(Some("application/json"), large)
        .await
        .expect_problem(413, "");
    let huge = vec![b' '; 20 * 1024 * 1024];
    send(Some("application/json"), huge)
        .await
        .expect_problem(413, "");
    for root in ["[]", "1", "\"x\"", "null"] {
        send(Some("application/json"), root.into())
            .await
            .expect_problem(422, "");
    }
    send(
        Some("application/json"),
        b"{\"username\": \"\xff\"}".to_vec(),
    )
    .await
    .expect_problem(400, "");
    assert_eq!(app.total("/users").await, 0);
    send(Some("application/merge-patch+json; charset=UTF-8"), good)
        .await
        .expect(201);
}

#[actix_web::test]
async fn problems_never_repeat_a_value_that_may_be_a_secret() {
    let app = TestApp::start().await;
    let body = json!({"username": "n", "email": "n@example.com", "attributes": "hunter2 hunter2"});
    let answer = app.post("/users", &body).await;
    assert!(!answer.text().contains("hunter2"), "{}", answer.text());
    let answer = app
        .post("/users", &user("password", json!("hunter2")))
        .await;
    assert!(!answer.text().contains("hunter2"), "{}", answer.text());
}

#[test]
fn a_store_that_does_not_answer_is_503_and_the_log_gets_the_cause() {
    let problem = Problem::from(ServiceError::Unavailable(StoreError::Overloaded.into()));
    assert_eq!(
        problem.to_string(),
        "Service Unavailable: temporarily unavailable: the database is busy"
    );
    let answer = problem.error_response();
    assert_eq!(answer.status(), 503);
    assert_eq!(answer.headers().get(RETRY_AFTER).unwrap(), "2");
}
