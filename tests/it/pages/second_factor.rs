//! A sign-in in two steps: the code of an authenticator app, recovery codes, remembered browsers.

use std::rc::Rc;
use std::sync::Barrier;
use std::thread;

use actix_web::http::Method;
use serde_json::json;
use vestibule::service::credential::{self, Credential, Factor, FactorProof, Proof};
use vestibule::service::environment::Environment;
use vestibule::store::accounts;

use crate::pages::factor_stage::{
    BY_PASSWORD, DEVICE, HALF, SESSION, Stage, response, secret_on, send_code, send_code_with,
    to_second_step,
};
use crate::support::test_app::{Answer, PASSWORD, Site, TestApp};
use crate::support::visitor::{Visitor, field, form_action};

/// How many try one code at once.
const THREADS: usize = 16;
const NEW_PASSWORD: &str = "eleven quiet herons, 11";

/// Signs jason in to the second step in a new browser.
async fn half_way(stage: &Stage) -> (Visitor<'_>, Answer) {
    let visitor = Visitor::new(&stage.app);
    let page = visitor.get("/login").await;
    let step = to_second_step(&visitor, &page).await;
    (visitor, step)
}

#[actix_web::test]
async fn a_right_password_alone_opens_nothing_once_a_factor_is_set_up() {
    let stage = Stage::start().await;
    let (_, secret) = stage.enrolled().await;
    stage.wait(30);
    let (visitor, step) = half_way(&stage).await;
    assert_eq!(visitor.cookie(SESSION), None);
    for path in ["/", "/account", "/admin"] {
        let led = visitor.get(path).await.expect(303);
        assert_eq!(led.header("location"), "/login", "{path}");
    }
    let led = visitor.get("/saml/start/wiki").await.expect(303);
    assert!(led.header("location").starts_with("/login?request="));

    let wrong = send_code(&visitor, &step, "000000").await.expect(401);
    assert!(
        wrong.text().contains("The code is wrong"),
        "{}",
        wrong.text()
    );
    assert!(!wrong.text().contains(&secret));
    let done = send_code(&visitor, &step, &stage.code(&secret))
        .await
        .expect(303);
    assert_eq!(done.header("location"), "/");
    assert_eq!(visitor.cookie(HALF), None);
    visitor.get("/").await.expect(200);
}

#[actix_web::test]
async fn fresh_once_a_code_counts_once_and_none_before_it_counts_any_more() {
    let stage = Stage::start().await;
    let (_, secret) = stage.enrolled().await;
    // The code that confirmed the app is used up, too.
    let (first, step) = half_way(&stage).await;
    send_code(&first, &step, &stage.code(&secret))
        .await
        .expect(401);
    let before = stage.code(&secret);
    stage.wait(30);
    let now = stage.code(&secret);
    send_code(&first, &step, &now).await.expect(303);
    let (second, step) = half_way(&stage).await;
    send_code(&second, &step, &now).await.expect(401);
    // One step of tolerance would take it, had not a newer one been used.
    send_code(&second, &step, &before).await.expect(401);
    stage.wait(30);
    send_code(&second, &step, &stage.code(&secret))
        .await
        .expect(303);
}

#[actix_web::test]
async fn fresh_once_of_sixteen_threads_on_two_nodes_one_uses_a_code() {
    for (place, site) in Site::each().into_iter().enumerate() {
        let stage = Stage::start_on(site).await;
        let (visitor, secret) = stage.proven().await;
        let page = visitor.get("/account").await.text();
        let token = field(&page, "csrf_token");
        let codes = visitor
            .post("/account/recovery-codes", &[("csrf_token", &token)])
            .await
            .expect(200)
            .text();
        let (_, recovery) = codes.split_once("<code>").unwrap();
        let recovery = recovery.split('<').next().unwrap().to_owned();
        let beside = TestApp::start_at(Rc::clone(&stage.site), stage.clock()).await;
        stage.wait(30);
        for code in [stage.code(&secret), recovery] {
            let nodes = [stage.app.env.clone(), beside.env.clone()];
            let start = Barrier::new(THREADS);
            let fitting = thread::scope(|scope| {
                let threads: Vec<_> = (0..THREADS)
                    .map(|number| {
                        let (start, code) = (&start, &code);
                        let env = nodes[number % 2].clone().into_inner();
                        scope.spawn(move || {
                            start.wait();
                            uses(&env, code, &format!("192.0.2.{number}"))
                        })
                    })
                    .collect();
                let outcomes = threads.into_iter().map(|one| one.join().unwrap());
                outcomes.filter(|fits| *fits).count()
            });
            assert_eq!(fitting, 1, "{code} on database {place}");
            // Their failures were counted; an hour later nothing is left of them.
            stage.wait(3601);
        }
    }
}

