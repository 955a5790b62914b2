//! A service provider asks, and what it named is over: SAML Core 3.7.3.2, Profiles 4.4.4.

use serde_json::json;

use crate::saml::logout::messages::{Question, Sent};
use crate::saml::logout::world::{World, is_signed_in, location};
use crate::support::visitor::Visitor;

const RELAY_STATE: &str = "/bye?a=1&b=ä ~";

/// SAML Profiles 4.4.3.5: the answer goes to the ResponseLocation with the RelayState unchanged (SAML
/// Bindings 3.4.3, 3.5.3), signed (Profiles 4.4.4.2).
#[actix_web::test]
async fn logout_own_ends_the_session_that_a_signed_request_names() {
    for world in World::each().await {
        let visitor = world.jason().await;
        let held = world.sign_on(&visitor, &world.wiki).await;
        let elsewhere = world.jason().await;
        let question = Question::about(&world, &world.wiki, &held, "_1");

        let answer = visitor
            .get(&question.redirect(&world.wiki, Some(RELAY_STATE)))
            .await;
        let sent = Sent::read(&world, &answer, "LogoutResponse").await;
        assert_eq!(sent.to, "https://wiki.example.com/slo/done");
        assert_eq!(sent.relay_state.as_deref(), Some(RELAY_STATE));
        assert_eq!(sent.at("/*/@InResponseTo"), "_1");
        assert_eq!(sent.status(), ("Success".to_owned(), String::new()));
        assert!(!is_signed_in(&visitor).await);
        // It names one session, and the other one is none of its business.
        assert!(is_signed_in(&elsewhere).await);

        let events = world.events().await;
        let kinds: Vec<&str> = events
            .iter()
            .map(|one| one["kind"].as_str().unwrap())
            .collect();
        assert_eq!(
            kinds,
            ["session.ended", "logout.requested", "logout.finished"]
        );
        assert!(events.iter().all(|event| event["actor"]["name"] == "jason"));
        assert_eq!(events[1]["object"]["name"], "wiki");
    }
}

/// Interface: every cross-site POST is answered 303 to a GET of ours.
#[actix_web::test]
async fn a_posted_request_goes_on_with_a_get_of_ours() {
    let world = World::start().await;
    let visitor = world.jason().await;
    let held = world.sign_on(&visitor, &world.pay).await;
    let question = Question::about(&world, &world.pay, &held, "_1");
    // A browser sends no cookie along from another site; it gets one.
    let stripped = Visitor::new(&world.app);
    let posted = stripped
        .send(question.post(&world.pay, Some(RELAY_STATE)))
        .await;
    let next = location(&posted);
    assert!(next.starts_with("/logout/"), "{next}");
    assert!(!is_signed_in(&visitor).await);

    let answer = stripped.get(&next).await;
    let sent = Sent::read(&world, &answer, "LogoutResponse").await;
    assert_eq!(sent.to, "https://pay.example.com/slo/done");
    assert_eq!(sent.relay_state.as_deref(), Some(RELAY_STATE));
    assert_eq!(sent.status().0, "Success");
    // Whoever learns the address in another browser finds nothing.
    Visitor::new(&world.app).get(&next).await.expect(404);
}

/// An answer goes by the binding that is registered, if not by that of the request.
#[actix_web::test]
async fn a_request_by_the_other_binding_is_answered_by_the_registered_one() {
    let world = World::start().await;
    let visitor = world.jason().await;
    let held = world.sign_on(&visitor, &world.pay).await;
    let question = Question::about(&world, &world.pay, &held, "_1");
    let answer = visitor.get(&question.redirect(&world.pay, None)).await;
    let sent = Sent::read(&world, &answer.expect(200), "LogoutResponse").await;
    assert_eq!(sent.relay_state, None);
}

/// SAML Core 8.3.7, 8.3.8: every kind of NameID names the session by which it was issued.
#[actix_web::test]
async fn logout_own_knows_every_name_id_as_it_was_issued() {
    let world = World::start().await;
    let formats = [
        "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress",
        "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified",
        "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent",
        "urn:oasis:names:tc:SAML:2.0:nameid-format:transient",
    ];
    for (number, format) in formats.into_iter().enumerate() {
        let name_id = json!({ "nameId": { "source": "email", "format": format } });
        world.set(&world.wiki, name_id).await;
        let visitor = world.jason().await;
        let first = world.sign_on(&visitor, &world.wiki).await;
        let second = world.sign_on(&visitor, &world.wiki).await;
        assert_eq!(first.session_index, second.session_index);
        // The identifier of an earlier sign-on of the same session names it as well.
        let question = Question::about(&world, &world.wiki, &first, &format!("_{number}"));
        let answer = visitor.get(&question.redirect(&world.wiki, None)).await;
        let sent = Sent::read(&world, &answer, "LogoutResponse").await;
        assert_eq!(sent.status().0, "Success", "{format}");
        assert!(!is_signed_in(&visitor).await, "{format}");
    }
}

/// What a service provider holds is over whichever way it ended: that is what it asks for.
#[actix_web::test]
async fn a_session_that_has_ended_already_is_answered_with_success() {
    let world = World::start().await;
    let visitor = world.jason().await;
    let held = world.sign_on(&visitor, &world.wiki).await;
    for id in ["_1", "_2"] {
        let question = Question::about(&world, &world.wiki, &held, id);
        let answer = visitor.get(&question.redirect(&world.wiki, None)).await;
        let sent = Sent::read(&world, &answer, "LogoutResponse").await;
        assert_eq!(sent.status(), ("Success".to_owned(), String::new()));
    }
    let events = world.events().await;
    let ended = events
        .iter()
        .filter(|event| event["kind"] == "session.ended");
    assert_eq!(ended.count(), 1);
}

/// A switched-off application may sign people out; and one without an address for answers leaves
/// them at the sign-in page.
#[actix_web::test]
async fn a_service_provider_without_an_endpoint_is_obeyed_and_not_answered() {
    let world = World::start().await;
    let visitor = world.jason().await;
    let held = world.sign_on(&visitor, &world.wiki).await;
    let change = json!({ "sloUrls": [], "status": "INACTIVE" });
    world.set(&world.wiki, change).await;
    let question = Question::about(&world, &world.wiki, &held, "_1");
    let answer = visitor.get(&question.redirect(&world.wiki, None)).await;
    assert_eq!(location(&answer), "/login");
    assert!(!is_signed_in(&visitor).await);
}
