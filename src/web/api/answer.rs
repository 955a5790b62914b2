//! Successful answers of the REST door.

use actix_web::http::header::{CONTENT_TYPE, ETAG, LOCATION};
use actix_web::{HttpResponse, HttpResponseBuilder};
use serde::Serialize;

use crate::service::listing::{ListQuery, Page};
use crate::web::access::Call;
use crate::web::etag;
use crate::web::paging::{self, ListJson};
use crate::web::problem::Problem;

/// 200 with a resource.
pub fn ok(resource: &impl Serialize) -> Result<HttpResponse, Problem> {
    write(&mut HttpResponse::Ok(), resource)
}

/// 200 with a resource that has versions.
pub fn ok_at(version: i64, resource: &impl Serialize) -> Result<HttpResponse, Problem> {
    write(
        HttpResponse::Ok().insert_header((ETAG, etag::tag(version))),
        resource,
    )
}

/// 200 with a page of a list.
pub fn page<T: Serialize>(page: Page<T>) -> Result<HttpResponse, Problem> {
    ok(&ListJson::from(page))
}

/// 200 with a page of a short list that is held whole.
pub fn page_of_whole<T: Serialize>(
    items: Vec<T>,
    query: &ListQuery,
) -> Result<HttpResponse, Problem> {
    page(paging::page_of_whole(items, query)?)
}

/// 201 with the resource that was made; `path` is its place below `/api/v1`.
pub fn created(
    call: &Call,
    path: &str,
    resource: &impl Serialize,
) -> Result<HttpResponse, Problem> {
    write(
        HttpResponse::Created().insert_header((LOCATION, location(call, path))),
        resource,
    )
}

/// 201 with a resource that has versions.
pub fn created_at(
    call: &Call,
    path: &str,
    (version, resource): (i64, &impl Serialize),
) -> Result<HttpResponse, Problem> {
    let mut answer = HttpResponse::Created();
    answer.insert_header((LOCATION, location(call, path)));
    answer.insert_header((ETAG, etag::tag(version)));
    write(&mut answer, resource)
}

/// 204.
pub fn nothing() -> HttpResponse {
    HttpResponse::NoContent().finish()
}

fn location(call: &Call, path: &str) -> String {
    format!("{}/api/v1{path}", call.env.settings.base_url)
}

fn write(
    answer: &mut HttpResponseBuilder,
    resource: &impl Serialize,
) -> Result<HttpResponse, Problem> {
    // Only a stored value that is no JSON can fail here, and such a row is broken.
    let body = serde_json::to_vec(resource).map_err(|_unprintable| Problem::internal())?;
    Ok(answer
        .insert_header((CONTENT_TYPE, "application/json"))
        .body(body))
}
