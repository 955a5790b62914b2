//! Signing out here: the page that shows each application, and what is told afterwards.

use chrono::Duration;
use serde_json::json;

use crate::saml::logout::messages::{Question, Reply, Sent};
use crate::saml::logout::world::{World, is_signed_in, location};
use crate::support::test_app::{Answer, PASSWORD};
use crate::support::visitor::{Visitor, field};

/// Signs out by the form of `/logout`.
async fn sign_out(visitor: &Visitor<'_>) -> Answer {
    let asked = visitor.get("/logout").await.expect(200);
    let token = field(&asked.text(), "csrf_token");
    visitor.post("/logout", &[("csrf_token", &token)]).await
}

/// Without anybody to tell it is as it always was.
#[actix_web::test]
async fn signing_out_without_applications_leads_to_the_sign_in_page() {
    let world = World::start().await;
    let visitor = world.jason().await;
    let asked = visitor.get("/logout").await.expect(200).text();
    assert!(
        asked.contains("applications that you have opened may keep you signed in"),
        "{asked}"
    );
    assert_eq!(location(&sign_out(&visitor).await), "/login");
    assert!(!is_signed_in(&visitor).await);
    let login = visitor.get("/login").await.expect(200).text();
    assert!(!login.contains("signed out"), "{login}");
}

#[actix_web::test]
async fn signing_out_shows_each_application_and_its_answer() {
    for world in World::each().await {
        let visitor = world.jason().await;
        world.sign_on(&visitor, &world.wiki).await;
        world.sign_on(&visitor, &world.pay).await;
        let asked = visitor.get("/logout").await.expect(200).text();
        assert!(asked.contains("<li>pay</li><li>wiki</li>"), "{asked}");
        let address = location(&sign_out(&visitor).await);
        assert!(!is_signed_in(&visitor).await);

        let page = visitor.get(&address).await.expect(200);
        let policy = page.header("content-security-policy");
        let wide = "frame-src 'self' https://pay.example.com https://wiki.example.com;";
        assert!(policy.contains(wide), "{policy}");
        assert!(policy.contains("frame-ancestors 'none'"), "{policy}");
        let html = page.text();
        for place in 0..2 {
            let frame = format!("<iframe src=\"{address}/tell/{place}\"");
            assert!(html.contains(&frame), "{html}");
        }
        // Frames and progress belong to this browser alone.
        for below in ["", "/tell/0", "/progress"] {
            let stranger = Visitor::new(&world.app);
            stranger.get(&format!("{address}{below}")).await.expect(404);
        }
        visitor.get(&format!("{address}/tell/2")).await.expect(404);
        visitor.get(&format!("{address}/tell/-1")).await.expect(404);
        let nothing = visitor.get(&format!("{address}/tell/x")).await.expect(404);
        assert!(nothing.text().contains("nothing at this address"));

        for (place, sp) in [(0, &world.pay), (1, &world.wiki)] {
            let frame = visitor.get(&format!("{address}/tell/{place}")).await;
            let request = Sent::read(&world, &frame, "LogoutRequest").await;
            let reply = Reply::to(&world, sp, &request).redirect(sp);
            let told = visitor.get(&reply).await.expect(200).text();
            assert!(
                told.contains("Signed out.") && told.contains(sp.slug),
                "{told}"
            );
        }
        assert_eq!(location(&visitor.get(&address).await), "/login");
        let login = visitor.get("/login").await.expect(200).text();
        assert!(
            login.contains("You are signed out here and at: pay, wiki."),
            "{login}"
        );
        world.wait(Duration::minutes(3));
        let later = visitor.get("/login").await.expect(200).text();
        assert!(!later.contains("signed out"), "{later}");
    }
}

/// Nothing is claimed that is not known.
#[actix_web::test]
async fn silence_and_missing_addresses_are_told_on_the_sign_in_page() {
    let world = World::start().await;
    world.set(&world.pay, json!({ "sloUrls": [] })).await;
    let visitor = world.jason().await;
    world.sign_on(&visitor, &world.pay).await;
    // Nobody can be told: no page, and no false promise.
    assert_eq!(location(&sign_out(&visitor).await), "/login");
    let login = visitor.get("/login").await.expect(200).text();
    assert!(
        login.contains("You may still be signed in at: pay."),
        "{login}"
    );

    visitor.sign_in("jason", PASSWORD).await;
    world.sign_on(&visitor, &world.pay).await;
    world.sign_on(&visitor, &world.wiki).await;
    let address = location(&sign_out(&visitor).await);
    let html = visitor.get(&address).await.expect(200).text();
    assert!(html.contains("It cannot be told."), "{html}");
    assert_eq!(html.matches("<iframe").count(), 1, "{html}");
    world.wait(Duration::seconds(10));
    assert_eq!(location(&visitor.get(&address).await), "/login");
    let login = visitor.get("/login").await.expect(200).text();
    assert!(
        login.contains("You may still be signed in at: pay, wiki."),
        "{login}"
    );
}

/// One that has confirmed is not asked again; one that has not is.
#[actix_web::test]
async fn whoever_confirmed_is_left_alone_the_next_time() {
    let world = World::start().await;
    let visitor = world.jason().await;
    let wiki = world.sign_on(&visitor, &world.wiki).await;
    let pay = world.sign_on(&visitor, &world.pay).await;
    sign_out(&visitor).await.expect(303);
    // Nobody was told yet: pay asks by itself, and wiki is told then.
    let question = Question::about(&world, &world.pay, &pay, "_1");
    let next = location(&visitor.send(question.post(&world.pay, None)).await);
    let frame = visitor.get(&format!("{next}/tell/0")).await;
    let request = Sent::read(&world, &frame, "LogoutRequest").await;
    assert_eq!(request.to, "https://wiki.example.com/slo?app=7");
    let reply = Reply::to(&world, &world.wiki, &request).redirect(&world.wiki);
    visitor.get(&reply).await.expect(200);
    // Now both are done, and wiki's own wish tells nobody.
    let question = Question::about(&world, &world.wiki, &wiki, "_2");
    let answer = visitor.get(&question.redirect(&world.wiki, None)).await;
    let sent = Sent::read(&world, &answer, "LogoutResponse").await;
    assert_eq!(sent.status(), ("Success".to_owned(), String::new()));
}

/// A forged form signs nobody out.
#[actix_web::test]
async fn signing_out_needs_the_forms_token() {
    let world = World::start().await;
    let visitor = world.jason().await;
    world.sign_on(&visitor, &world.wiki).await;
    visitor
        .post("/logout", &[("csrf_token", "x")])
        .await
        .expect(403);
    assert!(is_signed_in(&visitor).await);
}
