//! What holds for every resource: lists, versions, methods, the description of the whole.

use actix_web::http::Method;
use actix_web::test::TestRequest;
use serde_json::{Value, json};
use vestibule::domain::admin::AdminRole;
use vestibule::web::routes::{REST, openapi_document};

use crate::support::test_app::TestApp;

async fn with_users(count: usize) -> TestApp {
    let app = TestApp::start().await;
    for number in 0..count {
        let name = format!("user{number}");
        let location = if number % 2 == 0 { "Denver" } else { "Miami" };
        let email = format!("{name}@example.com");
        app.make(
            "/users",
            &json!({"username": name, "email": email, "location": location}),
        )
        .await;
    }
    app
}

#[actix_web::test]
async fn a_list_is_paged_without_gap_or_repetition() {
    let app = with_users(5).await;
    let mut names = Vec::new();
    let mut path = "/users?limit=2".to_owned();
    loop {
        let page = app.get(&path).await.expect(200).json();
        assert_eq!(page["total"], 5);
        let items = page["items"].as_array().unwrap();
        assert!(items.len() <= 2);
        names.extend(
            items
                .iter()
                .map(|user| user["username"].as_str().unwrap().to_owned()),
        );
        let Some(next) = page["next"].as_str() else {
            break;
        };
        path = format!("/users?limit=2&cursor={next}");
    }
    assert_eq!(names, ["user0", "user1", "user2", "user3", "user4"]);
}

#[actix_web::test]
async fn a_list_is_searched_and_filtered() {
    let app = with_users(5).await;
    assert_eq!(app.total("/users?location=Denver").await, 3);
    assert_eq!(app.total("/users?location=denver").await, 0);
    assert_eq!(app.total("/users?q=USER3").await, 1);
    assert_eq!(
        app.total("/users?location=Miami&q=user3&state=ACTIVATED")
            .await,
        1
    );
    assert_eq!(app.total("/users?location=").await, 0);
    let group = app.make("/groups", &json!({"name": "Team-A"})).await;
    app.make("/groups", &json!({"name": "Team-B"})).await;
    assert_eq!(
        app.get("/groups?name=Team-A").await.json()["items"],
        json!([group])
    );
    assert_eq!(app.total("/groups?q=team").await, 2);
    assert_eq!(app.total("/groups?membershipMethod=STATIC").await, 2);
}

#[actix_web::test]
async fn an_unknown_parameter_is_refused_on_every_route() {
    let app = TestApp::start().await;
    for endpoint in REST {
        let path = endpoint.path.strip_prefix("/api/v1").unwrap();
        let request = app.request_as(
            AdminRole::Administrator,
            &endpoint.method,
            &format!("{path}?nonsense=1"),
        );
        app.send(request).await.expect_problem(422, "/nonsense");
    }
    for (query, pointer) in [
        ("limit=501", "/limit"),
        ("limit=0", "/limit"),
        ("q=a&q=b", "/q"),
        ("q=%00", "/q"),
    ] {
        app.get(&format!("/users?{query}"))
            .await
            .expect_problem(422, pointer);
    }
    for list in [
        "/users",
        "/groups",
        "/connectors",
        "/admins",
        "/tokens",
        "/audit",
        "/keys",
    ] {
        app.get(&format!("{list}?cursor=%21"))
            .await
            .expect_problem(422, "/cursor");
    }
}

#[actix_web::test]
async fn a_stale_version_is_refused_and_a_present_one_is_not() {
    let app = TestApp::start().await;
    let entity = json!({"name": "Wiki", "spEntityId": "https://wiki.example.com",
                        "acsUrls": [{"url": "https://wiki.example.com/acs"}]});
    for (list, draft, patch) in [
        (
            "/users",
            json!({"username": "ann", "email": "ann@example.com"}),
            json!({"company": "x"}),
        ),
        (
            "/groups",
            json!({"name": "Team-A"}),
            json!({"description": "x"}),
        ),
        (
            "/connectors",
            entity,
            json!({"loginUrl": "https://wiki.example.com/"}),
        ),
    ] {
        let made = app.make(list, &draft).await;
        let path = format!("{list}/{}", made["id"].as_str().unwrap());
        let first = app.get(&path).await.header("etag").to_owned();
        let send = async |method: Method, tag: &str| {
            let request = app.request_as(AdminRole::Manager, &method, &path);
            let request = request.insert_header(("if-match", tag));
            let request = request.insert_header(("content-type", "application/json"));
            app.send(request.set_payload(patch.to_string())).await
        };
        let second = send(Method::PATCH, &first)
            .await
            .expect(200)
            .header("etag")
            .to_owned();
        assert_ne!(first, second, "{list}");
        for stale in [first.as_str(), "\"99\"", &format!("W/{second}"), "nonsense"] {
            send(Method::PATCH, stale).await.expect_problem(412, "");
            send(Method::DELETE, stale).await.expect_problem(412, "");
        }
        send(Method::PATCH, "*").await.expect(200);
        let third = app.get(&path).await.header("etag").to_owned();
        send(Method::DELETE, &format!("{first}, {third}"))
            .await
            .expect(204);
        send(Method::DELETE, "*").await.expect_problem(404, "");
        send(Method::PATCH, &third).await.expect_problem(404, "");
    }
}

