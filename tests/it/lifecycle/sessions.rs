//! How long sessions live is a setting: a shorter life counts at once, on every node (OWASP ASVS 5,
//! 7.3.1 and 7.3.2).

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, TimeDelta};
use serde_json::json;
use vestibule::service::environment::Clock;

use crate::pages::world::user;
use crate::support::test_app::{PASSWORD, Site, TestApp};
use crate::support::visitor::Visitor;

#[actix_web::test]
async fn a_shorter_life_counts_at_once_and_a_longer_one_for_new_sessions() {
    for site in Site::each() {
        let at = DateTime::parse_from_rfc3339("2026-11-25T10:00:00Z").unwrap();
        let hands = Arc::new(AtomicI64::new(at.timestamp_millis()));
        let advance = |by: TimeDelta| hands.fetch_add(by.num_milliseconds(), Ordering::SeqCst);
        let app = TestApp::start_at(site, Clock::Manual(Arc::clone(&hands))).await;
        app.make("/users", &user("jason")).await;
        let old = Visitor::new(&app);
        old.sign_in("jason", PASSWORD).await;
        let page = old.get("/account").await.expect(200).text();
        assert!(
            page.contains("8 hours after its last use, and 12 hours after"),
            "{page}"
        );

        let shorter = json!({ "sessionIdle": "30m", "sessionAbsolute": "2h" });
        let said = app.patch("/settings", &shorter).await.expect(200).json();
        assert_eq!(
            (&said["sessionIdle"], &said["sessionAbsolute"]),
            (&json!("30m"), &json!("2h"))
        );
        let page = old.get("/account").await.expect(200).text();
        assert!(
            page.contains("30 minutes after its last use, and 2 hours after"),
            "{page}"
        );
        for _ in 0..4 {
            advance(TimeDelta::minutes(29));
            old.get("/account").await.expect(200);
        }
        // Two hours after the sign-in at the latest.
        advance(TimeDelta::minutes(4));
        old.get("/account").await.expect(303);

        let idle = Visitor::new(&app);
        idle.sign_in("jason", PASSWORD).await;
        let longer = json!({ "sessionIdle": null, "sessionAbsolute": "24h" });
        app.patch("/settings", &longer).await.expect(200);
        let long = Visitor::new(&app);
        long.sign_in("jason", PASSWORD).await;
        advance(TimeDelta::minutes(30));
        idle.get("/account").await.expect(303);
        advance(TimeDelta::hours(7));
        long.get("/account").await.expect(200);
        advance(TimeDelta::hours(7));
        long.get("/account").await.expect(200);
        for poor in ["4m", "31d", "forever", "721h"] {
            let body = json!({ "sessionIdle": poor });
            app.patch("/settings", &body)
                .await
                .expect_problem(422, "/sessionIdle");
        }
    }
}
