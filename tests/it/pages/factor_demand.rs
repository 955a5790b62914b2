//! Who has to bring a second factor: by group, by application, by the request of a service provider, by
//! the role of administrator; and what is told of it (SAML Core 3.3.2.2.1, REFEDS MFA Profile).

use std::rc::Rc;

use serde_json::json;
use vestibule::domain::ids::PublicId;
use vestibule::domain::second_factor::AdminMfa;
use vestibule::service::administrators::{self, NewAdministrator};
use vestibule::service::caller::terminal;
use vestibule::service::first_run;
use vestibule::store::accounts;
use vestibule::store::passkeys::{self, StoredPasskey};

use crate::pages::factor_stage::{
    BY_PASSWORD, MFA, SESSION, Stage, response, secret_on, send_code, to_second_step,
};
use crate::pages::sign_on::redirect;
use crate::support::test_app::{PASSWORD, TestApp};
use crate::support::visitor::{Visitor, field};

/// Sets up an app on the page of the second step.
async fn enrol(
    stage: &Stage,
    visitor: &Visitor<'_>,
    page: &crate::support::test_app::Answer,
) -> String {
    let secret = secret_on(&page.text());
    send_code(visitor, page, "000000").await.expect(401);
    let done = send_code(visitor, page, &stage.code(&secret))
        .await
        .expect(303);
    done.header("location").to_owned()
}

#[actix_web::test]
async fn a_group_asks_its_members_and_who_has_no_factor_sets_one_up_in_the_second_step() {
    let stage = Stage::start().await;
    let group = format!("/groups/{}", stage.group);
    let told = stage
        .app
        .patch(&group, &json!({"requireMfa": true}))
        .await
        .expect(200);
    assert_eq!(told.json()["requireMfa"], true);

    let visitor = Visitor::new(&stage.app);
    let page = visitor.get("/login").await;
    let step = to_second_step(&visitor, &page).await;
    assert!(
        step.text().contains("Set up a second factor"),
        "{}",
        step.text()
    );
    assert_eq!(visitor.cookie(SESSION), None);
    assert_eq!(enrol(&stage, &visitor, &step).await, "/");
    let document = response(&visitor.get("/saml/start/wiki").await.expect(200));
    assert!(document.contains(MFA), "{document}");
}

#[actix_web::test]
async fn check_at_issue_a_group_asks_a_session_from_before_as_well() {
    let stage = Stage::start().await;
    let group = format!("/groups/{}", stage.group);
    let (before, _) = stage.enrolled().await;
    before.get("/saml/start/wiki").await.expect(200);
    stage
        .app
        .patch(&group, &json!({"requireMfa": true}))
        .await
        .expect(200);
    // A session from before the group asked opens nothing more by it.
    let led = before.get("/saml/start/wiki").await.expect(303);
    assert!(
        led.header("location").starts_with("/login/code?request="),
        "{}",
        led.header("location")
    );
    stage
        .app
        .patch(&group, &json!({"requireMfa": null}))
        .await
        .expect(200);
    before.get("/saml/start/wiki").await.expect(200);
}

#[actix_web::test]
async fn any_group_asks_whether_it_opens_the_application_or_not() {
    let stage = Stage::start().await;
    let strict = json!({"name": "Payroll", "requireMfa": true});
    let strict = stage.app.make("/groups", &strict).await;
    assert_eq!(strict["requireMfa"], true);
    let visitor = Visitor::new(&stage.app);
    visitor.sign_in("jason", PASSWORD).await;
    visitor.get("/saml/start/wiki").await.expect(200);
    let member = format!(
        "/groups/{}/members/{}",
        strict["id"].as_str().unwrap(),
        stage.jason
    );
    stage.app.put(&member).await.expect(204);
    // Without a factor the password is asked again: only who types it may set one up.
    let led = visitor.get("/saml/start/wiki").await.expect(303);
    let led = led.header("location").to_owned();
    assert!(led.starts_with("/login?request="), "{led}");
    let page = visitor.get(&led).await.expect(200);
    let step = to_second_step(&visitor, &page).await;
    let on = enrol(&stage, &visitor, &step).await;
    assert!(on.starts_with("/saml/continue/"), "{on}");
    visitor.get(&on).await.expect(200);
}

