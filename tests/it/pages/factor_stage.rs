//! What the tests of second factors stand on: jason, who may open the wiki, a clock that they turn, and
//! an authenticator app written a second time.

use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use openssl::hash::MessageDigest;
use openssl::pkey::PKey;
use openssl::sign::Signer;
use serde_json::json;
use vestibule::service::environment::Clock;

use crate::pages::world::{connector, user};
use crate::support::test_app::{Answer, PASSWORD, Site, TestApp};
use crate::support::visitor::{Visitor, field, form_action};

pub const HALF: &str = "vestibule-half";
pub const DEVICE: &str = "vestibule-device";
pub const SESSION: &str = "vestibule-session";
pub const MFA: &str = "https://refeds.org/profile/mfa";
pub const BY_PASSWORD: &str = "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport";

/// The stage.
pub struct Stage {
    pub app: TestApp,
    pub site: Rc<Site>,
    /// Ids of jason, of the group that he is in, and of the wiki that it opens.
    pub jason: String,
    pub group: String,
    pub wiki: String,
    clock: Arc<AtomicI64>,
}

impl Stage {
    /// On SQLite.
    pub async fn start() -> Self {
        Self::start_on(Site::each().swap_remove(0)).await
    }

    /// On a site.
    pub async fn start_on(site: Rc<Site>) -> Self {
        let clock = Arc::new(AtomicI64::new(chrono::Utc::now().timestamp_millis()));
        let app = TestApp::start_at(Rc::clone(&site), Clock::Manual(Arc::clone(&clock))).await;
        let id = |made: serde_json::Value| made["id"].as_str().unwrap().to_owned();
        let jason = id(app.make("/users", &user("jason")).await);
        let group = id(app.make("/groups", &json!({"name": "Writers"})).await);
        let made = connector("Wiki", "https://wiki.example.com");
        let wiki = id(app.make("/connectors", &made).await);
        for path in [
            format!("/groups/{group}/members/{jason}"),
            format!("/connectors/{wiki}/groups/{group}"),
        ] {
            app.put(&path).await.expect(204);
        }
        Self {
            app,
            site,
            jason,
            group,
            wiki,
            clock,
        }
    }

    /// The clock, for another node.
    pub fn clock(&self) -> Clock {
        Clock::Manual(Arc::clone(&self.clock))
    }

    pub fn wait(&self, seconds: i64) {
        self.clock.fetch_add(seconds * 1000, Ordering::SeqCst);
    }

    /// The code that an app shows now.
    pub fn code(&self, secret: &str) -> String {
        code_at(secret, self.clock.load(Ordering::SeqCst) / 1000)
    }

    /// Jason's browser, with an authenticator app set up; gives its secret. The code of the present
    /// step is used up.
    pub async fn enrolled(&self) -> (Visitor<'_>, String) {
        let visitor = Visitor::new(&self.app);
        visitor.sign_in("jason", PASSWORD).await;
        let page = visitor.get("/account/totp").await.expect(200).text();
        let secret = secret_on(&page);
        let code = self.code(&secret);
        let token = field(&page, "csrf_token");
        let fields = [("code", code.as_str()), ("csrf_token", token.as_str())];
        let done = visitor.post("/account/totp", &fields).await.expect(303);
        assert_eq!(done.header("location"), "/account?done=totp");
        (visitor, secret)
    }

    /// The same, signed in again in two steps: the session may change the factors.
    pub async fn proven(&self) -> (Visitor<'_>, String) {
        let (visitor, secret) = self.enrolled().await;
        self.wait(30);
        let page = visitor.get("/login").await;
        let step = to_second_step(&visitor, &page).await;
        send_code(&visitor, &step, &self.code(&secret))
            .await
            .expect(303);
        (visitor, secret)
    }
}

/// The secret on a page, as the contract names its place.
pub fn secret_on(page: &str) -> String {
    let (_, rest) = page.split_once("id=\"totp-secret\">").unwrap();
    rest.split('<').next().unwrap().replace(' ', "")
}

/// RFC 6238 over RFC 4226, by OpenSSL's HMAC: another implementation than the one under test.
pub fn code_at(secret: &str, unix: i64) -> String {
    let mut bits = String::new();
    for letter in secret.bytes() {
        let value = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
            .iter()
            .position(|one| *one == letter)
            .unwrap();
        bits.push_str(&format!("{value:05b}"));
    }
    let key: Vec<u8> = (0..bits.len() / 8)
        .map(|byte| u8::from_str_radix(&bits[byte * 8..byte * 8 + 8], 2).unwrap())
        .collect();
    let key = PKey::hmac(&key).unwrap();
    let mut signer = Signer::new(MessageDigest::sha1(), &key).unwrap();
    signer.update(&(unix / 30).to_be_bytes()).unwrap();
    let mac = signer.sign_to_vec().unwrap();
    let offset = usize::from(mac[19] & 15);
    let four: [u8; 4] = mac[offset..offset + 4].try_into().unwrap();
    format!(
        "{:06}",
        (u32::from_be_bytes(four) & 0x7fff_ffff) % 1_000_000
    )
}

/// Types the password at `page`; gives the page of the second step.
pub async fn to_second_step(visitor: &Visitor<'_>, page: &Answer) -> Answer {
    let on = visitor.fill_in(page, "jason", PASSWORD).await.expect(303);
    let next = on.header("location").to_owned();
    assert!(next.starts_with("/login/code"), "{next}");
    assert!(visitor.cookie(HALF).is_some());
    visitor.get(&next).await.expect(200)
}

/// Sends a code from the page of the second step.
pub async fn send_code(visitor: &Visitor<'_>, page: &Answer, code: &str) -> Answer {
    send_code_with(visitor, page, code, &[]).await
}

/// The same with further fields.
pub async fn send_code_with(
    visitor: &Visitor<'_>,
    page: &Answer,
    code: &str,
    more: &[(&str, &str)],
) -> Answer {
    let html = page.text();
    let token = field(&html, "csrf_token");
    let mut fields = vec![("code", code), ("csrf_token", token.as_str())];
    fields.extend_from_slice(more);
    visitor.post(&form_action(&html), &fields).await
}

/// The document on its way to the service provider.
pub fn response(answer: &Answer) -> String {
    let document = STANDARD
        .decode(field(&answer.text(), "SAMLResponse"))
        .unwrap();
    String::from_utf8(document).unwrap()
}
