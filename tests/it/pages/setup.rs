//! The one-time link that sets an administrator's password.

use serde_json::json;

use crate::support::test_app::{PASSWORD, TestApp};
use crate::support::visitor::{Visitor, field, form_action};

#[actix_web::test]
async fn a_link_sets_a_password_once() {
    let app = TestApp::start().await;
    let admin = json!({ "username": "ada", "email": "ada@example.com", "role": "administrator" });
    let made = app.make("/admins", &admin).await;
    let link = made["setupUrl"].as_str().unwrap();
    let path = link
        .split_once("/setup/")
        .map(|(_, token)| format!("/setup/{token}"))
        .unwrap();

    let visitor = Visitor::new(&app);
    let page = visitor.get(&path).await.expect(200).text();
    assert!(page.contains("<strong>ada</strong>"), "{page}");
    assert_eq!(form_action(&page), path);
    let token = field(&page, "csrf_token");

    visitor
        .post(&path, &[("password", PASSWORD)])
        .await
        .expect(403);
    for poor in ["short", "passwordpassword"] {
        let again = visitor
            .post(&path, &[("password", poor), ("csrf_token", &token)])
            .await;
        let again = again.expect(422).text();
        assert!(again.contains("id=\"password-fault\""), "{again}");
        assert!(!again.contains(poor), "{again}");
    }
    let set = visitor
        .post(&path, &[("password", PASSWORD), ("csrf_token", &token)])
        .await;
    let next = set.expect(303).header("location").to_owned();
    let page = visitor.get(&next).await.expect(200);
    assert!(
        page.text().contains("Your password is set"),
        "{}",
        page.text()
    );
    let signed_in = visitor.fill_in(&page, "ada", PASSWORD).await.expect(303);
    assert_eq!(signed_in.header("location"), "/");

    let used = visitor.get(&path).await.expect(404).text();
    assert!(used.contains("This link does not work any more"), "{used}");
    visitor
        .post(&path, &[("password", PASSWORD), ("csrf_token", &token)])
        .await
        .expect(404);
}

#[actix_web::test]
async fn links_that_nobody_made_do_not_work() {
    let app = TestApp::start().await;
    for path in [
        "/setup/nonsense",
        "/setup/%00",
        "/setup/..%2f..%2fetc",
        "/setup/%ff",
    ] {
        Visitor::new(&app).get(path).await.expect(404);
    }
    Visitor::new(&app)
        .get(&format!("/setup/{}", "x".repeat(4000)))
        .await
        .expect(404);
}
