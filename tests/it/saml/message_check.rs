//! A pasted message is judged as at the door, and nothing comes of it.

use chrono::Duration;
use serde_json::{Value, json};
use vestibule::saml::base64_text;

use crate::saml::flight_recorder::{address, request, signed_address};
use crate::saml::logout::messages::Question;
use crate::saml::logout::world::{Sp, World};
use crate::support::test_app::TestApp;
use crate::support::visitor::field;

async fn check(app: &TestApp, sp: &Sp, text: &str) -> Value {
    let path = format!("/connectors/{}/check", sp.id);
    app.post(&path, &json!({ "message": text }))
        .await
        .expect(200)
        .json()
}

/// The check at which it failed.
fn failed(checked: &Value) -> Option<&str> {
    let verdicts = checked["verdicts"].as_array().unwrap();
    let found = verdicts.iter().find(|one| one["finding"] == "FAILED");
    assert_eq!(checked["isGood"], found.is_none(), "{checked}");
    found.map(|one| one["check"].as_str().unwrap())
}

/// How much there is of everything that a message could leave behind.
async fn traces(world: &World, sp: &Sp) -> (i64, i64) {
    let audit = world.app.total("/audit").await;
    let path = format!("/connectors/{}/exchanges", sp.id);
    (audit, world.app.total(&path).await)
}

#[actix_web::test]
async fn a_request_is_checked_in_every_form_and_leaves_nothing_behind() {
    for world in World::each().await {
        let (app, sp) = (&world.app, &world.wiki);
        let destination = " Destination=\"http://localhost:8080/saml/sso\"";
        let xml = request(&world, sp, "_1", (destination, ""));
        let before = traces(&world, sp).await;
        let signed = signed_address(sp, &xml);
        let forms = [
            xml.clone(),
            base64_text::encode(xml.as_bytes()),
            format!("http://localhost:8080{}", address(&xml)),
            format!("http://localhost:8080{signed}"),
            signed.split_once('?').unwrap().1.to_owned(),
        ];
        for text in &forms {
            let checked = check(app, sp, text).await;
            assert_eq!(checked["message"], "AuthnRequest", "{checked}");
            assert_eq!(failed(&checked), None, "{checked}");
            assert_eq!(checked["xml"], xml);
        }
        let is_signed = check(app, sp, &forms[4]).await["verdicts"][0].clone();
        assert_eq!(
            (&is_signed["check"], &is_signed["finding"]),
            (&json!("SIGNATURE"), &json!("PASSED"))
        );
        assert_eq!(traces(&world, sp).await, before);

        // It can still be answered, and then it says that it was.
        let visitor = world.jason().await;
        visitor.get(&signed).await.expect(200);
        assert_eq!(failed(&check(app, sp, &signed).await), Some("REPLAY"));
        // Against another connector: it is not theirs.
        assert_eq!(
            failed(&check(app, &world.pay, &signed).await),
            Some("SIGNATURE")
        );
        assert_eq!(failed(&check(app, &world.pay, &xml).await), Some("ISSUER"));
        world.wait(Duration::minutes(6));
        assert_eq!(failed(&check(app, sp, &xml).await), Some("ISSUE_INSTANT"));
    }
}

#[actix_web::test]
async fn a_logout_request_is_checked_without_ending_anything() {
    for world in World::each().await {
        let (app, sp) = (&world.app, &world.wiki);
        let visitor = world.jason().await;
        let held = world.sign_on(&visitor, sp).await;
        let before = traces(&world, sp).await;
        let question = Question::about(&world, sp, &held, "_q");
        let good = check(app, sp, &question.signed(sp)).await;
        assert_eq!(good["message"], "LogoutRequest");
        assert_eq!(failed(&good), None, "{good}");
        let url = format!("http://localhost:8080{}", question.redirect(sp, Some("r")));
        assert_eq!(failed(&check(app, sp, &url).await), None);
        assert_eq!(
            failed(&check(app, sp, &question.xml("")).await),
            Some("SIGNATURE_REQUIRED")
        );
        let other = Question {
            session_indexes: vec!["_other".to_owned()],
            ..question.clone()
        };
        assert_eq!(
            failed(&check(app, sp, &other.signed(sp)).await),
            Some("PRINCIPAL")
        );
        assert_eq!(traces(&world, sp).await, before);
        // Not consumed: it is carried out when it comes.
        visitor.get(&question.redirect(sp, None)).await.expect(303);
        assert_eq!(
            failed(&check(app, sp, &question.signed(sp)).await),
            Some("REPLAY")
        );
    }
}

#[actix_web::test]
async fn a_response_of_ours_is_checked_as_its_service_provider_would() {
    let world = World::start().await;
    let (app, sp) = (&world.app, &world.wiki);
    let visitor = world.jason().await;
    for sign in ["ASSERTION", "RESPONSE", "BOTH"] {
        world.set(sp, json!({ "sign": sign })).await;
        let page = visitor.get("/saml/start/wiki").await.expect(200).text();
        let response = field(&page, "SAMLResponse");
        let checked = check(app, sp, &response).await;
        assert_eq!(checked["message"], "Response");
        assert_eq!(failed(&checked), None, "{sign}: {checked}");
        let xml = checked["xml"].as_str().unwrap();
        let changed = xml.replace("jason@example.com", "maria@example.com");
        assert_eq!(
            failed(&check(app, sp, &changed).await),
            Some("SIGNATURE"),
            "{sign}"
        );
        assert_eq!(
            failed(&check(app, &world.pay, xml).await),
            Some("DESTINATION"),
            "{sign}"
        );
    }
    let page = visitor.get("/saml/start/wiki").await.expect(200).text();
    let response = field(&page, "SAMLResponse");
    world.wait(Duration::minutes(6));
    assert_eq!(failed(&check(app, sp, &response).await), Some("VALIDITY"));
}

#[actix_web::test]
async fn quiet_4xx_what_is_no_message_is_told_as_such() {
    let world = World::start().await;
    let (app, sp) = (&world.app, &world.wiki);
    let doctype =
        "<!DOCTYPE x><samlp:AuthnRequest xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\"/>";
    for text in [
        "",
        "hello",
        "<a/>",
        "SAMLRequest=%zz",
        doctype,
        &"A".repeat(300 * 1024),
    ] {
        let checked = check(app, sp, text).await;
        assert_eq!(checked["message"], Value::Null, "{checked}");
        assert_eq!(failed(&checked), Some("SHAPE"));
    }
    app.post("/connectors/nothing/check", &json!({"message": "x"}))
        .await
        .expect_problem(404, "");
}
