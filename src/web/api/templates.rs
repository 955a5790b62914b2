//! `/connector-templates`: what is known about well-known applications. A template is written down
//! as JSON and is answered as it stands.

use actix_web::HttpResponse;
use utoipa::openapi::Schema;

use crate::domain::connector_template::{self, ConnectorTemplate};
use crate::web::access::List;
use crate::web::api::answer;
use crate::web::api::request_schemas::{anything, list_of, object, text};
use crate::web::problem::Problem;

/// Exact filters of the list of templates.
pub const FILTERS: &[&str] = &["id", "name"];

/// `GET /connector-templates`
pub async fn list(List(query): List) -> Result<HttpResponse, Problem> {
    let templates: Vec<&ConnectorTemplate> = connector_template::all().iter().collect();
    answer::page_of_whole(templates, &query)
}

/// The schema of a template: `defaults` are fields of a connector that a new one takes over when
/// they are left out, `checks` are what a preview checks.
pub fn schema() -> Schema {
    let fields = [
        ("id", text()),
        ("name", text()),
        ("documentation", list_of(text())),
        ("defaults", anything()),
        ("checks", list_of(anything())),
    ];
    object(
        &["id", "name", "documentation", "defaults", "checks"],
        fields,
    )
}