#[actix_web::test]
async fn an_application_asks_on_the_way_and_takes_no_remembered_browser() {
    let stage = Stage::start().await;
    let (visitor, secret) = stage.enrolled().await;
    let wiki = format!("/connectors/{}", stage.wiki);
    let told = stage
        .app
        .patch(&wiki, &json!({"requireMfa": true}))
        .await
        .expect(200);
    assert_eq!(told.json()["requireMfa"], true);
    // The session was made by the password alone, before the app was set up.
    let led = visitor.get("/saml/start/wiki").await.expect(303);
    let led = led.header("location").to_owned();
    assert!(led.starts_with("/login/code?request="), "{led}");
    let step = visitor.get(&led).await.expect(200);
    stage.wait(30);
    let more = [("remember", "yes")];
    let code = stage.code(&secret);
    let on = crate::pages::factor_stage::send_code_with(&visitor, &step, &code, &more).await;
    let document = response(&visitor.get(on.header("location")).await.expect(200));
    assert!(
        document.contains(MFA) && !document.contains(BY_PASSWORD),
        "{document}"
    );

    // In the remembered browser a plain sign-in asks for no code; that of the application does.
    let page = visitor.get("/login").await;
    let home = visitor.fill_in(&page, "jason", PASSWORD).await.expect(303);
    assert_eq!(home.header("location"), "/");
    let led = visitor.get("/saml/start/wiki").await.expect(303);
    assert!(led.header("location").starts_with("/login/code?request="));
    let page = visitor
        .get(&led.header("location").replace("/login/code", "/login"))
        .await;
    to_second_step(&visitor, &page).await;
}

#[actix_web::test]
async fn a_requested_context_leads_to_the_second_step_and_passively_to_no_passive() {
    let stage = Stage::start().await;
    let (visitor, secret) = stage.enrolled().await;
    let asks = |comparison: &str| {
        format!(
            "<samlp:RequestedAuthnContext Comparison=\"{comparison}\"><saml:AuthnContextClassRef \
             xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\">{MFA}</saml:AuthnContextClassRef>\
             </samlp:RequestedAuthnContext>"
        )
    };
    let quietly = visitor
        .get(&with_child("_p", " IsPassive=\"true\"", &asks("exact")))
        .await
        .expect(200);
    assert!(
        response(&quietly).contains("status:NoPassive"),
        "{}",
        response(&quietly)
    );
    for (place, comparison) in ["exact", "minimum"].into_iter().enumerate() {
        let id = format!("_{place}");
        stage.wait(30);
        let led = visitor.get(&with_child(&id, "", &asks(comparison))).await;
        if place == 0 {
            let step = visitor
                .get(led.expect(303).header("location"))
                .await
                .expect(200);
            let on = send_code(&visitor, &step, &stage.code(&secret))
                .await
                .expect(303);
            let document = response(&visitor.get(on.header("location")).await.expect(200));
            assert!(document.contains(MFA) && document.contains("InResponseTo=\"_0\""));
        } else {
            // The session has it now.
            assert!(response(&led.expect(200)).contains(MFA));
        }
    }
    // A password was typed as well, so a request for that is met by the same session.
    let password = asks("exact").replace(MFA, BY_PASSWORD);
    let answer = visitor
        .get(&with_child("_w", "", &password))
        .await
        .expect(200);
    assert!(response(&answer).contains(BY_PASSWORD));
    // What no way to sign in meets is told at once (SAML Core 3.3.2.2.1).
    let card = asks("exact").replace(MFA, "urn:oasis:names:tc:SAML:2.0:ac:classes:SmartcardPKI");
    let answer = visitor.get(&with_child("_c", "", &card)).await.expect(200);
    assert!(response(&answer).contains("status:NoAuthnContext"));
}

