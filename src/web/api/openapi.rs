//! The OpenAPI 3.1 document, made from the URL table: every endpoint of it and nothing else. Kept
//! apart from the schemas, which say what bodies look like.

use actix_web::HttpResponse;
use actix_web::http::Method;
use actix_web::http::header::CONTENT_TYPE;
use actix_web::web::Data;
use utoipa::openapi::path::{
    HttpMethod, OperationBuilder, Parameter, ParameterBuilder, ParameterIn, PathsBuilder,
};
use utoipa::openapi::request_body::{RequestBody, RequestBodyBuilder};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{
    ComponentsBuilder, ContentBuilder, InfoBuilder, LicenseBuilder, OpenApiBuilder, PathItem, Ref,
    Required, Response, ResponseBuilder, ServerBuilder,
};

use crate::domain::admin::{AdminRole, authorize};
use crate::web::api::{request_schemas, response_schemas};
use crate::web::csv::CSV;
use crate::web::endpoint::{About, Answer, Endpoint, Need};
use crate::web::problem::PROBLEM_JSON;

const TOKEN_SCHEME: &str = "bearer";
const INTRODUCTION: &str = "The REST interface of Vestibule. Lists take `limit`, `cursor` and `q` \
    and answer `{items, next, total}`. PATCH is JSON merge patch: what is not named stays, `null` \
    puts a field back to its default, lists and attribute values are replaced whole. Failures are \
    `application/problem+json` with `errors: [{pointer, detail}]`.";

/// The resources that have versions.
const VERSIONED: &[&str] = &[
    "/api/v1/users/{id}",
    "/api/v1/groups/{id}",
    "/api/v1/connectors/{id}",
    "/api/v1/settings",
];

/// The document, and what the page about it lists.
#[derive(Debug, Clone)]
pub struct Document {
    /// JSON.
    pub text: String,
    pub operations: Vec<Operation>,
}

/// One line of the page.
#[derive(Debug, Clone)]
pub struct Operation {
    pub method: String,
    pub path: &'static str,
    pub summary: &'static str,
    /// Labels of the roles that may.
    pub roles: String,
}

/// `GET /api/openapi.json`
pub async fn serve(document: Data<Document>) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, "application/json"))
        .body(document.text.clone())
}

/// Describes the endpoints of a table that say something about themselves.
pub fn describe(table: &[Endpoint]) -> Document {
    let mut paths = PathsBuilder::new();
    let mut operations = Vec::new();
    for endpoint in table {
        if let (Some(about), Some(method)) = (endpoint.about, http_method(&endpoint.method)) {
            let item = PathItem::new(method, operation(endpoint, about));
            paths = paths.path(endpoint.path, item);
            operations.push(Operation {
                method: endpoint.method.to_string(),
                path: endpoint.path,
                summary: about.summary,
                roles: roles(endpoint.need).join(", "),
            });
        }
    }
    let scheme = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build();
    let license = LicenseBuilder::new()
        .name("Apache-2.0")
        .identifier(Some("Apache-2.0"))
        .build();
    let info = InfoBuilder::new()
        .title("Vestibule")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(INTRODUCTION))
        .license(Some(license));
    let components = ComponentsBuilder::new()
        .security_scheme(TOKEN_SCHEME, SecurityScheme::Http(scheme))
        .schemas_from_iter(response_schemas::all())
        .schemas_from_iter(request_schemas::all())
        .responses_from_iter(
            PROBLEMS
                .iter()
                .map(|(status, text)| (problem_name(*status), problem(text))),
        );
    let document = OpenApiBuilder::new()
        .info(info.build())
        .servers(Some([ServerBuilder::new().url("/").build()]))
        .paths(paths)
        .components(Some(components.build()))
        .build();
    // The document holds texts and lists only, which always serialise.
    Document {
        text: document.to_pretty_json().unwrap_or_default(),
        operations,
    }
}

/// What can go wrong, by status.
const PROBLEMS: &[(u16, &str)] = &[
    (400, "The body is not JSON; `detail` says line and column."),
    (401, "No API token, or one that is not known."),
    (403, "The role of the token does not permit this."),
    (404, "There is nothing with this id."),
    (
        409,
        "It contradicts what is stored, such as a name that is taken.",
    ),
    (
        412,
        "`If-Match` names a version that is no longer the present one.",
    ),
    (413, "The body is too large."),
    (415, "The body is no JSON by its Content-Type."),
    (
        422,
        "Unknown or missing fields, wrong types, broken rules; `errors` names each.",
    ),
    (
        503,
        "The database does not answer at the moment; Retry-After says when to try again.",
    ),
];

fn problem_name(status: u16) -> String {
    format!("Problem{status}")
}

fn problem(text: &str) -> Response {
    let content = ContentBuilder::new()
        .schema(Some(Ref::from_schema_name("Problem")))
        .build();
    ResponseBuilder::new()
        .description(text)
        .content(PROBLEM_JSON, content)
        .build()
}

fn operation(endpoint: &Endpoint, about: About) -> OperationBuilder {
    let roles = roles(endpoint.need);
    let mut operation = OperationBuilder::new()
        .tag(tag(endpoint.path))
        .summary(Some(about.summary))
        .description(Some(format!("Roles: {}.", roles.join(", "))))
        .operation_id(Some(operation_id(endpoint)))
        .security(SecurityRequirement::new(TOKEN_SCHEME, Vec::<String>::new()))
        .request_body(about.body.map(request_body));
    for parameter in parameters(endpoint, about) {
        operation = operation.parameter(parameter);
    }
    let (status, response) = success(about.answer);
    operation = operation.response(status, response);
    for status in failures(endpoint, about) {
        let reference = Ref::from_response_name(problem_name(status));
        operation = operation.response(status.to_string(), reference);
    }
    operation
}

