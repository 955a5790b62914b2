//! `/keys`: the switch from one signing key to the next (SAML Metadata 2.4.1: several keys may be
//! published), on every database.

use std::rc::Rc;

use actix_web::http::Method;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use openssl::pkey::PKey;
use serde_json::{Value, json};
use vestibule::domain::admin::AdminRole;
use vestibule::domain::signing_key::KeyAlgorithm;
use vestibule::saml::credentials::{KeyPairRequest, generate};

use crate::saml::fixtures::at;
use crate::support::test_app::{PASSWORD, Site, TestApp};
use crate::support::visitor::{Visitor, field};

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap()
}

/// The certificate of a key as metadata and signatures carry it.
fn body(key: &Value) -> String {
    let lines = text(key, "certificate").lines();
    lines.filter(|line| !line.contains("---")).collect()
}

/// An installation with two applications that jason may open.
struct World {
    app: TestApp,
    wiki: Value,
    pay: Value,
}

impl World {
    async fn on(site: Rc<Site>) -> Self {
        let app = TestApp::start_on(site).await;
        let jason =
            json!({"username": "jason", "email": "jason@example.com", "password": PASSWORD});
        let jason = app.make("/users", &jason).await;
        let group = app.make("/groups", &json!({"name": "Writers"})).await;
        let group = text(&group, "id").to_owned();
        app.put(&format!("/groups/{group}/members/{}", text(&jason, "id")))
            .await
            .expect(204);
        let mut made = Vec::new();
        for name in ["wiki", "pay"] {
            let sp = format!("https://{name}.example.com");
            let draft =
                json!({"name": name, "spEntityId": sp, "acsUrls": [{"url": format!("{sp}/acs")}]});
            let connector = app.make("/connectors", &draft).await;
            app.put(&format!(
                "/connectors/{}/groups/{group}",
                text(&connector, "id")
            ))
            .await
            .expect(204);
            made.push(connector);
        }
        let pay = made.pop().unwrap();
        let wiki = made.pop().unwrap();
        Self { app, wiki, pay }
    }

    async fn key(&self, id: &str) -> Value {
        self.app
            .get(&format!("/keys/{id}"))
            .await
            .expect(200)
            .json()
    }

    async fn first(&self) -> Value {
        self.app.get("/keys").await.expect(200).json()["items"][0].clone()
    }

    async fn next(&self) -> Value {
        self.app
            .make("/keys", &json!({"algorithm": "rsa-2048"}))
            .await
    }

    async fn change(&self, key: &Value, patch: Value) -> Value {
        let path = format!("/keys/{}", text(key, "id"));
        self.app.patch(&path, &patch).await.expect(200).json()
    }

    async fn switch(&self, key: &Value, connector: &Value, from: Value) {
        self.app
            .send_text(Method::PUT, &path(key, connector), &from.to_string())
            .await
            .expect(204);
    }

    /// The certificate in the signature of a sign-on by this node.
    async fn signed_by(&self, node: &TestApp, connector: &Value) -> String {
        let visitor = Visitor::new(node);
        visitor.sign_in("jason", PASSWORD).await;
        let start = format!("/saml/start/{}", text(connector, "slug"));
        let html = visitor.get(&start).await.expect(200).text();
        let xml = STANDARD.decode(field(&html, "SAMLResponse")).unwrap();
        let xml = String::from_utf8(xml).unwrap();
        let (_, rest) = xml.split_once("<ds:X509Certificate>").unwrap();
        rest.split('<').next().unwrap().to_owned()
    }

    /// The published certificates, in order.
    async fn published(&self, of: &str) -> Vec<String> {
        let visitor = Visitor::new(&self.app);
        let xml = visitor
            .get(&format!("/saml/metadata{of}"))
            .await
            .expect(200)
            .text();
        xml.split("<ds:X509Certificate>")
            .skip(1)
            .map(|rest| rest.split('<').next().unwrap().to_owned())
            .collect()
    }
}

fn path(key: &Value, connector: &Value) -> String {
    format!(
        "/keys/{}/connectors/{}",
        text(key, "id"),
        text(connector, "id")
    )
}

