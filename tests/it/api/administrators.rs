//! `/admins`, `/tokens`, `/audit`, `/keys`.

use actix_web::test::TestRequest;
use serde_json::{Value, json};

use crate::operations::time::Hands;
use crate::support::test_app::{BASE_URL, PASSWORD, Site, TestApp};

fn id(resource: &Value) -> &str {
    resource["id"].as_str().unwrap()
}

#[actix_web::test]
async fn an_administrator_without_a_password_gets_a_link() {
    let app = TestApp::start().await;
    let made = app
        .make(
            "/admins",
            &json!({"username": "ada", "email": "ada@example.com", "role": "manager"}),
        )
        .await;
    let link = made["setupUrl"].as_str().unwrap();
    assert!(link.starts_with(&format!("{BASE_URL}/setup/")), "{link}");
    let path = format!("/admins/{}", id(&made));
    let shown = app.get(&path).await.expect(200);
    assert!(!shown.text().contains("setup"));
    assert_eq!(
        shown.json(),
        json!({"id": made["id"], "username": "ada", "email": "ada@example.com", "role": "manager"})
    );
    // Administrators are never users.
    assert_eq!(app.total("/users").await, 0);
    assert_eq!(app.total("/admins?role=manager").await, 1);
    assert_eq!(app.total("/admins?role=read-only").await, 0);
}

#[actix_web::test]
async fn an_administrators_role_changes_and_nothing_else_does() {
    let app = TestApp::start().await;
    let root = json!({"username": "root", "email": "root@example.com", "role": "administrator", "password": PASSWORD});
    let root = app.make("/admins", &root).await;
    assert_eq!(root["setupUrl"], Value::Null);
    let ada = json!({"username": "ada", "email": "ada@example.com", "role": "read-only"});
    let ada = app.make("/admins", &ada).await;
    let path = format!("/admins/{}", id(&ada));
    let changed = app
        .patch(&path, &json!({"role": "help-desk"}))
        .await
        .expect(200)
        .json();
    assert_eq!(changed["role"], "help-desk");
    app.patch(&path, &json!({"role": "king"}))
        .await
        .expect_problem(422, "/role");
    app.patch(&path, &json!({}))
        .await
        .expect_problem(422, "/role");
    app.patch(&path, &json!({"role": "manager", "email": "x@example.com"}))
        .await
        .expect_problem(422, "/email");
    app.delete(&path).await.expect(204);
    app.get(&path).await.expect_problem(404, "");
    // Somebody has to be left who can give the role back.
    let last = format!("/admins/{}", id(&root));
    app.patch(&last, &json!({"role": "manager"}))
        .await
        .expect_problem(409, "");
    app.delete(&last).await.expect_problem(409, "");
}

#[actix_web::test]
async fn sign_in_names_are_unique_over_users_and_administrators() {
    let app = TestApp::start().await;
    app.make(
        "/users",
        &json!({"username": "ada", "email": "ada@example.com"}),
    )
    .await;
    app.post(
        "/admins",
        &json!({"username": "ADA", "email": "other@example.com", "role": "manager"}),
    )
    .await
    .expect_problem(409, "/username");
}

#[actix_web::test]
async fn a_token_is_told_once() {
    let app = TestApp::start().await;
    let made = app
        .make("/tokens", &json!({"name": "automation", "role": "manager"}))
        .await;
    let secret = made["token"].as_str().unwrap();
    let path = format!("/tokens/{}", id(&made));
    for path in [path.as_str(), "/tokens", "/audit"] {
        assert!(
            !app.get(path).await.expect(200).text().contains(secret),
            "{path}"
        );
    }
    assert_eq!(app.get(&path).await.json()["role"], "manager");
    assert_eq!(app.total("/tokens?name=automation").await, 1);
    app.post("/tokens", &json!({"name": "x", "role": "root"}))
        .await
        .expect_problem(422, "/role");
    app.post("/tokens", &json!({"role": "manager"}))
        .await
        .expect_problem(422, "/name");
    app.delete(&path).await.expect(204);
    app.delete(&path).await.expect_problem(404, "");
    app.get(&path).await.expect_problem(404, "");
}

