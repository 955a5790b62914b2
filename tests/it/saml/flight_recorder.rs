//! The flight recorder: each message from and to a service provider with the verdict of each check,
//! bounded, redacted, and without any part in the decision.

use actix_web::http::Method;
use actix_web::test::TestRequest;
use chrono::Duration;
use serde_json::{Value, json};
use url::form_urlencoded::byte_serialize;
use vestibule::saml::base64_text;
use vestibule::service::flight_recorder::{KEEP, flush};
use vestibule::service::{exchanges, housekeeping};

use crate::saml::logout::messages::{Question, Reply, Sent, deflated};
use crate::saml::logout::world::{Sp, World};
use crate::saml::senders::{MORE, SHA256, template, usual};
use crate::support::test_app::{Answer, PASSWORD, TestApp};
use crate::support::visitor::Visitor;

const SSO_URL: &str = "http://localhost:8080/saml/sso";

/// An AuthnRequest of a service provider.
pub fn request(world: &World, sp: &Sp, id: &str, (attributes, after): (&str, &str)) -> String {
    format!(
        r#"<samlp:AuthnRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="{id}" Version="2.0" IssueInstant="{}"{attributes}><saml:Issuer>{}</saml:Issuer>{after}</samlp:AuthnRequest>"#,
        world.later(Duration::zero()),
        sp.entity_id,
    )
}

/// The address that carries a request, unsigned.
pub fn address(xml: &str) -> String {
    let message: String = byte_serialize(deflated(xml).as_bytes()).collect();
    format!("/saml/sso?SAMLRequest={message}")
}

/// What is kept of a service provider, newest first.
async fn kept(app: &TestApp, sp: &Sp) -> Vec<Value> {
    let path = format!("/connectors/{}/exchanges?limit=500", sp.id);
    let list = app.get(&path).await.expect(200).json();
    list["items"].as_array().unwrap().clone()
}

/// Check and finding of each verdict.
fn findings(exchange: &Value) -> Vec<(&str, &str)> {
    let verdicts = exchange["verdicts"].as_array().unwrap().iter();
    verdicts
        .map(|one| {
            (
                one["check"].as_str().unwrap(),
                one["finding"].as_str().unwrap(),
            )
        })
        .collect()
}

fn detail<'a>(exchange: &'a Value, check: &str) -> &'a str {
    let verdicts = exchange["verdicts"].as_array().unwrap();
    let found = verdicts.iter().find(|one| one["check"] == check);
    found.unwrap_or_else(|| panic!("no {check} in {exchange}"))["detail"]
        .as_str()
        .unwrap()
}

#[actix_web::test]
async fn a_sign_on_leaves_its_request_and_its_response_with_a_verdict_for_each_check() {
    for world in World::each().await {
        let visitor = world.jason().await;
        let (sp, destination) = (&world.wiki, format!(" Destination=\"{SSO_URL}\""));
        let form = template("_1", &format!("{MORE}rsa-sha256"), SHA256);
        let xml = request(&world, sp, "_1", (&destination, &form));
        let signed = sp.key.sign("AuthnRequest", &xml);
        let message = base64_text::encode(signed.as_bytes());
        let posted = crate::support::visitor::form("/saml/sso", &[("SAMLRequest", &message)]);
        let on = visitor.send(posted).await.expect(303);
        visitor.get(on.header("location")).await.expect(200);

        // The other node shows it too, once this one has written it down.
        flush(&world.app.env).unwrap();
        for app in [&world.other, &world.app] {
            let kept = kept(app, sp).await;
            let [response, request] = kept.as_slice() else {
                panic!("{kept:#?}");
            };
            assert_eq!(request["message"], "AuthnRequest");
            assert_eq!(request["outcome"], "ACCEPTED");
            assert_eq!(request["messageId"], "_1");
            assert_eq!(request["binding"], "HTTP-POST");
            assert_eq!(
                findings(request),
                [
                    ("SIGNATURE", "PASSED"),
                    ("SHAPE", "PASSED"),
                    ("ISSUER", "PASSED"),
                    ("DESTINATION", "PASSED"),
                    ("ISSUE_INSTANT", "PASSED"),
                    ("ASSERTION_CONSUMER_SERVICE", "PASSED"),
                    ("NAME_ID_POLICY", "PASSED"),
                    ("AUTHN_CONTEXT", "PASSED"),
                ]
            );
            let by = detail(request, "SIGNATURE");
            assert!(
                by.starts_with("Verified by rsa-sha256 with the certificate "),
                "{by}"
            );
            assert_eq!(response["message"], "Response");
            assert_eq!(response["outcome"], "SENT");
            assert_eq!(response["inResponseTo"], "_1");
            assert_eq!(response["username"], "jason");
            assert_eq!(
                findings(response),
                [
                    ("SIGN_IN", "PASSED"),
                    ("ACCESS", "PASSED"),
                    ("AUTHN_CONTEXT", "PASSED"),
                    ("NAME_ID_POLICY", "PASSED"),
                    ("ASSERTION_CONSUMER_SERVICE", "PASSED"),
                    ("NAME_ID", "PASSED"),
                    ("ENCRYPTION", "NOT_USED"),
                    ("SIGNING", "PASSED"),
                    ("SIZE", "PASSED"),
                    ("REPLAY", "PASSED"),
                ]
            );
            assert_eq!(detail(response, "ACCESS"), "By Writers.");
            let by = detail(response, "SIGNING");
            assert!(
                by.starts_with("ASSERTION: RSA-SHA256 by the key with "),
                "{by}"
            );
            // Payloads are off, and no value of a person or a secret is told.
            let text = format!("{response}{request}");
            assert_eq!(response["payload"], Value::Null);
            assert!(
                !text.contains("jason@example.com") && !text.contains("PRIVATE"),
                "{text}"
            );
        }
    }
}