#[actix_web::test]
async fn one_application_goes_ahead_and_another_stays_behind() {
    for site in Site::each() {
        let world = World::on(site).await;
        let other_node = world.app.start_beside().await;
        let (old, new) = (world.first().await, world.next().await);
        assert_eq!(
            (text(&old, "state"), text(&new, "state")),
            ("ACTIVE", "NEXT")
        );
        let both = vec![body(&old), body(&new)];
        let turned: Vec<String> = both.iter().rev().cloned().collect();
        assert_eq!(world.published("").await, both);

        // The wiki goes ahead; the next sign-on heeds it, on another node too.
        world.switch(&new, &world.wiki, json!({})).await;
        assert_eq!(world.signed_by(&world.app, &world.wiki).await, body(&new));
        assert_eq!(world.signed_by(&other_node, &world.wiki).await, body(&new));
        assert_eq!(world.signed_by(&other_node, &world.pay).await, body(&old));
        // Both stay published throughout, the one that signs first where it is asked for.
        assert_eq!(world.published("").await, both);
        assert_eq!(world.published("/wiki").await, turned);
        assert_eq!(world.published("/pay").await, both);
        let list = format!("/keys/{}/connectors", text(&new, "id"));
        let listed = world.app.get(&list).await.expect(200).json();
        assert_eq!(
            text(&listed["items"][0], "name"),
            "pay",
            "who has not switched comes first"
        );
        assert_eq!(listed["items"][0]["hasSwitched"], false);
        assert_eq!(text(&listed["items"][0], "signsWith"), text(&old, "id"));
        assert_eq!(listed["items"][1]["hasSwitched"], true);

        // No edit of a connector ever changes a key.
        let connector = format!("/connectors/{}", text(&world.wiki, "id"));
        let edit = json!({"name": "Wiki 2", "sign": "BOTH", "signatureAlgorithm": "RSA-SHA512"});
        world.app.patch(&connector, &edit).await.expect(200);
        assert_eq!(world.signed_by(&world.app, &world.wiki).await, body(&new));

        // Pay stays behind when all others switch; the key it signs with cannot be retired.
        let later = json!({"signsFrom": "2199-01-01T00:00:00Z"});
        world.switch(&new, &world.pay, later).await;
        let active = world.change(&new, json!({"state": "ACTIVE"})).await;
        assert_eq!(text(&active, "state"), "ACTIVE");
        assert_eq!(text(&world.key(text(&old, "id")).await, "state"), "NEXT");
        assert_eq!(world.signed_by(&other_node, &world.pay).await, body(&old));
        assert_eq!(world.published("/pay").await, both);
        let retire = json!({"state": "RETIRED"});
        let old_path = format!("/keys/{}", text(&old, "id"));
        let problem = world
            .app
            .patch(&old_path, &retire)
            .await
            .expect_problem(409, "");
        assert!(
            problem.to_string().contains("still signs for pay"),
            "{problem}"
        );

        // With all others again, and the old key goes.
        world.app.delete(&path(&new, &world.pay)).await.expect(204);
        assert_eq!(world.signed_by(&other_node, &world.pay).await, body(&new));
        let gone = world.change(&old, retire).await;
        assert_eq!(text(&gone, "state"), "RETIRED");
        assert_eq!(world.published("").await, [body(&new)]);
        assert_eq!(world.signed_by(&world.app, &world.wiki).await, body(&new));
    }
}

