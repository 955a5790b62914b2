//! Who may do what: over every route of the table, so that none can be forgotten.

use actix_web::http::Method;
use actix_web::test::TestRequest;
use serde_json::json;
use vestibule::domain::admin::{Action, AdminRole, Object, authorize};
use vestibule::web::endpoint::{Endpoint, Need};
use vestibule::web::routes::REST;

use crate::support::test_app::TestApp;

/// The path with something in every variable place.
fn path(endpoint: &Endpoint) -> String {
    let segments = endpoint.path.split('/').map(|segment| {
        if segment.starts_with('{') {
            "nothing-here"
        } else {
            segment
        }
    });
    segments.collect::<Vec<_>>().join("/")
}

fn need(endpoint: &Endpoint) -> (Action, Object) {
    match endpoint.need {
        Need::May(action, object) => (action, object),
        other => panic!("{} {} needs {other:?}", endpoint.method, endpoint.path),
    }
}

#[actix_web::test]
async fn one_door_the_role_decides_on_every_route() {
    let app = TestApp::start().await;
    for endpoint in REST {
        let (action, object) = need(endpoint);
        for role in AdminRole::ALL {
            let bearer = format!("Bearer {}", app.token(role));
            let request = TestRequest::default()
                .method(endpoint.method.clone())
                .uri(&path(endpoint))
                .insert_header(("authorization", bearer));
            let answer = app.send(request).await;
            let may = authorize(role, action, object).is_ok();
            let place = format!("{role:?} {} {}", endpoint.method, endpoint.path);
            assert_eq!(answer.status == 403, !may, "{place}: {}", answer.text());
            assert!(
                answer.status != 401 && answer.status < 500,
                "{place}: {}",
                answer.text()
            );
        }
    }
}

#[actix_web::test]
async fn one_door_nobody_comes_in_without_a_token() {
    let app = TestApp::start().await;
    for endpoint in REST {
        let request = TestRequest::default()
            .method(endpoint.method.clone())
            .uri(&path(endpoint));
        let answer = app.send(request).await;
        assert_eq!(
            answer.header("www-authenticate"),
            "Bearer",
            "{}",
            endpoint.path
        );
        answer.expect_problem(401, "");
    }
}

#[actix_web::test]
async fn only_the_one_header_is_a_token() {
    let app = TestApp::start().await;
    let token = app.token(AdminRole::Administrator).to_owned();
    let users = || TestRequest::get().uri("/api/v1/users");
    let with = |value: String| users().insert_header(("authorization", value));
    for refused in [
        with(token.clone()),
        with(format!("Basic {token}")),
        with(format!("Bearer {token}x")),
        with("Bearer ".to_owned()),
        with(format!("Bearer {token}")).append_header(("authorization", format!("Bearer {token}"))),
        users().insert_header(("cookie", format!("vestibule-session={token}"))),
        TestRequest::get().uri(&format!("/api/v1/users?access_token={token}")),
    ] {
        app.send(refused).await.expect_problem(401, "");
    }
    app.send(with(format!("bearer  {token}"))).await.expect(200);
}

#[actix_web::test]
async fn a_deleted_token_speaks_for_nobody() {
    let app = TestApp::start().await;
    let made = app
        .make(
            "/tokens",
            &json!({"name": "short-lived", "role": "read-only"}),
        )
        .await;
    let bearer = format!("Bearer {}", made["token"].as_str().unwrap());
    let users = || {
        TestRequest::get()
            .uri("/api/v1/users")
            .insert_header(("authorization", bearer.as_str()))
    };
    app.send(users()).await.expect(200);
    app.delete(&format!("/tokens/{}", made["id"].as_str().unwrap()))
        .await
        .expect(204);
    let answer = app.send(users()).await;
    assert_eq!(
        answer.header("www-authenticate"),
        "Bearer error=\"invalid_token\""
    );
    answer.expect_problem(401, "");
}

#[actix_web::test]
async fn help_desk_suspends_and_changes_nothing_else() {
    let app = TestApp::start().await;
    let user = app
        .make(
            "/users",
            &json!({"username": "mark", "email": "mark@example.com"}),
        )
        .await;
    let path = format!("/users/{}", user["id"].as_str().unwrap());
    let patch = async |json: &str| {
        let request = app.request_as(AdminRole::HelpDesk, &Method::PATCH, &path);
        let request = request.insert_header(("content-type", "application/merge-patch+json"));
        app.send(request.set_payload(json.to_owned())).await
    };
    for refused in [
        r#"{"state": "ACTIVATED"}"#,
        r#"{"state": "SUSPENDED", "department": "Sales"}"#,
        r#"{"state": null}"#,
        r#"{"password": "violet anchor, 27 lanterns"}"#,
        "{}",
    ] {
        patch(refused).await.expect_problem(403, "");
    }
    assert_eq!(app.get(&path).await.json(), user);
    let suspended = patch(r#" { "state" : "SUSPENDED" } "#)
        .await
        .expect(200)
        .json();
    assert_eq!(suspended["state"], "SUSPENDED");
}

#[actix_web::test]
async fn c4_c5_rules_states_groups_and_bindings_are_for_administrators() {
    let needs = |method: Method, path: &str| {
        let found = REST
            .iter()
            .find(|one| one.method == method && one.path.ends_with(path));
        need(found.unwrap())
    };
    assert_eq!(
        needs(Method::PUT, "/members/{userId}"),
        (Action::Edit, Object::Group)
    );
    assert_eq!(
        needs(Method::DELETE, "/groups/{id}"),
        (Action::Delete, Object::Group)
    );
    assert_eq!(
        needs(Method::PUT, "/groups/{groupId}"),
        (Action::Edit, Object::Binding)
    );
    assert_eq!(
        needs(Method::DELETE, "/groups/{groupId}"),
        (Action::Edit, Object::Binding)
    );
    assert_eq!(
        needs(Method::POST, "/tokens"),
        (Action::Edit, Object::ApiToken)
    );
    // Whatever changes something asks for more than seeing it.
    for endpoint in REST.iter().filter(|one| one.method != Method::GET) {
        let is_question = ["/preview", "/check"]
            .iter()
            .any(|end| endpoint.path.ends_with(end));
        assert_eq!(
            need(endpoint).0 == Action::See,
            is_question,
            "{}",
            endpoint.path
        );
    }
}
