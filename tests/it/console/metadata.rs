//! The tab Metadata without a script: a difference shown, approved, and refused when it is no longer the one.

use serde_json::json;
use vestibule::domain::admin::AdminRole;
use vestibule::service::administrators::{self, NewAdministrator};
use vestibule::service::caller::terminal;

use crate::support::sp_document::{acs, document, document_of, named};
use crate::support::test_app::{PASSWORD, TestApp};
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
