//! What goes out to the other participants, and what their answers are worth: SAML Core 3.7.3.2,
//! Profiles 4.4.3.3, 4.4.3.4.

use chrono::Duration;
use serde_json::json;

use crate::saml::logout::messages::{Question, Reply, Sent, deflated, posted};
use crate::saml::logout::world::{IDP, World, location};
use crate::saml::senders::usual;
use crate::support::visitor::Visitor;

/// Begins a logout at wiki with pay to be told; gives the address of its page.
async fn begun(world: &World, visitor: &Visitor<'_>) -> String {
    let held = world.sign_on(visitor, &world.wiki).await;
    world.sign_on(visitor, &world.pay).await;
    let question = Question::about(world, &world.wiki, &held, "_q");
    let next = location(
        &visitor
            .get(&question.redirect(&world.wiki, Some("r")))
            .await,
    );
    visitor.get(&next).await.expect(200);
    next
}

/// The request that the frame of the one participant carries.
async fn told(world: &World, visitor: &Visitor<'_>, page: &str) -> Sent {
    let frame = visitor.get(&format!("{page}/tell/0")).await;
    Sent::read(world, &frame, "LogoutRequest").await
}

/// What wiki is answered at the end.
async fn result(world: &World, visitor: &Visitor<'_>, page: &str) -> (String, String) {
    let answer = visitor.get(page).await;
    let sent = Sent::read(world, &answer, "LogoutResponse").await;
    assert_eq!(sent.at("/*/@InResponseTo"), "_q");
    assert_eq!(sent.relay_state.as_deref(), Some("r"));
    sent.status()
}

/// SAML Core 3.7.1, Profiles 4.4.4.1: signed, with NameID and SessionIndex as they were issued.
#[actix_web::test]
async fn another_participant_is_asked_by_what_it_was_told() {
    let world = World::start().await;
    let persistent = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent";
    let name_id = json!({ "nameId": { "source": "email", "format": persistent } });
    world.set(&world.pay, name_id).await;
    let visitor = world.jason().await;
    let held = world.sign_on(&visitor, &world.pay).await;
    let page = begun(&world, &visitor).await;
    let request = told(&world, &visitor, &page).await;

    assert_eq!(request.to, "https://pay.example.com/slo?app=7");
    assert_eq!(request.at("/*/*[local-name()='Issuer']"), IDP);
    assert_eq!(
        request.at("/*/*[local-name()='SessionIndex']"),
        held.session_index
    );
    let name_id = "/*/*[local-name()='NameID']";
    let value = held
        .name_id
        .split('>')
        .nth(1)
        .unwrap()
        .split('<')
        .next()
        .unwrap();
    assert_eq!(request.at(name_id), value);
    assert_eq!(request.at(&format!("{name_id}/@Format")), persistent);
    assert_eq!(request.at(&format!("{name_id}/@NameQualifier")), IDP);
    assert_eq!(
        request.at(&format!("{name_id}/@SPNameQualifier")),
        world.pay.entity_id
    );
    assert_eq!(
        request.at("/*/@NotOnOrAfter"),
        world.later(Duration::minutes(5))
    );
    assert_eq!(
        request.at("/*/@Reason"),
        "urn:oasis:names:tc:SAML:2.0:logout:user"
    );

    // Loaded again, the frame asks again under another ID; only the last one counts.
    let again = told(&world, &visitor, &page).await;
    assert_ne!(request.at("/*/@ID"), again.at("/*/@ID"));
    let late = Reply::to(&world, &world.pay, &request).redirect(&world.pay);
    visitor.get(&late).await.expect(400);
    let reply = Reply::to(&world, &world.pay, &again).redirect(&world.pay);
    visitor.get(&reply).await.expect(200);
    assert_eq!(
        result(&world, &visitor, &page).await,
        ("Success".to_owned(), String::new())
    );
}

/// SAML Core 3.7.3.2: Success only if everybody confirmed, PartialLogout for everything else.
#[actix_web::test]
async fn the_asker_is_told_what_is_known_and_no_more() {
    let partial = ("Success", "PartialLogout");
    for (status, expected) in [
        (("Success", None), ("Success", "")),
        (("Success", Some("PartialLogout")), partial),
        (("Responder", None), partial),
        (("Requester", Some("UnknownPrincipal")), partial),
    ] {
        for world in World::each().await {
            let visitor = world.jason().await;
            let page = begun(&world, &visitor).await;
            let request = told(&world, &visitor, &page).await;
            let reply = Reply {
                status,
                ..Reply::to(&world, &world.pay, &request)
            };
            // It comes to another node, from within a frame of another site: without a cookie.
            let frame = Visitor::new(&world.other);
            let noted = frame.send(reply.post(&world.pay)).await.expect(200);
            let policy = noted.header("content-security-policy");
            assert!(policy.contains("frame-ancestors 'self'"), "{policy}");
            let (top, second) = result(&world, &visitor, &page).await;
            assert_eq!((top.as_str(), second.as_str()), expected, "{status:?}");
        }
    }
}

