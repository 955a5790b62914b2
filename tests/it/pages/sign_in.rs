//! Signing in and out, the portal, and whom the pages let in.

use actix_web::test::TestRequest;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;

use crate::pages::world::World;
use crate::support::test_app::{BASE_URL, PASSWORD};
use crate::support::visitor::{Visitor, field, form, form_action};

const SESSION: &str = "vestibule-session";
const VISIT: &str = "vestibule-visit";

#[actix_web::test]
async fn a11_a_stranger_gets_the_sign_in_page() {
    let world = World::start().await;
    for path in ["/", "/admin", "/logout"] {
        let answer = Visitor::new(&world.app).get(path).await.expect(303);
        assert_eq!(answer.header("location"), "/login", "{path}");
    }
    let stale = Visitor::new(&world.app);
    stale.set_cookie(SESSION, "a-token-that-nobody-has");
    assert_eq!(
        stale.get("/").await.expect(303).header("location"),
        "/login"
    );
}

#[actix_web::test]
async fn a_user_signs_in_and_sees_the_applications_that_open() {
    let world = World::start().await;
    let visitor = Visitor::new(&world.app);
    let page = visitor.get("/login").await.expect(200);
    assert_eq!(form_action(&page.text()), "/login");
    let signed_in = visitor.fill_in(&page, "JASON", PASSWORD).await.expect(303);
    assert_eq!(signed_in.header("location"), "/");
    let cookie = signed_in.header("set-cookie");
    assert!(
        cookie.contains("HttpOnly; SameSite=Lax; Path=/; Max-Age=2592000"),
        "{cookie}"
    );

    let portal = visitor.get("/").await.expect(200).text();
    assert!(portal.contains("href=\"/saml/start/wiki\""), "{portal}");
    assert!(!portal.contains("Pay"), "{portal}");
    assert!(portal.contains("jason Lee"), "{portal}");

    let refused = visitor.get("/admin").await.expect(403).text();
    assert!(
        refused.contains("Your account cannot open this page"),
        "{refused}"
    );
}

#[actix_web::test]
async fn the_portal_searches_and_shows_names_as_text() {
    let world = World::start().await;
    let group = world.group["id"].as_str().unwrap();
    let list = world.app.get("/connectors").await.expect(200).json();
    for connector in list["items"].as_array().unwrap() {
        let id = connector["id"].as_str().unwrap();
        world
            .app
            .put(&format!("/connectors/{id}/groups/{group}"))
            .await
            .expect(204);
    }
    let visitor = Visitor::new(&world.app);
    visitor.sign_in("jason", PASSWORD).await;
    let all = visitor.get("/").await.expect(200).text();
    assert!(
        all.contains("&#60;b&#62;Pay &#38; &#34;Roll&#34;&#60;/b&#62;"),
        "{all}"
    );

    let found = visitor.get("/?q=WIKI").await.expect(200).text();
    assert!(
        found.contains("/saml/start/wiki") && !found.contains("Pay"),
        "{found}"
    );
    let nothing = visitor.get("/?q=%3Cscript%3E").await.expect(200).text();
    assert!(
        nothing.contains("No application matches") && !nothing.contains("<script"),
        "{nothing}"
    );
}

#[actix_web::test]
async fn every_wrong_attempt_gets_the_same_answer() {
    let world = World::start().await;
    let visitor = Visitor::new(&world.app);
    let mut answers = Vec::new();
    for (username, password) in [
        ("jason", "not the password 1"),
        ("nobody", "not the password 1"),
        ("jason", ""),
    ] {
        let page = visitor.get("/login").await;
        let answer = visitor.fill_in(&page, username, password).await.expect(401);
        let html = answer.text();
        assert_eq!(field(&html, "username"), username);
        assert!(!html.contains("not the password 1"), "{html}");
        answers.push(html.replace(username, "NAME"));
    }
    assert!(answers.windows(2).all(|pair| pair[0] == pair[1]));
    assert_eq!(visitor.cookie(SESSION), None);
}

#[actix_web::test]
async fn too_many_wrong_attempts_are_braked() {
    let world = World::start().await;
    let visitor = Visitor::new(&world.app);
    let mut last = visitor.get("/login").await;
    for _ in 0..50 {
        last = visitor.fill_in(&last, "jason", "not the password 1").await;
        if last.status == 429 {
            break;
        }
        assert_eq!(last.status, 401);
    }
    assert_eq!(last.status, 429);
    assert!(last.header("retry-after").parse::<u32>().unwrap() > 0);
    assert!(
        last.text().contains("too many wrong attempts"),
        "{}",
        last.text()
    );
}

#[actix_web::test]
async fn a_form_without_its_own_token_is_refused() {
    let world = World::start().await;
    let visitor = Visitor::new(&world.app);
    let token = field(&visitor.get("/login").await.text(), "csrf_token");
    let other = Visitor::new(&world.app);
    let foreign = field(&other.get("/login").await.text(), "csrf_token");
    assert_ne!(token, foreign);
    for wrong in ["", "nonsense", foreign.as_str()] {
        let fields = [
            ("username", "jason"),
            ("password", PASSWORD),
            ("csrf_token", wrong),
        ];
        let refused = visitor.post("/login", &fields).await.expect(403).text();
        assert!(refused.contains("id=\"incident\""), "{refused}");
    }
    let without = [("username", "jason"), ("password", PASSWORD)];
    visitor.post("/login", &without).await.expect(403);

    let fields = [
        ("username", "jason"),
        ("password", PASSWORD),
        ("csrf_token", token.as_str()),
    ];
    for (origin, status) in [
        ("https://evil.example", 403),
        ("null", 403),
        (BASE_URL, 303),
    ] {
        let request = form("/login", &fields).insert_header(("origin", origin));
        visitor.send(request).await.expect(status);
    }
}

