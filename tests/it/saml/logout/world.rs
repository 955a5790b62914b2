//! Two service providers with keys, two nodes of one installation under one clock, and jason.

use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, Duration, Utc};
use serde_json::{Value, json};
use vestibule::domain::signing_key::KeyAlgorithm;
use vestibule::saml::instant;
use vestibule::service::environment::Clock;

use crate::pages::world::user;
use crate::saml::fixtures::at;
use crate::saml::logout::messages::Held;
use crate::saml::senders::{Sender, sender};
use crate::support::test_app::{Answer, PASSWORD, Site, TestApp};
use crate::support::visitor::{Visitor, field};

pub const SLO_URL: &str = "http://localhost:8080/saml/slo";
pub const IDP: &str = "http://localhost:8080/saml/metadata";

/// A service provider and its connector.
pub struct Sp {
    pub key: Sender,
    pub slug: &'static str,
    pub id: String,
    pub entity_id: String,
}

pub struct World {
    pub app: TestApp,
    /// Another node of the same installation.
    pub other: TestApp,
    pub wiki: Sp,
    pub pay: Sp,
    clock: Arc<AtomicI64>,
}

impl World {
    /// On SQLite.
    pub async fn start() -> Self {
        let site = Site::each().swap_remove(0);
        Self::start_on(site).await
    }

    /// On each database at hand.
    pub async fn each() -> Vec<Self> {
        let mut all = Vec::new();
        for site in Site::each() {
            all.push(Self::start_on(site).await);
        }
        all
    }

    async fn start_on(site: Rc<Site>) -> Self {
        let begin = at("2026-11-01T12:00:00Z").timestamp_millis();
        let clock = Arc::new(AtomicI64::new(begin));
        let manual = || Clock::Manual(Arc::clone(&clock));
        let app = TestApp::start_at(Rc::clone(&site), manual()).await;
        let other = TestApp::start_at(site, manual()).await;
        let jason = app.make("/users", &user("jason")).await;
        let group = app.make("/groups", &json!({"name": "Writers"})).await;
        let member = format!("/groups/{}/members/{}", text(&group), text(&jason));
        app.put(&member).await.expect(204);
        let wiki = sp(&app, "wiki", "HTTP-REDIRECT", &group).await;
        let pay = sp(&app, "pay", "HTTP-POST", &group).await;
        Self {
            app,
            other,
            wiki,
            pay,
            clock,
        }
    }

    pub fn now(&self) -> DateTime<Utc> {
        DateTime::from_timestamp_millis(self.clock.load(Ordering::SeqCst)).unwrap()
    }

    /// `2026-11-01T12:00:00Z`, so much later.
    pub fn later(&self, by: Duration) -> String {
        instant::format(self.now() + by)
    }

    pub fn wait(&self, by: Duration) {
        self.clock
            .fetch_add(by.num_milliseconds(), Ordering::SeqCst);
    }

    /// A browser in which jason is signed in.
    pub async fn jason(&self) -> Visitor<'_> {
        let visitor = Visitor::new(&self.app);
        visitor.sign_in("jason", PASSWORD).await;
        visitor
    }

    /// Signs jason on to a service provider, and gives what that holds then.
    pub async fn sign_on(&self, visitor: &Visitor<'_>, sp: &Sp) -> Held {
        let start = format!("/saml/start/{}", sp.slug);
        let page = visitor.get(&start).await.expect(200);
        Held::of(&field(&page.text(), "SAMLResponse"))
    }

    /// Changes a connector.
    pub async fn set(&self, sp: &Sp, change: Value) {
        self.app
            .patch(&format!("/connectors/{}", sp.id), &change)
            .await
            .expect(200);
    }

    /// The certificate that our metadata publishes, as PEM.
    pub async fn certificate(&self) -> String {
        let metadata = self
            .app
            .send(actix_web::test::TestRequest::get().uri("/saml/metadata"));
        let text = metadata.await.text();
        let body = text.split("<ds:X509Certificate>").nth(1).unwrap();
        let body = body.split('<').next().unwrap();
        format!("-----BEGIN CERTIFICATE-----\n{body}\n-----END CERTIFICATE-----\n")
    }

    /// Kinds of the audit events of logouts and sessions, oldest first.
    pub async fn events(&self) -> Vec<Value> {
        let list = self.app.get("/audit?limit=500").await.expect(200).json();
        let mut events: Vec<Value> = list["items"].as_array().unwrap().clone();
        events.retain(|event| {
            let kind = event["kind"].as_str().unwrap();
            kind.starts_with("logout.") || kind == "session.ended"
        });
        events.reverse();
        events
    }
}

/// Whether somebody is signed in in this browser.
pub async fn is_signed_in(visitor: &Visitor<'_>) -> bool {
    visitor.get("/").await.status == 200
}

/// Where an answer leads.
pub fn location(answer: &Answer) -> String {
    assert_eq!(answer.status, 303, "{}", answer.text());
    answer.header("location").to_owned()
}

async fn sp(app: &TestApp, slug: &'static str, binding: &str, group: &Value) -> Sp {
    let key = sender(KeyAlgorithm::Rsa2048);
    let host = format!("https://{slug}.example.com");
    let entity_id = format!("{host}/metadata");
    let connector = json!({
        "name": slug, "slug": slug, "spEntityId": entity_id,
        "acsUrls": [{ "url": format!("{host}/acs") }],
        "sloUrls": [{ "url": format!("{host}/slo?app=7"), "binding": binding, "responseUrl": format!("{host}/slo/done") }],
        "spCertificates": [key.certificate.pem],
    });
    let made = app.make("/connectors", &connector).await;
    let bind = format!("/connectors/{}/groups/{}", text(&made), text(group));
    app.put(&bind).await.expect(204);
    Sp {
        key,
        slug,
        id: text(&made).to_owned(),
        entity_id,
    }
}

fn text(resource: &Value) -> &str {
    resource["id"].as_str().unwrap()
}