#[actix_web::test]
async fn a_key_can_be_brought_along_and_is_never_shown() {
    let app = TestApp::start().await;
    let pair = |algorithm, until| {
        let made = generate(&KeyPairRequest {
            algorithm,
            common_name: "brought.example",
            serial: [0x4B; 16],
            not_before: at("2020-01-01T00:00:00Z"),
            not_after: at(until),
        })
        .unwrap();
        let key = PKey::private_key_from_pkcs8(&made.private_key).unwrap();
        let pem = String::from_utf8(key.private_key_to_pem_pkcs8().unwrap()).unwrap();
        json!({"privateKey": pem, "certificate": made.certificate})
    };
    let draft = pair(KeyAlgorithm::Rsa3072, "2099-01-01T00:00:00Z");
    let answer = app.post("/keys", &draft).await.expect(201);
    assert!(!answer.text().contains("PRIVATE"), "{}", answer.text());
    let made = answer.json();
    assert_eq!(
        (text(&made, "algorithm"), text(&made, "state")),
        ("rsa-3072", "NEXT")
    );
    assert_eq!(text(&made, "serial"), "4B".repeat(16));
    assert_eq!(text(&made, "fingerprintSha256").split(':').count(), 32);
    assert_eq!(made["certificate"], draft["certificate"]);
    let audit = app.get("/audit?kind=key.created").await.expect(200).text();
    assert!(!audit.contains("PRIVATE") && audit.contains(text(&made, "id")));

    app.post("/keys", &draft)
        .await
        .expect_problem(409, "/certificate");
    // The first of its type signs at once, since nothing could be signed with that type otherwise.
    let curve = app
        .make(
            "/keys",
            &pair(KeyAlgorithm::EcdsaP256, "2099-01-01T00:00:00Z"),
        )
        .await;
    assert_eq!(text(&curve, "state"), "ACTIVE");
    let ended = pair(KeyAlgorithm::Rsa2048, "2021-01-01T00:00:00Z");
    app.post("/keys", &ended)
        .await
        .expect_problem(422, "/certificate");
    let mixed = json!({"privateKey": draft["privateKey"], "certificate": ended["certificate"]});
    app.post("/keys", &mixed)
        .await
        .expect_problem(422, "/certificate");
    let no_key = json!({"privateKey": "x", "certificate": draft["certificate"]});
    app.post("/keys", &no_key)
        .await
        .expect_problem(422, "/privateKey");
    for draft in [
        json!({}),
        json!({"algorithm": "rsa-2048", "certificate": "x"}),
    ] {
        app.post("/keys", &draft).await.expect_problem(422, "");
    }
    app.post("/keys", &json!({"algorithm": "rsa-1024"}))
        .await
        .expect_problem(422, "/algorithm");
}

#[actix_web::test]
async fn what_makes_no_sense_is_refused() {
    let world = World::on(Site::each().swap_remove(0)).await;
    let (old, new) = (world.first().await, world.next().await);
    let curve = world
        .app
        .make("/keys", &json!({"algorithm": "ecdsa-p256"}))
        .await;
    let app = &world.app;
    let new_path = format!("/keys/{}", text(&new, "id"));
    for (patch, status, pointer) in [
        (json!({"state": "NEXT"}), 422, "/state"),
        (
            json!({"state": "RETIRED", "signsFrom": null}),
            422,
            "/state",
        ),
        (json!({"signsFrom": "tomorrow"}), 422, "/signsFrom"),
        (
            json!({"signsFrom": "2020-01-01T00:00:00Z"}),
            422,
            "/signsFrom",
        ),
        (json!({"certificate": "x"}), 422, "/certificate"),
    ] {
        app.patch(&new_path, &patch)
            .await
            .expect_problem(status, pointer);
    }
    let old_path = format!("/keys/{}", text(&old, "id"));
    for patch in [
        json!({"state": "RETIRED"}),
        json!({"signsFrom": "2199-01-01T00:00:00Z"}),
    ] {
        app.patch(&old_path, &patch).await.expect_problem(409, "");
    }
    let put = async |key: &Value, connector: &Value| {
        app.send_text(Method::PUT, &path(key, connector), "{}")
            .await
    };
    put(&curve, &world.wiki).await.expect_problem(409, "");
    put(&json!({"id": "none"}), &world.wiki)
        .await
        .expect_problem(404, "");
    put(&new, &json!({"id": "none"}))
        .await
        .expect_problem(404, "");
    world.change(&new, json!({"state": "RETIRED"})).await;
    put(&new, &world.wiki).await.expect_problem(409, "");
    app.patch(&new_path, &json!({"state": "ACTIVE"}))
        .await
        .expect_problem(409, "");
    assert_eq!(world.signed_by(app, &world.wiki).await, body(&old));
}

/// ONE-DOOR: who may see keys may not change them.
#[actix_web::test]
async fn only_administrators_change_keys() {
    let app = TestApp::start().await;
    let id = app.get("/keys").await.json()["items"][0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    for role in [AdminRole::Manager, AdminRole::HelpDesk, AdminRole::ReadOnly] {
        for (method, path) in [
            (Method::POST, "/keys".to_owned()),
            (Method::PATCH, format!("/keys/{id}")),
            (Method::PUT, format!("/keys/{id}/connectors/x")),
            (Method::DELETE, format!("/keys/{id}/connectors/x")),
        ] {
            let request = app.request_as(role, &method, &path);
            let request = request.insert_header(("content-type", "application/json"));
            app.send(request.set_payload("{}"))
                .await
                .expect_problem(403, "");
        }
    }
}
