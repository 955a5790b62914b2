//! `POST /connectors/{id}/preview`: rule C2 as JSON.

use serde_json::{Value, json};

use crate::support::test_app::TestApp;

fn id(resource: &Value) -> &str {
    resource["id"].as_str().unwrap()
}

struct World {
    app: TestApp,
    user: Value,
    groups: [Value; 2],
    connector: Value,
}

/// Somebody in Team-A and, later, in Team-B, which both open the application.
async fn world() -> World {
    let app = TestApp::start().await;
    let user = app
        .make(
            "/users",
            &json!({"username": "jason", "email": "jason@example.com", "attributes": [
            {"name": "otherInfo", "type": "json",
             "value": {"userSettings": {"role": "admin"}, "Location": "Denver"}}]}),
        )
        .await;
    let mut groups = [Value::Null, Value::Null];
    for (place, name) in groups.iter_mut().zip(["Team-A", "Team-B"]) {
        let value = name.to_lowercase();
        let attributes = json!([{"name": "TeamName", "type": "string", "value": value}]);
        *place = app
            .make("/groups", &json!({"name": name, "attributes": attributes}))
            .await;
    }
    let mapping = |name: &str, source: Value| json!({"spAttributeName": name, "source": source});
    let custom = |path: &str| json!({"type": "CUSTOM", "path": path});
    let connector = app
        .make(
            "/connectors",
            &json!({"name": "Wiki", "spEntityId": "https://wiki.example.com",
            "acsUrls": [{"url": "https://wiki.example.com/acs"}],
            "attributeMappings": [
                mapping("team", custom("TeamName")),
                mapping("role", custom("otherInfo.userSettings.role")),
                mapping("mail", json!({"type": "USER_FIELD", "field": "email"})),
                mapping("env", json!({"type": "CONSTANT", "value": "prod"})),
                mapping("memberOf", json!({"type": "GROUPS"})),
                mapping("whole", custom("otherInfo")),
                mapping("case", custom("otherInfo.location")),
                mapping("none", custom("nothing")),
                mapping("dept", json!({"type": "USER_FIELD", "field": "department"}))]}),
        )
        .await;
    for group in &groups {
        app.put(&format!("/groups/{}/members/{}", id(group), id(&user)))
            .await
            .expect(204);
        app.put(&format!(
            "/connectors/{}/groups/{}",
            id(&connector),
            id(group)
        ))
        .await
        .expect(204);
    }
    World {
        app,
        user,
        groups,
        connector,
    }
}

impl World {
    async fn preview(&self, draft: Option<Value>) -> Value {
        let mut body = json!({"userId": self.user["id"]});
        if let Some(draft) = draft {
            body["draft"] = draft;
        }
        let path = format!("/connectors/{}/preview", id(&self.connector));
        self.app.post(&path, &body).await.expect(200).json()
    }
}

