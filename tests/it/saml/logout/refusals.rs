//! What ends nothing: requirements LOGOUT-OWN, FRESH-ONCE, RAW-QUERY, SHAPE-FIRST, ONE-PARSE,
//! KEYS-FROM-STORE at `/saml/slo`.

use chrono::Duration;
use serde_json::json;

use crate::saml::logout::messages::{Question, Sent, deflated, posted};
use crate::saml::logout::world::{World, is_signed_in};
use crate::saml::senders::usual;
use crate::support::visitor::Visitor;

/// Every one is refused with a page, in plain words, and the session lives.
#[actix_web::test]
async fn logout_own_refuses_with_a_page_what_is_not_signed_fresh_and_for_us() {
    let world = World::start().await;
    let visitor = world.jason().await;
    let held = world.sign_on(&visitor, &world.wiki).await;
    let usual_one = Question::about(&world, &world.wiki, &held, "_1");
    let later = |minutes: i64, seconds: i64| {
        world.later(Duration::minutes(minutes) + Duration::seconds(seconds))
    };
    let cases = [
        (
            "stale",
            "older than five minutes",
            Question {
                issue_instant: later(-5, -1),
                ..usual_one.clone()
            },
        ),
        (
            "from the future",
            "from the future",
            Question {
                issue_instant: later(3, 1),
                ..usual_one.clone()
            },
        ),
        (
            "run out",
            "NotOnOrAfter of the logout request is past",
            Question {
                not_on_or_after: Some(later(0, 0)),
                ..usual_one.clone()
            },
        ),
        (
            "for somebody else",
            "Destination of the message is not the URL",
            Question {
                destination: Some("https://idp.example/saml/slo".to_owned()),
                ..usual_one.clone()
            },
        ),
        (
            "for the other endpoint",
            "Destination of the message is not the URL",
            Question {
                destination: Some("http://localhost:8080/saml/sso".to_owned()),
                ..usual_one.clone()
            },
        ),
        (
            "for nobody",
            "names no Destination",
            Question {
                destination: None,
                ..usual_one.clone()
            },
        ),
        (
            "of a stranger",
            "is not registered here",
            Question {
                issuer: "https://nobody.example".to_owned(),
                ..usual_one.clone()
            },
        ),
        (
            "in another's name",
            "fits none of the certificates",
            Question {
                issuer: world.pay.entity_id.clone(),
                ..usual_one.clone()
            },
        ),
    ];
    for (name, words, question) in cases {
        let by_redirect = visitor.get(&question.redirect(&world.wiki, None)).await;
        let by_post = visitor.send(question.post(&world.wiki, None)).await;
        for refused in [by_redirect, by_post] {
            let refused = refused.expect(400);
            assert!(refused.text().contains(words), "{name}: {}", refused.text());
            let policy = refused.header("content-security-policy");
            assert!(policy.contains("frame-ancestors 'self'"), "{policy}");
        }
        assert!(is_signed_in(&visitor).await, "{name}");
    }
    // Unsigned, in both bindings.
    let query = format!(
        "/saml/slo?SAMLRequest={}",
        usual(&deflated(&usual_one.xml("")))
    );
    let by_redirect = visitor.get(&query).await.expect(400);
    let by_post = visitor
        .send(posted(("SAMLRequest", &usual_one.xml("")), None))
        .await;
    for refused in [by_redirect, by_post.expect(400)] {
        let words = "application&#39;s logout request is not signed";
        assert!(refused.text().contains(words), "{}", refused.text());
    }
    // Signed, and no key to verify it with.
    world
        .set(&world.wiki, json!({ "spCertificates": [] }))
        .await;
    let refused = visitor
        .get(&usual_one.redirect(&world.wiki, None))
        .await
        .expect(400);
    assert!(
        refused
            .text()
            .contains("no signing certificate is registered")
    );
    assert!(is_signed_in(&visitor).await);
    assert!(world.events().await.is_empty());
}