/// Whether the code is taken of somebody at this address.
fn uses(env: &Environment, code: &str, source: &str) -> bool {
    let found = env
        .store
        .read(|conn| accounts::find_by_username(conn, "jason"));
    let account = found.unwrap().unwrap().account;
    let proof = credential::prove_factor(env, &account, (Factor::Code(code), source));
    matches!(proof.unwrap(), FactorProof::Fits { .. })
}

#[actix_web::test]
async fn a_half_sign_in_is_of_one_browser_and_lasts_ten_minutes() {
    let stage = Stage::start().await;
    let (_, secret) = stage.enrolled().await;
    stage.wait(30);
    let (visitor, step) = half_way(&stage).await;
    // Another browser with the stolen cookie.
    let thief = Visitor::new(&stage.app);
    thief.get("/login").await.expect(200);
    thief.set_cookie(HALF, &visitor.cookie(HALF).unwrap());
    let led = thief.get("/login/code").await.expect(303);
    assert_eq!(led.header("location"), "/login");
    let own = field(&thief.get("/login").await.text(), "csrf_token");
    let fields = [("code", stage.code(&secret)), ("csrf_token", own)];
    let fields = fields
        .each_ref()
        .map(|(name, value)| (*name, value.as_str()));
    let led = thief.post("/login/code", &fields).await.expect(303);
    assert_eq!(led.header("location"), "/login");
    assert_eq!(thief.cookie(SESSION), None);

    stage.wait(601);
    let led = send_code(&visitor, &step, &stage.code(&secret))
        .await
        .expect(303);
    assert_eq!(led.header("location"), "/login");
    assert_eq!(visitor.cookie(SESSION), None);
}

#[actix_web::test]
async fn one_door_wrong_codes_count_like_wrong_passwords_and_over_all_addresses() {
    let stage = Stage::start().await;
    let (_, secret) = stage.enrolled().await;
    stage.wait(30);
    let (visitor, mut step) = half_way(&stage).await;
    for _ in 0..5 {
        // The right password between two wrong codes makes none of them undone.
        send_code(&visitor, &step, "000000").await.expect(401);
        let page = visitor.get("/login").await;
        step = to_second_step_or(&visitor, &page, &step).await;
    }
    let braked = send_code(&visitor, &step, &stage.code(&secret))
        .await
        .expect(429);
    let wait: u64 = braked.header("retry-after").parse().unwrap();
    assert!((1..=2).contains(&wait), "{wait}");
    // The same password at the same address waits as well.
    let page = visitor.get("/login").await;
    visitor.fill_in(&page, "jason", PASSWORD).await.expect(429);
    // From elsewhere the password is taken: a stranger cannot lock jason out by it. Codes are not.
    let elsewhere = Visitor::at(&stage.app, "198.51.100.7:5000");
    let page = elsewhere.get("/login").await;
    let there = to_second_step(&elsewhere, &page).await;
    send_code(&elsewhere, &there, &stage.code(&secret))
        .await
        .expect(429);
    stage.wait(3);
    send_code(&elsewhere, &there, &stage.code(&secret))
        .await
        .expect(303);
}

/// Types the password again; braked or not, a page of the second step is at hand.
async fn to_second_step_or(visitor: &Visitor<'_>, page: &Answer, before: &Answer) -> Answer {
    let on = visitor.fill_in(page, "jason", PASSWORD).await;
    if on.status == 303 {
        return visitor.get("/login/code").await.expect(200);
    }
    visitor.get(&form_action(&before.text())).await.expect(200)
}