#[actix_web::test]
async fn the_verdicts_are_what_decided() {
    let world = World::start().await;
    let sp = &world.wiki;
    let app = &world.app;
    let cases: [(&str, String, u16); 6] = [
        (
            "DESTINATION",
            request(
                &world,
                sp,
                "_1",
                (" Destination=\"https://other.example\"", ""),
            ),
            400,
        ),
        (
            "ISSUE_INSTANT",
            request(&world, sp, "_2", ("", "")).replace("2026-11-01T12", "2026-11-01T11"),
            400,
        ),
        (
            "ASSERTION_CONSUMER_SERVICE",
            request(
                &world,
                sp,
                "_3",
                (" AssertionConsumerServiceURL=\"https://evil.example\"", ""),
            ),
            400,
        ),
        (
            "PROTOCOL_BINDING",
            request(
                &world,
                sp,
                "_4",
                (
                    " ProtocolBinding=\"urn:oasis:names:tc:SAML:2.0:bindings:PAOS\"",
                    "",
                ),
            ),
            200,
        ),
        (
            "NAME_ID_POLICY",
            request(
                &world,
                sp,
                "_5",
                (
                    "",
                    "<samlp:NameIDPolicy Format=\"urn:oasis:names:tc:SAML:2.0:nameid-format:kerberos\"/>",
                ),
            ),
            200,
        ),
        (
            "AUTHN_CONTEXT",
            request(
                &world,
                sp,
                "_6",
                (
                    "",
                    "<samlp:RequestedAuthnContext><saml:AuthnContextClassRef>urn:x</saml:AuthnContextClassRef></samlp:RequestedAuthnContext>",
                ),
            ),
            200,
        ),
    ];
    let visitor = world.jason().await;
    for (check, xml, status) in cases {
        visitor.get(&address(&xml)).await.expect(status);
        let newest = kept(app, sp).await.swap_remove(0);
        assert_eq!(newest["outcome"], "REFUSED", "{newest}");
        assert_eq!(
            findings(&newest).last(),
            Some(&(check, "FAILED")),
            "{newest}"
        );
    }
    // Nobody is told anything about a message that belongs to no connector.
    let before = kept(app, sp).await.len();
    visitor
        .get("/saml/sso?SAMLRequest=nonsense")
        .await
        .expect(400);
    let strange =
        request(&world, sp, "_7", ("", "")).replace(&sp.entity_id, "https://nobody.example");
    visitor.get(&address(&strange)).await.expect(400);
    assert_eq!(kept(app, sp).await.len(), before);
}

#[actix_web::test]
async fn what_a_person_may_not_do_and_what_is_not_there_is_told_too() {
    let world = World::start().await;
    let (app, sp) = (&world.app, &world.wiki);
    let visitor = Visitor::new(app);
    let passive = request(&world, sp, "_1", (" IsPassive=\"true\"", ""));
    visitor.get(&address(&passive)).await.expect(200);
    let newest = kept(app, sp).await.swap_remove(0);
    assert_eq!(findings(&newest), [("PASSIVE", "FAILED")], "{newest}");

    app.make("/users", &crate::pages::world::user("mark")).await;
    visitor.sign_in("mark", PASSWORD).await;
    visitor.get("/saml/start/wiki").await.expect(403);
    let newest = kept(app, sp).await.swap_remove(0);
    assert_eq!(newest["outcome"], "REFUSED");
    assert_eq!(newest["username"], "mark");
    assert_eq!(
        findings(&newest).last(),
        Some(&("ACCESS", "FAILED")),
        "{newest}"
    );
}

