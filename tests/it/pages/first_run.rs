//! The page that makes the first administrator, and the way back to a page of the console.

use vestibule::service::first_run;

use crate::support::test_app::{PASSWORD, TestApp};
use crate::support::visitor::{Visitor, field, form_action};

#[actix_web::test]
async fn the_first_administrator_is_made_once_and_goes_on_to_the_first_application() {
    let app = TestApp::start().await;
    let old = first_run::open(&app.env).unwrap().unwrap();
    let token = first_run::open(&app.env).unwrap().unwrap();
    let visitor = Visitor::new(&app);
    visitor.get(&format!("/first-run/{old}")).await.expect(404);
    let path = format!("/first-run/{token}");
    let page = visitor.get(&path).await.expect(200).text();
    assert_eq!(form_action(&page), path);
    let csrf_token = field(&page, "csrf_token");
    let fields = |password: &'static str| {
        [
            ("username", "ada"),
            ("email", "ada@example.com"),
            ("password", password),
            ("csrf_token", csrf_token.as_str()),
        ]
    };
    visitor
        .post(&path, &fields(PASSWORD)[..3])
        .await
        .expect(403);
    let poor = visitor.post(&path, &fields("short")).await.expect(422);
    assert!(poor.text().contains("id=\"password-fault\""));
    assert_eq!(field(&poor.text(), "username"), "ada");

    let made = visitor.post(&path, &fields(PASSWORD)).await.expect(303);
    assert_eq!(made.header("location"), "/admin/connectors/new");
    visitor.get("/admin").await.expect(200);

    visitor.get(&path).await.expect(404);
    visitor.post(&path, &fields(PASSWORD)).await.expect(404);
    assert_eq!(first_run::open(&app.env).unwrap(), None);
}

/// Two people hold the same address at the same time, on two nodes: one of them becomes the first.
#[actix_web::test]
async fn of_two_at_once_one_becomes_the_first() {
    let app = TestApp::start().await;
    let token = first_run::open(&app.env).unwrap().unwrap();
    let env = app.env.clone().into_inner();
    let threads = ["ada", "eve"].map(|name| {
        let (env, token) = (std::sync::Arc::clone(&env), token.clone());
        std::thread::spawn(move || {
            let first = first_run::FirstAdministrator {
                username: name.to_owned(),
                email: format!("{name}@example.com"),
                password: PASSWORD.to_owned(),
            };
            first_run::complete(&env, &token, first).is_ok()
        })
    });
    let made = threads.map(|thread| thread.join().unwrap());
    assert_eq!(made.into_iter().filter(|made| *made).count(), 1);
}

#[actix_web::test]
async fn an_administrator_comes_back_to_the_page_that_was_asked_for() {
    let app = TestApp::start().await;
    let admin = serde_json::json!({ "username": "ada", "email": "ada@example.com",
        "role": "administrator", "password": PASSWORD });
    app.make("/admins", &admin).await;
    let visitor = Visitor::new(&app);
    let led_away = visitor.get("/admin").await.expect(303);
    assert_eq!(led_away.header("location"), "/login");
    let page = visitor.get("/login").await;
    let back = visitor.fill_in(&page, "ada", PASSWORD).await.expect(303);
    assert_eq!(back.header("location"), "/");

    // A cookie that is not ours leads nowhere.
    for foreign in [
        "//evil.example",
        "https://evil.example",
        "/admin/..\\evil",
        "/saml/sso",
    ] {
        let visitor = Visitor::new(&app);
        visitor.set_cookie("vestibule-wanted", foreign);
        let page = visitor.get("/login").await;
        let signed_in = visitor.fill_in(&page, "ada", PASSWORD).await.expect(303);
        assert_eq!(signed_in.header("location"), "/", "{foreign}");
    }
    let visitor = Visitor::new(&app);
    visitor.set_cookie("vestibule-wanted", "/admin/groups/0192-x/review");
    let page = visitor.get("/login").await;
    let signed_in = visitor.fill_in(&page, "ada", PASSWORD).await.expect(303);
    assert_eq!(signed_in.header("location"), "/admin/groups/0192-x/review");
    assert_eq!(visitor.cookie("vestibule-wanted"), None);
}
