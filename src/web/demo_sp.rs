//! The pages of the demonstration service provider, on a port of its own: it sends people to the
//! identity provider and shows what came back, verified, value by value.

use actix_web::http::StatusCode;
use actix_web::http::header::LOCATION;
use actix_web::web::{self, Data, ServiceConfig};
use actix_web::{HttpResponse, Route};
use serde::Deserialize;

use crate::service::demo_sp::{DemoError, DemoServiceProvider};
use crate::service::environment::Environment;
use crate::web::assets;
use crate::web::delivery::posts_elsewhere;
use crate::web::error::{WebError, sentence};
use crate::web::form::Form;
use crate::web::language::Language;
use crate::web::pages::{NameValue, PostRequestPage, RefusedPage, StartPage, VerifiedPage};
use crate::web::responses::{blocking, html};

const METADATA: &str = "application/samlmetadata+xml";

/// What stands in the address of `/login`.
#[derive(Debug, Deserialize)]
pub struct LoginQuery {
    binding: Option<String>,
}

/// The form that a browser brings from the identity provider.
#[derive(Debug, Deserialize)]
pub struct AcsForm {
    #[serde(rename = "SAMLResponse")]
    saml_response: String,
    #[serde(rename = "RelayState")]
    relay_state: Option<String>,
}

/// Registers the pages. The application data are the environment and a [`DemoServiceProvider`].
pub fn configure(config: &mut ServiceConfig) {
    let get = |path: &str, handler: fn(Route) -> Route| {
        web::resource(path)
            .route(handler(web::get()))
            .route(handler(web::head()))
    };
    config
        .service(get("/", |route| route.to(start)))
        .service(get("/login", |route| route.to(login)))
        .service(get("/metadata", |route| route.to(metadata)))
        .service(get("/assets/{name}", |route| route.to(assets::serve)))
        .service(web::resource("/acs").route(web::post().to(acs)));
}

/// `GET /`
async fn start(
    env: Data<Environment>,
    provider: Data<DemoServiceProvider>,
) -> Result<HttpResponse, WebError> {
    let page = StartPage {
        idp_url: &env.settings.base_url,
        entity_id: &provider.entity_id(),
        acs_url: &provider.acs_url(),
    };
    html(Language::English, StatusCode::OK, &page)
}

/// `GET /login`: sends a request, in the address or in a form.
async fn login(
    env: Data<Environment>,
    provider: Data<DemoServiceProvider>,
    query: web::Query<LoginQuery>,
) -> Result<HttpResponse, WebError> {
    if query.binding.as_deref() != Some("post") {
        let url = blocking(&env, move |env| provider.redirect(env)).await?;
        return Ok(HttpResponse::SeeOther()
            .insert_header((LOCATION, url))
            .finish());
    }
    let form = blocking(&env, move |env| provider.post(env)).await?;
    let page = PostRequestPage {
        destination: &form.action,
        saml_request: &form.message,
        relay_state: form.relay_state.as_deref().unwrap_or_default(),
    };
    let mut answer = html(Language::English, StatusCode::OK, &page)?;
    posts_elsewhere(&mut answer, false);
    Ok(answer)
}

/// `GET /metadata`
async fn metadata(provider: Data<DemoServiceProvider>) -> Result<HttpResponse, WebError> {
    Ok(HttpResponse::Ok()
        .content_type(METADATA)
        .body(provider.metadata()?))
}

/// `POST /acs`: verifies and shows.
async fn acs(
    env: Data<Environment>,
    provider: Data<DemoServiceProvider>,
    Form(form): Form<AcsForm>,
) -> Result<HttpResponse, WebError> {
    let receive = move |env: &Environment| {
        provider.receive(env, &form.saml_response, form.relay_state.as_deref())
    };
    match blocking(&env, receive).await {
        Ok(signed_on) => {
            let one = |name: &str, value: &str| NameValue {
                name: name.to_owned(),
                value: value.to_owned(),
            };
            let rows: Vec<NameValue> = signed_on
                .attributes
                .iter()
                .flat_map(|(name, values)| values.iter().map(move |value| one(name, value)))
                .collect();
            let facts = [
                one("NameID format", &signed_on.name_id_format),
                one("Authentication", &signed_on.class_ref),
                one("Session index", &signed_on.session_index),
            ];
            let page = VerifiedPage {
                subject: &signed_on.name_id,
                rows: &rows,
                facts: &facts,
                xml: &signed_on.xml,
            };
            html(Language::English, StatusCode::OK, &page)
        }
        Err(WebError::Demo(DemoError::Protocol(refusal))) => {
            let page = RefusedPage {
                reason: &sentence(&refusal.to_string()),
                xml: "",
            };
            html(Language::English, StatusCode::FORBIDDEN, &page)
        }
        Err(error) => Err(error),
    }
}
