//! Second factors taken away by an administrator: removed and never chosen, told to the person, and the
//! end of every session.

use serde_json::json;
use vestibule::domain::admin::AdminRole;
use vestibule::service::administrators::{self, NewAdministrator};
use vestibule::service::caller::terminal;
use vestibule::service::factor_reset;

use crate::pages::factor_stage::{SESSION, Stage};
use crate::support::test_app::PASSWORD;
use crate::support::visitor::{Visitor, field};

#[actix_web::test]
async fn a_reset_shows_kinds_and_times_alone_and_ends_all_sessions() {
    let stage = Stage::start().await;
    let path = format!("/users/{}/factors", stage.jason);
    let none = stage.app.get(&path).await.expect(200).json();
    assert_eq!(none["items"], json!([]));
    let (owner, secret) = stage.proven().await;
    let token = field(&owner.get("/account").await.text(), "csrf_token");
    let codes = owner
        .post("/account/recovery-codes", &[("csrf_token", &token)])
        .await;
    codes.expect(200);
    let told = stage.app.get(&path).await.expect(200);
    assert!(!told.text().contains(&secret));
    let items = told.json()["items"].clone();
    let kinds: Vec<_> = items
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["kind"])
        .collect();
    assert_eq!(kinds, ["TOTP", "RECOVERY_CODES"]);
    assert!(items[0]["added"].is_string() && items[0]["lastUsed"].is_string());

    stage.app.delete(&path).await.expect(204);
    let led = owner.get("/account").await.expect(303);
    assert_eq!(led.header("location"), "/login");
    let visitor = Visitor::new(&stage.app);
    visitor.sign_in("jason", PASSWORD).await;
    assert!(visitor.cookie(SESSION).is_some());
    let audit = stage
        .app
        .get("/audit?kind=account.factors_reset")
        .await
        .expect(200)
        .json();
    assert_eq!(audit["total"], 1, "{audit}");
    // Again there is nothing to do, and nothing is written.
    stage.app.delete(&path).await.expect(204);
    let audit = stage
        .app
        .get("/audit?kind=account.factors_reset")
        .await
        .expect(200)
        .json();
    assert_eq!(audit["total"], 1);
    visitor.get("/account").await.expect(200);
}

#[actix_web::test]
async fn administrators_reset_each_other_and_nobody_the_own() {
    let stage = Stage::start().await;
    let make = |username: &str| {
        let new = NewAdministrator {
            username: username.to_owned(),
            email: format!("{username}@example.com"),
            role: AdminRole::Administrator.as_str().to_owned(),
            password: Some(PASSWORD.into()),
        };
        let (made, _) = administrators::create(&stage.app.env, &terminal(), &new).unwrap();
        made.public_id.as_str().to_owned()
    };
    let (root, other) = (make("root"), make("other"));
    let visitor = Visitor::new(&stage.app);
    visitor.sign_in("root", PASSWORD).await;
    let page = visitor
        .get(&format!("/admin/administrators/{other}"))
        .await
        .expect(200);
    let token = field(&page.text(), "csrf_token");
    let fields = [("csrf_token", token.as_str())];
    visitor
        .post(&format!("/admin/administrators/{other}/factors"), &fields)
        .await
        .expect(303);
    visitor
        .post(&format!("/admin/administrators/{root}/factors"), &fields)
        .await
        .expect(403);
    visitor.get("/admin").await.expect(200);
}

#[actix_web::test]
async fn the_terminal_resets_administrators_by_name_and_nobody_else() {
    let stage = Stage::start().await;
    let env = &stage.app.env;
    stage.enrolled().await;
    assert!(factor_reset::reset_named(env, &terminal(), "jason").is_err());
    assert!(factor_reset::reset_named(env, &terminal(), "nobody").is_err());
    let path = format!("/users/{}/factors", stage.jason);
    assert_eq!(stage.app.get(&path).await.json()["total"], 1);
}
