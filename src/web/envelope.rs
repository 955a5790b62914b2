//! What surrounds every request: an incident number, the log line of a failure, its page, the
//! headers of every answer. A panic of a handler ends here: it costs one request, not the process.

use std::error::Error as StdError;
use std::net::IpAddr;
use std::panic::AssertUnwindSafe;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::error::InternalError;
use actix_web::http::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage, HttpResponse, ResponseError, web};
use askama::Template;
use futures_util::FutureExt;
use tracing::Instrument;

use crate::service::environment::Environment;
use crate::web::client_address;
use crate::web::error::{Explanation, WebError, explain};
use crate::web::filters::LANGUAGE;
use crate::web::flood_guard;
use crate::web::headers::{Place, harden};
use crate::web::incident::Incident;
use crate::web::language::{self, Language};
use crate::web::pages::ErrorPage;
use crate::web::problem::{PROBLEM_JSON, Problem};
use crate::web::responses::HTML;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// Longest text of a cause in the log, in characters.
const LONGEST_CAUSE: usize = 1000;

/// What has to be known about a request when its answer is finished.
struct Context {
    incident: Incident,
    path: String,
    is_https: bool,
    client: Option<IpAddr>,
    language: Language,
}

/// The outermost middleware of both servers.
pub async fn envelope<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let incident = Incident::draw().map_err(WebError::Secrets)?;
    request.extensions_mut().insert(incident.clone());
    let method = request.method().clone();
    let span = tracing::info_span!(
        "request",
        incident = incident.as_str(),
        method = method.as_str()
    );
    let context = Context {
        incident,
        path: request.path().to_owned(),
        is_https: is_https(&request),
        client: client_address::of(request.request()),
        language: language::of_request(request.request()),
    };
    // TRACE would echo cookies that scripts must not see.
    if method == Method::TRACE {
        let refused = request.error_response(WebError::Method {
            allow: "GET, HEAD, POST".to_owned(),
        });
        return Ok(span.in_scope(|| finish(refused, &context)));
    }
    if let Err(too_many) = flood_guard::admit(request.request(), context.client) {
        let refused = request.error_response(too_many);
        return Ok(span.in_scope(|| finish(refused, &context)));
    }
    let call = AssertUnwindSafe(next.call(request)).catch_unwind();
    let outcome = call.instrument(span.clone()).await;
    span.in_scope(|| match outcome {
        Ok(Ok(response)) => Ok(finish(response, &context)),
        Ok(Err(error)) => Err(finish_bare(error, &context)),
        Err(_panic) => Err(finish_bare(WebError::Panicked.into(), &context)),
    })
}

fn finish<B: MessageBody + 'static>(
    response: ServiceResponse<B>,
    context: &Context,
) -> ServiceResponse<BoxBody> {
    let (request, response) = response.into_parts();
    let failure = response.error().and_then(Error::as_error::<WebError>);
    let response = match flood_guard::judge(&request, context.client, failure) {
        Some(too_many) => HttpResponse::from_error(too_many),
        None => response.map_into_boxed_body(),
    };
    log(&response, request.match_pattern().as_deref());
    ServiceResponse::new(request, dress(response, context))
}

/// A failure that left no request behind to answer: the error carries its whole answer.
fn finish_bare(error: Error, context: &Context) -> Error {
    let response = HttpResponse::from_error(error);
    log(&response, None);
    InternalError::from_response("already logged", dress(response, context)).into()
}

/// Headers on everything; a page on failures that have none of ours yet.
fn dress(mut response: HttpResponse, context: &Context) -> HttpResponse {
    if is_failure(response.status()) && !is_written(response.headers()) {
        let cause = response.error().and_then(Error::as_error::<WebError>);
        let explanation = explain(cause, response.status());
        response = write(response, &explanation, context);
    }
    let place = Place {
        path: &context.path,
        is_https: context.is_https,
    };
    let headers = response.headers_mut();
    harden(headers, place);
    // An incident number is made of hex digits and dashes, which every header can carry.
    if let Ok(number) = HeaderValue::from_str(context.incident.as_str()) {
        headers.insert(REQUEST_ID, number);
    }
    response
}

fn write(response: HttpResponse, explanation: &Explanation, context: &Context) -> HttpResponse {
    let status = response.status();
    let (media_type, body) = if context.path.starts_with("/api/") {
        let problem = Problem::new(status, explanation.text.as_str());
        (PROBLEM_JSON, problem.error_response().into_body())
    } else {
        let page = ErrorPage {
            status: status.as_u16(),
            tone: if status.is_server_error() {
                "bad"
            } else {
                "warn"
            },
            title: explanation.title,
            text: &explanation.text,
            next: explanation.next,
            help_url: &explanation.help_url,
            incident: context.incident.as_str(),
        };
        let text = page
            .render_with_values(&(LANGUAGE, context.language))
            .unwrap_or_else(|_unwritten| explanation.text.clone());
        (HTML, BoxBody::new(text))
    };
    let mut response = response.set_body(body);
    response
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
    response
}

/// One structured line for every failure, under the request's span with its incident number. The
/// address is named by its route: the path itself can hold a one-time link.
fn log<B>(response: &HttpResponse<B>, route: Option<&str>) {
    let status = response.status();
    if !is_failure(status) {
        return;
    }
    let cause = response.error().map(cause_of).unwrap_or_default();
    let status = status.as_u16();
    let route = route.unwrap_or("none");
    if response.status().is_server_error() {
        tracing::error!(status, route, cause, "request failed");
    } else {
        tracing::info!(status, route, cause, "request refused");
    }
}

/// The chain of causes, on one line, control characters escaped: parts of it may be hostile text.
fn cause_of(error: &Error) -> String {
    let mut text = error.to_string();
    let mut source = error.as_error::<WebError>().and_then(StdError::source);
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    escaped(&text)
}

fn escaped(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for character in text.chars().take(LONGEST_CAUSE) {
        if character.is_control() || matches!(character, '\u{2028}' | '\u{2029}') {
            line.extend(character.escape_unicode());
        } else {
            line.push(character);
        }
    }
    line
}

fn is_failure(status: StatusCode) -> bool {
    status.is_client_error() || status.is_server_error()
}

/// True for answers that a handler wrote for people or programs; the short texts of the HTTP
/// library are replaced, since they speak of its insides.
fn is_written(headers: &HeaderMap) -> bool {
    let media_type = headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    media_type.is_some_and(|text| text != "text/plain; charset=utf-8")
}

fn is_https(request: &ServiceRequest) -> bool {
    request
        .app_data::<web::Data<Environment>>()
        .is_some_and(|env| env.settings.base_url.starts_with("https://"))
}

#[cfg(test)]
mod tests;