/// SAML Core 3.2.2.2, Profiles 4.4.4.1: a verified request that names nothing of its sender's is told
/// so by a status, to the registered endpoint, and ends nothing.
#[actix_web::test]
async fn logout_own_ends_no_session_of_another_service_provider() {
    for world in World::each().await {
        let visitor = world.jason().await;
        let wiki = world.sign_on(&visitor, &world.wiki).await;
        let pay = world.sign_on(&visitor, &world.pay).await;
        let about = |id: &str| Question::about(&world, &world.wiki, &wiki, id);
        let unknown = ("Requester", "UnknownPrincipal");
        let unsupported = ("Requester", "RequestUnsupported");
        let other_format = wiki.name_id.replace("emailAddress", "unspecified");
        let cases = [
            (
                "another's session",
                unknown,
                Question {
                    session_indexes: vec![pay.session_index.clone()],
                    ..about("_1")
                },
            ),
            (
                "a made-up session",
                unknown,
                Question {
                    session_indexes: vec!["_made-up".to_owned()],
                    ..about("_2")
                },
            ),
            (
                "another person",
                unknown,
                Question {
                    name_id: wiki.name_id.replace("jason@", "mark@"),
                    ..about("_3")
                },
            ),
            (
                "another format",
                unknown,
                Question {
                    name_id: other_format,
                    ..about("_4")
                },
            ),
            (
                "another qualifier",
                unknown,
                Question {
                    name_id: wiki
                        .name_id
                        .replace("<saml:NameID", "<saml:NameID SPNameQualifier=\"x\""),
                    ..about("_5")
                },
            ),
            (
                "no session",
                unsupported,
                Question {
                    session_indexes: Vec::new(),
                    ..about("_6")
                },
            ),
            (
                "an encrypted name",
                unsupported,
                Question {
                    name_id: "<saml:EncryptedID><x xmlns=\"urn:x\"/></saml:EncryptedID>".to_owned(),
                    ..about("_7")
                },
            ),
        ];
        for (name, expected, question) in cases {
            let answer = visitor
                .get(&question.redirect(&world.wiki, Some("r")))
                .await;
            let sent = Sent::read(&world, &answer, "LogoutResponse").await;
            let (top, second) = sent.status();
            assert_eq!((top.as_str(), second.as_str()), expected, "{name}");
            assert_eq!(sent.to, "https://wiki.example.com/slo/done", "{name}");
            assert_eq!(sent.relay_state.as_deref(), Some("r"), "{name}");
            assert!(is_signed_in(&visitor).await, "{name}");
        }
        // In the other's name: by the key of whoever really sends it.
        let stolen = Question::about(&world, &world.pay, &pay, "_8");
        visitor
            .get(&stolen.redirect(&world.wiki, None))
            .await
            .expect(400);
        assert!(is_signed_in(&visitor).await);
        assert!(world.events().await.is_empty());
    }
}

/// FRESH-ONCE: a request is carried out once, whichever node it reaches.
#[actix_web::test]
async fn fresh_once_a_request_is_not_carried_out_again_on_another_node() {
    for world in World::each().await {
        let visitor = world.jason().await;
        let held = world.sign_on(&visitor, &world.wiki).await;
        let question = Question::about(&world, &world.wiki, &held, "_1");
        let redirect = question.redirect(&world.wiki, None);
        visitor.get(&redirect).await.expect(303);
        for node in [&world.app, &world.other] {
            let again = Visitor::new(node).get(&redirect).await.expect(400);
            assert!(
                again.text().contains("was carried out before"),
                "{}",
                again.text()
            );
            let posted = question.post(&world.wiki, None);
            Visitor::new(node).send(posted).await.expect(400);
        }
        let events = world.events().await;
        let asked = events
            .iter()
            .filter(|event| event["kind"] == "logout.requested");
        assert_eq!(asked.count(), 1);
    }
}

/// RAW-QUERY: one message under its literal name, and nothing beside it.
#[actix_web::test]
async fn raw_query_takes_one_message_under_its_literal_name() {
    let world = World::start().await;
    let visitor = world.jason().await;
    let held = world.sign_on(&visitor, &world.wiki).await;
    let question = Question::about(&world, &world.wiki, &held, "_1");
    let good = question.redirect(&world.wiki, Some("r"));
    let message = good.split_once("SAMLRequest=").unwrap().1;
    let message = message.split('&').next().unwrap();
    let inside = question.signed(&world.wiki);
    let cases = [
        "/saml/slo".to_owned(),
        format!("{good}&SAMLRequest={message}"),
        format!("{good}&SAMLResponse={message}"),
        format!("{good}&RelayState=r"),
        format!("{good}&SigAlg=x"),
        format!("{good}&Signature=QUJD"),
        format!("{good}&SAML%52equest={message}"),
        good.replace("SAMLRequest=", "SAMLResponse="),
        good.replace("RelayState=r", "RelayState=s"),
        good.replace("&RelayState=r", ""),
        good.replace("rsa-sha256", "rsa-sha512"),
        good.replace("rsa-sha256", "rsa-sha1"),
        good.split("&Signature").next().unwrap().to_owned(),
        good.split("&SigAlg").next().unwrap().to_owned(),
        format!("/saml/slo?SAMLRequest={}", usual(&deflated(&inside))),
        format!("/saml/slo?SAMLRequest={}", "A".repeat(3_000)),
    ];
    for path in cases {
        let refused = visitor.get(&path).await;
        assert_eq!(refused.status, 400, "{path}");
        assert!(is_signed_in(&visitor).await, "{path}");
    }
    // The same message is good, untouched.
    visitor.get(&good).await.expect(303);
    assert!(!is_signed_in(&visitor).await);
}

