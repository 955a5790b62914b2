//! Dates at which a user becomes active or is suspended: they count at their instant (CHECK-AT-ISSUE),
//! and are carried out like every other change, so that dynamic groups follow (rule A7).

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, TimeDelta};
use serde_json::{Value, json};
use vestibule::service::caller::terminal;
use vestibule::service::environment::Clock;
use vestibule::service::{user_bulk, user_dates};

use crate::support::test_app::{PASSWORD, Site, TestApp};
use crate::support::visitor::Visitor;

struct Hands(Arc<AtomicI64>);

impl Hands {
    fn new() -> Self {
        let at = DateTime::parse_from_rfc3339("2026-11-25T10:00:00Z").unwrap();
        Self(Arc::new(AtomicI64::new(at.timestamp_millis())))
    }

    fn advance(&self, by: TimeDelta) {
        self.0.fetch_add(by.num_milliseconds(), Ordering::SeqCst);
    }

    async fn app(&self, site: std::rc::Rc<Site>) -> TestApp {
        TestApp::start_at(site, Clock::Manual(Arc::clone(&self.0))).await
    }
}

fn body(state: &str, dates: Value) -> Value {
    let mut body = json!({ "username": "jason", "email": "jason@example.com", "state": state,
        "password": PASSWORD });
    for (name, value) in dates.as_object().unwrap() {
        body[name] = value.clone();
    }
    body
}

async fn state(app: &TestApp, id: &str) -> (String, Value, Value) {
    let user = app.get(&format!("/users/{id}")).await.expect(200).json();
    let state = user["state"].as_str().unwrap().to_owned();
    (state, user["activateAt"].clone(), user["suspendAt"].clone())
}

#[actix_web::test]
async fn check_at_issue_dates_count_at_their_instant_and_are_carried_out_after() {
    for site in Site::each() {
        let hands = Hands::new();
        let app = hands.app(site).await;
        let rule = json!({ "name": "Active", "membershipMethod": "DYNAMIC_AUTOMATED",
            "memberQuery": { "filters": [
                { "field": "userState", "operator": "equals", "values": ["ACTIVATED"] }] } });
        let group = app.make("/groups", &rule).await;
        let members = format!("/groups/{}/members", group["id"].as_str().unwrap());
        let dates = json!({ "activateAt": "2026-11-25T12:00:00+01:00",
            "suspendAt": "2026-11-25T12:00:00Z" });
        let made = app.make("/users", &body("STAGED", dates)).await;
        let id = made["id"].as_str().unwrap().to_owned();
        assert_eq!(made["activateAt"], "2026-11-25T11:00:00.000Z");

        let visitor = Visitor::new(&app);
        let page = visitor.get("/login").await.expect(200);
        visitor.fill_in(&page, "jason", PASSWORD).await.expect(401);
        assert_eq!(user_dates::carry_out(&app.env).unwrap(), 0);

        // At the instant, though nobody has carried it out.
        hands.advance(TimeDelta::hours(1));
        let page = visitor.get("/login").await.expect(200);
        visitor.fill_in(&page, "jason", PASSWORD).await.expect(303);
        visitor.get("/account").await.expect(200);
        assert_eq!(app.get(&members).await.json()["total"], 0);
        assert_eq!(user_dates::carry_out(&app.env).unwrap(), 1);
        assert_eq!(app.get(&members).await.json()["total"], 1);
        let (now, activate, suspend) = state(&app, &id).await;
        assert_eq!((now.as_str(), activate), ("ACTIVATED", Value::Null));
        assert_eq!(suspend, "2026-11-25T12:00:00.000Z");

        hands.advance(TimeDelta::minutes(59));
        visitor.get("/account").await.expect(200);
        hands.advance(TimeDelta::minutes(1));
        visitor.get("/account").await.expect(303);
        let page = visitor.get("/login").await.expect(200);
        visitor.fill_in(&page, "jason", PASSWORD).await.expect(401);
        assert_eq!(user_dates::carry_out(&app.env).unwrap(), 1);
        assert_eq!(user_dates::carry_out(&app.env).unwrap(), 0);
        assert_eq!(app.get(&members).await.json()["total"], 0);
        assert_eq!(state(&app, &id).await.0, "SUSPENDED");
        let events = app.get("/audit?kind=user.updated").await.json();
        assert_eq!(events["items"][0]["actor"]["name"], "system");
    }
}

/// The same decision in sign-on: no assertion from the instant on.
#[actix_web::test]
async fn check_at_issue_explanations_know_the_date() {
    let hands = Hands::new();
    let app = hands.app(Site::each().remove(0)).await;
    let dates = json!({ "suspendAt": "2026-11-25T11:00:00Z" });
    let user = app.make("/users", &body("ACTIVATED", dates)).await;
    let connectors = format!("/users/{}/connectors", user["id"].as_str().unwrap());
    app.make(
        "/connectors",
        &crate::pages::world::connector("Wiki", "https://wiki.example.com"),
    )
    .await;
    let reason = |answer: Value| answer["items"][0]["reason"].clone();
    assert_eq!(reason(app.get(&connectors).await.json()), "NOT_BOUND");
    hands.advance(TimeDelta::hours(1));
    assert_eq!(reason(app.get(&connectors).await.json()), "USER_NOT_ACTIVE");
}

