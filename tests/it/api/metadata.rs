//! `/connectors/{id}/metadata`: the difference that new metadata makes is shown, then exactly that one applied.

use actix_web::http::Method;
use serde_json::{Value, json};

use crate::support::sp_document::{
    ENTITY_ID, acs, certificate, document, document_of, key, named, slo,
};
use crate::support::test_app::{Answer, TestApp};

const ACS: &str = "https://sp.example.com/acs";

struct Sp<'a> {
    app: &'a TestApp,
    path: String,
}

impl<'a> Sp<'a> {
    async fn made(app: &'a TestApp, xml: &str) -> Self {
        let draft = json!({"name": "Wiki", "metadataXml": xml,
            "attributeMappings": [{"spAttributeName": "team", "source": {"type": "GROUPS"}}]});
        let made = app.make("/connectors", &draft).await;
        Self {
            app,
            path: format!("/connectors/{}", made["id"].as_str().unwrap()),
        }
    }

    async fn difference(&self, xml: &str) -> Answer {
        let path = format!("{}/metadata/difference", self.path);
        self.app.post(&path, &json!({"metadataXml": xml})).await
    }

    async fn approve(&self, body: &Value) -> Answer {
        let path = format!("{}/metadata", self.path);
        self.app
            .send_text(Method::PUT, &path, &body.to_string())
            .await
    }

    async fn connector(&self) -> Value {
        self.app.get(&self.path).await.expect(200).json()
    }
}

fn told(difference: &Value) -> Vec<(String, String)> {
    let changes = difference["changes"].as_array().unwrap().iter();
    let word = |change: &Value, name: &str| change[name].as_str().unwrap().to_owned();
    changes
        .map(|change| (word(change, "subject"), word(change, "kind")))
        .collect()
}

/// SAML Metadata 2.4.4: endpoints with index and binding, keys by use, wishes.
#[actix_web::test]
async fn the_difference_names_each_value_and_changes_nothing_until_it_is_approved() {
    let app = TestApp::start().await;
    let (old, new) = (
        certificate("2027-01-01T00:00:00Z"),
        certificate("2037-01-01T00:00:00Z"),
    );
    let before = document(&format!(
        "{}{}{}",
        key("signing", &old),
        slo("https://sp.example.com/slo"),
        acs(ACS, 1)
    ));
    let sp = Sp::made(&app, &before).await;
    let after = document(&format!(
        "{}{}{}{}<md:ArtifactResolutionService/>",
        named("The Wiki"),
        key("encryption", &new),
        acs(ACS, 2),
        acs("https://sp.example.com/acs2", 3)
    ))
    .replace(
        "<md:SPSSODescriptor ",
        "<md:SPSSODescriptor AuthnRequestsSigned=\"true\" WantAssertionsSigned=\"true\" ",
    );
    let stored = sp.connector().await;
    let answer = sp.difference(&after).await.expect(200);
    assert_eq!(answer.header("etag"), "\"1\"");
    let difference = answer.json();
    let expected = [
        ("acsUrls", "CHANGED"),
        ("acsUrls", "ADDED"),
        ("sloUrls", "REMOVED"),
        ("spCertificates", "ADDED"),
        ("spCertificates", "REMOVED"),
        ("wantAuthnRequestsSigned", "CHANGED"),
        ("WantAssertionsSigned", "CHANGED"),
        ("DisplayName", "ADDED"),
        ("Logo", "ADDED"),
    ]
    .map(|(subject, kind)| (subject.to_owned(), kind.to_owned()));
    assert_eq!(told(&difference), expected);
    let changes = difference["changes"].as_array().unwrap();
    assert_eq!(changes[0]["before"]["index"], 1);
    assert_eq!(changes[0]["after"]["index"], 2);
    assert_eq!(changes[3]["after"]["notAfter"], "2037-01-01T00:00:00.000Z");
    assert_eq!(changes[3]["after"]["use"], "encryption");
    assert_eq!(changes[3]["after"]["subject"], "sp.example.com");
    assert_eq!(difference["description"]["offeredName"], "The Wiki");
    let ignored = difference["warnings"].to_string();
    assert!(ignored.contains("ArtifactResolutionService"), "{ignored}");
    assert_eq!(
        sp.connector().await,
        stored,
        "nothing is changed by looking"
    );

    let digest = &difference["digest"];
    let approval = json!({"metadataXml": after, "digest": digest, "takeName": true});
    let approved = sp.approve(&approval).await.expect(200).json();
    assert_eq!(approved["name"], "The Wiki");
    assert_eq!(approved["acsUrls"][0]["index"], 2);
    assert_eq!(approved["sloUrls"], json!([]));
    assert_eq!(approved["wantAuthnRequestsSigned"], true);
    assert_eq!(approved["attributeMappings"], stored["attributeMappings"]);
    let kept = app.get(&format!("{}/metadata", sp.path)).await.expect(200);
    assert_eq!(kept.json()["metadataXml"], after.as_str());

    let events = app.get("/audit?kind=connector.metadata_updated").await;
    let event = &events.expect(200).json()["items"][0];
    let lines = |side: &str| event[side]["spCertificates"].to_string();
    assert!(lines("before").contains("signing ") && lines("after").contains("encryption "));
    assert_ne!(event["before"]["metadata"], event["after"]["metadata"]);
}