#[actix_web::test]
async fn recovery_codes_are_shown_once_and_each_works_once() {
    let stage = Stage::start().await;
    let (owner, _) = stage.proven().await;
    let account = owner.get("/account").await.expect(200).text();
    assert!(account.contains("You have no recovery codes"), "{account}");
    let token = field(&account, "csrf_token");
    let make = || async {
        let page = owner
            .post("/account/recovery-codes", &[("csrf_token", &token)])
            .await
            .expect(200)
            .text();
        page.split("<code>")
            .skip(1)
            .map(|rest| rest.split('<').next().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    let codes = make().await;
    assert_eq!(codes.len(), 10);
    let account = owner.get("/account").await.expect(200).text();
    assert!(account.contains("10 recovery codes are left"), "{account}");
    assert!(codes.iter().all(|code| !account.contains(code)));

    let (visitor, step) = half_way(&stage).await;
    assert!(
        step.text().contains("/login/code?recovery=1"),
        "{}",
        step.text()
    );
    let page = visitor.get("/login/code?recovery=1").await.expect(200);
    let typed = codes[0].to_lowercase().replace('-', " ");
    send_code(&visitor, &page, &typed).await.expect(303);
    let account = owner.get("/account").await.expect(200).text();
    assert!(account.contains("9 recovery codes are left"), "{account}");
    let (visitor, page) = half_way(&stage).await;
    send_code(&visitor, &page, &codes[0]).await.expect(401);

    let fresh = make().await;
    send_code(&visitor, &page, &codes[1]).await.expect(401);
    send_code(&visitor, &page, &fresh[1]).await.expect(303);
}

#[actix_web::test]
async fn a_browser_is_remembered_by_choice_and_told_truthfully() {
    let stage = Stage::start().await;
    let (owner, secret) = stage.enrolled().await;
    stage.wait(30);
    let (visitor, step) = half_way(&stage).await;
    let code = stage.code(&secret);
    let done = send_code_with(&visitor, &step, &code, &[("remember", "yes")]).await;
    assert_eq!(done.status, 303);
    let cookies: Vec<_> = done.headers.get_all("set-cookie").collect();
    let set = cookies
        .iter()
        .find(|one| one.to_str().unwrap().contains(DEVICE))
        .unwrap();
    assert!(
        set.to_str()
            .unwrap()
            .contains("HttpOnly; SameSite=Lax; Path=/; Max-Age=2592000")
    );

    let again = || async {
        let page = visitor.get("/login").await;
        visitor.fill_in(&page, "jason", PASSWORD).await
    };
    assert_eq!(again().await.header("location"), "/");
    // What is told is what was proven now: a password.
    let document = response(&visitor.get("/saml/start/wiki").await.expect(200));
    assert!(
        document.contains(BY_PASSWORD) && !document.contains("refeds"),
        "{document}"
    );

    // Another account is not remembered by it, and the owner can end it.
    let account = owner.get("/account").await.expect(200).text();
    let device = field(&account, "device");
    let token = field(&account, "csrf_token");
    let fields = [("device", device.as_str()), ("csrf_token", token.as_str())];
    owner.post("/account/devices", &fields).await.expect(303);
    assert!(again().await.header("location").starts_with("/login/code"));
}

#[actix_web::test]
async fn a_remembered_browser_is_forgotten_after_thirty_days_and_with_the_password() {
    for ending in ["time", "password", "factor"] {
        let stage = Stage::start().await;
        let (owner, secret) = stage.enrolled().await;
        stage.wait(30);
        let (visitor, step) = half_way(&stage).await;
        let code = stage.code(&secret);
        send_code_with(&visitor, &step, &code, &[("remember", "yes")])
            .await
            .expect(303);
        let token = field(&owner.get("/account").await.text(), "csrf_token");
        let mut password = PASSWORD;
        match ending {
            "time" => stage.wait(30 * 24 * 3600 + 1),
            "password" => {
                let fields = [("current", PASSWORD), ("password", NEW_PASSWORD)];
                let fields = [fields[0], fields[1], ("csrf_token", &token)];
                owner.post("/account/password", &fields).await.expect(303);
                password = NEW_PASSWORD;
            }
            _ => {
                let path = format!("/users/{}/factors", stage.jason);
                stage.app.delete(&path).await.expect(204);
                let owner = Visitor::new(&stage.app);
                owner.sign_in("jason", PASSWORD).await;
                let page = owner.get("/account/totp").await.expect(200).text();
                let code = stage.code(&secret_on(&page));
                let token = field(&page, "csrf_token");
                let fields = [("code", code.as_str()), ("csrf_token", &token)];
                owner.post("/account/totp", &fields).await.expect(303);
            }
        }
        let page = visitor.get("/login").await;
        let on = visitor.fill_in(&page, "jason", password).await.expect(303);
        assert!(on.header("location").starts_with("/login/code"), "{ending}");
    }
}

#[actix_web::test]
async fn a_suspension_or_a_new_password_between_the_steps_ends_the_sign_in() {
    for ending in ["suspended", "password"] {
        let stage = Stage::start().await;
        let (_, secret) = stage.enrolled().await;
        stage.wait(30);
        let (visitor, step) = half_way(&stage).await;
        let path = format!("/users/{}", stage.jason);
        if ending == "suspended" {
            let patch = json!({"state": "SUSPENDED"});
            stage.app.patch(&path, &patch).await.expect(200);
        } else {
            let patch = json!({"password": NEW_PASSWORD});
            stage.app.patch(&path, &patch).await.expect(200);
        }
        let led = send_code(&visitor, &step, &stage.code(&secret))
            .await
            .expect(303);
        assert_eq!(led.header("location"), "/login", "{ending}");
        assert_eq!(visitor.cookie(SESSION), None, "{ending}");
    }
}

#[actix_web::test]
async fn the_secret_is_shown_until_it_is_confirmed_and_never_after() {
    let stage = Stage::start().await;
    let visitor = Visitor::new(&stage.app);
    visitor.sign_in("jason", PASSWORD).await;
    let page = visitor.get("/account/totp").await.expect(200).text();
    let secret = secret_on(&page);
    assert_eq!(secret.len(), 32, "160 bits in base32");
    assert!(page.contains("<svg class=\"qr\"") && !page.contains("<img class=\"qr\""));
    // A reload shows the same, or the picture that was scanned would be worth nothing.
    let again = visitor.get("/account/totp").await.expect(200).text();
    assert_eq!(secret_on(&again), secret);
    let token = field(&page, "csrf_token");
    let wrong = [("code", "000000"), ("csrf_token", token.as_str())];
    let wrong = visitor.post("/account/totp", &wrong).await.expect(422);
    assert_eq!(secret_on(&wrong.text()), secret);
    // Not confirmed, it is no factor.
    let other = Visitor::new(&stage.app);
    other.sign_in("jason", PASSWORD).await;
    other.get("/").await.expect(200);

    let code = stage.code(&secret);
    let right = [("code", code.as_str()), ("csrf_token", token.as_str())];
    visitor.post("/account/totp", &right).await.expect(303);
    // What was opened without the factor changes it no more.
    let led = visitor.get("/account/totp").await.expect(303);
    assert_eq!(led.header("location"), "/login?again=1");
    let audit = stage.app.get("/audit?limit=500").await.expect(200).text();
    assert!(audit.contains("account.factor_added") && !audit.contains(&secret));
}

/// Of any number of guesses at once, over two nodes, no more are looked at than of as many in a row.
#[actix_web::test]
async fn one_door_guesses_at_once_are_braked_like_guesses_in_a_row() {
    for site in Site::each() {
        let stage = Stage::start_on(site).await;
        let beside = TestApp::start_at(Rc::clone(&stage.site), stage.clock()).await;
        let nodes = [stage.app.env.clone(), beside.env.clone()];
        let start = Barrier::new(THREADS);
        let looked_at = thread::scope(|scope| {
            let threads: Vec<_> = (0..THREADS)
                .map(|number| {
                    let start = &start;
                    let env = nodes[number % 2].clone().into_inner();
                    scope.spawn(move || {
                        let guess = Credential {
                            username: "jason",
                            password: &format!("a wrong guess {number}"),
                            source: "192.0.2.1",
                        };
                        start.wait();
                        matches!(credential::prove(&env, guess).unwrap(), Proof::Refused)
                    })
                })
                .collect();
            let outcomes = threads.into_iter().map(|one| one.join().unwrap());
            outcomes.filter(|refused| *refused).count()
        });
        assert_eq!(looked_at, 5);
    }
}

/// A sign-in in flight opens nothing by a password that is another one by then.
#[actix_web::test]
async fn check_at_issue_a_password_that_was_changed_opens_nothing() {
    for site in Site::each() {
        let stage = Stage::start_on(site).await;
        let env = stage.app.env.clone();
        let guess = Credential {
            username: "jason",
            password: PASSWORD,
            source: "192.0.2.1",
        };
        let Proof::Fits { account, shown, .. } = credential::prove(&env, guess).unwrap() else {
            panic!("the right password is refused");
        };
        let holds = || {
            let (id, shown) = (account.id, shown.clone());
            env.store.write(move |conn| shown.counts(conn, id))
        };
        assert!(holds().unwrap());
        stage.wait(1);
        let body = json!({ "password": NEW_PASSWORD }).to_string();
        let path = format!("/users/{}/password", stage.jason);
        stage
            .app
            .send_text(Method::PUT, &path, &body)
            .await
            .expect(204);
        assert!(!holds().unwrap());
    }
}

#[actix_web::test]
async fn c7_the_event_of_a_sign_in_says_by_what_it_was() {
    let stage = Stage::start().await;
    let (_visitor, _secret) = stage.proven().await;
    let events = stage.app.get("/audit?kind=session.started").await.json();
    let methods: Vec<&serde_json::Value> = events["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|event| &event["after"]["method"])
        .collect();
    assert_eq!(methods, ["PASSWORD_TOTP", "PASSWORD"], "{events}");
}