#[actix_web::test]
async fn dates_are_given_changed_and_taken_back_over_rest() {
    let app = TestApp::start().await;
    let made = app.make("/users", &body("STAGED", json!({}))).await;
    let path = format!("/users/{}", made["id"].as_str().unwrap());
    let poor = json!({ "activateAt": "tomorrow" });
    app.patch(&path, &poor)
        .await
        .expect_problem(422, "/activateAt");
    let given = json!({ "activateAt": "2999-01-01T00:00:00Z" });
    let after = app.patch(&path, &given).await.expect(200).json();
    assert_eq!(after["activateAt"], "2999-01-01T00:00:00.000Z");
    let kept = app
        .patch(&path, &json!({ "location": "Denver" }))
        .await
        .expect(200)
        .json();
    assert_eq!(kept["activateAt"], "2999-01-01T00:00:00.000Z");
    let gone = app
        .patch(&path, &json!({ "activateAt": null }))
        .await
        .expect(200)
        .json();
    assert_eq!(gone["activateAt"], Value::Null);
}

/// Rule C6: no date opens an account again that was suspended by hand after the date was given.
#[actix_web::test]
async fn c6_a_suspension_by_hand_outlives_the_date_of_activation() {
    for site in Site::each() {
        let hands = Hands::new();
        let app = hands.app(site).await;
        let dates = json!({ "activateAt": "2026-11-25T11:00:00Z" });
        let made = app.make("/users", &body("STAGED", dates)).await;
        let id = made["id"].as_str().unwrap().to_owned();
        let path = format!("/users/{id}");
        let suspend = json!({ "state": "SUSPENDED" });
        let stays = async || {
            assert_eq!(user_dates::carry_out(&app.env).unwrap(), 0);
            let (now, activate, _) = state(&app, &id).await;
            assert_eq!((now.as_str(), activate), ("SUSPENDED", Value::Null));
            let visitor = Visitor::new(&app);
            let page = visitor.get("/login").await.expect(200);
            visitor.fill_in(&page, "jason", PASSWORD).await.expect(401);
        };

        // The date has come, and nobody has carried it out.
        hands.advance(TimeDelta::hours(1));
        app.patch(&path, &suspend).await.expect(200);
        stays().await;
        // Nor does the same change name a date that has come.
        let late = json!({ "state": "SUSPENDED", "activateAt": "2026-11-25T11:00:00Z" });
        app.patch(&path, &late).await.expect(200);
        stays().await;

        // The date is to come, whoever suspends: over REST, or several on the list.
        let later = json!({ "activateAt": "2026-11-25T12:00:00Z" });
        app.patch(&path, &later).await.expect(200);
        app.patch(&path, &suspend).await.expect(200);
        assert_eq!(state(&app, &id).await.1, Value::Null);
        app.patch(&path, &later).await.expect(200);
        user_bulk::suspend(&app.env, &terminal(), std::slice::from_ref(&id)).unwrap();
        hands.advance(TimeDelta::hours(1));
        stays().await;

        // A leave that ends says so in the same change.
        let leave = json!({ "state": "SUSPENDED", "activateAt": "2026-11-25T13:00:00Z" });
        let left = app.patch(&path, &leave).await.expect(200).json();
        assert_eq!(left["activateAt"], "2026-11-25T13:00:00.000Z");
        hands.advance(TimeDelta::hours(1));
        assert_eq!(user_dates::carry_out(&app.env).unwrap(), 1);
        assert_eq!(state(&app, &id).await.0, "ACTIVATED");
    }
}

/// A state that is named counts from then on, whatever date had come before.
#[actix_web::test]
async fn who_is_activated_by_hand_is_not_suspended_by_a_date_that_has_come() {
    let hands = Hands::new();
    let app = hands.app(Site::each().remove(0)).await;
    let dates = json!({ "suspendAt": "2026-11-25T11:00:00Z" });
    let made = app.make("/users", &body("ACTIVATED", dates)).await;
    let id = made["id"].as_str().unwrap();
    hands.advance(TimeDelta::hours(1));
    let activate = json!({ "state": "ACTIVATED" });
    app.patch(&format!("/users/{id}"), &activate)
        .await
        .expect(200);
    assert_eq!(user_dates::carry_out(&app.env).unwrap(), 0);
    assert_eq!(
        state(&app, id).await,
        ("ACTIVATED".to_owned(), Value::Null, Value::Null)
    );
}

/// Rule C6: a suspension on one node is seen by the next request on the other, and so is a date.
#[actix_web::test]
async fn c6_a_suspension_on_one_node_ends_sessions_on_the_other_at_once() {
    for site in Site::each() {
        let hands = Hands::new();
        let here = hands.app(std::rc::Rc::clone(&site)).await;
        let there = hands.app(site).await;
        let made = here.make("/users", &body("ACTIVATED", json!({}))).await;
        let path = format!("/users/{}", made["id"].as_str().unwrap());
        let suspend = json!({ "state": "SUSPENDED" });
        let on_a_date = json!({ "suspendAt": "2026-11-25T10:00:00Z" });
        for change in [suspend, on_a_date] {
            here.patch(&path, &json!({ "state": "ACTIVATED" }))
                .await
                .expect(200);
            let visitor = Visitor::new(&there);
            visitor.sign_in("jason", PASSWORD).await;
            visitor.get("/account").await.expect(200);
            here.patch(&path, &change).await.expect(200);
            visitor.get("/account").await.expect(303);
        }
    }
}