#[actix_web::test]
async fn a_replay_in_another_browser_is_told() {
    let world = World::start().await;
    let (app, sp) = (&world.app, &world.wiki);
    let xml = request(&world, sp, "_1", ("", ""));
    let (first, second) = (world.jason().await, world.jason().await);
    first.get(&address(&xml)).await.expect(200);
    second.get(&address(&xml)).await.expect(400);
    let newest = kept(app, sp).await.swap_remove(0);
    assert_eq!(newest["message"], "Response");
    assert_eq!(
        findings(&newest).last(),
        Some(&("REPLAY", "FAILED")),
        "{newest}"
    );
}

#[actix_web::test]
async fn messages_of_a_logout_are_kept_in_both_directions() {
    for world in World::each().await {
        let visitor = world.jason().await;
        let held = world.sign_on(&visitor, &world.wiki).await;
        world.sign_on(&visitor, &world.pay).await;
        let question = Question::about(&world, &world.wiki, &held, "_q");
        let watch = visitor.get(&question.redirect(&world.wiki, None)).await;
        let page = watch.expect(303).header("location").to_owned();
        visitor.get(&page).await.expect(200);
        let told = visitor.get(&format!("{page}/tell/0")).await;
        let asked = Sent::read(&world, &told, "LogoutRequest").await;
        let reply = Reply::to(&world, &world.pay, &asked);
        visitor.send(reply.post(&world.pay)).await.expect(200);
        visitor.get(&page).await.expect(303);

        let of_wiki = kept(&world.app, &world.wiki).await;
        let [answer, question, ..] = of_wiki.as_slice() else {
            panic!("{of_wiki:#?}");
        };
        assert_eq!(
            (&question["message"], &question["outcome"]),
            (&json!("LogoutRequest"), &json!("ACCEPTED"))
        );
        assert_eq!(
            findings(question),
            [
                ("SIGNATURE", "PASSED"),
                ("SHAPE", "PASSED"),
                ("SIGNATURE_REQUIRED", "PASSED"),
                ("ISSUER", "PASSED"),
                ("DESTINATION", "PASSED"),
                ("ISSUE_INSTANT", "PASSED"),
                ("NOT_ON_OR_AFTER", "PASSED"),
                ("SESSION_INDEX", "PASSED"),
                ("REPLAY", "PASSED"),
                ("PRINCIPAL", "PASSED"),
            ]
        );
        assert_eq!(
            (&answer["message"], &answer["outcome"]),
            (&json!("LogoutResponse"), &json!("SENT"))
        );
        assert_eq!(answer["inResponseTo"], "_q");
        let of_pay = kept(&world.app, &world.pay).await;
        let [reply, asked, ..] = of_pay.as_slice() else {
            panic!("{of_pay:#?}");
        };
        assert_eq!(
            (&asked["message"], &asked["outcome"]),
            (&json!("LogoutRequest"), &json!("SENT"))
        );
        assert_eq!(
            findings(asked),
            [("ENDPOINT", "PASSED"), ("SIGNING", "PASSED")]
        );
        assert_eq!(
            (&reply["message"], &reply["outcome"]),
            (&json!("LogoutResponse"), &json!("ACCEPTED"))
        );
        assert_eq!(reply["inResponseTo"], asked["messageId"]);
    }
}

async fn record(app: &TestApp, sp: &Sp, body: &Value) -> Answer {
    let path = format!("/connectors/{}/payload-recording", sp.id);
    app.send_text(Method::PUT, &path, &body.to_string()).await
}

#[actix_web::test]
async fn documents_are_recorded_for_a_limited_time_and_sign_nobody_in() {
    for world in World::each().await {
        let (app, sp) = (&world.app, &world.wiki);
        for refused in [json!({"minutes": 0}), json!({"minutes": 61}), json!({})] {
            record(app, sp, &refused)
                .await
                .expect_problem(422, "/minutes");
        }
        let visitor = world.jason().await;
        let until = record(app, sp, &json!({"minutes": 15}))
            .await
            .expect(200)
            .json();
        assert_eq!(until["until"], "2026-11-01T12:15:00.000Z");
        // The other node records too, once it has heard of it.
        flush(&world.other.env).unwrap();
        world.sign_on(&visitor, sp).await;
        let newest = kept(app, sp).await.swap_remove(0);
        let payload = newest["payload"].as_str().unwrap();
        assert!(payload.contains("jason@example.com"), "{payload}");
        assert!(
            payload.contains("<ds:SignatureValue>redacted</ds:SignatureValue>"),
            "{payload}"
        );
        assert_eq!(payload.matches("SignatureValue").count(), 2, "{payload}");

        // It ends by itself.
        world.wait(Duration::minutes(16));
        let visitor = world.jason().await;
        world.sign_on(&visitor, sp).await;
        let kept_now = kept(app, sp).await;
        assert_eq!(kept_now[0]["payload"], Value::Null);
        assert!(kept_now[1]["payload"].is_string());
        // And documents go after a day, the rest after two weeks.
        world.wait(Duration::hours(24));
        housekeeping::sweep(&app.env).unwrap();
        let kept_now = kept(app, sp).await;
        assert_eq!(kept_now.len(), 2);
        assert!(kept_now.iter().all(|one| one["payload"].is_null()));
        world.wait(Duration::days(14));
        housekeeping::sweep(&app.env).unwrap();
        assert_eq!(kept(app, sp).await.len(), 0);
    }
}

