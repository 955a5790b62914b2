//! `/settings`: the stored value counts, what file or environment sets is read-only, and passwords
//! go in and never come out.

use actix_web::http::Method;
use actix_web::test::TestRequest;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;
use vestibule::domain::admin::AdminRole;
use vestibule::service::stored_settings::StoredSettings;
use vestibule::store::settings;

use crate::support::test_app::{Site, TestApp};

const PNG: &[u8] = b"\x89PNG\r\n\x1a\nand so on";

#[actix_web::test]
async fn defaults_stand_until_something_is_saved() {
    for site in Site::each() {
        let app = TestApp::start_on(site).await;
        let defaults = json!({
            "organisationName": "", "contactEmail": "", "logoUrl": null, "nightlyAt": "02:00", "timeZone": "UTC", "sessionIdle": "8h", "sessionAbsolute": "12h",
            "mailServer": "", "mailFrom": "", "auditRetentionDays": null, "readOnly": [],
        });
        assert_eq!(app.get("/settings").await.expect(200).json(), defaults);
        let patch = json!({"organisationName": "Acme & Söhne", "contactEmail": "it@acme.example", "nightlyAt": "03:30",
                           "timeZone": "Europe/Berlin"});
        let saved = app.patch("/settings", &patch).await.expect(200).json();
        for (name, value) in patch.as_object().unwrap() {
            assert_eq!(saved[name], *value);
        }
        // Heeded by the next use, on another node too.
        let beside = app.start_beside().await;
        assert_eq!(beside.get("/settings").await.json(), saved);
        let schedule = StoredSettings::read(&beside.env)
            .unwrap()
            .schedule()
            .unwrap();
        assert_eq!(schedule.at, jiff::civil::time(3, 30, 0, 0));
        assert_eq!(schedule.zone.iana_name(), Some("Europe/Berlin"));

        let null = json!({"organisationName": null, "contactEmail": null, "nightlyAt": null, "timeZone": null});
        assert_eq!(app.patch("/settings", &null).await.json(), defaults);
    }
}

#[actix_web::test]
async fn key_at_rest_the_password_of_the_mail_server_is_sealed_and_never_shown() {
    for site in Site::each() {
        let app = TestApp::start_on(site).await;
        let patch = json!({"smtpUrl": "smtp://vest:s3cret-word@mail.example.com:587",
                           "mailFrom": "Vestibule <v@example.com>"});
        let saved = app.patch("/settings", &patch).await.expect(200);
        assert_eq!(
            saved.json()["mailServer"],
            "smtp://vest@mail.example.com:587"
        );
        let shown = [
            saved.text(),
            app.get("/settings").await.text(),
            app.get("/audit").await.text(),
        ];
        let stored = app.env.store.read(settings::list).unwrap();
        let stored = format!("{stored:?}");
        for text in shown.iter().chain([&stored]) {
            assert!(!text.contains("s3cret-word"), "{text}");
        }
        let mailer = StoredSettings::read(&app.env).unwrap().mailer().unwrap();
        assert!(mailer.is_some());
        // What is not named stays.
        let other = json!({"organisationName": "Acme"});
        let after = app.patch("/settings", &other).await.json();
        assert_eq!(after["mailServer"], "smtp://vest@mail.example.com:587");
    }
}

#[actix_web::test]
async fn broken_values_are_refused_by_name() {
    let app = TestApp::start().await;
    let long = "x".repeat(257);
    let large = STANDARD.encode([PNG, &[0; 65_536]].concat());
    for (patch, pointer) in [
        (json!({"organisationName": long}), "/organisationName"),
        (json!({"contactEmail": "nobody"}), "/contactEmail"),
        (json!({"nightlyAt": "25:00"}), "/nightlyAt"),
        (json!({"timeZone": "Europe/Nowhere"}), "/timeZone"),
        (json!({"smtpUrl": "http://mail.example.com"}), "/smtpUrl"),
        (json!({"mailFrom": "nobody"}), "/mailFrom"),
        (json!({"smtpUrl": "smtp://mail.example.com"}), "/mailFrom"),
        (json!({"logo": "no base64!"}), "/logo"),
        (json!({"logo": STANDARD.encode("<svg/>")}), "/logo"),
        (json!({"logo": large}), "/logo"),
        (json!({"sessions": 1}), "/sessions"),
    ] {
        app.patch("/settings", &patch)
            .await
            .expect_problem(422, pointer);
    }
    assert_eq!(app.total("/audit?kind=settings.updated").await, 0);
}

#[actix_web::test]
async fn c7_a_change_leaves_an_event_with_before_and_after() {
    let app = TestApp::start().await;
    app.patch("/settings", &json!({"nightlyAt": "04:00"}))
        .await
        .expect(200);
    let events = app.get("/audit?kind=settings.updated").await.json();
    let event = &events["items"][0];
    assert_eq!(event["object"]["kind"], "settings");
    assert_eq!(event["before"]["nightlyAt"], "02:00");
    assert_eq!(event["after"]["nightlyAt"], "04:00");
}

#[actix_web::test]
async fn a_stale_version_is_refused() {
    let app = TestApp::start().await;
    let read = app.get("/settings").await;
    let tag = read.header("etag").to_owned();
    let send = async |name: &str| {
        let request = app.request_as(AdminRole::Administrator, &Method::PATCH, "/settings");
        let request = request
            .insert_header(("content-type", "application/json"))
            .insert_header(("if-match", tag.clone()));
        let body = json!({"organisationName": name}).to_string();
        app.send(request.set_payload(body)).await
    };
    send("first").await.expect(200);
    send("second").await.expect_problem(412, "");
    let present = app.get("/settings").await.json();
    assert_eq!(present["organisationName"], "first");
}

#[actix_web::test]
async fn the_logo_is_served_as_the_picture_it_is() {
    let app = TestApp::start().await;
    let logo = || TestRequest::get().uri("/logo");
    app.send(logo()).await.expect(404);
    let patch = json!({"logo": STANDARD.encode(PNG)});
    let saved = app.patch("/settings", &patch).await.expect(200).json();
    let address = saved["logoUrl"].as_str().unwrap();
    let answer = app.send(TestRequest::get().uri(address)).await.expect(200);
    assert_eq!(answer.body, PNG);
    assert_eq!(answer.header("content-type"), "image/png");
    assert_eq!(answer.header("x-content-type-options"), "nosniff");
    assert!(answer.header("cache-control").contains("immutable"));
    assert_eq!(app.send(logo()).await.header("cache-control"), "no-cache");
    app.patch("/settings", &json!({"logo": null})).await;
    app.send(logo()).await.expect(404);
}
