//! `/logo`: the organisation's logo, for sign-in page and portal. Its address carries the picture's
//! tag, so that browsers keep it and another picture is another address.

use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use actix_web::{HttpRequest, HttpResponse, web};

use crate::service::environment::Environment;
use crate::service::logo;
use crate::web::error::WebError;
use crate::web::responses::blocking;

/// The address of the logo with this tag.
pub fn address(tag: &str) -> String {
    format!("/logo?v={tag}")
}

/// `GET /logo`
pub async fn serve(
    env: web::Data<Environment>,
    request: HttpRequest,
) -> Result<HttpResponse, WebError> {
    let logo = blocking(&env, logo::find).await?;
    let logo = logo.ok_or(WebError::NoSuchPage)?;
    let keep = if request.uri().to_string() == address(&logo.tag) {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    };
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, logo.media_type))
        .insert_header((CACHE_CONTROL, keep))
        .body(logo.bytes))
}
