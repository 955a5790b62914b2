//! Encryption as a connector has it: what is chosen, what is refused, and where it comes from.

use serde_json::{Value, json};
use vestibule::domain::signing_key::KeyAlgorithm;

use crate::saml::sp_pair::sp_pair;
use crate::support::test_app::TestApp;

fn wiki(more: &Value) -> Value {
    let mut draft = json!({"name": "The Wiki", "spEntityId": "https://wiki.example.com",
        "acsUrls": [{"url": "https://wiki.example.com/acs"}]});
    let more = more.as_object().unwrap().clone();
    draft.as_object_mut().unwrap().extend(more);
    draft
}

fn metadata(keys: &str) -> String {
    format!(
        r#"<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" xmlns:ds="http://www.w3.org/2000/09/xmldsig#" entityID="https://wiki.example.com"><SPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">{keys}<AssertionConsumerService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="https://wiki.example.com/acs" index="1"/></SPSSODescriptor></EntityDescriptor>"#
    )
}

fn key_descriptor(usage: &str, pem: &str, methods: &[&str]) -> String {
    let body: String = pem.lines().filter(|line| !line.contains("---")).collect();
    let methods: String = methods
        .iter()
        .map(|uri| format!("<EncryptionMethod Algorithm=\"{uri}\"/>"))
        .collect();
    format!(
        "<KeyDescriptor use=\"{usage}\"><ds:KeyInfo><ds:X509Data><ds:X509Certificate>{body}\
         </ds:X509Certificate></ds:X509Data></ds:KeyInfo>{methods}</KeyDescriptor>"
    )
}

#[actix_web::test]
async fn every_choice_comes_back_and_can_be_changed_alone() {
    let app = TestApp::start().await;
    let pem = sp_pair(KeyAlgorithm::Rsa2048).certificate;
    let draft = json!({"spCertificates": [pem], "encryptAssertions": true, "encryptNameId": true,
        "encryptionAlgorithm": "AES-128-CBC", "keyTransportAlgorithm": "RSA-OAEP-SHA256"});
    let made = app.make("/connectors", &wiki(&draft)).await;
    let path = format!("/connectors/{}", made["id"].as_str().unwrap());
    for (name, value) in draft.as_object().unwrap() {
        assert_eq!(made[name], *value, "{name}");
    }
    for (name, value) in [
        ("encryptionAlgorithm", "AES-256-GCM"),
        ("encryptionAlgorithm", "AES-128-GCM"),
        ("encryptionAlgorithm", "AES-256-CBC"),
        ("keyTransportAlgorithm", "RSA-OAEP"),
    ] {
        let patched = app
            .patch(&path, &json!({ name: value }))
            .await
            .expect(200)
            .json();
        assert_eq!(patched[name], value);
        assert_eq!(
            patched["encryptAssertions"], true,
            "what is not named stays"
        );
    }
    // `null` is the default again.
    let cleared =
        json!({"encryptAssertions": null, "encryptNameId": null, "encryptionAlgorithm": null});
    let patched = app.patch(&path, &cleared).await.expect(200).json();
    assert_eq!(patched["encryptAssertions"], false);
    assert_eq!(patched["encryptNameId"], false);
    assert_eq!(patched["encryptionAlgorithm"], "AES-256-GCM");
}

#[actix_web::test]
async fn there_is_no_encryption_for_nobody() {
    let app = TestApp::start().await;
    let rsa = sp_pair(KeyAlgorithm::Rsa2048).certificate;
    let curve = sp_pair(KeyAlgorithm::EcdsaP256).certificate;
    for (field, certificates) in [
        ("encryptAssertions", json!([])),
        ("encryptNameId", json!([])),
        ("encryptAssertions", json!([{"pem": rsa, "use": "signing"}])),
        ("encryptAssertions", json!([curve])),
    ] {
        let draft = wiki(&json!({"spCertificates": certificates, field: true}));
        let refused = app.post("/connectors", &draft).await;
        let problem = refused.expect_problem(422, &format!("/{field}"));
        assert!(
            problem.to_string().contains("Add an RSA certificate"),
            "{problem}"
        );
    }
    assert_eq!(app.total("/connectors").await, 0);

    // One certificate alone suffices, without a use or for encryption.
    let alone = wiki(
        &json!({"spCertificates": [{"pem": rsa, "use": "encryption"}], "encryptAssertions": true}),
    );
    let made = app.make("/connectors", &alone).await;
    let path = format!("/connectors/{}", made["id"].as_str().unwrap());
    // Nor can it be taken away while it is needed, by whatever door.
    for patch in [
        json!({"spCertificates": []}),
        json!({"spCertificates": [{"pem": rsa, "use": "signing"}]}),
        json!({"metadataXml": metadata(&key_descriptor("signing", &rsa, &[]))}),
    ] {
        app.patch(&path, &patch)
            .await
            .expect_problem(422, "/encryptAssertions");
    }
    assert_eq!(app.get(&path).await.json(), made);
    let off = json!({"spCertificates": [], "encryptAssertions": false});
    app.patch(&path, &off).await.expect(200);
}

#[actix_web::test]
async fn metadata_says_what_the_service_provider_can_decrypt() {
    let app = TestApp::start().await;
    let rsa = sp_pair(KeyAlgorithm::Rsa2048).certificate;
    let cbc = ["http://www.w3.org/2001/04/xmlenc#aes128-cbc"];
    let xml = metadata(&key_descriptor("encryption", &rsa, &cbc));
    let draft = json!({"name": "Old", "metadataXml": xml, "encryptAssertions": true});
    let made = app.make("/connectors", &draft).await;
    assert_eq!(made["encryptionAlgorithm"], "AES-128-CBC");
    assert_eq!(made["warnings"], json!([]));
    let path = format!("/connectors/{}", made["id"].as_str().unwrap());

    // Who names an algorithm wins over the metadata.
    let named = json!({"metadataXml": xml, "encryptionAlgorithm": "AES-256-GCM"});
    let patched = app.patch(&path, &named).await.expect(200).json();
    assert_eq!(patched["encryptionAlgorithm"], "AES-256-GCM");

    let none = ["http://www.w3.org/2001/04/xmlenc#tripledes-cbc"];
    let xml = metadata(&key_descriptor("encryption", &rsa, &none));
    let patched = app
        .patch(&path, &json!({"metadataXml": xml}))
        .await
        .expect(200)
        .json();
    assert_eq!(patched["encryptionAlgorithm"], "AES-256-GCM");
    assert_eq!(patched["warnings"][0]["pointer"], "/metadataXml");
    let detail = patched["warnings"][0]["detail"].as_str().unwrap();
    assert!(detail.contains("may not be able to decrypt"), "{detail}");
}
