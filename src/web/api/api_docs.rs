//! `/api/docs`: the operations of the OpenAPI document as a page for people. No script.

use actix_web::HttpResponse;
use actix_web::http::header::CONTENT_TYPE;
use actix_web::web::Data;
use askama::Template;

use crate::web::api::openapi::{Document, Operation};
use crate::web::filters;
use crate::web::problem::Problem;

/// The page.
#[derive(Template)]
#[template(path = "pages/api_docs.html")]
struct ApiDocs<'a> {
    operations: &'a [Operation],
}

/// `GET /api/docs`
pub async fn serve(document: Data<Document>) -> Result<HttpResponse, Problem> {
    let page = ApiDocs {
        operations: &document.operations,
    };
    let html = page.render().map_err(|_unwritten| Problem::internal())?;
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, "text/html; charset=utf-8"))
        .body(html))
}
