//! Transformations of mapping rows over REST: kept as they were sent, refused with their place, and
//! shown step by step by the code that releases (rules B8, C2).

use serde_json::{Value, json};

use crate::support::test_app::TestApp;

fn id(resource: &Value) -> &str {
    resource["id"].as_str().unwrap()
}

fn connector(mappings: &Value) -> Value {
    json!({"name": "Cloud", "spEntityId": "https://cloud.example.com",
           "acsUrls": [{"url": "https://cloud.example.com/acs"}],
           "attributeMappings": mappings})
}

fn every_kind() -> Value {
    json!([
        {"type": "LOWER"},
        {"type": "UPPER"},
        {"type": "BEFORE", "text": "@"},
        {"type": "AFTER", "text": "\\"},
        {"type": "SPLIT", "text": ","},
        {"type": "JOIN", "text": ""},
        {"type": "REPLACE", "find": "a", "with": ""},
        {"type": "KEEP", "test": "STARTS_WITH", "text": "aws-"},
        {"type": "MATCH", "pattern": "^(a+)$", "form": "$1"},
        {"type": "TEMPLATE", "template": "{value}/{field:email}/{otherInfo.accountId}"}
    ])
}

#[actix_web::test]
async fn every_transformation_is_kept_as_it_was_sent() {
    let app = TestApp::start().await;
    let sent = json!([
        {"spAttributeName": "role", "nameFormat": "BASIC", "merge": "UNION",
         "source": {"type": "CUSTOM", "path": "role"}, "transformations": every_kind()},
        {"spAttributeName": "env", "nameFormat": "BASIC",
         "source": {"type": "GROUPS"}, "transformations": [{"type": "DEFAULT", "value": "none"}]},
    ]);
    let made = app.make("/connectors", &connector(&sent)).await;
    assert_eq!(made["attributeMappings"], sent);
    let read = app.get(&format!("/connectors/{}", id(&made))).await;
    assert_eq!(read.expect(200).json()["attributeMappings"], sent);
    // A PATCH of something else leaves them alone.
    let path = format!("/connectors/{}", id(&made));
    let patched = app.patch(&path, &json!({"name": "Cloud 2"})).await;
    assert_eq!(patched.expect(200).json()["attributeMappings"], sent);
}

#[actix_web::test]
async fn what_cannot_be_taken_is_told_at_its_place() {
    let app = TestApp::start().await;
    let row = |source: Value, more: Value| {
        let mut row = json!({"spAttributeName": "x", "source": source});
        row.as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        json!([row])
    };
    let groups = || json!({"type": "GROUPS"});
    let step = |step: Value| json!({"transformations": [step]});
    let eleven = vec![json!({"type": "LOWER"}); 11];
    let cases = [
        (json!({"merge": "UNION"}), "/attributeMappings/0/merge"),
        (json!({"merge": "ALL"}), "/attributeMappings/0/merge"),
        (
            json!({"transformations": eleven}),
            "/attributeMappings/0/transformations",
        ),
        (
            step(json!({"type": "BEFORE", "text": ""})),
            "/attributeMappings/0/transformations/0/text",
        ),
        (
            step(json!({"type": "REPLACE", "find": "", "with": "x"})),
            "/attributeMappings/0/transformations/0/find",
        ),
        (
            step(json!({"type": "KEEP", "test": "LIKE", "text": "x"})),
            "/attributeMappings/0/transformations/0/test",
        ),
        (
            step(json!({"type": "MATCH", "pattern": "(a"})),
            "/attributeMappings/0/transformations/0/pattern",
        ),
        (
            step(json!({"type": "TEMPLATE", "template": "{field:shoeSize}"})),
            "/attributeMappings/0/transformations/0/template",
        ),
        (
            step(json!({"type": "DEFAULT", "value": "a\u{1}b"})),
            "/attributeMappings/0/transformations/0/value",
        ),
        (
            step(json!({"type": "JOIN", "text": "x".repeat(513)})),
            "/attributeMappings/0/transformations/0/text",
        ),
    ];
    for (more, pointer) in cases {
        let body = connector(&row(groups(), more));
        let problem = app.post("/connectors", &body).await.expect(422).json();
        assert_eq!(problem["errors"][0]["pointer"], pointer, "{problem}");
    }
    let unknown = connector(&row(groups(), step(json!({"type": "EVAL", "code": "1"}))));
    app.post("/connectors", &unknown).await.expect(422);
}

#[actix_web::test]
async fn c2_the_preview_shows_each_step_and_each_group_of_a_union() {
    let app = TestApp::start().await;
    let user = app
        .make(
            "/users",
            &json!({"username": "jason", "email": "jason@example.com", "attributes": [
                {"name": "otherInfo", "type": "json", "value": {"accountId": "1234"}}]}),
        )
        .await;
    let template = "arn:aws:iam::{otherInfo.accountId}:role/{value}";
    let mappings = json!([
        {"spAttributeName": "role", "source": {"type": "CUSTOM", "path": "role"}, "merge": "UNION",
         "transformations": [{"type": "LOWER"}, {"type": "TEMPLATE", "template": template}]},
        {"spAttributeName": "teams", "source": {"type": "GROUPS"},
         "transformations": [{"type": "KEEP", "test": "STARTS_WITH", "text": "none-"}]},
        {"spAttributeName": "level", "source": {"type": "CUSTOM", "path": "level"},
         "transformations": [{"type": "DEFAULT", "value": "1"}]},
    ]);
    let made = app.make("/connectors", &connector(&mappings)).await;
    for (name, role) in [("Team-A", "Dev"), ("Team-B", "Ops")] {
        let attributes = json!([{"name": "role", "type": "string", "value": role}]);
        let group = app
            .make("/groups", &json!({"name": name, "attributes": attributes}))
            .await;
        let member = format!("/groups/{}/members/{}", id(&group), id(&user));
        app.put(&member).await.expect(204);
        let bound = format!("/connectors/{}/groups/{}", id(&made), id(&group));
        app.put(&bound).await.expect(204);
    }
    let path = format!("/connectors/{}/preview", id(&made));
    let seen = app.post(&path, &json!({"userId": user["id"]})).await;
    let seen = seen.expect(200).json();
    let role = &seen["attributes"][0];
    let arns = json!(["arn:aws:iam::1234:role/ops", "arn:aws:iam::1234:role/dev"]);
    assert_eq!(role["values"], arns);
    let origin = &role["origins"][0];
    assert_eq!(
        origin["merged"][0],
        json!({"groupName": "Team-B", "values": ["Ops"]})
    );
    assert_eq!(origin["found"], json!(["Ops", "Dev"]));
    assert_eq!(
        origin["steps"][0]["transformation"],
        json!({"type": "LOWER"})
    );
    assert_eq!(origin["steps"][0]["values"], json!(["ops", "dev"]));
    assert_eq!(origin["steps"][1]["values"], arns);
    assert_eq!(seen["attributes"][1]["name"], "level");
    assert_eq!(seen["attributes"][1]["origins"][0]["from"], "DEFAULT");
    let left_out = &seen["omitted"][0];
    assert_eq!(left_out["reason"], "TRANSFORMED_AWAY");
    assert_eq!(left_out["steps"][0]["values"], json!([]));
}
