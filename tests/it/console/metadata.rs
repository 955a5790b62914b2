//! The tab Metadata without a script: a difference shown, approved, and refused when it is no longer the one.

use serde_json::json;
use vestibule::domain::admin::AdminRole;
use vestibule::service::administrators::{self, NewAdministrator};
use vestibule::service::caller::terminal;

use crate::support::sp_document::{acs, certificate, document, document_of, named};
use crate::support::test_app::{PASSWORD, TestApp};
use crate::support::tls_site::{Answer, HOST, TlsSite};
use crate::support::visitor::{Visitor, field, form_with_file};

const ACS: &str = "https://sp.example.com/acs";
const HOSTILE: &str = "&lt;img src=x onerror=alert(1)&gt;";

async fn signed_in(app: &TestApp, role: AdminRole) -> Visitor<'_> {
    let new = NewAdministrator {
        username: role.as_str().to_owned(),
        email: format!("{}@example.com", role.as_str()),
        role: role.as_str().to_owned(),
        password: Some(PASSWORD.into()),
    };
    administrators::create(&app.env, &terminal(), &new).unwrap();
    let visitor = Visitor::new(app);
    visitor.sign_in(role.as_str(), PASSWORD).await;
    visitor
}

async fn made(app: &TestApp) -> (String, String) {
    let draft = json!({"name": "Wiki", "metadataXml": document(&acs(ACS, 1))});
    let made = app.make("/connectors", &draft).await;
    let id = made["id"].as_str().unwrap().to_owned();
    (format!("/admin/connectors/{id}/metadata"), id)
}

#[actix_web::test]
async fn a_file_is_compared_and_approved_without_a_script() {
    let app = TestApp::start().await;
    let (path, id) = made(&app).await;
    let visitor = signed_in(&app, AdminRole::Manager).await;
    let page = visitor.get(&path).await.expect(200).text();
    let token = field(&page, "csrf_token");
    // The octets of a file are kept, its line ends too.
    let new = document(&format!("{}\r\n{}", named(HOSTILE), acs(ACS, 2)));
    let fields = [("csrf_token", token.as_str()), ("metadata", "")];
    let compared = visitor
        .send(form_with_file(&path, &fields, new.as_bytes()))
        .await
        .expect(200)
        .text();
    // ESCAPE-EVERYWHERE: a stranger's name is text.
    assert!(!compared.contains("<img src=x"), "{compared}");
    assert!(compared.contains("index 2") && compared.contains("Approve this difference"));
    let approval = [
        ("csrf_token", token.as_str()),
        ("version", &field(&compared, "version")),
        ("digest", &field(&compared, "digest")),
        ("source", &field(&compared, "source")),
        ("take-name", "yes"),
    ];
    let approve = format!("{path}/approve");
    visitor.post(&approve, &approval).await.expect(303);
    let stored = app.get(&format!("/connectors/{id}")).await.json();
    assert_eq!(stored["name"], "<img src=x onerror=alert(1)>");
    assert_eq!(stored["acsUrls"][0]["index"], 2);
    let kept = app.get(&format!("/connectors/{id}/metadata")).await.json();
    assert_eq!(kept["metadataXml"], new.as_str());
    // NO-CALL-OUT: the browser is not made to load the logo either.
    let page = visitor.get(&path).await.expect(200).text();
    assert!(page.contains("https://tracker.example.com/logo.png"));
    assert!(!page.contains("src=\"https://tracker") && !page.contains("href=\"https://tracker"));

    // Sent again, it is for a version that is gone: the new difference is shown instead.
    let again = visitor.post(&approve, &approval).await.expect(412).text();
    assert!(again.contains("The application changed since this difference was shown."));
}