#[actix_web::test]
async fn an_administrator_is_sent_to_the_console() {
    let world = World::start().await;
    let admin = json!({ "username": "ada", "email": "ada@example.com", "role": "help-desk",
        "password": PASSWORD });
    world.app.make("/admins", &admin).await;
    let visitor = Visitor::new(&world.app);
    visitor.sign_in("ada", PASSWORD).await;
    assert_eq!(
        visitor.get("/").await.expect(303).header("location"),
        "/admin"
    );
    let console = visitor.get("/admin").await.expect(200).text();
    assert!(
        console.contains("Help Desk") && console.contains("/saml/metadata"),
        "{console}"
    );
    // Help Desk sees users, and of nothing else how many there are.
    assert_eq!(console.matches("<b>").count(), 1, "{console}");
    assert!(console.contains("<b>2</b>Users"), "{console}");

    let page = visitor.open("/saml/start/wiki").await.expect(200).text();
    assert!(page.contains("signed in as an administrator"), "{page}");
}

#[actix_web::test]
async fn signing_out_is_asked_and_ends_the_session() {
    let world = World::start().await;
    let visitor = Visitor::new(&world.app);
    visitor.sign_in("jason", PASSWORD).await;
    let session = visitor.cookie(SESSION).unwrap();
    let asked = visitor.get("/logout").await.expect(200).text();
    visitor.get("/").await.expect(200);

    visitor
        .post("/logout", &[("csrf_token", "nonsense")])
        .await
        .expect(403);
    visitor.get("/").await.expect(200);

    let token = field(&asked, "csrf_token");
    let out = visitor
        .post("/logout", &[("csrf_token", &token)])
        .await
        .expect(303);
    assert_eq!(out.header("location"), "/login");
    assert_eq!(visitor.cookie(SESSION), None);
    visitor.set_cookie(SESSION, &session);
    assert_eq!(
        visitor.get("/").await.expect(303).header("location"),
        "/login"
    );
}

#[actix_web::test]
async fn c6_a_suspended_user_is_a_stranger_at_once() {
    let world = World::start().await;
    let visitor = Visitor::new(&world.app);
    visitor.sign_in("jason", PASSWORD).await;
    let path = format!("/users/{}", world.jason["id"].as_str().unwrap());
    world
        .app
        .patch(&path, &json!({"state": "SUSPENDED"}))
        .await
        .expect(200);
    assert_eq!(
        visitor.get("/").await.expect(303).header("location"),
        "/login"
    );
    let page = visitor.get("/login").await;
    visitor.fill_in(&page, "jason", PASSWORD).await.expect(401);
}

#[actix_web::test]
async fn the_token_of_a_session_has_256_random_bits() {
    let world = World::start().await;
    let mut seen = std::collections::BTreeSet::new();
    for _ in 0..8 {
        let visitor = Visitor::new(&world.app);
        visitor.sign_in("jason", PASSWORD).await;
        let token = URL_SAFE_NO_PAD.decode(visitor.cookie(SESSION).unwrap());
        seen.insert(token.unwrap());
    }
    assert!(seen.iter().all(|token| token.len() == 32));
    // Of eight that are drawn evenly no octet is the same in all: one in 256 to the seventh, for 32 places.
    let first = seen.first().unwrap().clone();
    let differs = |place: usize| seen.iter().any(|token| token[place] != first[place]);
    assert!((0..32).all(differs), "{seen:?}");
}

#[actix_web::test]
async fn a_new_sign_in_gets_a_new_session() {
    let world = World::start().await;
    let visitor = Visitor::new(&world.app);
    visitor.sign_in("jason", PASSWORD).await;
    let first = visitor.cookie(SESSION).unwrap();
    let visit = visitor.cookie(VISIT).unwrap();
    visitor.sign_in("jason", PASSWORD).await;
    assert_ne!(visitor.cookie(SESSION).unwrap(), first);
    // The pre-session is the browser's, so that other open forms of it stay good.
    assert_eq!(visitor.cookie(VISIT).unwrap(), visit);
    let old = Visitor::new(&world.app);
    old.set_cookie(SESSION, &first);
    old.get("/").await.expect(303);
}

#[actix_web::test]
async fn hostile_sign_in_forms_are_refused_in_words() {
    let world = World::start().await;
    let visitor = Visitor::new(&world.app);
    let token = field(&visitor.get("/login").await.text(), "csrf_token");
    let token = token.as_str();
    visitor
        .post("/login", &[("csrf_token", token)])
        .await
        .expect(400);
    let nul = [
        ("username", "ja\0son"),
        ("password", PASSWORD),
        ("csrf_token", token),
    ];
    visitor.post("/login", &nul).await.expect(400);
    let large = "x".repeat(600 * 1024);
    let large = [
        ("username", large.as_str()),
        ("password", PASSWORD),
        ("csrf_token", token),
    ];
    visitor.post("/login", &large).await.expect(413);
    let json = TestRequest::post()
        .uri("/login")
        .set_json(json!({"username": "jason"}));
    visitor.send(json).await.expect(415);
    visitor.get("/login?request=%00").await.expect(200);
    visitor.get("/login?request=a&request=b").await.expect(400);
}
