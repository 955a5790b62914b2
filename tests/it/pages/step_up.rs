//! Step-up: what is dangerous asks for a sign-in of the last quarter of an hour.

use actix_web::http::Method;
use vestibule::domain::admin::AdminRole;
use vestibule::service::administrators::{self, NewAdministrator};
use vestibule::service::caller::terminal;
use vestibule::web::endpoint::Need;
use vestibule::web::routes::PAGES;

use crate::pages::factor_stage::Stage;
use crate::support::test_app::{BASE_URL, PASSWORD};
use crate::support::visitor::{Visitor, field, form};

async fn root(stage: &Stage) -> Visitor<'_> {
    let new = NewAdministrator {
        username: "root".to_owned(),
        email: "root@example.com".to_owned(),
        role: AdminRole::Administrator.as_str().to_owned(),
        password: Some(PASSWORD.into()),
    };
    administrators::create(&stage.app.env, &terminal(), &new).unwrap();
    let visitor = Visitor::new(&stage.app);
    visitor.sign_in("root", PASSWORD).await;
    visitor
}

#[actix_web::test]
async fn every_dangerous_action_asks_for_a_fresh_sign_in_and_no_other_does() {
    let stage = Stage::start().await;
    let visitor = root(&stage).await;
    stage.wait(15 * 60 + 1);
    let mut fresh = Vec::new();
    for endpoint in PAGES {
        let is_fresh = matches!(endpoint.need, Need::MayFreshly(..) | Need::FreshSession);
        if is_fresh {
            fresh.push(format!("{} {}", endpoint.method, endpoint.path));
        }
        let is_ours = endpoint.path.starts_with("/admin") || endpoint.path.starts_with("/account");
        if !is_ours {
            continue;
        }
        let path = endpoint.path.replace("{id}", "nothing");
        let answer = if endpoint.method == Method::GET {
            visitor.get(&path).await
        } else {
            visitor.post(&path, &[]).await
        };
        let is_led = answer.status == 303 && answer.header("location") == "/login?again=1";
        assert_eq!(is_led, is_fresh, "{} {path}", endpoint.method);
    }
    for dangerous in [
        "POST /admin/keys",
        "POST /admin/keys/{id}",
        "POST /admin/administrators",
        "POST /admin/administrators/{id}",
        "POST /admin/administrators/{id}/delete",
        "POST /admin/administrators/{id}/factors",
        "POST /admin/users/{id}/factors",
        "GET /admin/users/{id}/erase",
        "POST /admin/users/{id}/erase",
        "POST /admin/tokens",
        "POST /admin/tokens/{id}/delete",
        "POST /admin/connectors/{id}/delete",
        "POST /account/totp",
        "POST /account/factors/end",
        "POST /account/recovery-codes",
    ] {
        assert!(fresh.iter().any(|one| one == dangerous), "{dangerous}");
    }
}

#[actix_web::test]
async fn who_is_led_away_from_a_form_comes_back_to_its_page_and_nothing_was_done() {
    let stage = Stage::start().await;
    let visitor = root(&stage).await;
    let page = visitor.get("/admin/tokens/new").await.expect(200).text();
    let token = field(&page, "csrf_token");
    let tokens = || async { stage.app.total("/tokens").await };
    let before = tokens().await;
    stage.wait(15 * 60 + 1);
    let fields = [
        ("name", "ci"),
        ("role", "read-only"),
        ("csrf_token", token.as_str()),
    ];
    let request = form("/admin/tokens", &fields)
        .insert_header(("referer", format!("{BASE_URL}/admin/tokens/new?a=b")));
    let led = visitor.send(request).await.expect(303);
    assert_eq!(led.header("location"), "/login?again=1");
    let page = visitor.get("/login?again=1").await.expect(200);
    let back = visitor.fill_in(&page, "root", PASSWORD).await.expect(303);
    assert_eq!(back.header("location"), "/admin/tokens/new");
    visitor.get("/admin/tokens/new").await.expect(200);
    assert_eq!(tokens().await, before);
}

#[actix_web::test]
async fn a_form_cannot_choose_a_foreign_page_to_come_back_to() {
    let stage = Stage::start().await;
    let visitor = root(&stage).await;
    stage.wait(15 * 60 + 1);
    for referer in [
        "https://evil.example/admin/keys",
        "http://localhost:8080//evil.example",
    ] {
        let request = form("/admin/keys", &[]).insert_header(("referer", referer));
        let led = visitor.send(request).await.expect(303);
        assert_eq!(led.header("set-cookie"), "", "{referer}");
    }
}

#[actix_web::test]
async fn a_user_is_led_back_to_the_own_account_and_never_into_the_console() {
    let stage = Stage::start().await;
    let visitor = Visitor::new(&stage.app);
    visitor.sign_in("jason", PASSWORD).await;
    stage.wait(15 * 60 + 1);
    visitor.get("/account").await.expect(200);
    let led = visitor.get("/account/totp").await.expect(303);
    assert_eq!(led.header("location"), "/login?again=1");
    let page = visitor.get("/login?again=1").await.expect(200);
    let back = visitor.fill_in(&page, "jason", PASSWORD).await.expect(303);
    assert_eq!(back.header("location"), "/account/totp");
    visitor.set_cookie("vestibule-wanted", "/admin/keys");
    let page = visitor.get("/login").await;
    let home = visitor.fill_in(&page, "jason", PASSWORD).await.expect(303);
    assert_eq!(home.header("location"), "/");
}
