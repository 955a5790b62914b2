//! The conditions of the console beside roles: from which networks it opens, how old a sign-in may be, and
//! what is told to those whom it stays closed to.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use actix_web::http::Method;
use vestibule::domain::access_conditions::AccessConditions;
use vestibule::domain::address_range::AddressRange;
use vestibule::domain::admin::AdminRole;
use vestibule::service::administrators::{self, NewAdministrator};
use vestibule::service::caller::terminal;
use vestibule::service::environment::Clock;
use vestibule::web::routes::PAGES;

use crate::support::test_app::{PASSWORD, Site, TestApp};
use crate::support::visitor::Visitor;

const TITLE: &str = "The console does not open from your network";
const INSIDE: &str = "198.51.100.7:4000";
const OUTSIDE: &str = "192.0.2.1:5000";

fn inside_only() -> AccessConditions {
    AccessConditions {
        networks: vec![AddressRange::parse("198.51.100.0/24").unwrap()],
        ..AccessConditions::NONE
    }
}

async fn start(console: AccessConditions) -> (TestApp, Arc<AtomicI64>) {
    let clock = Arc::new(AtomicI64::new(chrono::Utc::now().timestamp_millis()));
    let place = (
        Site::each().swap_remove(0),
        Clock::Manual(Arc::clone(&clock)),
    );
    let app = TestApp::start_changed(place, |env| env.with_console(console)).await;
    let new = NewAdministrator {
        username: "root".to_owned(),
        email: "root@example.com".to_owned(),
        role: AdminRole::Administrator.as_str().to_owned(),
        password: Some(PASSWORD.into()),
    };
    administrators::create(&app.env, &terminal(), &new).unwrap();
    (app, clock)
}

#[actix_web::test]
async fn no_page_of_the_console_opens_from_elsewhere_and_each_does_from_its_networks() {
    let (app, _clock) = start(inside_only()).await;
    let stranger = Visitor::at(&app, OUTSIDE);
    let (inside, outside) = (Visitor::at(&app, INSIDE), Visitor::at(&app, OUTSIDE));
    for visitor in [&inside, &outside] {
        visitor.sign_in("root", PASSWORD).await;
    }
    let mut pages = 0;
    for endpoint in PAGES.iter().filter(|page| page.path.starts_with("/admin")) {
        pages += 1;
        let path = endpoint.path.replace("{id}", "nothing");
        for (visitor, is_closed) in [(&outside, true), (&stranger, true), (&inside, false)] {
            let answer = if endpoint.method == Method::GET {
                visitor.get(&path).await
            } else {
                visitor.post(&path, &[]).await
            };
            let says_so = answer.text().contains(TITLE);
            assert_eq!(says_so, is_closed, "{} {path}", endpoint.method);
            assert!(!is_closed || answer.status == 403, "{path}");
        }
    }
    assert!(pages > 50, "{pages}");
    inside.get("/admin").await.expect(200);
    // The own account, and a token for the API, are not the console.
    outside.get("/account").await.expect(200);
    app.get("/settings").await.expect(200);
}

#[actix_web::test]
async fn who_is_outside_reads_whom_to_ask() {
    let console = AccessConditions {
        denied_text: "Come <b>in</b> by the tunnel.".to_owned(),
        help_url: "https://help.example.com/vpn".to_owned(),
        ..inside_only()
    };
    let (app, _clock) = start(console).await;
    let page = Visitor::at(&app, OUTSIDE).get("/admin/users").await;
    let page = page.expect(403).text();
    for words in [
        TITLE,
        "Come &#60;b&#62;in&#60;/b&#62; by the tunnel.",
        "href=\"https://help.example.com/vpn\"",
    ] {
        assert!(page.contains(words), "{words}: {page}");
    }
}

#[actix_web::test]
async fn a_sign_in_that_is_too_old_for_the_console_is_made_anew_and_leads_back() {
    let console = AccessConditions {
        sign_in_max_age: Some(60),
        ..AccessConditions::NONE
    };
    let (app, clock) = start(console).await;
    let visitor = Visitor::new(&app);
    visitor.sign_in("root", PASSWORD).await;
    clock.fetch_add(3_599_000, Ordering::SeqCst);
    visitor.get("/admin/users").await.expect(200);
    clock.fetch_add(1_000, Ordering::SeqCst);
    let led = visitor.get("/admin/users").await.expect(303);
    assert_eq!(led.header("location"), "/login?again=1");
    let page = visitor.get("/login?again=1").await;
    let back = visitor.fill_in(&page, "root", PASSWORD).await.expect(303);
    assert_eq!(back.header("location"), "/admin/users");
    visitor.get("/admin/users").await.expect(200);
}
