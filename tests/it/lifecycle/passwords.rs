//! Hashes of another time: of a lower cost, or of another form of Unicode, are verified and renewed by
//! the next right sign-in (OWASP ASVS 5, 11.4.2; NIST SP 800-63B 3.1.1.2).

use actix_web::http::Method;
use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordHasher, Version};
use serde_json::json;
use sha1::{Digest, Sha1};
use vestibule::service::breached_passwords::BreachedPasswords;
use vestibule::service::environment::Clock;
use vestibule::store::accounts;
use vestibule::store::error::StoreError;

use crate::pages::world::user;
use crate::support::test_app::{BASE_URL, PASSWORD, Site, TestApp};
use crate::support::visitor::{Visitor, field};

/// The hash of these very bytes at this cost.
fn hash(bytes: &str, (memory, passes): (u32, u32)) -> String {
    let params = Params::new(memory, passes, 1, None).unwrap();
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    let hash: PasswordHash = argon2
        .hash_password_with_salt(bytes.as_bytes(), b"sixteen bytes ok")
        .unwrap();
    hash.to_string()
}

fn stored(app: &TestApp) -> String {
    let found = app
        .env
        .store
        .read(|conn| -> Result<_, StoreError> { accounts::find_by_username(conn, "jason") });
    found.unwrap().unwrap().password_hash.unwrap()
}

fn store(app: &TestApp, hash: String) {
    let now = app.env.now();
    app.env
        .store
        .write(move |conn| -> Result<(), StoreError> {
            let account = accounts::find_by_username(conn, "jason")?.unwrap().account;
            accounts::set_password(conn, account.id, Some(&hash), now)?;
            Ok(())
        })
        .unwrap();
}

#[actix_web::test]
async fn a_hash_of_another_cost_is_renewed_by_the_next_right_sign_in() {
    let app = TestApp::start().await;
    app.make("/users", &user("jason")).await;
    let old = hash(PASSWORD, (64, 1));
    store(&app, old.clone());
    let visitor = Visitor::new(&app);
    let page = visitor.get("/login").await.expect(200);
    visitor
        .fill_in(&page, "jason", "not the password 1")
        .await
        .expect(401);
    assert_eq!(stored(&app), old);
    visitor.sign_in("jason", PASSWORD).await;
    let new = stored(&app);
    assert!(new.contains("m=19456,t=2,p=1"), "{new}");
    visitor.sign_in("jason", PASSWORD).await;
    assert_eq!(stored(&app), new);
}

#[actix_web::test]
async fn the_compatible_form_counts_and_hashes_of_before_do_too() {
    // Full-width letters, as an East Asian keyboard types them: NFC leaves them, NFKC does not.
    let typed = "ｖｉｏｌｅｔ anchor, 27 lanterns";
    let app = TestApp::start().await;
    app.make("/users", &user("jason")).await;
    Visitor::new(&app).sign_in("jason", typed).await;

    let old = hash(typed, (19_456, 2));
    store(&app, old.clone());
    let visitor = Visitor::new(&app);
    let page = visitor.get("/login").await.expect(200);
    visitor.fill_in(&page, "jason", PASSWORD).await.expect(401);
    visitor.sign_in("jason", typed).await;
    assert_ne!(stored(&app), old);
    visitor.sign_in("jason", PASSWORD).await;
}

/// ASVS 5.0, 6.2.12.
#[actix_web::test]
async fn a_breached_password_is_refused_wherever_one_is_set() {
    const BREACHED: &str = "purple otter, 93 sailboats";
    let digest = Sha1::digest(BREACHED.as_bytes());
    let hash: String = digest.iter().map(|octet| format!("{octet:02X}")).collect();
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), format!("{hash}:3\r\n")).unwrap();
    let breached = BreachedPasswords::open(file.path()).unwrap();
    let place = (Site::each().swap_remove(0), Clock::System);
    let app =
        TestApp::start_changed(place, |env| env.with_breached_passwords(Some(breached))).await;

    let mut new = user("mark");
    new["password"] = BREACHED.into();
    let refused = app
        .post("/users", &new)
        .await
        .expect_problem(422, "/password");
    assert!(
        refused.to_string().contains("found in a breach"),
        "{refused}"
    );
    let jason = app.make("/users", &user("jason")).await;
    let id = jason["id"].as_str().unwrap();
    let set = |password: &str| json!({ "password": password }).to_string();
    let path = format!("/users/{id}/password");
    app.send_text(Method::PUT, &path, &set(BREACHED))
        .await
        .expect_problem(422, "/password");

    // On the own page, and by a link.
    let visitor = Visitor::new(&app);
    visitor.sign_in("jason", PASSWORD).await;
    let page = visitor.get("/account").await.expect(200).text();
    let token = field(&page, "csrf_token");
    let fields = [
        ("current", PASSWORD),
        ("password", BREACHED),
        ("csrf_token", token.as_str()),
    ];
    let refused = visitor.post("/account/password", &fields).await.expect(422);
    assert!(refused.text().contains("found in a breach"));
    let made = app
        .post(&format!("/users/{id}/password-reset"), &json!({}))
        .await
        .expect(200)
        .json();
    let link = made["link"].as_str().unwrap().replace(BASE_URL, "");
    let page = visitor.get(&link).await.expect(200).text();
    let token = field(&page, "csrf_token");
    let fields = [("password", BREACHED), ("csrf_token", token.as_str())];
    let refused = visitor.post(&link, &fields).await.expect(422);
    assert!(refused.text().contains("found in a breach"));

    // Any other is taken.
    app.send_text(Method::PUT, &path, &set("purple otter, 94 sailboats"))
        .await
        .expect(204);
}