#[actix_web::test]
async fn what_cannot_be_compared_is_told_at_the_field_and_what_was_typed_stays() {
    let app = TestApp::start().await;
    let (path, _) = made(&app).await;
    let visitor = signed_in(&app, AdminRole::Administrator).await;
    let token = field(&visitor.get(&path).await.expect(200).text(), "csrf_token");
    let other = document_of("https://other.example.com", "", &acs(ACS, 1));
    for (typed, said) in [
        ("", "the document has no root element"),
        (other.as_str(), "metadata of another service provider"),
    ] {
        let fields = [("csrf_token", token.as_str()), ("metadata", typed)];
        let page = visitor.send(form_with_file(&path, &fields, b"")).await;
        let page = page.expect(422).text();
        assert!(page.contains(said), "{page}");
        assert!(!page.contains("Approve this difference"));
    }
    let fields = [("csrf_token", token.as_str())];
    let page = visitor
        .send(form_with_file(&path, &fields, b"<\xE4/>"))
        .await;
    assert!(
        page.expect(422)
            .text()
            .contains("the document is not UTF-8")
    );
    let no_token = form_with_file(&path, &[("metadata", "")], b"");
    visitor.send(no_token).await.expect(403);
}

#[actix_web::test]
async fn who_may_only_look_sees_no_form() {
    let app = TestApp::start().await;
    let (path, _) = made(&app).await;
    let visitor = signed_in(&app, AdminRole::ReadOnly).await;
    let page = visitor.get(&path).await.expect(200).text();
    assert!(page.contains("What its metadata says"));
    assert!(!page.contains("Show the difference"));
}

/// The form of an aggregate ends with its file; what is picked fills the form of a new application.
#[actix_web::test]
async fn one_of_many_is_picked_without_a_script() {
    let app = TestApp::start().await;
    let visitor = signed_in(&app, AdminRole::Manager).await;
    let path = "/admin/connectors/aggregate";
    let token = field(&visitor.get(path).await.expect(200).text(), "csrf_token");
    let entity = |number: usize| {
        let role = format!("{}{}", named(&format!("Wiki {number}")), acs(ACS, 1));
        document_of(&format!("https://sp{number}.example.com"), "", &role)
    };
    let entities: String = (0..40).map(entity).collect();
    let xml = format!(
        "<md:EntitiesDescriptor xmlns:md=\"urn:oasis:names:tc:SAML:2.0:metadata\">{entities}</md:EntitiesDescriptor>"
    );
    let fields = [("csrf_token", token.as_str()), ("q", "wiki 3")];
    let found = visitor
        .send(form_with_file(path, &fields, xml.as_bytes()))
        .await
        .expect(200)
        .text();
    assert!(found.contains("11 service providers found"), "{found}");
    let picked = [
        ("csrf_token", token.as_str()),
        ("source", &field(&found, "source")),
        ("name", &field(&found, "name")),
    ];
    let form = visitor.post(&format!("{path}/pick"), &picked).await;
    let form = form.expect(200).text();
    assert_eq!(field(&form, "name"), "Wiki 3");
    assert!(form.contains("entityID=&#34;https://sp3.example.com&#34;"));
    assert_eq!(app.total("/connectors").await, 0, "nothing is made yet");

    let nothing = visitor.send(form_with_file(path, &fields, b"")).await;
    assert!(nothing.expect(422).text().contains("Choose a file."));
    let no_token = form_with_file(path, &[("q", "")], xml.as_bytes());
    visitor.send(no_token).await.expect(403);
}

/// SAML Metadata 2.4.4.2: what is asked for is offered as a row, and nothing is given by itself.
#[actix_web::test]
async fn what_the_metadata_asks_for_is_offered_as_a_row() {
    let app = TestApp::start().await;
    let asked = r#"<md:AttributeConsumingService index="0"><md:ServiceName xml:lang="en">Wiki</md:ServiceName><md:RequestedAttribute Name="urn:oid:2.5.4.42" NameFormat="urn:oasis:names:tc:SAML:2.0:attrname-format:uri" FriendlyName="givenName" isRequired="true"/></md:AttributeConsumingService>"#;
    let draft =
        json!({"name": "Wiki", "metadataXml": document(&format!("{}{asked}", acs(ACS, 1)))});
    let made = app.make("/connectors", &draft).await;
    assert_eq!(made["attributeMappings"], json!([]));
    let warned = made["warnings"].to_string();
    assert!(warned.contains("urn:oid:2.5.4.42"), "{warned}");
    let path = format!("/admin/connectors/{}/sso", made["id"].as_str().unwrap());
    let visitor = signed_in(&app, AdminRole::Manager).await;
    let page = visitor.get(&path).await.expect(200).text();
    assert!(page.contains("value=\"offer:0\"") && page.contains("givenName"));
    let token = field(&page, "csrf_token");
    let fields = [("csrf_token", token.as_str()), ("do", "offer:0")];
    let page = visitor.post(&path, &fields).await.expect(200).text();
    assert_eq!(field(&page, "attribute-0-name"), "urn:oid:2.5.4.42");
    assert!(page.contains("<option value=\"URI\" selected>"));
    assert!(!page.contains("value=\"offer:0\""), "it is offered once");
}

