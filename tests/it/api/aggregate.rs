//! `/metadata-aggregates`: one service provider found among thousands, and an application made of it.

use actix_web::http::Method;
use serde_json::{Value, json};
use vestibule::domain::admin::AdminRole;

use crate::support::sp_document::{acs, document_of, named};
use crate::support::test_app::{Answer, TestApp};

/// Every tenth is an identity provider, which nobody can sign on to from here.
fn aggregate(entities: usize) -> String {
    let mut xml = String::from(
        r#"<?xml version="1.0" encoding="UTF-8"?><md:EntitiesDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" Name="urn:federation"><md:Extensions><x xmlns="urn:x"/></md:Extensions>"#,
    );
    for number in 0..entities {
        let id = format!("https://sp{number}.example.com/metadata");
        let role = format!(
            "{}{}",
            named(&format!("Service Nr. {number}")),
            acs(&format!("https://sp{number}.example.com/acs"), 1)
        );
        let entity = document_of(&id, "", &role);
        let entity = if number % 10 == 9 {
            entity.replace("SPSSODescriptor", "IDPSSODescriptor")
        } else {
            entity
        };
        // Half of them in a group of their own.
        if number == entities / 2 {
            xml.push_str("<md:EntitiesDescriptor>");
        }
        xml.push_str(&entity);
    }
    xml.push_str("</md:EntitiesDescriptor></md:EntitiesDescriptor>");
    xml
}

async fn search(app: &TestApp, query: &str, xml: &str) -> Answer {
    let path = format!("/metadata-aggregates{query}");
    let request = app
        .request_as(AdminRole::Manager, &Method::POST, &path)
        .insert_header(("content-type", "application/samlmetadata+xml"))
        .set_payload(xml.to_owned());
    app.send(request).await
}

fn names(list: &Value) -> Vec<&str> {
    let items = list["items"].as_array().unwrap().iter();
    items.map(|item| item["name"].as_str().unwrap()).collect()
}

/// SAML Metadata 2.3.1.
#[actix_web::test]
async fn one_of_thousands_is_found_and_made_an_application() {
    let app = TestApp::start().await;
    let xml = aggregate(3_000);
    let all = search(&app, "?limit=2", &xml).await.expect(200).json();
    assert_eq!(all["total"], 2_700, "identity providers are left out");
    assert_eq!(names(&all), ["Service Nr. 0", "Service Nr. 1"]);
    let next = format!("?limit=2&cursor={}", all["next"].as_str().unwrap());
    let second = search(&app, &next, &xml).await.expect(200).json();
    assert_eq!(names(&second), ["Service Nr. 2", "Service Nr. 3"]);

    let found = search(&app, "?q=nr.%20270", &xml).await.expect(200).json();
    assert_eq!(found["total"], 10, "270 and 2700 to 2708");
    let filter = "?entityId=https://sp2708.example.com/metadata";
    let one = search(&app, filter, &xml).await.expect(200).json();
    assert_eq!(names(&one), ["Service Nr. 2708"]);
    assert_eq!(one["items"][0]["connectorId"], Value::Null);
    let draft = json!({"metadataXml": one["items"][0]["metadataXml"]});
    let made = app.make("/connectors", &draft).await;
    assert_eq!(made["name"], "Service Nr. 2708");
    assert_eq!(made["spEntityId"], "https://sp2708.example.com/metadata");
    let again = search(&app, filter, &xml).await.expect(200).json();
    assert_eq!(again["items"][0]["connectorId"], made["id"]);
}

#[actix_web::test]
async fn what_is_no_aggregate_is_refused() {
    let app = TestApp::start().await;
    for (xml, said) in [
        ("", "neither EntitiesDescriptor"),
        ("<html/>", "neither EntitiesDescriptor"),
        (
            "<md:EntitiesDescriptor xmlns:md='urn:oasis:names:tc:SAML:2.0:metadata'>",
            "well-formed",
        ),
    ] {
        let problem = search(&app, "", xml).await.expect_problem(422, "");
        let detail = problem["errors"][0]["detail"].as_str().unwrap();
        assert!(detail.contains(said), "{detail}");
    }
    let request = app
        .request_as(AdminRole::Manager, &Method::POST, "/metadata-aggregates")
        .insert_header(("content-type", "application/json"))
        .set_payload("{}");
    app.send(request).await.expect_problem(415, "");
    let answer = search(&app, "?colour=red", "").await;
    assert!((400..500).contains(&answer.status), "{}", answer.text());
}
