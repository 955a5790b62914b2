//! `/forgot`: the same answer for everybody, and a link for whom it concerns (FRESH-ONCE, ONE-DOOR;
//! OWASP ASVS 5, 6.4.3 and 6.3.8).

use serde_json::json;
use vestibule::service::listing::ListQuery;
use vestibule::service::secrets::Sealed;
use vestibule::service::{outbox, recovery};
use vestibule::store::mail_outbox::QueuedMail;

use crate::pages::world::{World, user};
use crate::support::test_app::{Answer, PASSWORD, TestApp};
use crate::support::visitor::{Visitor, field};

const NEW_PASSWORD: &str = "eleven quiet herons, 11";

/// Gives the application a mail server, which nobody asks for anything here.
pub async fn can_mail(app: &TestApp) {
    let server = json!({ "smtpUrl": "smtp://127.0.0.1:1", "mailFrom": "v@example.com" });
    app.patch("/settings", &server).await.expect(200);
}

/// The mails in the outbox, the newest first.
pub fn mails(app: &TestApp) -> Vec<QueuedMail> {
    outbox::list(&app.env, &ListQuery::default()).unwrap().items
}

/// Where the link of a mail leads, opened as the worker opens it.
pub fn path_of(app: &TestApp, mail: &QueuedMail) -> String {
    let sealed = mail.sealed_link.as_deref().unwrap();
    let link = app.env.keys.unseal(Sealed::Link, sealed).unwrap();
    let link = String::from_utf8(link.to_vec()).unwrap();
    link.strip_prefix("http://localhost:8080")
        .unwrap()
        .to_owned()
}

async fn ask(visitor: &Visitor<'_>, name: &str) -> Answer {
    let page = visitor.get("/forgot").await.expect(200).text();
    let token = field(&page, "csrf_token");
    visitor
        .post("/forgot", &[("name", name), ("csrf_token", &token)])
        .await
}

async fn set(visitor: &Visitor<'_>, path: &str, password: &str) -> Answer {
    let page = visitor.get(path).await.expect(200).text();
    let token = field(&page, "csrf_token");
    visitor
        .post(path, &[("password", password), ("csrf_token", &token)])
        .await
}

#[actix_web::test]
async fn a_forgotten_password_is_replaced_by_a_mailed_link() {
    let world = World::start().await;
    can_mail(&world.app).await;
    let signed_in = Visitor::new(&world.app);
    signed_in.sign_in("jason", PASSWORD).await;
    let visitor = Visitor::new(&world.app);
    let login = visitor.get("/login").await.expect(200).text();
    assert!(login.contains("href=\"/forgot\""), "{login}");

    let asked = ask(&visitor, " JASON@example.com ").await.expect(303);
    assert_eq!(asked.header("location"), "/forgot?sent=1");
    let said = visitor.get("/forgot?sent=1").await.expect(200).text();
    assert!(said.contains("If there is such an account"), "{said}");
    // Nothing happens before the answer.
    assert!(mails(&world.app).is_empty());
    assert_eq!(recovery::answer_waiting(&world.app.env).unwrap(), 1);
    let sent = mails(&world.app);
    let [mail] = sent.as_slice() else {
        panic!("{} mails", sent.len())
    };
    assert_eq!(mail.mail.recipient, "jason@example.com");
    assert!(
        mail.mail.text_body.contains("jason"),
        "{}",
        mail.mail.text_body
    );
    assert!(
        !mail.mail.text_body.contains("/setup/"),
        "a link lies in clear"
    );

    let path = path_of(&world.app, mail);
    let poor = set(&visitor, &path, "jason and the boats")
        .await
        .expect(422);
    assert!(poor.text().contains("does not hold the username"));
    let done = set(&visitor, &path, NEW_PASSWORD).await.expect(303);
    assert_eq!(done.header("location"), "/login?password_set=1");
    visitor.get(&path).await.expect(404);
    signed_in.get("/account").await.expect(303);
    visitor.sign_in("jason", NEW_PASSWORD).await;
    // The person is told; there is no link but the one to the page.
    let told = &mails(&world.app)[0];
    assert!(
        told.mail.subject.contains("was changed"),
        "{}",
        told.mail.subject
    );
    assert!(told.sealed_link.is_none());
}

#[actix_web::test]
async fn everybody_gets_the_same_answer_and_few_a_mail() {
    let world = World::start().await;
    let app = &world.app;
    can_mail(app).await;
    let mut staged = user("staged");
    staged["state"] = json!("STAGED");
    app.make("/users", &staged).await;
    let bare = json!({ "username": "bare", "email": "bare@example.com" });
    app.make("/users", &bare).await;
    let admin = json!({ "username": "ada", "email": "ada@example.org", "role": "read-only",
        "password": PASSWORD });
    app.make("/admins", &admin).await;
    for (name, mailed) in [
        ("nobody", 0),
        ("", 0),
        ("staged", 0),
        ("bare", 0),
        ("mark", 1),
        ("ada@example.org", 1),
    ] {
        let asked = ask(&Visitor::new(app), name).await.expect(303);
        assert_eq!(asked.header("location"), "/forgot?sent=1", "{name}");
        assert_eq!(
            recovery::answer_waiting(&app.env).unwrap(),
            mailed,
            "{name}"
        );
    }
    // Whoever was invited may ask, with a password or without.
    let bare = app.get("/users?username=bare").await.expect(200).json();
    let bare = bare["items"][0]["id"].as_str().unwrap().to_owned();
    let invite = format!("/users/{bare}/invitation");
    app.post(&invite, &json!(null)).await.expect(200);
    ask(&Visitor::new(app), "bare").await.expect(303);
    assert_eq!(recovery::answer_waiting(&app.env).unwrap(), 1);
}

#[actix_web::test]
async fn one_door_wishes_are_braked_and_mails_are_few() {
    let world = World::start().await;
    can_mail(&world.app).await;
    let visitor = Visitor::new(&world.app);
    for name in ["jason", "nobody"] {
        for _ in 0..5 {
            ask(&visitor, name).await.expect(303);
        }
        let braked = ask(&visitor, name).await.expect(429);
        assert!(!braked.header("retry-after").is_empty());
    }
    assert_eq!(recovery::answer_waiting(&world.app.env).unwrap(), 3);
    // Signing in is braked by what happens there alone.
    visitor.sign_in("jason", PASSWORD).await;
}

#[actix_web::test]
async fn without_a_mail_server_the_page_says_whom_to_ask() {
    let world = World::start().await;
    let contact = json!({ "contactEmail": "help@example.com" });
    world.app.patch("/settings", &contact).await.expect(200);
    let visitor = Visitor::new(&world.app);
    let page = visitor.get("/forgot").await.expect(200).text();
    assert!(page.contains("help@example.com"), "{page}");
    assert!(!page.contains("<form"), "{page}");
}

#[actix_web::test]
async fn a_form_without_its_token_is_refused() {
    let world = World::start().await;
    can_mail(&world.app).await;
    let visitor = Visitor::new(&world.app);
    visitor.get("/forgot").await.expect(200);
    visitor
        .post("/forgot", &[("name", "jason")])
        .await
        .expect(403);
}
