//! `/admin/keys/{id}/certificate.pem`: a certificate to give to the administrators of applications.

use actix_web::HttpResponse;
use actix_web::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};

use crate::service::key_views;
use crate::web::console::access::Console;
use crate::web::error::WebError;
use crate::web::path_part::PathPart;

/// `GET /admin/keys/{id}/certificate.pem`
pub async fn download(console: Console, PathPart(id): PathPart) -> Result<HttpResponse, WebError> {
    let key = console.run(move |env, _| key_views::get(env, &id)).await?;
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, "application/x-pem-file"))
        .insert_header((
            CONTENT_DISPOSITION,
            "attachment; filename=\"vestibule.pem\"",
        ))
        .body(key.certificate))
}