#[actix_web::test]
async fn c2_a_preview_says_who_opened_the_door_and_where_each_value_comes_from() {
    let world = world().await;
    let seen = world.preview(None).await;
    assert_eq!(seen["decision"]["allowed"], true);
    assert_eq!(seen["decision"]["reason"], "ALLOWED");
    let path = &seen["decision"]["paths"][0];
    assert_eq!(
        (&path["groupId"], &path["groupName"]),
        (&world.groups[0]["id"], &json!("Team-A"))
    );
    assert_eq!(
        (&path["source"], &path["cause"]["event"]),
        (&json!("DIRECT"), &json!("group.member_added"))
    );
    assert_eq!(
        seen["nameId"],
        json!({"format": "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress",
               "value": "jason@example.com", "from": "FIELD", "attribute": "email"})
    );
    let names: Vec<&Value> = seen["attributes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|attribute| &attribute["name"])
        .collect();
    assert_eq!(names, ["team", "role", "mail", "env", "memberOf"]);
    let origin = |index: usize| &seen["attributes"][index]["origins"][0];
    // Rule B8: Team-B's attribute was added later.
    assert_eq!(seen["attributes"][0]["values"], json!(["team-b"]));
    assert_eq!(
        (&origin(0)["from"], &origin(0)["groupName"]),
        (&json!("GROUP"), &json!("Team-B"))
    );
    assert_eq!(
        origin(0)["overrode"],
        json!([{"from": "GROUP", "groupName": "Team-A", "values": ["team-a"]}])
    );
    assert_eq!(seen["attributes"][1]["values"], json!(["admin"]));
    assert_eq!(
        (&origin(1)["from"], &origin(1)["path"]),
        (&json!("USER"), &json!("otherInfo.userSettings.role"))
    );
    assert_eq!(
        (&origin(2)["from"], &origin(2)["attribute"]),
        (&json!("FIELD"), &json!("email"))
    );
    assert_eq!(origin(3)["from"], "CONSTANT");
    assert_eq!(seen["attributes"][4]["values"], json!(["Team-A", "Team-B"]));
    assert_eq!(origin(4)["from"], "GROUPS");
    assert_eq!(origin(4)["mapping"], 4);
    let reasons: Vec<(&Value, &Value)> = seen["omitted"]
        .as_array()
        .unwrap()
        .iter()
        .map(|omitted| (&omitted["mapping"], &omitted["reason"]))
        .collect();
    assert_eq!(
        reasons,
        [
            (&json!(5), &json!("OBJECT")),
            (&json!(6), &json!("NO_PATH")),
            (&json!(7), &json!("NO_ATTRIBUTE")),
            (&json!(8), &json!("EMPTY_FIELD")),
        ]
    );
    assert!(seen["warnings"].is_array());
    let xml = seen["responseXml"].as_str().unwrap();
    assert!(
        xml.contains("team-b") && !xml.contains("Signature"),
        "{xml}"
    );
}

#[actix_web::test]
async fn c1_a_refusal_says_why_and_shows_no_response() {
    let world = world().await;
    let user = format!("/users/{}", id(&world.user));
    let connector = format!("/connectors/{}", id(&world.connector));
    world
        .app
        .patch(&user, &json!({"state": "SUSPENDED"}))
        .await
        .expect(200);
    let seen = world.preview(None).await;
    assert_eq!(
        (
            &seen["decision"]["allowed"],
            &seen["decision"]["reason"],
            &seen["responseXml"]
        ),
        (&json!(false), &json!("USER_NOT_ACTIVE"), &Value::Null)
    );
    world
        .app
        .patch(&user, &json!({"state": "ACTIVATED"}))
        .await
        .expect(200);
    world
        .app
        .patch(&connector, &json!({"status": "INACTIVE"}))
        .await
        .expect(200);
    assert_eq!(
        world.preview(None).await["decision"]["reason"],
        "CONNECTOR_INACTIVE"
    );
    world
        .app
        .patch(&connector, &json!({"status": "ACTIVE"}))
        .await
        .expect(200);
    for group in &world.groups {
        world
            .app
            .delete(&format!("{connector}/groups/{}", id(group)))
            .await
            .expect(204);
    }
    let seen = world.preview(None).await;
    assert_eq!(
        seen["decision"],
        json!({"allowed": false, "reason": "NOT_BOUND", "paths": []})
    );
}

#[actix_web::test]
async fn a_draft_is_shown_and_not_saved() {
    let world = world().await;
    let connector = format!("/connectors/{}", id(&world.connector));
    let before = world.app.get(&connector).await.json();
    let mapping =
        json!({"spAttributeName": "only", "source": {"type": "CONSTANT", "value": "this"}});
    let seen = world
        .preview(Some(json!({"attributeMappings": [mapping]})))
        .await;
    assert_eq!(seen["attributes"].as_array().unwrap().len(), 1);
    assert_eq!(seen["attributes"][0]["values"], json!(["this"]));
    assert_eq!(world.app.get(&connector).await.json(), before);
}

#[actix_web::test]
async fn a_preview_of_nobody_or_of_nothing_is_refused() {
    let world = world().await;
    let path = format!("/connectors/{}/preview", id(&world.connector));
    let user = json!({"userId": world.user["id"]});
    world
        .app
        .post("/connectors/nothing/preview", &user)
        .await
        .expect_problem(404, "");
    world
        .app
        .post(&path, &json!({"userId": "nobody"}))
        .await
        .expect_problem(404, "");
    world
        .app
        .post(&path, &json!({}))
        .await
        .expect_problem(422, "/userId");
    let draft = json!({"userId": world.user["id"], "draft": {"sign": "NOTHING"}});
    world
        .app
        .post(&path, &draft)
        .await
        .expect_problem(422, "/draft/sign");
    let draft = json!({"userId": world.user["id"], "draft": {"nonsense": 1}});
    world
        .app
        .post(&path, &draft)
        .await
        .expect_problem(422, "/draft/nonsense");
}
