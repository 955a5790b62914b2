//! `/metrics`: what the monitoring sees, as text.

use std::sync::Arc;

use actix_web::body::to_bytes;
use actix_web::middleware::from_fn;
use actix_web::test::{self, TestRequest};
use actix_web::web::Data;
use actix_web::{App, rt};
use vestibule::domain::membership::MembershipSource;
use vestibule::service::environment::Environment;
use vestibule::service::nightly;
use vestibule::store::memberships::{self, NewMembership};
use vestibule::web::envelope::envelope;
use vestibule::web::metrics;

use crate::engine::world::denver;
use crate::operations::time::Hands;
use crate::pages;
use crate::store::databases::Database;
use crate::support::test_app::PASSWORD;
use crate::support::sp_document::certificate;
use crate::support::visitor::Visitor;

/// The lines with values.
async fn scrape(env: Data<Environment>) -> Vec<String> {
    let app = App::new()
        .wrap(from_fn(envelope))
        .app_data(env)
        .configure(metrics::configure);
    let service = test::init_service(app).await;
    let request = TestRequest::get().uri("/metrics").to_request();
    let answer = test::call_service(&service, request).await;
    assert_eq!(answer.status(), 200);
    let kind = answer.headers().get("content-type").unwrap();
    assert_eq!(kind, "text/plain; version=0.0.4; charset=utf-8");
    let body = to_bytes(answer.into_body()).await.unwrap_or_default();
    let text = String::from_utf8(body.to_vec()).unwrap();
    let mut described = Vec::new();
    let mut values = Vec::new();
    for line in text.lines() {
        match line.strip_prefix("# TYPE ") {
            Some(named) => described.push(named.split(' ').next().unwrap().to_owned()),
            None if line.starts_with('#') => {}
            None => {
                let name = line.split(['{', ' ']).next().unwrap();
                assert_eq!(described.last().map(String::as_str), Some(name), "{line}");
                values.push(line.to_owned());
            }
        }
    }
    values
}

fn has(lines: &[String], line: &str) {
    assert!(lines.iter().any(|one| one == line), "{line}: {lines:#?}");
}

#[test]
fn a5_the_alarm_of_a_recompute_that_found_something() {
    for database in Database::all() {
        let hands = Hands::at("2026-11-25T12:00:00Z");
        let world = hands.node(&database, "one");
        Hands::install(&world);
        let scrape = || rt::System::new().block_on(scrape(Data::from(Arc::clone(&world.env))));
        let before = scrape();
        let began = hands.now().timestamp();
        has(&before, &format!("process_start_time_seconds {began}"));
        has(&before, "vestibule_recompute_alarms_total 0");
        let is_of_a_run = |line: &String| line.starts_with("vestibule_recompute_last");
        assert!(!before.iter().any(is_of_a_run), "none ran yet: {before:#?}");

        let group = world.dynamic("Denver", denver());
        let stacy = world.person("stacy", &[("location", "Austin")]);
        let wrong = NewMembership {
            user: stacy.id,
            group,
            source: MembershipSource::Rule,
            since: hands.now(),
            cause: String::new(),
        };
        let write = move |conn: &mut _| memberships::add(conn, &wrong);
        assert!(world.env.store.change_user(write).unwrap());
        nightly::recompute(&world.env, "nightly", |_, _| {}).unwrap();
        let alarmed = scrape();
        has(&alarmed, "vestibule_recompute_alarms_total 1");
        has(&alarmed, r#"vestibule_recompute_last_repairs{kind="additions"} 0"#);
        has(&alarmed, r#"vestibule_recompute_last_repairs{kind="removals"} 1"#);
        has(&alarmed, r#"vestibule_recompute_last_repairs{kind="all"} 1"#);

        hands.set("2026-11-26T12:00:00Z");
        nightly::recompute(&world.env, "nightly", |_, _| {}).unwrap();
        let calm = scrape();
        has(&calm, "vestibule_recompute_alarms_total 1");
        has(&calm, r#"vestibule_recompute_last_repairs{kind="all"} 0"#);
        let last = hands.now().timestamp();
        has(&calm, &format!("vestibule_recompute_last_start_timestamp_seconds {last}"));
    }
}

#[actix_web::test]
async fn sign_ons_and_certificates_are_told() {
    let world = pages::world::World::start().await;
    for name in ["jason", "mark"] {
        let visitor = Visitor::new(&world.app);
        visitor.sign_in(name, PASSWORD).await;
        visitor.get("/saml/start/wiki").await;
        visitor.get("/saml/start/wiki").await;
    }
    let lines = scrape(world.app.env.clone()).await;
    has(&lines, r#"vestibule_sign_ons_total{outcome="issued"} 2"#);
    has(&lines, r#"vestibule_sign_ons_total{outcome="denied"} 2"#);
    has(&lines, r#"vestibule_sign_ons_total{outcome="failed"} 0"#);
    has(&lines, "vestibule_mail_waiting 0");
    let certificates: Vec<&String> = lines
        .iter()
        .filter(|line| line.starts_with("vestibule_signing_certificate_expiry"))
        .collect();
    let path = format!("/connectors/{}", world.wiki["id"].as_str().unwrap());
    let body = serde_json::json!({"spCertificates": [certificate("2037-01-01T00:00:00Z")]});
    world.app.patch(&path, &body).await.expect(200);
    let after = scrape(world.app.env.clone()).await;
    let theirs = "vestibule_service_provider_certificate_expiry_timestamp_seconds";
    let theirs = after.iter().find(|line| line.starts_with(theirs)).unwrap();
    assert!(theirs.contains(world.wiki["id"].as_str().unwrap()), "{theirs}");
    assert!(theirs.ends_with(" 2114380800"), "{theirs}");
    let keys = world.app.get("/keys").await.expect(200).json();
    let keys = keys["items"].as_array().unwrap();
    assert_eq!(certificates.len(), keys.len(), "{certificates:?}");
    for key in keys {
        let id = key["id"].as_str().unwrap();
        assert!(certificates.iter().any(|line| line.contains(id)), "{id}");
    }
}
