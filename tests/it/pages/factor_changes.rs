//! Changing the factors of an account: a secret is of the browser that it was shown in, what began without
//! a factor ends when it is added, and the password alone takes none away.

use serde_json::json;
use vestibule::domain::session::SessionLife;
use vestibule::service::caller::terminal;
use vestibule::service::user_sessions::{self, Ending};

use crate::pages::factor_stage::{HALF, SESSION, Stage, secret_on, send_code, to_second_step};
use crate::support::test_app::PASSWORD;
use crate::support::visitor::{Visitor, field};

const NEW_PASSWORD: &str = "eleven quiet herons, 11";

/// Jason by the password alone.
async fn signed_in(stage: &Stage) -> Visitor<'_> {
    let visitor = Visitor::new(&stage.app);
    visitor.sign_in("jason", PASSWORD).await;
    visitor
}

async fn secret_shown(visitor: &Visitor<'_>) -> String {
    secret_on(&visitor.get("/account/totp").await.expect(200).text())
}

/// Posts a form of the own account.
async fn press(visitor: &Visitor<'_>, path: &str, more: &[(&str, &str)]) -> String {
    let token = field(
        &visitor.get("/account").await.expect(200).text(),
        "csrf_token",
    );
    let mut fields = vec![("csrf_token", token.as_str())];
    fields.extend_from_slice(more);
    let answer = visitor.post(path, &fields).await;
    answer.expect(303).header("location").to_owned()
}

#[actix_web::test]
async fn a_secret_that_is_not_confirmed_is_of_the_browser_that_was_shown_it() {
    let stage = Stage::start().await;
    let group = format!("/groups/{}", stage.group);
    let (thief, owner) = (signed_in(&stage).await, signed_in(&stage).await);
    let read = secret_shown(&thief).await;
    stage
        .app
        .patch(&group, &json!({"requireMfa": true}))
        .await
        .expect(200);
    let half = Visitor::new(&stage.app);
    let step = to_second_step(&half, &half.get("/login").await).await;
    let read_half_way = secret_on(&step.text());
    let shown = secret_shown(&owner).await;
    assert!(read != shown && read_half_way != shown && read != read_half_way);
    // Neither of the others confirms the one that the owner was shown.
    send_code(&half, &step, &stage.code(&shown))
        .await
        .expect(401);
    assert_eq!(half.cookie(SESSION), None);
}

#[actix_web::test]
async fn a_secret_that_is_not_confirmed_ends_with_the_password() {
    let stage = Stage::start().await;
    let owner = signed_in(&stage).await;
    let read = secret_shown(&owner).await;
    let fields = [("current", PASSWORD), ("password", NEW_PASSWORD)];
    press(&owner, "/account/password", &fields).await;
    assert_ne!(secret_shown(&owner).await, read);
}

#[actix_web::test]
async fn what_began_without_a_factor_ends_when_it_is_added() {
    let stage = Stage::start().await;
    let thief = signed_in(&stage).await;
    let (owner, _) = stage.enrolled().await;
    owner.get("/account").await.expect(200);
    let led = thief.get("/account").await.expect(303);
    assert_eq!(led.header("location"), "/login");
}

#[actix_web::test]
async fn a_session_by_the_password_alone_changes_no_factor_that_is_there() {
    let stage = Stage::start().await;
    let (visitor, secret) = stage.enrolled().await;
    for path in ["/account/factors/end", "/account/recovery-codes"] {
        assert_eq!(press(&visitor, path, &[]).await, "/login?again=1", "{path}");
    }
    stage.wait(30);
    let page = visitor.get("/login?again=1").await.expect(200);
    let step = to_second_step(&visitor, &page).await;
    send_code(&visitor, &step, &stage.code(&secret))
        .await
        .expect(303);
    let done = press(&visitor, "/account/factors/end", &[]).await;
    assert_eq!(done, "/account?done=factor");
}

#[actix_web::test]
async fn a_second_step_makes_a_session_no_longer_than_its_password() {
    let stage = Stage::start().await;
    let (visitor, secret) = stage.enrolled().await;
    let wiki = format!("/connectors/{}", stage.wiki);
    stage
        .app
        .patch(&wiki, &json!({"requireMfa": true}))
        .await
        .expect(200);
    let life = SessionLife::default();
    // Seven hours of eight without a request, then the second step.
    stage.wait(7 * 3600);
    let led = visitor.get("/saml/start/wiki").await.expect(303);
    let step = visitor.get(led.header("location")).await.expect(200);
    send_code(&visitor, &step, &stage.code(&secret))
        .await
        .expect(303);
    stage.wait(life.absolute.num_seconds() - 7 * 3600 - 1);
    visitor.get("/").await.expect(200);
    stage.wait(1);
    visitor.get("/").await.expect(303);
}

#[actix_web::test]
async fn a_second_step_begun_from_a_session_ends_with_it() {
    for ending in ["sign-out", "administrator", "others"] {
        let stage = Stage::start().await;
        let (visitor, secret) = stage.enrolled().await;
        let wiki = format!("/connectors/{}", stage.wiki);
        stage
            .app
            .patch(&wiki, &json!({"requireMfa": true}))
            .await
            .expect(200);
        stage.wait(30);
        let led = visitor.get("/saml/start/wiki").await.expect(303);
        let step = visitor.get(led.header("location")).await.expect(200);
        let half = visitor.cookie(HALF).unwrap();
        match ending {
            "sign-out" => {
                let page = visitor.get("/logout").await.expect(200).text();
                let token = field(&page, "csrf_token");
                visitor
                    .post("/logout", &[("csrf_token", &token)])
                    .await
                    .expect(303);
                assert_eq!(visitor.cookie(HALF), None);
            }
            "administrator" => {
                let actor = terminal();
                user_sessions::end(&stage.app.env, &actor, &stage.jason, Ending::All).unwrap();
            }
            _ => {
                press(&visitor, "/account/sessions", &[]).await;
            }
        }
        visitor.set_cookie(HALF, &half);
        let led = send_code(&visitor, &step, &stage.code(&secret))
            .await
            .expect(303);
        assert!(
            led.header("location").starts_with("/login?request="),
            "{ending}"
        );
    }
}
