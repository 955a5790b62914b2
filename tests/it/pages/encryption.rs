//! Sign-on where the assertion has to be encrypted.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;
use vestibule::domain::connector::Connector;
use vestibule::domain::ids::PublicId;
use vestibule::domain::signing_key::KeyAlgorithm;
use vestibule::store::error::StoreError;
use vestibule::store::{connectors, issued_assertions};

use crate::pages::world::World;
use crate::saml::sp_pair::sp_pair;
use crate::support::test_app::PASSWORD;
use crate::support::visitor::{Visitor, field};

#[actix_web::test]
async fn what_is_encrypted_stays_in_the_store_as_it_was_issued_and_nowhere_else() {
    let world = World::start().await;
    let path = format!("/connectors/{}", world.wiki["id"].as_str().unwrap());
    let on = json!({"spCertificates": [sp_pair(KeyAlgorithm::Rsa2048).certificate],
        "encryptAssertions": true, "encryptNameId": true});
    world.app.patch(&path, &on).await.expect(200);
    let visitor = Visitor::new(&world.app);
    visitor.sign_in("jason", PASSWORD).await;
    let html = visitor.get("/saml/start/wiki").await.expect(200).text();
    let xml = STANDARD.decode(field(&html, "SAMLResponse")).unwrap();
    let xml = String::from_utf8(xml).unwrap();
    assert!(xml.contains("<saml:EncryptedAssertion "), "{xml}");
    assert!(!xml.contains("jason@example.com"), "{xml}");

    // Logout names the NameID as it was issued, so that is what is kept; the audit keeps neither.
    let audit = world
        .app
        .get("/audit?kind=assertion.issued")
        .await
        .expect(200);
    let event = audit.json()["items"][0].clone();
    let id = event["after"]["assertionId"].as_str().unwrap().to_owned();
    let kept = world
        .app
        .env
        .store
        .read(|conn| -> Result<_, StoreError> { issued_assertions::find(conn, &id) })
        .unwrap();
    assert_eq!(kept.unwrap().name_id, "jason@example.com");
    assert!(
        !event["after"].to_string().contains("jason@example.com"),
        "{event}"
    );

    // A preview shows it in clear: it signs nobody in.
    let asked = json!({"userId": world.jason["id"]});
    let shown = world
        .app
        .post(&format!("{path}/preview"), &asked)
        .await
        .expect(200);
    let shown = shown.json()["responseXml"].as_str().unwrap().to_owned();
    assert!(
        shown.contains("jason@example.com") && !shown.contains("Encrypted"),
        "{shown}"
    );
}

/// The form refuses to save it, and so does REST; whatever brought it about, it fails closed.
#[actix_web::test]
async fn without_a_certificate_nothing_is_sent() {
    let world = World::start().await;
    let id = PublicId::new(world.wiki["id"].as_str().unwrap());
    let broken = world
        .app
        .env
        .store
        .write(move |conn| -> Result<_, StoreError> {
            let mut connector: Connector = connectors::find_by_public_id(conn, &id)?.unwrap();
            connector.settings.encryption.assertions = true;
            connectors::save(conn, &connector, chrono::DateTime::UNIX_EPOCH)
        });
    broken.unwrap();
    let visitor = Visitor::new(&world.app);
    visitor.sign_in("jason", PASSWORD).await;
    let html = visitor.get("/saml/start/wiki").await.expect(403).text();
    assert!(
        html.contains("none of its certificates can be used"),
        "{html}"
    );
    assert!(!html.contains("SAMLResponse"), "{html}");
    let audit = world
        .app
        .get("/audit?kind=sign_on.failed")
        .await
        .expect(200)
        .json();
    let reason = audit["items"][0]["after"]["reason"].as_str().unwrap();
    assert!(reason.contains("has to be encrypted"), "{reason}");
    assert_eq!(world.app.total("/audit?kind=assertion.issued").await, 0);
}