#[actix_web::test]
async fn only_the_difference_that_was_shown_is_applied() {
    let app = TestApp::start().await;
    let sp = Sp::made(&app, &document(&acs(ACS, 1))).await;
    let new = document(&acs(ACS, 2));
    let shown = sp.difference(&new).await.expect(200).json();
    let approval = |xml: &str| json!({"metadataXml": xml, "digest": shown["digest"]});

    // Another metadata under the digest of the one that was shown.
    let evil = document(&acs("https://evil.example.com/acs", 2));
    let refused = sp.approve(&approval(&evil)).await;
    refused.expect_problem(409, "/digest");
    // The application changed in between, by whatever it was.
    app.patch(&sp.path, &json!({"defaultRelayState": "/start"}))
        .await
        .expect(200);
    let problem = sp.approve(&approval(&new)).await;
    let problem = problem.expect_problem(409, "/digest");
    let detail = problem["errors"][0]["detail"].as_str().unwrap();
    assert!(detail.starts_with("The application or the metadata changed"));
    assert_eq!(sp.connector().await["acsUrls"][0]["index"], 1);

    let path = format!("{}/metadata", sp.path);
    let again = sp.difference(&new).await.expect(200).json();
    let body = json!({"metadataXml": new, "digest": again["digest"]}).to_string();
    let request = app.request_as(
        vestibule::domain::admin::AdminRole::Administrator,
        &Method::PUT,
        &path,
    );
    let request = request
        .insert_header(("content-type", "application/json"))
        .insert_header(("if-match", "\"1\""))
        .set_payload(body);
    app.send(request).await.expect_problem(412, "");
    let body = json!({"metadataXml": new, "digest": again["digest"]});
    sp.approve(&body).await.expect(200);
    // Once: the version it was for is gone.
    sp.approve(&body).await.expect_problem(409, "/digest");
}

/// SAML Metadata 2.3.2: the entityID names the entity; another one is another service provider.
#[actix_web::test]
async fn metadata_of_another_entity_is_refused_plainly() {
    let app = TestApp::start().await;
    let sp = Sp::made(&app, &document(&acs(ACS, 1))).await;
    let other = document_of("https://other.example.com", "", &acs(ACS, 1));
    let problem = sp
        .difference(&other)
        .await
        .expect_problem(422, "/metadataXml");
    let detail = problem["errors"][0]["detail"].as_str().unwrap();
    assert!(detail.contains("https://other.example.com") && detail.contains(ENTITY_ID));
    let approval = json!({"metadataXml": other, "digest": ""});
    sp.approve(&approval)
        .await
        .expect_problem(422, "/metadataXml");
}

#[actix_web::test]
async fn what_differs_in_nothing_has_nothing_to_approve() {
    let app = TestApp::start().await;
    let xml = document(&acs(ACS, 1));
    let sp = Sp::made(&app, &xml).await;
    let same = sp.difference(&xml).await.expect(200).json();
    assert_eq!(same["hasSomething"], false);
    assert_eq!(same["changes"], json!([]));
    // Another spelling of the same is kept as the source, and changes no setting.
    let spelt = format!("<!-- new -->{xml}");
    let difference = sp.difference(&spelt).await.expect(200).json();
    assert_eq!(difference["hasSomething"], true);
    assert_eq!(difference["changes"], json!([]));
    // What was typed by hand since is part of the difference too.
    let typed = json!({"acsUrls": [{"url": "https://sp.example.com/typed"}]});
    app.patch(&sp.path, &typed).await.expect(200);
    let difference = sp.difference(&xml).await.expect(200).json();
    let expected = [("acsUrls", "ADDED"), ("acsUrls", "REMOVED")]
        .map(|(subject, kind)| (subject.to_owned(), kind.to_owned()));
    assert_eq!(told(&difference), expected);
}

/// sstc-saml-metadata-ui 2.1.1: DisplayName is the name people know.
#[actix_web::test]
async fn the_name_in_the_metadata_is_taken_where_none_is_given() {
    let app = TestApp::start().await;
    let xml = document(&format!("{}{}", named("The &lt;b&gt; Wiki"), acs(ACS, 1)));
    let made = app.make("/connectors", &json!({"metadataXml": xml})).await;
    assert_eq!(made["name"], "The <b> Wiki");
    let nameless = document_of("https://other.example.com", "", &acs(ACS, 1));
    app.post("/connectors", &json!({"metadataXml": nameless}))
        .await
        .expect_problem(422, "/name");
}
