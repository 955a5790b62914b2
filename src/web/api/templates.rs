//! `/connector-templates`: what is known about well-known applications.

use actix_web::HttpResponse;
use serde::Serialize;
use utoipa::ToSchema;

use crate::web::access::{Call, List};
use crate::web::api::answer;
use crate::web::problem::Problem;

/// Exact filters of the list of templates.
pub const FILTERS: &[&str] = &["id", "name"];

/// A template of a connector.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ConnectorTemplate)]
pub struct TemplateJson {
    id: String,
    name: String,
    /// Fields of a connector that a new one takes over when they are left out.
    #[schema(value_type = serde_json::Value)]
    defaults: serde_json::Value,
    /// What a preview checks, in words.
    checks: Vec<String>,
}

/// `GET /connector-templates`
pub async fn list(call: Call, List(query): List) -> Result<HttpResponse, Problem> {
    let templates: Vec<TemplateJson> = call.run(|_, _| Ok(Vec::new())).await?;
    answer::page_of_whole(templates, &query)
}
