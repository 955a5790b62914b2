//! The few shapes of an answer: a page, a "see other", the hop to a thread where work may block.

use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_LANGUAGE, HeaderValue, LOCATION, RETRY_AFTER, VARY};
use actix_web::{HttpResponse, web};
use askama::Template;
use tokio::sync::Semaphore;

use crate::service::environment::Environment;
use crate::web::error::{WebError, whole_seconds};
use crate::web::filters::LANGUAGE;
use crate::web::language::Language;

/// Media type of pages.
pub const HTML: &str = "text/html; charset=utf-8";

/// A page under a status, in the reader's language.
pub fn html(
    language: Language,
    status: StatusCode,
    page: &impl Template,
) -> Result<HttpResponse, WebError> {
    Ok(HttpResponse::build(status)
        .content_type(HTML)
        .insert_header((CONTENT_LANGUAGE, language.tag()))
        .insert_header((VARY, "Accept-Language"))
        .body(page.render_with_values(&(LANGUAGE, language))?))
}

/// 303: the next thing to get. `location` is a path of ours.
pub fn see_other(location: &str) -> HttpResponse {
    HttpResponse::SeeOther()
        .insert_header((LOCATION, location))
        .finish()
}

/// An answer that says when to try again.
pub fn with_wait(mut answer: HttpResponse, retry_after: Duration) -> HttpResponse {
    let seconds = HeaderValue::from(whole_seconds(retry_after));
    answer.headers_mut().insert(RETRY_AFTER, seconds);
    answer
}

/// Requests that check a password hold a thread at most so many at a time. A thread that waits for its turn costs more
/// than a megabyte, and hashing takes turns anyway, as many at a time as half of the processors.
static SEATS: Semaphore = Semaphore::const_new(32);

/// The same as [`blocking`] for the doors at which anybody may have a password checked: whoever comes in a crowd waits
/// without one.
pub async fn hashing<T, E>(
    env: &web::Data<Environment>,
    work: impl FnOnce(&Environment) -> Result<T, E> + Send + 'static,
) -> Result<T, WebError>
where
    T: Send + 'static,
    E: Into<WebError> + Send + 'static,
{
    // Nobody closes it, so that there is always a seat to wait for.
    let seat = SEATS.acquire().await.ok();
    // It goes with the work, which ends later than the request when somebody hangs up.
    let seated = move |env: &Environment| {
        let outcome = work(env);
        drop(seat);
        outcome
    };
    blocking(env, seated).await
}

/// Runs a use case on a thread that may block; its log lines keep the request's incident number.
/// A panic in there is [`WebError::Panicked`].
pub async fn blocking<T, E>(
    env: &web::Data<Environment>,
    work: impl FnOnce(&Environment) -> Result<T, E> + Send + 'static,
) -> Result<T, WebError>
where
    T: Send + 'static,
    E: Into<WebError> + Send + 'static,
{
    let env = env.clone();
    let span = tracing::Span::current();
    match web::block(move || span.in_scope(|| work(&env))).await {
        Ok(result) => result.map_err(Into::into),
        Err(_panicked) => Err(WebError::Panicked),
    }
}
