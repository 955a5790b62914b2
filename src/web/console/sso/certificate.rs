//! `/admin/connectors/{id}/certificate.pem`: the certificate that an application verifies with.

use actix_web::HttpResponse;
use actix_web::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};

use crate::service::connectors;
use crate::service::idp_metadata;
use crate::web::console::access::Console;
use crate::web::error::WebError;
use crate::web::path_part::PathPart;

/// `GET /admin/connectors/{id}/certificate.pem`
pub async fn download(console: Console, PathPart(id): PathPart) -> Result<HttpResponse, WebError> {
    let pem = console
        .run(move |env, _| {
            let view = connectors::get(env, &id)?;
            Ok(idp_metadata::facts(env, &view.connector)?.certificate)
        })
        .await?;
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, "application/x-pem-file"))
        .insert_header((
            CONTENT_DISPOSITION,
            "attachment; filename=\"vestibule.pem\"",
        ))
        .body(pem))
}