#[actix_web::test]
async fn the_end_of_a_certificate_is_told_on_the_list_and_on_the_application() {
    let app = TestApp::start().await;
    let old = certificate("2026-01-01T00:00:00Z");
    let draft = json!({"name": "Old", "spEntityId": "urn:old", "spCertificates": [old],
        "acsUrls": [{"url": ACS}]});
    let made = app.make("/connectors", &draft).await;
    let warned = made["warnings"].to_string();
    assert!(warned.contains("ended on 2026-01-01"), "{warned}");
    let visitor = signed_in(&app, AdminRole::ReadOnly).await;
    let list = visitor.get("/admin/connectors").await.expect(200).text();
    assert!(list.contains("Certificate ended"));
    let page = format!("/admin/connectors/{}", made["id"].as_str().unwrap());
    let page = visitor.get(&page).await.expect(200).text();
    assert!(page.contains("ended on 2026-01-01"));
}

/// NO-CALL-OUT on the page: offered to administrators where a host is allowed, shown as a difference, remembered by
/// approval, forgotten by a button.
#[actix_web::test]
async fn no_call_out_an_address_is_fetched_compared_and_remembered_on_the_page() {
    let new = document(&acs(ACS, 2));
    let site = TlsSite::start(Answer::of("200 OK", "", &new));
    let app = TestApp::start_with(site.outbound()).await;
    let (path, id) = made(&app).await;
    let url = format!("https://{HOST}:{}/metadata", site.address.port());
    let manager = signed_in(&app, AdminRole::Manager).await;
    let page = manager.get(&path).await.expect(200).text();
    assert!(!page.contains("metadata-url"), "for administrators only");
    let fields = |token: &str, button: &str| {
        let url = url.as_str();
        let fields = [("csrf_token", token), ("metadata-url", url), ("do", button)];
        form_with_file(&path, &fields, b"")
    };
    let token = field(&page, "csrf_token");
    manager.send(fields(&token, "fetch")).await.expect(403);
    assert_eq!(site.asked(), 0);

    let visitor = signed_in(&app, AdminRole::Administrator).await;
    let page = visitor.get(&path).await.expect(200).text();
    assert!(page.contains("Fetch and show the difference"));
    let token = field(&page, "csrf_token");
    let compared = visitor
        .send(fields(&token, "fetch"))
        .await
        .expect(200)
        .text();
    assert!(compared.contains("index 2") && compared.contains("Remember the address"));
    let approval = [
        ("csrf_token", token.as_str()),
        ("version", &field(&compared, "version")),
        ("digest", &field(&compared, "digest")),
        ("source", &field(&compared, "source")),
        ("metadata-url", &url),
        ("remember", "yes"),
    ];
    visitor
        .post(&format!("{path}/approve"), &approval)
        .await
        .expect(303);
    let kept = app.get(&format!("/connectors/{id}/metadata")).await.json();
    assert_eq!(kept["metadataUrl"], url);
    let page = visitor.get(&path).await.expect(200).text();
    assert_eq!(field(&page, "metadata-url"), url);
    visitor.send(fields(&token, "forget")).await.expect(303);
    let kept = app.get(&format!("/connectors/{id}/metadata")).await.json();
    assert_eq!(kept["metadataUrl"], json!(null));
    assert_eq!(site.asked(), 1);
}