#[actix_web::test]
async fn a_token_ends_by_the_clock_and_its_use_is_noted_once_a_minute() {
    let hands = Hands::at("2026-11-27T12:00:00Z");
    let site = Site::each().swap_remove(0);
    let app = TestApp::start_at(site, hands.clock()).await;
    let made = app
        .make("/tokens", &json!({"name": "quarter", "role": "read-only"}))
        .await;
    assert_eq!(made["expiresAt"], "2027-02-25T12:00:00.000Z");
    let path = format!("/tokens/{}", id(&made));
    let bearer = format!("Bearer {}", made["token"].as_str().unwrap());
    let used = async |at: &str, status: u16| {
        hands.set(at);
        let request = TestRequest::get().uri("/api/v1/users");
        let request = request.insert_header(("authorization", bearer.as_str()));
        app.send(request).await.expect(status);
        app.get(&path).await.expect(200).json()["lastUsedAt"].clone()
    };
    let first = used("2026-11-27T12:01:00Z", 200).await;
    assert_eq!(used("2026-11-27T12:01:59Z", 200).await, first);
    let last = used("2027-02-25T11:59:59Z", 200).await;
    assert_ne!(last, first);
    assert_eq!(used("2027-02-25T12:00:00Z", 401).await, last);

    let wish = |days: i64| json!({"name": "x", "role": "read-only", "expiresInDays": days});
    for days in [0, 366] {
        let refused = app.post("/tokens", &wish(days)).await;
        refused.expect_problem(422, "/expiresInDays");
    }
    app.post("/tokens", &wish(365)).await.expect(201);
}

#[actix_web::test]
async fn key_at_rest_only_public_halves_are_shown() {
    let app = TestApp::start().await;
    let keys = app.get("/keys").await.expect(200).json();
    let key = &keys["items"][0];
    assert_eq!(
        (&key["algorithm"], &key["state"]),
        (&json!("rsa-2048"), &json!("ACTIVE"))
    );
    assert!(
        key["certificate"]
            .as_str()
            .unwrap()
            .starts_with("-----BEGIN CERTIFICATE-----")
    );
    assert!(key["notAfter"].as_str().unwrap().ends_with('Z'));
    let mut fields: Vec<&str> = key
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    fields.sort_unstable();
    assert_eq!(
        fields,
        [
            "algorithm",
            "certificate",
            "createdAt",
            "fingerprintSha256",
            "id",
            "isInHsm",
            "notAfter",
            "serial",
            "signsFrom",
            "state"
        ]
    );
}

#[actix_web::test]
async fn c7_a_change_leaves_an_event_with_before_and_after() {
    let app = TestApp::start().await;
    let group = app.make("/groups", &json!({"name": "Team-A"})).await;
    app.patch(
        &format!("/groups/{}", id(&group)),
        &json!({"description": "x"}),
    )
    .await
    .expect(200);
    let events = app
        .get(&format!("/audit?object={}", id(&group)))
        .await
        .expect(200)
        .json();
    let kinds: Vec<&Value> = events["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|event| &event["kind"])
        .collect();
    assert_eq!(kinds, ["group.updated", "group.created"]);
    let updated = &events["items"][0];
    assert_eq!(updated["actor"]["kind"], "API_TOKEN");
    assert_eq!(
        updated["object"],
        json!({"kind": "group", "id": group["id"], "name": "Team-A"})
    );
    assert_eq!(
        (
            &updated["before"]["description"],
            &updated["after"]["description"]
        ),
        (&json!(""), &json!("x"))
    );
    assert_eq!(events["items"][1]["before"], Value::Null);
    assert_eq!(
        updated["chain"]["previousHash"],
        events["items"][1]["chain"]["hash"]
    );
    let at = updated["at"].as_str().unwrap();
    assert_eq!(
        app.total(&format!("/audit?object={}&to={at}", id(&group)))
            .await,
        1
    );
    assert_eq!(
        app.total(&format!("/audit?kind=group.updated&from={at}"))
            .await,
        1
    );
    app.get("/audit?from=yesterday")
        .await
        .expect_problem(422, "");
}