#[actix_web::test]
async fn who_stops_a_recording_stops_it_everywhere_and_forgets_the_documents() {
    for world in World::each().await {
        let (app, sp) = (&world.app, &world.wiki);
        record(app, sp, &json!({"minutes": 60})).await.expect(200);
        flush(&world.other.env).unwrap();
        let visitor = world.jason().await;
        world.sign_on(&visitor, sp).await;
        assert!(kept(app, sp).await[0]["payload"].is_string());
        let path = format!("/connectors/{}/payload-recording", sp.id);
        app.delete(&path).await.expect(204);
        // The other node does not know yet; what it writes down is decided by the store.
        let elsewhere = Visitor::new(&world.other);
        elsewhere.sign_in("jason", PASSWORD).await;
        elsewhere.get("/saml/start/wiki").await.expect(200);
        let shown = exchanges::list(&world.other.env, &sp.id).unwrap();
        assert_eq!(shown.exchanges.len(), 2);
        assert!(shown.exchanges.iter().all(|one| one.payload.is_none()));
        assert_eq!(
            app.get(&path).await.expect(200).json()["until"],
            Value::Null
        );
        let kinds = app
            .get("/audit?objectKind=connector&limit=500")
            .await
            .json()
            .to_string();
        assert!(
            kinds.contains("connector.payload_recording_started"),
            "{kinds}"
        );
        assert!(
            kinds.contains("connector.payload_recording_ended"),
            "{kinds}"
        );
    }
}

#[actix_web::test]
async fn bounded_input_a_flood_displaces_nothing_that_is_proven() {
    for world in World::each().await {
        let (app, sp) = (&world.app, &world.wiki);
        let visitor = world.jason().await;
        world.sign_on(&visitor, sp).await;
        let stranger = Visitor::new(app);
        let hostile = request(
            &world,
            sp,
            "_x",
            (" Destination=\"https://other.example\"", ""),
        );
        for round in 0..3 {
            for _ in 0..40 {
                stranger.get(&address(&hostile)).await.expect(400);
            }
            let kept = kept(app, sp).await;
            assert_eq!(kept.len(), KEEP.unproven + 1, "round {round}");
            assert_eq!(kept.last().unwrap()["outcome"], "SENT");
        }
        for _ in 0..KEEP.proven + 5 {
            world.sign_on(&visitor, sp).await;
        }
        let kept = kept(app, sp).await;
        assert_eq!(kept.len(), KEEP.unproven + KEEP.proven);
    }
}

#[actix_web::test]
async fn a_connector_takes_its_messages_along_when_it_is_deleted() {
    let world = World::start().await;
    let (app, sp) = (&world.app, &world.wiki);
    let visitor = world.jason().await;
    record(app, sp, &json!({"minutes": 60})).await.expect(200);
    world.sign_on(&visitor, sp).await;
    app.delete(&format!("/connectors/{}", sp.id))
        .await
        .expect(204);
    flush(&app.env).unwrap();
    app.get(&format!("/connectors/{}/exchanges", sp.id))
        .await
        .expect(404);
}

/// A signed query of any message.
pub fn signed_address(sp: &Sp, xml: &str) -> String {
    let query = sp
        .key
        .signed_query(("SAMLRequest", &deflated(xml)), None, usual);
    format!("/saml/sso?{query}")
}

#[actix_web::test]
async fn keys_from_store_a_signature_of_somebody_else_is_told() {
    let world = World::start().await;
    let destination = format!(" Destination=\"{SSO_URL}\"");
    let xml = request(&world, &world.wiki, "_1", (&destination, ""));
    let forged = signed_address(&world.pay, &xml);
    let visitor = world.jason().await;
    visitor
        .send(TestRequest::get().uri(&forged))
        .await
        .expect(400);
    let newest = kept(&world.app, &world.wiki).await.swap_remove(0);
    assert_eq!(findings(&newest), [("SIGNATURE", "FAILED")]);
    visitor
        .get(&signed_address(&world.wiki, &xml))
        .await
        .expect(200);
    let kept = kept(&world.app, &world.wiki).await;
    assert_eq!(findings(&kept[1])[0], ("SIGNATURE", "PASSED"));
    assert_eq!(kept[1]["binding"], "HTTP-REDIRECT");
}
