//! Applications as the console changes them: what the pages rest on.

use serde_json::json;
use vestibule::service::caller::terminal;
use vestibule::service::error::ServiceError;
use vestibule::service::{bindings, connectors};

use crate::support::test_app::{PASSWORD, TestApp};

async fn made(app: &TestApp, path: &str, body: serde_json::Value) -> String {
    app.make(path, &body).await["id"]
        .as_str()
        .unwrap()
        .to_owned()
}

#[actix_web::test]
async fn c1_groups_are_bound_all_or_none_and_each_leaves_an_event() {
    let app = TestApp::start().await;
    let wiki = json!({"name": "Wiki", "spEntityId": "urn:wiki",
                      "acsUrls": [{"url": "https://wiki.example.com/acs"}]});
    let connector = made(&app, "/connectors", wiki).await;
    let first = made(&app, "/groups", json!({"name": "First"})).await;
    let second = made(&app, "/groups", json!({"name": "Second"})).await;
    let user = json!({"username": "jason", "email": "jason@example.com", "password": PASSWORD});
    let user = made(&app, "/users", user).await;
    for group in [&first, &second] {
        let member = format!("/groups/{group}/members/{user}");
        app.put(&member).await.expect(204);
    }
    let bound = || connectors::get(&app.env, &connector).unwrap().groups.len();

    let with_a_stranger = [first.clone(), "nothing".to_owned()];
    let refused = bindings::bind(&app.env, &terminal(), &connector, &with_a_stranger);
    assert!(
        matches!(refused, Err(ServiceError::NotFound { what: "group" })),
        "{refused:?}"
    );
    assert_eq!(bound(), 0);

    let both = [first.clone(), second.clone()];
    assert_eq!(bindings::reach(&app.env, &connector, &both).unwrap(), 1);
    bindings::bind(&app.env, &terminal(), &connector, &both).unwrap();
    assert_eq!(bound(), 2);
    // The other group still lets the user in.
    assert_eq!(
        bindings::reach(&app.env, &connector, &both[..1]).unwrap(),
        0
    );
    assert_eq!(bindings::reach(&app.env, &connector, &both).unwrap(), 1);
    bindings::unbind(&app.env, &terminal(), &connector, &first).unwrap();
    let events = app.get(&format!("/audit?object={connector}")).await.json();
    let kinds: Vec<&str> = events["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|event| event["kind"].as_str().unwrap())
        .collect();
    let expected = [
        "connector.group_unbound",
        "connector.group_bound",
        "connector.group_bound",
        "connector.created",
    ];
    assert_eq!(kinds, expected);
}
