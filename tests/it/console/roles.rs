//! Each page and action of the console, per role, from the route table itself: a new page is tested
//! without a new test, and one without a decision cannot be written.

use actix_web::http::Method;
use vestibule::domain::admin::{AdminRole, authorize};
use vestibule::service::administrators::{self, NewAdministrator};
use vestibule::service::caller::terminal;
use vestibule::web::endpoint::{Endpoint, Need};
use vestibule::web::routes::PAGES;

use crate::support::test_app::{PASSWORD, TestApp};
use crate::support::visitor::Visitor;

/// The pages and actions of the console.
fn console() -> impl Iterator<Item = &'static Endpoint> {
    PAGES.iter().filter(|endpoint| {
        matches!(
            endpoint.need,
            Need::Admin | Need::May(..) | Need::MayFreshly(..)
        )
    })
}

/// An address of an endpoint; what it names is not there.
fn address(endpoint: &Endpoint) -> String {
    let parts = endpoint.path.split('/');
    let parts: Vec<&str> = parts
        .map(|part| {
            if part.starts_with('{') {
                "nothing"
            } else {
                part
            }
        })
        .collect();
    parts.join("/")
}

pub fn make_admin(app: &TestApp, role: AdminRole) -> String {
    let username = format!("the-{}", role.as_str());
    let new = NewAdministrator {
        username: username.clone(),
        email: format!("{username}@example.com"),
        role: role.as_str().to_owned(),
        password: Some(PASSWORD.into()),
    };
    administrators::create(&app.env, &terminal(), &new).unwrap();
    username
}

#[actix_web::test]
async fn every_page_below_admin_is_guarded() {
    for endpoint in PAGES {
        let is_guarded = matches!(
            endpoint.need,
            Need::Admin | Need::May(..) | Need::MayFreshly(..)
        );
        let is_below = endpoint.path == "/admin" || endpoint.path.starts_with("/admin/");
        assert_eq!(is_guarded, is_below, "{}", endpoint.path);
    }
}

#[actix_web::test]
async fn strangers_are_led_to_the_sign_in_page_and_users_are_refused() {
    let app = TestApp::start().await;
    app.make(
        "/users",
        &serde_json::json!({"username": "jason", "email": "jason@example.com", "password": PASSWORD}),
    )
    .await;
    let user = Visitor::new(&app);
    user.sign_in("jason", PASSWORD).await;
    let stranger = Visitor::new(&app);
    for endpoint in console().filter(|endpoint| endpoint.method == Method::GET) {
        let path = address(endpoint);
        let answer = stranger.get(&path).await.expect(303);
        assert_eq!(answer.header("location"), "/login", "{path}");
        user.get(&path).await.expect(403);
    }
}

#[actix_web::test]
async fn each_role_opens_and_sends_what_it_may_and_nothing_else() {
    let app = TestApp::start().await;
    for role in AdminRole::ALL {
        let visitor = Visitor::new(&app);
        visitor.sign_in(&make_admin(&app, role), PASSWORD).await;
        for endpoint in console() {
            let path = address(endpoint);
            let may = match endpoint.need {
                Need::May(action, object) | Need::MayFreshly(action, object) => {
                    authorize(role, action, object).is_ok()
                }
                _ => true,
            };
            if endpoint.method == Method::GET {
                let answer = visitor.get(&path).await;
                assert_eq!(
                    answer.status != 403,
                    may,
                    "{role:?} {path}: {}",
                    answer.status
                );
                assert!(answer.status < 500, "{role:?} {path}: {}", answer.status);
            } else {
                // Without its token no form is taken, whoever sends it.
                let answer = visitor.post(&path, &[]).await.expect(403);
                let told = if may {
                    "form is no longer valid"
                } else {
                    "Your role does not permit"
                };
                assert!(
                    answer.text().contains(told),
                    "{role:?} {path}: {}",
                    answer.text()
                );
            }
        }
    }
}

#[actix_web::test]
async fn every_page_behind_a_sign_in_offers_to_sign_out() {
    let app = TestApp::start().await;
    let user = serde_json::json!({"username": "jason", "email": "jason@example.com", "password": PASSWORD});
    app.make("/users", &user).await;
    let visitors = [Visitor::new(&app), Visitor::new(&app)];
    visitors[0].sign_in("jason", PASSWORD).await;
    let root = make_admin(&app, AdminRole::Administrator);
    visitors[1].sign_in(&root, PASSWORD).await;
    let mut pages = 0;
    let asked = PAGES
        .iter()
        .filter(|page| page.method == Method::GET && page.need != Need::Public);
    for endpoint in asked {
        for visitor in &visitors {
            let path = address(endpoint);
            let answer = visitor.get(&path).await;
            let is_page = answer.header("content-type").starts_with("text/html");
            if answer.status == 200 && is_page {
                pages += 1;
                assert!(answer.text().contains("/logout"), "{path}");
            }
        }
    }
    assert!(pages > 25, "{pages}");
}

/// Nobody changes their own role, so nobody is shown a form for it.
#[actix_web::test]
async fn the_own_page_of_an_administrator_has_no_form_for_the_role() {
    let app = TestApp::start().await;
    let own = make_admin(&app, AdminRole::Administrator);
    make_admin(&app, AdminRole::ReadOnly);
    let visitor = Visitor::new(&app);
    visitor.sign_in(&own, PASSWORD).await;
    let all = administrators::list(&app.env, &Default::default()).unwrap();
    for one in all.items {
        let path = format!("/admin/administrators/{}", one.public_id.as_str());
        let page = visitor.get(&path).await.expect(200).text();
        let is_offered = page.contains("name=\"role\"");
        assert_eq!(is_offered, one.username != own, "{}", one.username);
    }
}

/// Who could not sign in is sent no link (409), so none is offered.
#[actix_web::test]
async fn links_are_offered_for_active_users_alone() {
    let app = TestApp::start().await;
    let visitor = Visitor::new(&app);
    let help = make_admin(&app, AdminRole::HelpDesk);
    visitor.sign_in(&help, PASSWORD).await;
    let past = "2020-01-01T00:00:00Z";
    for (name, state, suspend_at, is_offered) in [
        ("active", "ACTIVATED", None, true),
        ("staged", "STAGED", None, false),
        ("suspended", "SUSPENDED", None, false),
        ("over", "ACTIVATED", Some(past), false),
    ] {
        let user = app
            .make(
                "/users",
                &serde_json::json!({"username": name, "email": format!("{name}@example.com"),
                    "state": state, "suspendAt": suspend_at}),
            )
            .await;
        let path = format!("/admin/users/{}/security", user["id"].as_str().unwrap());
        let page = visitor.get(&path).await.expect(200).text();
        assert_eq!(page.contains("value=\"invite\""), is_offered, "{name}");
        let is_told = page.contains("A link can be sent once the user is active.");
        assert_eq!(is_told, !is_offered, "{name}");
    }
}
