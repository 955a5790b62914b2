//! The conditions of an application beside its groups: from which networks it opens, how old a sign-in may be,
//! and what is told to those whom it stays closed to.

use serde_json::json;

use crate::pages::factor_stage::{Stage, response, send_code, to_second_step};
use crate::support::test_app::PASSWORD;
use crate::support::visitor::Visitor;

#[actix_web::test]
async fn an_application_opens_from_its_networks_and_says_whom_to_ask_elsewhere() {
    let stage = Stage::start().await;
    let wiki = format!("/connectors/{}", stage.wiki);
    let conditions = json!({"networks": ["198.51.100.0/24", "2001:db8:7::/48"],
        "deniedText": "Come <b>in</b> by the tunnel.", "helpUrl": "https://help.example.com/vpn"});
    let told = stage
        .app
        .patch(&wiki, &json!({"accessConditions": conditions}))
        .await
        .expect(200)
        .json();
    assert_eq!(told["accessConditions"]["networks"], conditions["networks"]);
    for (address, opens) in [
        ("198.51.100.7:4000", true),
        ("[2001:db8:7::1]:4000", true),
        ("192.0.2.1:5000", false),
        ("[2001:db8:8::1]:4000", false),
    ] {
        let visitor = Visitor::at(&stage.app, address);
        visitor.sign_in("jason", PASSWORD).await;
        let answer = visitor.get("/saml/start/wiki").await;
        if opens {
            response(&answer.expect(200));
            continue;
        }
        let page = answer.expect(403).text();
        for words in [
            "It does not open from the network that you are in.",
            "Come &#60;b&#62;in&#60;/b&#62; by the tunnel.",
            "href=\"https://help.example.com/vpn\"",
        ] {
            assert!(page.contains(words), "{words}: {page}");
        }
    }
    let denied = stage.app.get("/audit?kind=sign_on.denied").await.json();
    assert_eq!(denied["total"], 2, "{denied}");
    assert_eq!(denied["items"][0]["after"]["reason"], "OUTSIDE_NETWORKS");

    // A preview comes from nowhere: it says who may enter, and under which conditions.
    let asked = json!({"userId": stage.jason});
    let preview = stage.app.post(&format!("{wiki}/preview"), &asked).await;
    let preview = preview.expect(200).json();
    assert_eq!(preview["decision"]["allowed"], true);
    let warning = "It opens from these networks only: 198.51.100.0/24, 2001:db8:7::/48.";
    let warnings = preview["warnings"].as_array().unwrap();
    assert!(
        warnings.iter().any(|one| one["detail"] == warning),
        "{warnings:?}"
    );

    // Without conditions it opens from everywhere again, with the next sign-on.
    stage
        .app
        .patch(&wiki, &json!({"accessConditions": null}))
        .await
        .expect(200);
    let visitor = Visitor::new(&stage.app);
    visitor.sign_in("jason", PASSWORD).await;
    response(&visitor.get("/saml/start/wiki").await.expect(200));
}

#[actix_web::test]
async fn a_sign_in_that_is_too_old_is_made_anew_on_the_way() {
    let stage = Stage::start().await;
    let wiki = format!("/connectors/{}", stage.wiki);
    let hourly = json!({"accessConditions": {"signInMaxAgeMinutes": 60}});
    stage.app.patch(&wiki, &hourly).await.expect(200);
    let visitor = Visitor::new(&stage.app);
    visitor.sign_in("jason", PASSWORD).await;
    stage.wait(3599);
    response(&visitor.get("/saml/start/wiki").await.expect(200));
    stage.wait(1);
    let led = visitor.get("/saml/start/wiki").await.expect(303);
    let led = led.header("location").to_owned();
    assert!(led.starts_with("/login?request="), "{led}");
    let page = visitor.get(&led).await.expect(200);
    let on = visitor.fill_in(&page, "jason", PASSWORD).await.expect(303);
    response(&visitor.get(on.header("location")).await.expect(200));
}

#[actix_web::test]
async fn a_sign_in_that_is_too_old_is_not_asked_for_its_second_factor_first() {
    let stage = Stage::start().await;
    // By the password alone, before the app was set up.
    let (visitor, secret) = stage.enrolled().await;
    let wiki = format!("/connectors/{}", stage.wiki);
    let strict = json!({"requireMfa": true, "accessConditions": {"signInMaxAgeMinutes": 60}});
    stage.app.patch(&wiki, &strict).await.expect(200);
    stage.wait(3600);
    let led = visitor.get("/saml/start/wiki").await.expect(303);
    let led = led.header("location").to_owned();
    assert!(led.starts_with("/login?request="), "{led}");
    let page = visitor.get(&led).await.expect(200);
    let step = to_second_step(&visitor, &page).await;
    let code = stage.code(&secret);
    let on = send_code(&visitor, &step, &code).await.expect(303);
    response(&visitor.get(on.header("location")).await.expect(200));
}

#[actix_web::test]
async fn what_cannot_be_a_condition_is_refused_at_its_place() {
    let stage = Stage::start().await;
    let wiki = format!("/connectors/{}", stage.wiki);
    for (field, value, pointer) in [
        (
            "networks",
            json!(["10.0.0.0/8", "10.0.0.0/40"]),
            "networks/1",
        ),
        ("signInMaxAgeMinutes", json!(5), "signInMaxAgeMinutes"),
        ("helpUrl", json!("javascript:alert(1)"), "helpUrl"),
        ("deniedText", json!("x".repeat(501)), "deniedText"),
    ] {
        stage
            .app
            .patch(&wiki, &json!({"accessConditions": {field: value}}))
            .await
            .expect_problem(422, &format!("/accessConditions/{pointer}"));
    }
}
