//! Who and what the page tests are about.

use serde_json::{Value, json};

use crate::support::test_app::{PASSWORD, TestApp};

/// A group with jason in it, an application that it opens, and one that it does not; mark is in
/// nothing.
pub struct World {
    pub app: TestApp,
    pub jason: Value,
    pub group: Value,
    pub wiki: Value,
}

impl World {
    pub async fn start() -> Self {
        let app = TestApp::start().await;
        let jason = app.make("/users", &user("jason")).await;
        app.make("/users", &user("mark")).await;
        let group = app.make("/groups", &json!({"name": "Writers"})).await;
        let wiki = app
            .make(
                "/connectors",
                &connector("Wiki", "https://wiki.example.com"),
            )
            .await;
        let hostile = connector("<b>Pay & \"Roll\"</b>", "https://pay.example.com");
        app.make("/connectors", &hostile).await;
        let world = Self {
            app,
            jason,
            group,
            wiki,
        };
        let group = world.group["id"].as_str().unwrap();
        let member = format!(
            "/groups/{group}/members/{}",
            world.jason["id"].as_str().unwrap()
        );
        world.app.put(&member).await.expect(204);
        let wiki = world.wiki["id"].as_str().unwrap();
        world
            .app
            .put(&format!("/connectors/{wiki}/groups/{group}"))
            .await
            .expect(204);
        world
    }
}

pub fn user(username: &str) -> Value {
    json!({ "username": username, "email": format!("{username}@example.com"),
        "firstName": username, "lastName": "Lee", "password": PASSWORD })
}

pub fn connector(name: &str, sp: &str) -> Value {
    json!({ "name": name, "spEntityId": format!("{sp}/metadata"),
        "acsUrls": [{ "url": format!("{sp}/acs?a=1&b='2'") }], "defaultRelayState": "/home" })
}