/// ONE-PARSE, SHAPE-FIRST: the published shapes of signature wrapping, around a request about pay's
/// visitor that is really signed, to end the session of another visitor.
#[actix_web::test]
async fn one_parse_no_wrapping_makes_a_signed_request_end_another_session() {
    let world = World::start().await;
    let own = world.jason().await;
    let held = world.sign_on(&own, &world.wiki).await;
    let victim = world.jason().await;
    let wanted = world.sign_on(&victim, &world.wiki).await;
    let good = Question::about(&world, &world.wiki, &held, "_1").signed(&world.wiki);
    let good = good
        .split_once("?>")
        .map_or(good.as_str(), |(_, rest)| rest.trim());
    let start = good.find("<ds:Signature").unwrap();
    let end = good.find("</ds:Signature>").unwrap() + "</ds:Signature>".len();
    let signature = &good[start..end];
    let bare = good.replace(signature, "");
    let evil =
        |id: &str, inside: &str| Question::about(&world, &world.wiki, &wanted, id).xml(inside);
    let extensions = |inside: &str| format!("<samlp:Extensions>{inside}</samlp:Extensions>");
    let object = |inside: &str| {
        let inside = format!("<ds:Object>{inside}</ds:Object></ds:Signature>");
        signature.replace("</ds:Signature>", &inside)
    };
    let last = |outer: &str, inside: &str| {
        outer.replace(
            "</samlp:LogoutRequest>",
            &format!("{inside}</samlp:LogoutRequest>"),
        )
    };
    let index =
        |session_index: &str| format!("<samlp:SessionIndex>{session_index}</samlp:SessionIndex>");
    let cases = [
        (
            "signed original in Extensions",
            evil("_2", &extensions(good)),
        ),
        (
            "signature outside, original in Extensions",
            evil("_2", &format!("{signature}{}", extensions(&bare))),
        ),
        (
            "the same ID outside and inside",
            evil("_1", &format!("{signature}{}", extensions(&bare))),
        ),
        ("original in Object", evil("_2", &object(&bare))),
        (
            "the same ID, original in Object",
            evil("_1", &object(&bare)),
        ),
        ("original as last child", last(&evil("_2", ""), good)),
        ("evil inside the signed one", last(good, &evil("_2", ""))),
        (
            "evil in the signature's Object",
            good.replace(signature, &object(&evil("_2", ""))),
        ),
        (
            "two signatures",
            good.replace(signature, &signature.repeat(2)),
        ),
        (
            "one more session after signing",
            last(good, &index(&wanted.session_index)),
        ),
        (
            "another session after signing",
            good.replace(&held.session_index, &wanted.session_index),
        ),
        (
            "another ID after signing",
            good.replace("ID=\"_1\"", "ID=\"_3\""),
        ),
        (
            "a document type",
            format!("<!DOCTYPE x [<!ENTITY e \"x\">]>{good}"),
        ),
        (
            "an AuthnRequest",
            good.replace("LogoutRequest", "AuthnRequest"),
        ),
        (
            "a LogoutResponse",
            good.replace("LogoutRequest", "LogoutResponse"),
        ),
    ];
    for (name, xml) in cases {
        let attacker = Visitor::new(&world.app);
        let refused = attacker.send(posted(("SAMLRequest", &xml), None)).await;
        assert_eq!(refused.status, 400, "{name}: {}", refused.text());
        assert!(is_signed_in(&victim).await, "{name}");
        assert!(is_signed_in(&own).await, "{name}");
    }
    let attacker = Visitor::new(&world.app);
    attacker
        .send(posted(("SAMLRequest", good), None))
        .await
        .expect(303);
    assert!(!is_signed_in(&own).await);
    assert!(is_signed_in(&victim).await);
}
