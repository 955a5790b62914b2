//! Links that administrators have sent, and what of sixteen who use one at once becomes
//! (FRESH-ONCE; OWASP ASVS 5, 6.4.1 and 6.4.6).

use std::sync::Barrier;
use std::thread;

use actix_web::http::Method;
use serde_json::json;
use vestibule::domain::admin::Administrator;
use vestibule::domain::audit::{Actor, ActorKind};
use vestibule::service::caller::terminal;
use vestibule::service::environment::Environment;
use vestibule::service::error::ServiceError;
use vestibule::service::listing::ListQuery;
use vestibule::service::{account_links, administrators, one_time_links};

use crate::lifecycle::recovery::{can_mail, mails, path_of};
use crate::support::test_app::{PASSWORD, Site, TestApp};
use crate::support::visitor::{Visitor, field};

async fn person(app: &TestApp, name: &str) -> String {
    let body = json!({ "username": name, "email": format!("{name}@example.com") });
    let made = app.make("/users", &body).await;
    made["id"].as_str().unwrap().to_owned()
}

#[actix_web::test]
async fn an_invitation_is_mailed_or_handed_over_and_never_both() {
    let app = TestApp::start().await;
    let id = person(&app, "jason").await;
    let invite = format!("/users/{id}/invitation");
    let handed = app.post(&invite, &json!(null)).await.expect(200).json();
    assert_eq!(handed["mailed"], false);
    assert!(handed["link"].as_str().unwrap().contains("/setup/"));
    assert!(mails(&app).is_empty());

    can_mail(&app).await;
    let mailed = app.post(&invite, &json!(null)).await.expect(200).json();
    assert_eq!(
        (&mailed["mailed"], &mailed["link"]),
        (&json!(true), &json!(null))
    );
    let path = path_of(&app, &mails(&app)[0]);
    Visitor::new(&app).get(&path).await.expect(200);

    // Who has a password is not invited again, and may be sent a reset.
    let token = path.strip_prefix("/setup/").unwrap();
    one_time_links::use_up(&app.env, token, PASSWORD).unwrap();
    app.post(&invite, &json!(null))
        .await
        .expect_problem(409, "");
    let reset = format!("/users/{id}/password-reset");
    app.post(&reset, &json!(null)).await.expect(200);
    // The present password counts until the link is used, and so do sessions.
    Visitor::new(&app).sign_in("jason", PASSWORD).await;
}

#[actix_web::test]
async fn who_may_not_sign_in_gets_no_link_and_can_use_none() {
    let app = TestApp::start().await;
    let id = person(&app, "jason").await;
    let reset = format!("/users/{id}/password-reset");
    let made = app.post(&reset, &json!(null)).await.expect(200).json();
    let link = made["link"].as_str().unwrap();
    let path = link.strip_prefix("http://localhost:8080").unwrap();
    let suspended = json!({ "state": "SUSPENDED" });
    app.patch(&format!("/users/{id}"), &suspended)
        .await
        .expect(200);
    app.post(&reset, &json!(null))
        .await
        .expect_problem(409, "/state");
    Visitor::new(&app).get(path).await.expect(404);
    let token = path.strip_prefix("/setup/").unwrap();
    assert!(one_time_links::use_up(&app.env, token, PASSWORD).is_err());
    // Not used up by that.
    let activated = json!({ "state": "ACTIVATED" });
    app.patch(&format!("/users/{id}"), &activated)
        .await
        .expect(200);
    one_time_links::use_up(&app.env, token, PASSWORD).unwrap();
}

#[actix_web::test]
async fn one_link_that_was_used_takes_the_others_along() {
    let app = TestApp::start().await;
    let id = person(&app, "jason").await;
    let reset = format!("/users/{id}/password-reset");
    let mut tokens = Vec::new();
    for _ in 0..2 {
        let made = app.post(&reset, &json!(null)).await.expect(200).json();
        let link = made["link"].as_str().unwrap();
        tokens.push(link.rsplit('/').next().unwrap().to_owned());
    }
    one_time_links::use_up(&app.env, &tokens[0], PASSWORD).unwrap();
    assert!(one_time_links::check(&app.env, &tokens[1]).is_err());
}

