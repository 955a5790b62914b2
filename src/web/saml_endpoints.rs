//! The SAML endpoints: octets in, the next step of the browser out. What a message means is decided
//! by the service floor; nothing here reads XML.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;

use crate::domain::app_access::AccessReason;
use crate::service::environment::Environment;
use crate::service::idp_metadata;
use crate::service::sign_on::{self, DeniedPage, SignOnError, Step};
use crate::web::body;
use crate::web::cookies::CookieKind;
use crate::web::delivery::{self, Errand};
use crate::web::error::WebError;
use crate::web::guards::Browser;
use crate::web::incident::Incident;
use crate::web::language::Language;
use crate::web::pages;
use crate::web::path_part::PathPart;
use crate::web::responses::{blocking, html, see_other};
use crate::web::second_step;
use crate::web::sign_in::step_of;

/// The cap of a message with its form, in bytes (BOUNDED-INPUT).
pub const LIMIT: usize = 256 * 1024;
const METADATA: &str = "application/samlmetadata+xml";

/// What stands in the address of an IdP-initiated sign-on.
#[derive(Debug, Deserialize)]
pub struct StartQuery {
    #[serde(rename = "RelayState")]
    relay_state: Option<String>,
}

/// Who asks, and under which incident number.
type Asker = (Browser, Incident);

/// `GET /saml/sso`: a request by HTTP-Redirect (SAML Bindings 3.4).
pub async fn redirect(
    env: web::Data<Environment>,
    request: HttpRequest,
    asker: Asker,
) -> Result<HttpResponse, WebError> {
    let query = request.query_string().to_owned();
    let receive = move |env: &Environment, browser: &sign_on::Browser| {
        sign_on::receive_redirect(env, &query, browser)
    };
    answer(&env, asker, receive).await
}

/// `POST /saml/sso`: a request by HTTP-POST (SAML Bindings 3.5).
pub async fn post(
    env: web::Data<Environment>,
    request: HttpRequest,
    payload: web::Payload,
    asker: Asker,
) -> Result<HttpResponse, WebError> {
    let body = body::read(request.headers(), &mut payload.into_inner(), LIMIT).await?;
    let receive = move |env: &Environment, browser: &sign_on::Browser| {
        sign_on::receive_post(env, &body, browser)
    };
    answer(&env, asker, receive).await
}

/// `GET /saml/continue/{id}`: goes on with a request that waited for this browser.
pub async fn resume(
    env: web::Data<Environment>,
    PathPart(id): PathPart,
    asker: Asker,
) -> Result<HttpResponse, WebError> {
    let resume =
        move |env: &Environment, browser: &sign_on::Browser| sign_on::resume(env, &id, browser);
    answer(&env, asker, resume).await
}

/// `GET /saml/start/{slug}`: IdP-initiated sign-on.
pub async fn start(
    env: web::Data<Environment>,
    PathPart(slug): PathPart,
    query: web::Query<StartQuery>,
    asker: Asker,
) -> Result<HttpResponse, WebError> {
    let start = move |env: &Environment, browser: &sign_on::Browser| {
        sign_on::start(env, &slug, query.relay_state.as_deref(), browser)
    };
    answer(&env, asker, start).await
}

/// How the metadata is wanted.
#[derive(Debug, Deserialize)]
pub struct MetadataQuery {
    /// `?signed=true`: by the key that stands first in it.
    #[serde(default)]
    signed: bool,
}

/// `GET /saml/metadata`
pub async fn metadata(
    env: web::Data<Environment>,
    query: web::Query<MetadataQuery>,
) -> Result<HttpResponse, WebError> {
    let write = move |env: &Environment| idp_metadata::document(env, None, query.signed);
    let document = blocking(&env, write).await?;
    Ok(HttpResponse::Ok().content_type(METADATA).body(document))
}

/// `GET /saml/metadata/{slug}`: the same as one connector sees it.
pub async fn metadata_for(
    env: web::Data<Environment>,
    PathPart(slug): PathPart,
    query: web::Query<MetadataQuery>,
) -> Result<HttpResponse, WebError> {
    let write = move |env: &Environment| idp_metadata::document(env, Some(&slug), query.signed);
    let document = blocking(&env, write).await?;
    Ok(HttpResponse::Ok().content_type(METADATA).body(document))
}

async fn answer(
    env: &web::Data<Environment>,
    (browser, incident): Asker,
    take: impl FnOnce(&Environment, &sign_on::Browser) -> Result<Step, SignOnError> + Send + 'static,
) -> Result<HttpResponse, WebError> {
    let brought = browser.for_sign_on();
    match blocking(env, move |env| take(env, &brought)).await? {
        Step::SignIn {
            pending,
            pre_session,
        } => lead_on(&browser, &step_of("/login", Some(&pending)), &pre_session),
        Step::SecondStep {
            pending,
            pre_session,
            half,
        } => {
            let to = second_step::address(Some(&pending));
            let mut answer = lead_on(&browser, &to, &pre_session)?;
            answer.add_cookie(&browser.jar.set(CookieKind::Half, &half))?;
            Ok(answer)
        }
        Step::Continue {
            pending,
            pre_session,
        } => lead_on(&browser, &format!("/saml/continue/{pending}"), &pre_session),
        Step::Respond(delivery) => delivery::deliver(browser.language, Errand::SignOn, &delivery),
        Step::Denied(denied) => deny(browser.language, &denied, &incident),
    }
}

/// On to a page of ours, with the cookie that it belongs to.
pub fn lead_on(browser: &Browser, to: &str, pre_session: &str) -> Result<HttpResponse, WebError> {
    let mut answer = see_other(to);
    answer.add_cookie(&browser.jar.set(CookieKind::PreSession, pre_session))?;
    Ok(answer)
}

fn deny(
    language: Language,
    denied: &DeniedPage,
    incident: &Incident,
) -> Result<HttpResponse, WebError> {
    let page = pages::DeniedPage {
        application: &denied.connector_name,
        reason: reason(denied.reason),
        help: &denied.help,
        help_url: &denied.help_url,
        incident: incident.as_str(),
    };
    html(language, StatusCode::FORBIDDEN, &page)
}

const fn reason(reason: Option<AccessReason>) -> &'static str {
    match reason {
        Some(AccessReason::NotBound) => "None of your groups opens this application.",
        Some(AccessReason::UserNotActive) => "Your account is not active.",
        Some(AccessReason::ConnectorInactive) => "This application is switched off at the moment.",
        Some(AccessReason::OutsideNetworks) => "It does not open from the network that you are in.",
        Some(AccessReason::Allowed) | None => "You may open it, but the sign-on could not be made.",
    }
}