fn heeds_if_match(endpoint: &Endpoint) -> bool {
    endpoint.method != Method::GET && VERSIONED.contains(&endpoint.path)
}

fn success(answer: Answer) -> (&'static str, Response) {
    let one = |name: &str| {
        ContentBuilder::new()
            .schema(Some(Ref::from_schema_name(name)))
            .build()
    };
    let page = |name: &str| {
        ContentBuilder::new()
            .schema(Some(response_schemas::page_of(name)))
            .build()
    };
    let json = |text: &str, content| {
        ResponseBuilder::new()
            .description(text)
            .content("application/json", content)
            .build()
    };
    match answer {
        Answer::One(name) | Answer::Paged(name) => ("200", json("The resource.", one(name))),
        Answer::Created(name) => (
            "201",
            json("It was made; Location says where it is.", one(name)),
        ),
        Answer::List(name, _) => ("200", json("A page of the list.", page(name))),
        Answer::ListOrCsv(name, _) => {
            let csv = ContentBuilder::new()
                .schema(Some(request_schemas::text()))
                .build();
            let response = ResponseBuilder::new()
                .description("A page of the list, or the whole list as CSV.")
                .content("application/json", page(name))
                .content(CSV, csv)
                .build();
            ("200", response)
        }
        Answer::ListOrLines(name, _) => {
            let lines = one(name);
            let response = ResponseBuilder::new()
                .description("A page of the list, or the whole list, one a line.")
                .content("application/json", page(name))
                .content("application/x-ndjson", lines)
                .build();
            ("200", response)
        }
        Answer::Nothing => ("204", ResponseBuilder::new().description("Done.").build()),
    }
}

fn failures(endpoint: &Endpoint, about: About) -> Vec<u16> {
    let has_body = about.body.is_some();
    let changes = endpoint.method != Method::GET;
    let has_version = heeds_if_match(endpoint);
    PROBLEMS
        .iter()
        .map(|(status, _)| *status)
        .filter(|status| match status {
            400 | 413 | 415 => has_body,
            404 => endpoint.path.contains('{'),
            409 => changes,
            412 => has_version,
            422 => has_body || about.takes_page(),
            _ => true,
        })
        .collect()
}

fn request_body(name: &'static str) -> RequestBody {
    let content = || {
        ContentBuilder::new()
            .schema(Some(Ref::from_schema_name(name)))
            .build()
    };
    let body = RequestBodyBuilder::new().content("application/json", content());
    let body = if name.ends_with("Patch") {
        body.content("application/merge-patch+json", content())
    } else {
        body
    };
    body.required(Some(Required::True)).build()
}

fn parameters(endpoint: &Endpoint, about: About) -> Vec<Parameter> {
    let in_path = path_parameters(endpoint.path).map(|name| {
        let parameter = ParameterBuilder::new()
            .name(name)
            .parameter_in(ParameterIn::Path);
        parameter
            .required(Required::True)
            .schema(Some(request_schemas::text()))
            .build()
    });
    let optional = |name: &str, place, schema| {
        let parameter = ParameterBuilder::new().name(name).parameter_in(place);
        parameter
            .required(Required::False)
            .schema(Some(schema))
            .build()
    };
    let mut parameters: Vec<Parameter> = in_path.collect();
    let in_query = |name: &str, schema| optional(name, ParameterIn::Query, schema);
    if about.takes_page() {
        parameters.push(in_query("limit", request_schemas::limit()));
        parameters.push(in_query("cursor", request_schemas::text()));
    }
    if let Some(filters) = about.filters() {
        for name in ["q"].iter().chain(filters) {
            parameters.push(in_query(name, request_schemas::text()));
        }
    }
    if heeds_if_match(endpoint) {
        parameters.push(optional(
            "If-Match",
            ParameterIn::Header,
            request_schemas::text(),
        ));
    }
    parameters
}

fn path_parameters(path: &str) -> impl Iterator<Item = &str> {
    path.split('/')
        .filter_map(|segment| segment.strip_prefix('{')?.strip_suffix('}'))
}

/// `users` of `/api/v1/users/{id}`.
fn tag(path: &str) -> &str {
    path.split('/').nth(3).unwrap_or_default()
}

/// `patch_users_id`
fn operation_id(endpoint: &Endpoint) -> String {
    let words = endpoint
        .path
        .split(['/', '{', '}', '-'])
        .skip(3)
        .filter(|word| !word.is_empty());
    let words: Vec<&str> = words.collect();
    format!(
        "{}_{}",
        endpoint.method.as_str().to_ascii_lowercase(),
        words.join("_")
    )
}

fn roles(need: Need) -> Vec<&'static str> {
    let Need::May(action, object) = need else {
        return Vec::new();
    };
    let able = AdminRole::ALL
        .into_iter()
        .filter(|role| authorize(*role, action, object).is_ok());
    able.map(AdminRole::label).collect()
}

fn http_method(method: &Method) -> Option<HttpMethod> {
    match *method {
        Method::GET => Some(HttpMethod::Get),
        Method::POST => Some(HttpMethod::Post),
        Method::PUT => Some(HttpMethod::Put),
        Method::PATCH => Some(HttpMethod::Patch),
        Method::DELETE => Some(HttpMethod::Delete),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
