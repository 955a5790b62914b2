//! `/connectors`, `/connector-templates`, bindings.

use serde_json::{Value, json};

use crate::support::test_app::{BASE_URL, TestApp};

fn id(resource: &Value) -> &str {
    resource["id"].as_str().unwrap()
}

fn wiki() -> Value {
    json!({"name": "The Wiki", "spEntityId": "https://wiki.example.com",
           "acsUrls": [{"url": "https://wiki.example.com/acs", "index": 0, "isDefault": true}]})
}

const METADATA: &str = r#"<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="https://meta.example.com"><SPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol"><SingleLogoutService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="https://meta.example.com/slo"/><AssertionConsumerService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="https://meta.example.com/acs" index="1" isDefault="true"/></SPSSODescriptor></EntityDescriptor>"#;

#[actix_web::test]
async fn a_new_connector_shows_every_field_of_the_contract() {
    let app = TestApp::start().await;
    let answer = app.post("/connectors", &wiki()).await.expect(201);
    let made = answer.json();
    assert_eq!(
        answer.header("location"),
        format!("{BASE_URL}/api/v1/connectors/{}", id(&made))
    );
    assert_eq!(answer.header("etag"), "\"1\"");
    assert_eq!(
        made,
        json!({"id": made["id"], "name": "The Wiki", "slug": "the-wiki", "status": "ACTIVE",
               "template": null, "spEntityId": "https://wiki.example.com",
               "acsUrls": [{"url": "https://wiki.example.com/acs", "binding": "HTTP-POST",
                            "index": 0, "isDefault": true}],
               "sloUrls": [], "spCertificates": [], "wantAuthnRequestsSigned": false,
               "nameId": {"source": "email",
                          "format": "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress"},
               "sign": "ASSERTION", "signatureAlgorithm": "RSA-SHA256", "encryptAssertions": false,
               "encryptionAlgorithm": "AES-256-GCM", "keyTransportAlgorithm": "RSA-OAEP",
               "encryptNameId": false, "defaultRelayState": "", "loginUrl": "",
               "requireMfa": false,
               "accessConditions": {"networks": [], "signInMaxAgeMinutes": null, "deniedText": "", "helpUrl": ""},
               "attributeMappings": [], "groups": [], "warnings": []})
    );
    assert_eq!(
        app.get(&format!("/connectors/{}", id(&made))).await.json(),
        made
    );
}