/// FRESH-ONCE; OWASP ASVS 5, 6.4.1: whoever has an old link in a mailbox cannot undo what was done since.
#[actix_web::test]
async fn fresh_once_a_link_does_not_outlive_another_password_or_another_address() {
    let app = TestApp::start().await;
    let id = person(&app, "jason").await;
    let path = format!("/users/{id}");
    let link = async || {
        let reset = format!("{path}/password-reset");
        let made = app.post(&reset, &json!(null)).await.expect(200).json();
        let link = made["link"].as_str().unwrap();
        link.rsplit('/').next().unwrap().to_owned()
    };
    let works = |token: &str| one_time_links::check(&app.env, token).is_ok();

    // What touches neither leaves it open.
    let open = link().await;
    let place = json!({ "location": "Denver" });
    app.patch(&path, &place).await.expect(200);
    assert!(works(&open));

    let body = json!({ "password": PASSWORD });
    app.send_text(Method::PUT, &format!("{path}/password"), &body.to_string())
        .await
        .expect(204);
    assert!(!works(&open), "an administrator set the password");
    for change in [body, json!({ "email": "jason.lee@example.com" })] {
        let open = link().await;
        assert!(works(&open));
        app.patch(&path, &change).await.expect(200);
        assert!(!works(&open), "{change}");
    }

    let open = link().await;
    let visitor = Visitor::new(&app);
    visitor.sign_in("jason", PASSWORD).await;
    let page = visitor.get("/account").await.expect(200).text();
    let token = field(&page, "csrf_token");
    let fields = [
        ("current", PASSWORD),
        ("password", "eleven quiet herons, 11"),
        ("csrf_token", token.as_str()),
    ];
    visitor.post("/account/password", &fields).await.expect(303);
    assert!(!works(&open), "the owner set the password");
}

#[actix_web::test]
async fn the_terminal_lets_a_locked_out_administrator_in_and_nobody_else() {
    let app = TestApp::start().await;
    person(&app, "jason").await;
    let admin = json!({ "username": "ada", "email": "ada@example.org", "role": "administrator",
        "password": PASSWORD });
    app.make("/admins", &admin).await;
    let reset = |name: &str| account_links::reset_administrator(&app.env, &terminal(), name);
    assert!(reset("jason").is_err());
    let link = reset("ADA").unwrap();
    let path = link.strip_prefix("http://localhost:8080").unwrap();
    Visitor::new(&app).get(path).await.expect(200);
}

/// How many of sixteen threads on two nodes set the password by one link.
fn winners(nodes: [&Environment; 2], token: &str) -> usize {
    let barrier = Barrier::new(16);
    thread::scope(|scope| {
        let all: Vec<_> = (0..16)
            .map(|number| {
                let (barrier, env) = (&barrier, nodes[number % 2]);
                scope.spawn(move || {
                    barrier.wait();
                    let password = format!("{PASSWORD} {number}");
                    one_time_links::use_up(env, token, &password).is_ok()
                })
            })
            .collect();
        let won = all.into_iter().map(|one| one.join().unwrap());
        won.filter(|won| *won).count()
    })
}

/// Fault table of security.md: a reset link, replayed from two nodes.
#[actix_web::test]
async fn fresh_once_of_sixteen_on_two_nodes_one_uses_an_invitation_and_one_a_reset() {
    for site in Site::each() {
        let first = TestApp::start_on(site).await;
        let second = first.start_beside().await;
        let id = person(&first, "jason").await;
        for kind in ["invitation", "password-reset"] {
            let path = format!("/users/{id}/{kind}");
            let made = first.post(&path, &json!(null)).await.expect(200).json();
            let link = made["link"].as_str().unwrap();
            let token = link.rsplit('/').next().unwrap();
            assert_eq!(winners([&first.env, &second.env], token), 1, "{kind}");
        }
    }
}

/// The last administrator stays, whoever is faster.
#[actix_web::test]
async fn of_two_administrators_who_are_demoted_at_once_one_stays() {
    for site in Site::each() {
        let first = TestApp::start_on(site).await;
        let second = first.start_beside().await;
        let mut ids = Vec::new();
        for name in ["ada", "bea"] {
            let body = json!({ "username": name, "email": format!("{name}@example.org"),
                "role": "administrator" });
            let made = first.make("/admins", &body).await;
            ids.push(made["id"].as_str().unwrap().to_owned());
        }
        let barrier = Barrier::new(2);
        let ended = thread::scope(|scope| {
            let both = [(&first.env, &ids[0]), (&second.env, &ids[1])].map(|(env, id)| {
                let barrier = &barrier;
                scope.spawn(move || {
                    barrier.wait();
                    administrators::set_role(env, &terminal(), id, "read-only").is_ok()
                })
            });
            both.map(|one| one.join().unwrap())
        });
        assert_eq!(ended.iter().filter(|ended| **ended).count(), 1, "{ended:?}");
        assert_eq!(first.total("/admins?role=administrator").await, 1);
    }
}

/// Nobody lifts their own role, nor lowers it by mistake.
#[actix_web::test]
async fn nobody_changes_their_own_role() {
    let app = TestApp::start().await;
    for name in ["ada", "bea"] {
        let body = json!({ "username": name, "email": format!("{name}@example.org"),
            "role": "administrator" });
        app.make("/admins", &body).await;
    }
    let all = administrators::list(&app.env, &ListQuery::default())
        .unwrap()
        .items;
    let [ada, bea] = all.as_slice() else {
        panic!("{} administrators", all.len())
    };
    let actor = Actor {
        kind: ActorKind::Administrator,
        id: ada.public_id.as_str().to_owned(),
        name: "ada".to_owned(),
    };
    let set = |of: &Administrator| {
        administrators::set_role(&app.env, &actor, of.public_id.as_str(), "manager")
    };
    assert!(matches!(set(ada), Err(ServiceError::Forbidden { .. })));
    assert!(set(bea).is_ok());
}
