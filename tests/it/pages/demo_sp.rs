//! The demonstration service provider believes what it has verified, and says so when it does not.

use actix_web::body::to_bytes;
use actix_web::middleware::from_fn;
use actix_web::test::{TestRequest, call_service, init_service};
use actix_web::web::Data;
use actix_web::{App, http::header::LOCATION};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;
use vestibule::saml::sp_metadata;
use vestibule::service::demo_sp::DemoServiceProvider;
use vestibule::web::demo_sp::configure;
use vestibule::web::envelope::envelope;

use crate::pages::world::World;
use crate::support::test_app::PASSWORD;
use crate::support::visitor::{Visitor, field, form, form_action};

const SP: &str = "http://127.0.0.1:8081";

/// Status, `Location` and body of what the service provider answers.
async fn answer(
    world: &World,
    provider: &Data<DemoServiceProvider>,
    request: TestRequest,
) -> (u16, String, String) {
    let app = App::new()
        .wrap(from_fn(envelope))
        .app_data(world.app.env.clone())
        .app_data(provider.clone())
        .configure(configure);
    let answer = call_service(&init_service(app).await, request.to_request()).await;
    let status = answer.status().as_u16();
    let location = answer
        .headers()
        .get(LOCATION)
        .map(|to| to.to_str().unwrap().to_owned());
    let body = to_bytes(answer.into_body()).await.unwrap().to_vec();
    (
        status,
        location.unwrap_or_default(),
        String::from_utf8(body).unwrap(),
    )
}

/// The world with the service provider registered as "Demo" and open for jason.
async fn start() -> (World, Data<DemoServiceProvider>) {
    let world = World::start().await;
    let demo = json!({
        "name": "Demo", "spEntityId": format!("{SP}/metadata"),
        "acsUrls": [{ "url": format!("{SP}/acs") }],
        "attributeMappings": [
            { "spAttributeName": "mail", "source": { "type": "USER_FIELD", "field": "email" } },
            { "spAttributeName": "<i>", "source": { "type": "CONSTANT", "value": "<b>&\"" } }]
    });
    let demo = world.app.make("/connectors", &demo).await;
    let group = world.group["id"].as_str().unwrap();
    let path = format!(
        "/connectors/{}/groups/{group}",
        demo["id"].as_str().unwrap()
    );
    world.app.put(&path).await.expect(204);
    (world, Data::new(DemoServiceProvider::new(SP)))
}

/// Signs jason on from where the service provider sent him, and gives the response and RelayState.
async fn sign_on(visitor: &Visitor<'_>, path: &str) -> (String, String) {
    let page = visitor.open(path).await.expect(200);
    let page = if page.text().contains("name=\"password\"") {
        let on = visitor.fill_in(&page, "jason", PASSWORD).await.expect(303);
        visitor.open(on.header("location")).await.expect(200)
    } else {
        page
    };
    let html = page.text();
    assert_eq!(form_action(&html), format!("{SP}/acs"), "{html}");
    (field(&html, "SAMLResponse"), field(&html, "RelayState"))
}

fn local(url: &str) -> String {
    url.replacen("http://localhost:8080", "", 1)
}

#[actix_web::test]
async fn it_shows_what_it_verified_by_both_bindings_and_unsolicited() {
    let (world, provider) = start().await;
    let visitor = Visitor::new(&world.app);

    let (status, location, _) = answer(&world, &provider, TestRequest::get().uri("/login")).await;
    assert_eq!(status, 303);
    let by_redirect = sign_on(&visitor, &local(&location)).await;

    let post = TestRequest::get().uri("/login?binding=post");
    let (status, _, html) = answer(&world, &provider, post).await;
    assert_eq!(
        (status, form_action(&html).as_str()),
        (200, "http://localhost:8080/saml/sso")
    );
    let fields = [
        ("SAMLRequest", field(&html, "SAMLRequest")),
        ("RelayState", field(&html, "RelayState")),
    ];
    let fields = fields
        .each_ref()
        .map(|(name, value)| (*name, value.as_str()));
    let on = visitor.post("/saml/sso", &fields).await.expect(303);
    let by_post = sign_on(&visitor, on.header("location")).await;

    let unsolicited = sign_on(&visitor, "/saml/start/demo").await;

    for (response, relay_state) in [by_redirect, by_post, unsolicited] {
        let fields = [
            ("SAMLResponse", response.as_str()),
            ("RelayState", relay_state.as_str()),
        ];
        let (status, _, html) = answer(&world, &provider, form("/acs", &fields)).await;
        assert_eq!(status, 200, "{html}");
        assert!(
            html.contains("<span id=\"subject\">jason@example.com</span>"),
            "{html}"
        );
        assert!(html.contains("<tr><th scope=\"row\">mail</th><td>jason@example.com</td></tr>"));
        assert!(
            html.contains("&#60;i&#62;</th><td>&#60;b&#62;&#38;&#34;</td>"),
            "{html}"
        );
    }
}

#[actix_web::test]
async fn it_refuses_what_was_changed_or_belongs_to_another_request() {
    let (world, provider) = start().await;
    let visitor = Visitor::new(&world.app);
    let (_, location, _) = answer(&world, &provider, TestRequest::get().uri("/login")).await;
    let (response, first) = sign_on(&visitor, &local(&location)).await;
    let (_, location, _) = answer(&world, &provider, TestRequest::get().uri("/login")).await;
    let (_, second) = sign_on(&visitor, &local(&location)).await;

    let xml = String::from_utf8(STANDARD.decode(&response).unwrap()).unwrap();
    let changed = STANDARD.encode(xml.replace("jason@example.com", "maria@example.com"));
    let unsigned = xml.split("<ds:Signature").next().unwrap().to_owned()
        + xml.split("</ds:Signature>").nth(1).unwrap();
    let unsigned = STANDARD.encode(unsigned);
    for (response, relay_state) in [
        (changed.as_str(), first.as_str()),
        (unsigned.as_str(), first.as_str()),
        (response.as_str(), second.as_str()),
        ("nonsense", ""),
        ("", ""),
    ] {
        let fields = [("SAMLResponse", response), ("RelayState", relay_state)];
        let (status, _, html) = answer(&world, &provider, form("/acs", &fields)).await;
        assert_eq!(status, 403, "{html}");
        assert!(
            html.contains("id=\"refusal\"") && !html.contains("id=\"assertion\""),
            "{html}"
        );
    }
}

#[actix_web::test]
async fn its_metadata_registers_it() {
    let (world, provider) = start().await;
    let (status, _, xml) = answer(&world, &provider, TestRequest::get().uri("/metadata")).await;
    assert_eq!(status, 200);
    let read = sp_metadata::read(xml.as_bytes(), world.app.env.now()).unwrap();
    assert_eq!(read.entity_id, format!("{SP}/metadata"));
    assert_eq!(read.acs[0].url, format!("{SP}/acs"));
    let (status, _, html) = answer(&world, &provider, TestRequest::get().uri("/")).await;
    assert_eq!(status, 200);
    assert!(
        html.contains("Sign in by POST") && html.contains(SP),
        "{html}"
    );
}