#[actix_web::test]
async fn force_authn_asks_for_password_and_code_again() {
    let stage = Stage::start().await;
    let (visitor, secret) = stage.enrolled().await;
    stage.wait(30);
    let led = visitor
        .get(&redirect("_f", " ForceAuthn=\"true\"", None))
        .await
        .expect(303);
    let page = visitor.get(led.header("location")).await.expect(200);
    stage.wait(1);
    let step = to_second_step(&visitor, &page).await;
    let on = send_code(&visitor, &step, &stage.code(&secret))
        .await
        .expect(303);
    assert!(response(&visitor.get(on.header("location")).await.expect(200)).contains(MFA));
}

/// The request of the wiki with attributes and an element after the issuer.
fn with_child(id: &str, attributes: &str, child: &str) -> String {
    use vestibule::saml::redirect_binding::request_url;
    let xml = crate::pages::sign_on::request(id, "https://wiki.example.com/metadata", attributes);
    let xml = xml.replace(
        "</samlp:AuthnRequest>",
        &format!("{child}</samlp:AuthnRequest>"),
    );
    let url = request_url("/saml/sso", xml.as_bytes(), None).unwrap();
    url.replacen(crate::support::test_app::BASE_URL, "", 1)
}

#[actix_web::test]
async fn an_administrator_sets_up_a_factor_before_the_console_opens() {
    let stage = Stage::start().await;
    let new = NewAdministrator {
        username: "root".to_owned(),
        email: "root@example.com".to_owned(),
        role: "administrator".to_owned(),
        password: Some(PASSWORD.into()),
    };
    administrators::create(&stage.app.env, &terminal(), &new).unwrap();
    // Where it is optional a session begins without one,
    let before = Visitor::new(&stage.app);
    before.sign_in("root", PASSWORD).await;
    before.get("/admin/users").await.expect(200);
    // which a node where it is required does not take.
    let strict = TestApp::start_guarded(Rc::clone(&stage.site), stage.clock()).await;
    let visitor = Visitor::new(&strict);
    visitor.set_cookie(SESSION, &before.cookie(SESSION).unwrap());
    let led = visitor.get("/admin/users").await.expect(303);
    assert_eq!(led.header("location"), "/login?again=1");
    let page = visitor.get("/login?again=1").await.expect(200);
    assert_eq!(field(&page.text(), "username"), "root");
    let on = visitor.fill_in(&page, "root", PASSWORD).await.expect(303);
    assert_eq!(on.header("location"), "/login/code");
    let step = visitor.get("/login/code").await.expect(200);
    assert_eq!(enrol(&stage, &visitor, &step).await, "/admin/users");
    visitor.get("/admin/users").await.expect(200);
}

#[actix_web::test]
async fn every_user_is_asked_where_this_house_asks_it_of_all() {
    let stage = Stage::start().await;
    let before = Visitor::new(&stage.app);
    before.sign_in("jason", PASSWORD).await;
    response(&before.get("/saml/start/wiki").await.expect(200));

    let place = (Rc::clone(&stage.site), stage.clock());
    let strict = TestApp::start_changed(place, |env| env.with_users_mfa(true)).await;
    // A session from before is asked on the way to the application (CHECK-AT-ISSUE),
    let visitor = Visitor::new(&strict);
    visitor.set_cookie(SESSION, &before.cookie(SESSION).unwrap());
    let led = visitor.get("/saml/start/wiki").await.expect(303);
    assert!(
        led.header("location").starts_with("/login"),
        "{}",
        led.header("location")
    );
    // and a new sign-in before it begins.
    let visitor = Visitor::new(&strict);
    let page = visitor.get("/login").await;
    let on = visitor.fill_in(&page, "jason", PASSWORD).await.expect(303);
    assert_eq!(on.header("location"), "/login/code");
    assert_eq!(visitor.cookie(SESSION), None);
    let step = visitor.get("/login/code").await.expect(200);
    assert_eq!(enrol(&stage, &visitor, &step).await, "/");
    let document = response(&visitor.get("/saml/start/wiki").await.expect(200));
    assert!(document.contains(MFA), "{document}");
}

