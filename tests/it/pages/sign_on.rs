//! Single sign-on as the browser sees it, and what it shows of refusals.

use actix_web::test::TestRequest;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;
use url::form_urlencoded::Serializer;
use vestibule::saml::redirect_binding::request_url;

use crate::pages::world::World;
use crate::support::test_app::{BASE_URL, PASSWORD};
use crate::support::visitor::{Visitor, field, form, form_action};

const ACS: &str = "https://wiki.example.com/acs?a=1&b='2'";

/// An AuthnRequest of the wiki, made now.
#[expect(
    clippy::disallowed_methods,
    reason = "service providers have clocks of their own"
)]
pub fn request(id: &str, issuer: &str, more: &str) -> String {
    let now = chrono::Utc::now().format("%Y-%m-%dT%H:%M:%SZ");
    format!(
        "<samlp:AuthnRequest xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\" ID=\"{id}\" \
         Version=\"2.0\" IssueInstant=\"{now}\" Destination=\"{BASE_URL}/saml/sso\"{more}>\
         <saml:Issuer xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\">{issuer}</saml:Issuer>\
         </samlp:AuthnRequest>"
    )
}

/// The address that a redirect of the wiki leads to.
pub fn redirect(id: &str, more: &str, relay_state: Option<&str>) -> String {
    let xml = request(id, "https://wiki.example.com/metadata", more);
    let url = request_url("/saml/sso", xml.as_bytes(), relay_state).unwrap();
    url.replacen(BASE_URL, "", 1)
}

#[actix_web::test]
async fn a_stranger_signs_in_and_is_sent_on_with_a_response() {
    let world = World::start().await;
    let visitor = Visitor::new(&world.app);
    let asked = visitor
        .get(&redirect("_1", "", Some("/a?b=c&d=\"e\"")))
        .await
        .expect(303);
    assert!(
        asked.header("location").starts_with("/login?request="),
        "{}",
        asked.header("location")
    );
    let page = visitor.get(asked.header("location")).await.expect(200);
    assert!(
        page.text().contains("to continue to <strong>Wiki</strong>"),
        "{}",
        page.text()
    );
    assert!(form_action(&page.text()).starts_with("/login?request="));

    // A wrong password does not lose the request.
    let again = visitor
        .fill_in(&page, "jason", "not the password 1")
        .await
        .expect(401);
    let on = visitor.fill_in(&again, "jason", PASSWORD).await.expect(303);
    assert!(
        on.header("location").starts_with("/saml/continue/"),
        "{}",
        on.header("location")
    );
    let answer = visitor.get(on.header("location")).await.expect(200);
    let html = answer.text();
    assert_eq!(form_action(&html), ACS);
    assert_eq!(field(&html, "RelayState"), "/a?b=c&d=\"e\"");
    let xml = STANDARD.decode(field(&html, "SAMLResponse")).unwrap();
    let xml = String::from_utf8(xml).unwrap();
    assert!(
        xml.contains("InResponseTo=\"_1\"") && xml.contains("jason@example.com"),
        "{xml}"
    );

    let policy = answer.header("content-security-policy");
    assert!(!policy.contains("form-action"), "{policy}");
    assert!(policy.contains("default-src 'none'") && policy.contains("script-src 'self'"));
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!(answer.header("referrer-policy"), "strict-origin");
    assert!(html.contains("<button"), "works without script: {html}");

    // The second time nobody is asked; and no RelayState in is no RelayState out.
    let html = visitor
        .get(&redirect("_2", "", None))
        .await
        .expect(200)
        .text();
    assert_eq!(form_action(&html), ACS);
    assert!(!html.contains("RelayState"), "{html}");
}

#[actix_web::test]
async fn a_cross_site_post_is_answered_by_a_get_of_ours() {
    let world = World::start().await;
    let visitor = Visitor::new(&world.app);
    visitor.sign_in("jason", PASSWORD).await;
    // The cookies stay at home with SameSite=Lax: the POST comes as a stranger's.
    let message = STANDARD.encode(request("_3", "https://wiki.example.com/metadata", ""));
    let fields = [("SAMLRequest", message.as_str()), ("RelayState", "r")];
    let crossing = Visitor::new(&world.app);
    let request = form("/saml/sso", &fields).insert_header(("origin", "https://wiki.example.com"));
    let on = crossing.send(request).await.expect(303);
    assert!(
        on.header("location").starts_with("/saml/continue/"),
        "{}",
        on.header("location")
    );
    visitor.set_cookie(
        "vestibule-visit",
        &crossing.cookie("vestibule-visit").unwrap(),
    );
    let html = visitor.get(on.header("location")).await.expect(200).text();
    assert_eq!(form_action(&html), ACS);
    assert_eq!(field(&html, "RelayState"), "r");

    // Another browser cannot go on with it.
    let other = Visitor::new(&world.app);
    other.sign_in("jason", PASSWORD).await;
    let gone = other.get(on.header("location")).await.expect(404).text();
    assert!(gone.contains("This sign-on cannot go on"), "{gone}");
}

