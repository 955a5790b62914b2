//! The account page of users and administrators: password and sessions.

use crate::pages::world::World;
use crate::support::test_app::PASSWORD;
use crate::support::visitor::{Visitor, field};

const NEW_PASSWORD: &str = "eleven quiet herons, 11";

/// The form token on a page.
async fn token(visitor: &Visitor<'_>) -> String {
    field(
        &visitor.get("/account").await.expect(200).text(),
        "csrf_token",
    )
}

#[actix_web::test]
async fn a_new_password_needs_the_present_one_and_ends_the_other_sessions() {
    let world = World::start().await;
    let (here, there) = (Visitor::new(&world.app), Visitor::new(&world.app));
    here.sign_in("jason", PASSWORD).await;
    there.sign_in("jason", PASSWORD).await;
    let token = token(&here).await;
    let send = |current: &'static str, new: &'static str| {
        let fields = [
            ("current", current),
            ("password", new),
            ("csrf_token", token.as_str()),
        ]
        .map(|(name, value)| (name, value.to_owned()));
        let here = &here;
        async move {
            let fields: Vec<(&str, &str)> = fields
                .iter()
                .map(|(name, value)| (*name, value.as_str()))
                .collect();
            here.post("/account/password", &fields).await
        }
    };
    let wrong = send("not the password 1", NEW_PASSWORD).await.expect(401);
    assert!(
        wrong.text().contains("The present password is wrong"),
        "{}",
        wrong.text()
    );
    let poor = send(PASSWORD, "short").await.expect(422);
    assert!(
        poor.text().contains("at least 12 characters"),
        "{}",
        poor.text()
    );
    there.get("/account").await.expect(200);

    let done = send(PASSWORD, NEW_PASSWORD).await.expect(303);
    assert_eq!(done.header("location"), "/account?done=password");
    here.get("/account").await.expect(200);
    let gone = there.get("/account").await.expect(303);
    assert_eq!(gone.header("location"), "/login");
    there.sign_in("jason", NEW_PASSWORD).await;
}

#[actix_web::test]
async fn wrong_present_passwords_are_braked_like_wrong_sign_ins() {
    let world = World::start().await;
    let here = Visitor::new(&world.app);
    here.sign_in("jason", PASSWORD).await;
    let token = token(&here).await;
    let guess = [
        ("current", "not the password 1"),
        ("password", NEW_PASSWORD),
        ("csrf_token", token.as_str()),
    ];
    for _ in 0..5 {
        here.post("/account/password", &guess).await.expect(401);
    }
    let braked = here.post("/account/password", &guess).await.expect(429);
    assert!(braked.text().contains("too many wrong attempts"));
}

#[actix_web::test]
async fn sessions_are_listed_and_ended_one_or_all() {
    let world = World::start().await;
    let (here, there, third) = (
        Visitor::new(&world.app),
        Visitor::new(&world.app),
        Visitor::new(&world.app),
    );
    for visitor in [&here, &there, &third] {
        visitor.sign_in("jason", PASSWORD).await;
    }
    let page = here.get("/account").await.expect(200).text();
    assert_eq!(page.matches("This one").count(), 1);
    let token = field(&page, "csrf_token");
    let session = field(&page, "session");
    here.post("/account/sessions", &[("session", &session)])
        .await
        .expect(403);
    let one = [("session", session.as_str()), ("csrf_token", &token)];
    here.post("/account/sessions", &one).await.expect(303);
    let mut alive = 0;
    for visitor in [&there, &third] {
        alive += usize::from(visitor.get("/account").await.status == 200);
    }
    assert_eq!(alive, 1);
    // Once more is no fault: it has ended, as was wanted.
    here.post("/account/sessions", &one).await.expect(303);
    here.post("/account/sessions", &[("csrf_token", &token)])
        .await
        .expect(303);
    for visitor in [&there, &third] {
        visitor.get("/account").await.expect(303);
    }
    here.get("/account").await.expect(200);
}

/// Nobody ends the session of another account by its id.
#[actix_web::test]
async fn a_session_of_somebody_else_is_out_of_reach() {
    let world = World::start().await;
    let (jason, mark, other) = (
        Visitor::new(&world.app),
        Visitor::new(&world.app),
        Visitor::new(&world.app),
    );
    jason.sign_in("jason", PASSWORD).await;
    mark.sign_in("mark", PASSWORD).await;
    other.sign_in("mark", PASSWORD).await;
    let theirs = field(&mark.get("/account").await.text(), "session");
    let token = token(&jason).await;
    jason
        .post(
            "/account/sessions",
            &[("session", &theirs), ("csrf_token", &token)],
        )
        .await
        .expect(303);
    other.get("/account").await.expect(200);
}
