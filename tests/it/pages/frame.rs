//! What surrounds every page: headers, assets, addresses that are not there.

use actix_web::http::Method;
use actix_web::test::TestRequest;

use crate::pages::world::World;
use crate::support::test_app::{PASSWORD, TestApp};
use crate::support::visitor::Visitor;

#[actix_web::test]
async fn every_page_is_locked_down_and_its_assets_exist() {
    let world = World::start().await;
    let visitor = Visitor::new(&world.app);
    visitor.sign_in("jason", PASSWORD).await;
    let mut assets = 0;
    for path in [
        "/",
        "/login",
        "/logout",
        "/saml/start/wiki",
        "/nowhere",
        "/admin",
    ] {
        let page = visitor.get(path).await;
        let policy = page.header("content-security-policy");
        assert!(
            policy.starts_with("default-src 'none'; script-src 'self'"),
            "{path}: {policy}"
        );
        assert!(!policy.contains("unsafe"), "{path}: {policy}");
        assert_eq!(page.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(page.header("cache-control"), "no-store", "{path}");
        let html = page.text();
        for (_, rest) in html
            .match_indices("/assets/")
            .map(|(at, _)| html.split_at(at))
        {
            let address = rest.split('"').next().unwrap();
            let asset = visitor.get(address).await.expect(200);
            assert!(
                asset.header("cache-control").contains("immutable"),
                "{address}"
            );
            assets += 1;
        }
    }
    assert!(assets > 10, "{assets}");
}

#[actix_web::test]
async fn addresses_that_are_not_there_say_so() {
    let app = TestApp::start().await;
    let visitor = Visitor::new(&app);
    for path in [
        "/nowhere", "/saml/", "/login/", "/setup", "/assets/", "/%ff",
    ] {
        let page = visitor.get(path).await.expect(404).text();
        assert!(page.contains("nothing at this address"), "{path}: {page}");
    }
    for (method, path, allow) in [
        (Method::DELETE, "/login", "GET, HEAD, POST"),
        (Method::POST, "/", "GET, HEAD"),
        (Method::PUT, "/saml/sso", "GET, HEAD, POST"),
        (Method::POST, "/healthz", "GET, HEAD"),
    ] {
        let request = TestRequest::default().method(method).uri(path);
        let page = visitor.send(request).await.expect(405);
        assert_eq!(page.header("allow"), allow, "{path}");
        assert!(page.text().contains("does not do that"), "{path}");
    }
    for path in ["/login", "/api/v1/users"] {
        let request = TestRequest::default().method(Method::TRACE).uri(path);
        visitor.send(request).await.expect(405);
    }
}

#[actix_web::test]
async fn head_works_where_get_does() {
    let app = TestApp::start().await;
    for path in ["/login", "/healthz", "/readyz", "/saml/metadata"] {
        let request = TestRequest::default().method(Method::HEAD).uri(path);
        Visitor::new(&app).send(request).await.expect(200);
    }
}

#[actix_web::test]
async fn metadata_is_the_same_for_everybody_who_is_registered() {
    let world = World::start().await;
    let visitor = Visitor::new(&world.app);
    let metadata = visitor.get("/saml/metadata").await.expect(200);
    assert_eq!(
        metadata.header("content-type"),
        "application/samlmetadata+xml"
    );
    let text = metadata.text();
    assert!(
        text.contains("entityID=\"http://localhost:8080/saml/metadata\""),
        "{text}"
    );
    for binding in ["HTTP-Redirect", "HTTP-POST"] {
        let endpoint = format!(
            "<md:SingleLogoutService Binding=\"urn:oasis:names:tc:SAML:2.0:bindings:{binding}\" \
             Location=\"http://localhost:8080/saml/slo\">"
        );
        assert!(text.contains(&endpoint), "{text}");
    }
    let one = visitor.get("/saml/metadata/wiki").await.expect(200).text();
    assert!(
        one.contains("entityID=\"http://localhost:8080/saml/metadata\""),
        "{one}"
    );
    visitor.get("/saml/metadata/nothing").await.expect(404);
}