/// The passkey itself is used in a real browser, in `tests/e2e/test_second_factors.py`.
#[actix_web::test]
async fn with_passkeys_asked_for_no_other_factor_opens_the_console() {
    let stage = Stage::start().await;
    let place = (Rc::clone(&stage.site), stage.clock());
    let app = TestApp::start_changed(place, |env| env.with_admin_mfa(AdminMfa::Passkey)).await;
    let new = NewAdministrator {
        username: "root".to_owned(),
        email: "root@example.com".to_owned(),
        role: "administrator".to_owned(),
        password: Some(PASSWORD.into()),
    };
    administrators::create(&app.env, &terminal(), &new).unwrap();
    // By the password alone the own account opens, where a passkey is added; the console leads there.
    let visitor = Visitor::new(&app);
    visitor.sign_in("root", PASSWORD).await;
    let led = visitor.get("/admin/users").await.expect(303);
    assert_eq!(led.header("location"), "/account/passkeys");
    let page = visitor.get("/account/passkeys").await;
    let page = page.expect(200).text();
    assert!(
        page.contains("The console opens by a passkey only"),
        "{page}"
    );

    // An authenticator app is no passkey,
    let page = visitor.get("/account/totp").await.expect(200).text();
    let secret = secret_on(&page);
    let token = field(&page, "csrf_token");
    let code = stage.code(&secret);
    let fields = [("code", code.as_str()), ("csrf_token", token.as_str())];
    visitor.post("/account/totp", &fields).await.expect(303);
    stage.wait(30);
    let page = visitor.get("/login").await;
    let half = visitor.fill_in(&page, "root", PASSWORD).await.expect(303);
    let step = visitor.get(half.header("location")).await.expect(200);
    send_code(&visitor, &step, &stage.code(&secret))
        .await
        .expect(303);
    let led = visitor.get("/admin/users").await.expect(303);
    assert_eq!(led.header("location"), "/account/passkeys");

    // and who has a passkey and came by another factor is asked for it.
    let account = app
        .env
        .store
        .read(|conn| accounts::find_by_username(conn, "root"));
    let passkey = StoredPasskey {
        credential_id: b"credential".to_vec(),
        public_id: PublicId::new("p-1"),
        account: account.unwrap().unwrap().account.id,
        name: "phone".to_owned(),
        document: "a key".to_owned(),
        created_at: app.env.now(),
        last_used_at: None,
    };
    let kept = app
        .env
        .store
        .write(move |conn| passkeys::insert(conn, &passkey));
    kept.unwrap();
    let led = visitor.get("/admin/users").await.expect(303);
    assert_eq!(led.header("location"), "/login?again=passkey");
    // A code that was lured out of somebody adds no passkey, and removes none.
    let led = visitor.get("/account/passkeys").await.expect(303);
    assert_eq!(led.header("location"), "/login?again=passkey");
    let removed = [("factor", "p-1")];
    let led = visitor.post("/account/factors/end", &removed).await;
    assert_eq!(led.expect(303).header("location"), "/login?again=passkey");
    let page = visitor.get("/login?again=passkey").await.expect(200).text();
    assert!(page.contains("Sign in with yours"), "{page}");
    assert!(page.contains("action=\"/login?again=passkey\""), "{page}");
    assert!(
        page.contains("action=\"/login/passkey?again=passkey\""),
        "{page}"
    );
}

#[actix_web::test]
async fn the_first_administrator_sets_up_a_factor_on_the_way_to_the_first_application() {
    let stage = Stage::start().await;
    let strict = TestApp::start_guarded(Rc::clone(&stage.site), stage.clock()).await;
    let token = first_run::open(&strict.env).unwrap().unwrap();
    let visitor = Visitor::new(&strict);
    let path = format!("/first-run/{token}");
    let page = visitor.get(&path).await.expect(200).text();
    let token = field(&page, "csrf_token");
    let fields = [
        ("username", "ada"),
        ("email", "ada@example.com"),
        ("password", PASSWORD),
        ("csrf_token", token.as_str()),
    ];
    let made = visitor.post(&path, &fields).await.expect(303);
    assert_eq!(made.header("location"), "/login/code");
    assert_eq!(visitor.cookie(SESSION), None);
    let step = visitor.get("/login/code").await.expect(200);
    assert_eq!(
        enrol(&stage, &visitor, &step).await,
        "/admin/connectors/new"
    );
    visitor.get("/admin/connectors/new").await.expect(200);
}