#[actix_web::test]
async fn mappings_and_endpoints_can_be_read_and_sent_back() {
    let app = TestApp::start().await;
    let mut draft = wiki();
    draft["attributeMappings"] = json!([
        {"spAttributeName": "mail", "source": {"type": "USER_FIELD", "field": "email"}},
        {"spAttributeName": "team", "nameFormat": "URI", "source": {"type": "CUSTOM", "path": "otherInfo.role"}},
        {"spAttributeName": "env", "source": {"type": "CONSTANT", "value": "prod"}},
        {"spAttributeName": "memberOf", "source": {"type": "GROUPS"}}]);
    draft["sloUrls"] = json!([{"url": "https://wiki.example.com/slo", "binding": "HTTP-REDIRECT",
                               "responseUrl": "https://wiki.example.com/slo/back"}]);
    let made = app.make("/connectors", &draft).await;
    let formats: Vec<&Value> = made["attributeMappings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|mapping| &mapping["nameFormat"])
        .collect();
    assert_eq!(formats, ["BASIC", "URI", "BASIC", "BASIC"]);
    let path = format!("/connectors/{}", id(&made));
    for field in ["attributeMappings", "sloUrls", "acsUrls", "nameId"] {
        let answer = app
            .patch(&path, &json!({field: made[field]}))
            .await
            .expect(200)
            .json();
        assert_eq!(answer[field], made[field]);
    }
}

#[actix_web::test]
async fn metadata_fills_what_it_knows_and_may_be_changed_later() {
    let app = TestApp::start().await;
    let made = app
        .make(
            "/connectors",
            &json!({"name": "Meta", "metadataXml": METADATA}),
        )
        .await;
    assert_eq!(made["spEntityId"], "https://meta.example.com");
    assert_eq!(made["acsUrls"][0]["url"], "https://meta.example.com/acs");
    assert_eq!(made["sloUrls"][0]["binding"], "HTTP-REDIRECT");
    assert!(made.get("metadataXml").is_none());
    let both =
        json!({"name": "Both", "metadataXml": METADATA, "spEntityId": "https://x.example.com"});
    app.post("/connectors", &both)
        .await
        .expect_problem(422, "/spEntityId");
    let path = format!("/connectors/{}", id(&made));
    let acs = json!({"acsUrls": [{"url": "https://other.example.com/acs"}]});
    let patched = app.patch(&path, &acs).await.expect(200).json();
    assert_eq!(
        patched["acsUrls"][0]["url"],
        "https://other.example.com/acs"
    );
    assert_eq!(patched["spEntityId"], "https://meta.example.com");
    let url = json!({"name": "By URL", "metadataUrl": "https://meta.example.com/metadata"});
    app.post("/connectors", &url)
        .await
        .expect_problem(422, "/metadataUrl");
}

#[actix_web::test]
async fn what_comes_later_is_refused_never_stored() {
    let app = TestApp::start().await;
    for (field, value) in [
        ("encryptionAlgorithm", json!("AES-192-CBC")),
        ("keyTransportAlgorithm", json!("RSA-1_5")),
        ("requireMfa", json!("yes")),
        ("sign", json!("NOTHING")),
        ("signatureAlgorithm", json!("RSA-SHA1")),
        ("status", json!("active")),
        ("slug", json!("Not A Slug")),
        ("template", json!("no-such-template")),
    ] {
        let mut draft = wiki();
        draft[field] = value;
        app.post("/connectors", &draft)
            .await
            .expect_problem(422, &format!("/{field}"));
    }
    assert_eq!(app.total("/connectors").await, 0);
}

#[actix_web::test]
async fn a_template_fills_what_is_left_out() {
    let app = TestApp::start().await;
    let templates = app.get("/connector-templates").await.expect(200).json();
    let ids: Vec<&Value> = templates["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|template| &template["id"])
        .collect();
    assert!(ids.contains(&&json!("aws-iam")), "{ids:?}");
    for template in templates["items"].as_array().unwrap() {
        for field in ["id", "name", "defaults", "checks"] {
            assert!(template.get(field).is_some(), "{field}");
        }
    }
    let one = app.get("/connector-templates?id=aws-iam").await.json();
    assert_eq!(one["total"], 1);
    let made = app
        .make(
            "/connectors",
            &json!({"name": "AWS", "template": "aws-iam"}),
        )
        .await;
    assert_eq!(made["template"], "aws-iam");
    assert_eq!(made["spEntityId"], "urn:amazon:webservices");
    assert_eq!(
        made["acsUrls"][0]["url"],
        "https://signin.aws.amazon.com/saml"
    );
}

/// What only the customer knows is replaced, by hand or by metadata, before anything is saved.
#[actix_web::test]
async fn templates_are_not_saved_with_their_placeholders() {
    let app = TestApp::start().await;
    let mut zoom = json!({"name": "Zoom", "template": "zoom"});
    for pointer in ["/spEntityId", "/acsUrls/0/url"] {
        app.post("/connectors", &zoom)
            .await
            .expect_problem(422, pointer);
    }
    zoom["spEntityId"] = json!("https://example.zoom.us");
    app.post("/connectors", &zoom)
        .await
        .expect_problem(422, "/acsUrls/0/url");
    zoom["acsUrls"] = json!([{"url": "https://example.zoom.us/saml/SSO"}]);
    let made = app.make("/connectors", &zoom).await;
    assert_eq!(made["spEntityId"], "https://example.zoom.us");
    assert_eq!(
        made["attributeMappings"][0]["spAttributeName"],
        "urn:oid:0.9.2342.19200300.100.1.3"
    );
    let slack = json!({"name": "Slack", "template": "slack", "metadataXml": METADATA});
    let made = app.make("/connectors", &slack).await;
    assert_eq!(made["spEntityId"], "https://meta.example.com");
}

#[actix_web::test]
async fn names_slugs_and_entity_ids_are_taken_once() {
    let app = TestApp::start().await;
    app.make("/connectors", &wiki()).await;
    app.post("/connectors", &wiki())
        .await
        .expect_problem(409, "/spEntityId");
    let mut other = wiki();
    other["spEntityId"] = json!("https://other.example.com");
    other["slug"] = json!("the-wiki");
    app.post("/connectors", &other)
        .await
        .expect_problem(409, "/slug");
}

#[actix_web::test]
async fn a9_a_group_is_bound_and_unbound_and_doing_it_twice_is_no_fault() {
    let app = TestApp::start().await;
    let connector = app.make("/connectors", &wiki()).await;
    let group = app.make("/groups", &json!({"name": "Team-A"})).await;
    let path = format!("/connectors/{}", id(&connector));
    let binding = format!("{path}/groups/{}", id(&group));
    for _ in 0..2 {
        assert_eq!(app.put(&binding).await.expect(204).body, b"");
    }
    let bound = app.get(&path).await.json();
    assert_eq!(
        bound["groups"],
        json!([{"id": group["id"], "name": "Team-A"}])
    );
    assert_eq!(app.total("/audit?kind=connector.group_bound").await, 1);
    for _ in 0..2 {
        app.delete(&binding).await.expect(204);
    }
    app.put(&format!("{path}/groups/nothing"))
        .await
        .expect_problem(404, "");
    app.put(&format!("/connectors/nothing/groups/{}", id(&group)))
        .await
        .expect_problem(404, "");
}

#[actix_web::test]
async fn metadata_may_be_large_and_nothing_else() {
    let app = TestApp::start().await;
    let padding = |bytes: usize| format!("<!--{}-->{METADATA}", "x".repeat(bytes));
    let large = json!({"name": "Large", "metadataXml": padding(1024 * 1024)});
    app.post("/connectors", &large).await.expect(201);
    let larger = json!({"name": "Larger", "metadataXml": padding(2 * 1024 * 1024)});
    app.post("/connectors", &larger)
        .await
        .expect_problem(413, "");
    let elsewhere = json!({"name": "x".repeat(600 * 1024)});
    app.post("/connectors", &elsewhere)
        .await
        .expect_problem(413, "");
    assert_eq!(app.total("/connectors").await, 1);
}