#[actix_web::test]
async fn the_identity_provider_can_begin() {
    let world = World::start().await;
    let visitor = Visitor::new(&world.app);
    let page = visitor.open("/saml/start/wiki").await.expect(200);
    let on = visitor.fill_in(&page, "jason", PASSWORD).await.expect(303);
    let html = visitor.open(on.header("location")).await.expect(200).text();
    assert_eq!(
        (form_action(&html), field(&html, "RelayState")),
        (ACS.to_owned(), "/home".to_owned())
    );
    let html = visitor
        .get("/saml/start/wiki?RelayState=%2Fother")
        .await
        .expect(200)
        .text();
    assert_eq!(field(&html, "RelayState"), "/other");
    for unknown in [
        "/saml/start/nothing",
        "/saml/start/%00",
        "/saml/start/a%2Fb",
    ] {
        visitor.get(unknown).await.expect(404);
    }
}

#[actix_web::test]
async fn c1_no_access_is_a_page_that_says_whom_to_ask() {
    let world = World::start().await;
    let visitor = Visitor::new(&world.app);
    visitor.sign_in("mark", PASSWORD).await;
    for path in [redirect("_4", "", None), "/saml/start/wiki".to_owned()] {
        let denied = visitor.get(&path).await.expect(403);
        let html = denied.text();
        assert!(html.contains("You cannot open Wiki"), "{html}");
        assert!(html.contains("Ask your administrator"), "{html}");
        assert!(html.contains(denied.header("x-request-id")), "{html}");
        assert!(
            !html.contains("<form") && !html.contains("SAMLResponse"),
            "{html}"
        );
    }
    let path = format!("/connectors/{}", world.wiki["id"].as_str().unwrap());
    world
        .app
        .patch(&path, &json!({"status": "INACTIVE"}))
        .await
        .expect(200);
    visitor.sign_in("jason", PASSWORD).await;
    let html = visitor.get("/saml/start/wiki").await.expect(403).text();
    assert!(html.contains("switched off"), "{html}");
}

#[actix_web::test]
async fn force_authn_asks_again_and_is_passive_never_asks() {
    let world = World::start().await;
    let visitor = Visitor::new(&world.app);
    let passive = redirect("_5", " IsPassive=\"true\"", None);
    let html = visitor.get(&passive).await.expect(200).text();
    let xml = STANDARD.decode(field(&html, "SAMLResponse")).unwrap();
    assert!(String::from_utf8(xml).unwrap().contains("status:NoPassive"));

    visitor.sign_in("jason", PASSWORD).await;
    let page = visitor
        .open(&redirect("_6", " ForceAuthn=\"true\"", None))
        .await
        .expect(200);
    assert_ne!(field(&page.text(), "csrf_token"), "", "{}", page.text());
    let on = visitor.fill_in(&page, "jason", PASSWORD).await.expect(303);
    let html = visitor.open(on.header("location")).await.expect(200).text();
    assert_eq!(form_action(&html), ACS);
}

#[actix_web::test]
async fn requests_that_cannot_be_answered_are_pages() {
    let world = World::start().await;
    let visitor = Visitor::new(&world.app);
    let stranger = request("_7", "https://unknown.example/<b>", "").replace("<b>", "&lt;b>");
    let stranger = request_url("/saml/sso", stranger.as_bytes(), None).unwrap();
    let acs = " AssertionConsumerServiceURL=\"https://evil.example/acs\"";
    let cases = [
        "/saml/sso".to_owned(),
        "/saml/sso?SAMLRequest=zzz".to_owned(),
        "/saml/sso?SAMLRequest=%ff".to_owned(),
        format!("{}&SAMLRequest=x", redirect("_8", "", None)),
        format!("{}&SigAlg=x&Signature=x", redirect("_8", "", None)),
        redirect("_8", acs, None),
        redirect("_8", "", Some(&"r".repeat(2049))),
        stranger,
    ];
    for path in cases {
        let page = visitor.get(&path).await;
        let html = page.text();
        assert_eq!(page.status, 400, "{path}: {html}");
        assert!(
            html.contains("cannot be answered") || html.contains("not be understood"),
            "{html}"
        );
        assert!(html.contains(page.header("x-request-id")), "{html}");
        assert!(!html.contains("<b>") && !html.contains("<form"), "{html}");
    }
    for body in [
        "",
        "SAMLRequest=",
        "nonsense",
        "SAMLRequest=PGE%2BPC9hPg%3D%3D",
    ] {
        let request = TestRequest::post().uri("/saml/sso").set_payload(body);
        let request = request.insert_header(("content-type", "application/x-www-form-urlencoded"));
        visitor.send(request).await.expect(400);
    }
    let large = Serializer::new(String::new())
        .append_pair("SAMLRequest", &"A".repeat(256 * 1024))
        .finish();
    let request = TestRequest::post().uri("/saml/sso").set_payload(large);
    let page = visitor.send(request).await.expect(413).text();
    assert!(page.contains("That is too large"), "{page}");
}