/// Bounded time: after ten seconds of silence the asker gets its answer.
#[actix_web::test]
async fn a_participant_that_never_answers_is_waited_for_ten_seconds() {
    let world = World::start().await;
    let visitor = world.jason().await;
    let page = begun(&world, &visitor).await;
    let request = told(&world, &visitor, &page).await;
    world.wait(Duration::seconds(9));
    visitor.get(&page).await.expect(200);
    world.wait(Duration::seconds(1));
    let partial = ("Success".to_owned(), "PartialLogout".to_owned());
    assert_eq!(result(&world, &visitor, &page).await, partial);
    // Reloading tells it again; what arrives late is noted, once.
    assert_eq!(result(&world, &visitor, &page).await, partial);
    let reply = Reply::to(&world, &world.pay, &request).redirect(&world.pay);
    visitor.get(&reply).await.expect(200);
    visitor.get(&reply).await.expect(400);
    let events = world.events().await;
    let kinds: Vec<&str> = events
        .iter()
        .map(|one| one["kind"].as_str().unwrap())
        .collect();
    let expected = [
        "session.ended",
        "logout.requested",
        "logout.finished",
        "logout.answered",
    ];
    assert_eq!(kinds, expected);
    // After a quarter of an hour nothing is left of it.
    world.wait(Duration::minutes(15));
    visitor.get(&page).await.expect(404);
}

/// A participant without an address cannot be told, and that is said.
#[actix_web::test]
async fn a_participant_that_cannot_be_told_makes_the_logout_partial() {
    let world = World::start().await;
    world.set(&world.pay, json!({ "sloUrls": [] })).await;
    let visitor = world.jason().await;
    let held = world.sign_on(&visitor, &world.wiki).await;
    world.sign_on(&visitor, &world.pay).await;
    let question = Question::about(&world, &world.wiki, &held, "_q");
    let answer = visitor.get(&question.redirect(&world.wiki, None)).await;
    let sent = Sent::read(&world, &answer, "LogoutResponse").await;
    assert_eq!(sent.status().1, "PartialLogout");
}

/// SAML Core 3.7.2, Profiles 4.4.4.2, KEYS-FROM-STORE, FRESH-ONCE: an answer counts once, from whom it
/// was asked of, and signed where a key is registered.
#[actix_web::test]
async fn an_answer_that_is_not_the_participants_own_is_refused() {
    let world = World::start().await;
    let visitor = world.jason().await;
    let page = begun(&world, &visitor).await;
    let request = told(&world, &visitor, &page).await;
    let good = Reply::to(&world, &world.pay, &request);
    let by_pay = [
        (
            "InResponseTo",
            "answers no request",
            Reply {
                in_response_to: "_made-up".to_owned(),
                ..good.clone()
            },
        ),
        (
            "no InResponseTo",
            "does not say which request",
            Reply {
                in_response_to: String::new(),
                ..good.clone()
            },
        ),
        (
            "stale",
            "older than five minutes",
            Reply {
                issue_instant: world.later(Duration::minutes(-6)),
                ..good.clone()
            },
        ),
        (
            "for somebody else",
            "Destination",
            Reply {
                destination: Some("https://idp.example/slo".to_owned()),
                ..good.clone()
            },
        ),
        (
            "for nobody",
            "Destination",
            Reply {
                destination: None,
                ..good.clone()
            },
        ),
    ];
    for (name, words, reply) in by_pay {
        for refused in [
            visitor.get(&reply.redirect(&world.pay)).await,
            visitor.send(reply.post(&world.pay)).await,
        ] {
            assert_eq!(refused.status, 400, "{name}");
            assert!(refused.text().contains(words), "{name}: {}", refused.text());
        }
    }
    // In pay's name by wiki's key; by wiki in its own name.
    visitor.get(&good.redirect(&world.wiki)).await.expect(400);
    let foreign = Reply::to(&world, &world.wiki, &request);
    let refused = visitor
        .get(&foreign.redirect(&world.wiki))
        .await
        .expect(400);
    assert!(
        refused.text().contains("answers no request"),
        "{}",
        refused.text()
    );
    // Not signed at all.
    let query = format!("/saml/slo?SAMLResponse={}", usual(&deflated(&good.xml(""))));
    let refused = visitor.get(&query).await.expect(400);
    assert!(
        refused.text().contains("logout response is not signed"),
        "{}",
        refused.text()
    );
    visitor
        .send(posted(("SAMLResponse", &good.xml("")), None))
        .await
        .expect(400);
    // Nothing of it was taken for an answer.
    let progress = visitor
        .get(&format!("{page}/progress"))
        .await
        .expect(200)
        .json();
    assert_eq!(progress["applications"][0]["state"], "WAITING");
    assert_eq!(progress["over"], false);

    visitor.get(&good.redirect(&world.pay)).await.expect(200);
    let again = Visitor::new(&world.other)
        .get(&good.redirect(&world.pay))
        .await
        .expect(400);
    assert!(
        again.text().contains("was answered before"),
        "{}",
        again.text()
    );
    let progress = visitor
        .get(&format!("{page}/progress"))
        .await
        .expect(200)
        .json();
    assert_eq!(progress["complete"], true);
}

/// One that has no key registered may answer without a signature; its word is all there is.
#[actix_web::test]
async fn an_unsigned_answer_is_taken_from_whom_has_no_key() {
    let world = World::start().await;
    world.set(&world.pay, json!({ "spCertificates": [] })).await;
    let visitor = world.jason().await;
    let page = begun(&world, &visitor).await;
    let request = told(&world, &visitor, &page).await;
    let reply = Reply::to(&world, &world.pay, &request);
    visitor
        .send(posted(("SAMLResponse", &reply.xml("")), None))
        .await
        .expect(200);
    assert_eq!(result(&world, &visitor, &page).await.1, "");
}