#[actix_web::test]
async fn head_is_answered_wherever_get_is() {
    let app = TestApp::start().await;
    for endpoint in REST
        .iter()
        .filter(|endpoint| endpoint.method == Method::GET)
    {
        let path = endpoint.path.strip_prefix("/api/v1").unwrap();
        let head = app
            .send(app.request_as(AdminRole::Administrator, &Method::HEAD, path))
            .await;
        let get = app
            .send(app.request_as(AdminRole::Administrator, &Method::GET, path))
            .await;
        assert_eq!(head.status, get.status, "{path}");
    }
}

#[actix_web::test]
async fn another_method_is_405_and_another_path_is_404() {
    let app = TestApp::start().await;
    for (method, path, allow) in [
        (Method::DELETE, "/users", "GET, HEAD, POST"),
        (Method::PUT, "/users/x", "GET, HEAD, PATCH, DELETE"),
        (Method::POST, "/reconciliations", "GET, HEAD"),
        (Method::GET, "/groups/x/members/y", "PUT, DELETE"),
        (Method::OPTIONS, "/tokens", "GET, HEAD, POST"),
    ] {
        let answer = app
            .send(app.request_as(AdminRole::Administrator, &method, path))
            .await;
        assert_eq!(answer.header("allow"), allow, "{method} {path}");
        answer.expect_problem(405, "");
    }
    for path in [
        "/users/",
        "/nothing",
        "",
        "/",
        "/groups/preview/x",
        "/settings/x",
        "/users/x/sessions",
    ] {
        app.get(path).await.expect_problem(404, "");
    }
    for path in [
        "/api",
        "/api/",
        "/api/v2/users",
        "/api/v1/users/%00",
        "/api/v1/users/%FF",
    ] {
        let bearer = format!("Bearer {}", app.token(AdminRole::Administrator));
        let request = TestRequest::get()
            .uri(path)
            .insert_header(("authorization", bearer));
        app.send(request).await.expect_problem(404, "");
    }
}

#[actix_web::test]
async fn unknown_ids_are_404_on_every_route() {
    let app = TestApp::start().await;
    let bodies = |path: &str| match path {
        "/users/{id}/password" => json!({"password": "violet anchor, 27 lanterns"}),
        "/groups/{id}/attributes" => json!({"name": "a", "type": "string", "value": "x"}),
        "/connectors/{id}/preview" => json!({"userId": "nobody"}),
        "/groups/{id}/suggestions/accept" | "/groups/{id}/suggestions/reject" => {
            json!({"userIds": ["nobody"]})
        }
        "/connectors/{id}/check" => json!({"message": "x"}),
        "/connectors/{id}/payload-recording" => json!({"minutes": 15}),
        "/connectors/{id}/metadata" => json!({"metadataXml": "", "digest": ""}),
        "/connectors/{id}/metadata/difference" => json!({"metadataXml": ""}),
        "/admins/{id}" => json!({"role": "manager"}),
        _ => json!({}),
    };
    for endpoint in REST.iter().filter(|endpoint| endpoint.path.contains('{')) {
        let path = endpoint.path.strip_prefix("/api/v1").unwrap();
        let real = path.replace(['{', '}'], "");
        let answer = app
            .send_text(endpoint.method.clone(), &real, &bodies(path).to_string())
            .await;
        let place = format!("{} {path}: {}", endpoint.method, answer.text());
        assert_eq!(answer.status, 404, "{place}");
        answer.expect_problem(404, "");
    }
}

#[actix_web::test]
async fn the_document_is_public_and_what_the_command_prints() {
    let app = TestApp::start().await;
    let answer = app
        .send(TestRequest::get().uri("/api/openapi.json"))
        .await
        .expect(200);
    assert_eq!(answer.text(), openapi_document());
    assert_eq!(answer.json()["openapi"], "3.1.0");
    let page = app
        .send(TestRequest::get().uri("/api/docs"))
        .await
        .expect(200);
    for endpoint in REST {
        assert!(
            page.text()
                .contains(&format!("{} {}", endpoint.method, endpoint.path))
        );
    }
    assert!(!page.text().contains("<script"));
}

/// Every field of an answer is in the schema of the document, and every required one in the answer.
#[actix_web::test]
async fn answers_are_what_the_document_says() {
    let app = with_users(1).await;
    app.make("/groups", &json!({"name": "Team-A"})).await;
    app.make(
        "/connectors",
        &json!({"name": "AWS", "template": "aws-iam"}),
    )
    .await;
    let admin = json!({"username": "ada", "email": "ada@example.com", "role": "manager"});
    app.make("/admins", &admin).await;
    let document: Value = serde_json::from_str(openapi_document()).unwrap();
    for (path, schema) in [
        ("/users", "User"),
        ("/groups", "Group"),
        ("/connectors", "Connector"),
        ("/connector-templates", "ConnectorTemplate"),
        ("/admins", "Administrator"),
        ("/tokens", "Token"),
        ("/audit", "AuditEvent"),
        ("/keys", "Key"),
    ] {
        let item = app.get(path).await.json()["items"][0].clone();
        let item = item.as_object().unwrap();
        let schema = &document["components"]["schemas"][schema];
        let described = schema["properties"].as_object().unwrap();
        assert!(
            item.keys().all(|name| described.contains_key(name)),
            "{path}: {item:?}"
        );
        for name in schema["required"].as_array().unwrap() {
            assert!(item.contains_key(name.as_str().unwrap()), "{path}: {name}");
        }
    }
}
