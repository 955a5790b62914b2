//! `GET /admin/users/{id}/export`: everything that is kept about a person, as one file.

use actix_web::HttpResponse;

use crate::service::person_export;
use crate::web::api::users::json_file;
use crate::web::console::access::Console;
use crate::web::error::WebError;
use crate::web::path_part::PathPart;

/// Hands the file over.
pub async fn export(console: Console, PathPart(id): PathPart) -> Result<HttpResponse, WebError> {
    let document = console
        .run(move |env, actor| person_export::export(env, actor, &id))
        .await?;
    Ok(json_file(document))
}
