//! What the URL table is made of: an endpoint with the decision that stands before it, and how a
//! table becomes actix services. An endpoint without a decision cannot be written down.

use actix_web::http::Method;
use actix_web::web::{self, PathConfig, ServiceConfig};
use actix_web::{Error, HttpResponse, Route};

use crate::domain::admin::{Action, Object};
use crate::web::access;
use crate::web::console;
use crate::web::error::WebError;
use crate::web::problem::Problem;
use crate::web::step_up;

/// One method of one path.
#[derive(Debug)]
pub struct Endpoint {
    /// GET answers HEAD too.
    pub method: Method,
    /// With `{name}` for each variable segment.
    pub path: &'static str,
    pub need: Need,
    /// Sets the handler of a route.
    pub route: fn(Route) -> Route,
    /// What the OpenAPI document says; on every REST endpoint, and on nothing else.
    pub about: Option<About>,
}

/// What a caller has to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// Anybody.
    Public,
    /// Somebody with a session.
    Session,
    /// Somebody with a session whose sign-in is fresh: for what changes how the account is kept.
    FreshSession,
    /// An administrator of any role.
    Admin,
    /// A role that may do this.
    May(Action, Object),
    /// The same with a sign-in that is fresh: for what is dangerous in other hands.
    MayFreshly(Action, Object),
}

/// The description of a REST endpoint.
#[derive(Debug, Clone, Copy)]
pub struct About {
    pub summary: &'static str,
    /// Name of the schema of the request body.
    pub body: Option<&'static str>,
    pub answer: Answer,
}

/// What success looks like; texts are names of schemas.
#[derive(Debug, Clone, Copy)]
pub enum Answer {
    /// 200 with one.
    One(&'static str),
    /// 200 with one that holds a page of something: it takes `limit` and `cursor`.
    Paged(&'static str),
    /// 200 with `{items, next, total}`, and the fields that can be filtered by.
    List(&'static str, &'static [&'static str]),
    /// The same, or all of it as CSV for those who accept that.
    ListOrCsv(&'static str, &'static [&'static str]),
    /// The same, or all of it as JSON Lines for those who accept that.
    ListOrLines(&'static str, &'static [&'static str]),
    /// 201 with one and its Location.
    Created(&'static str),
    /// 204.
    Nothing,
}

impl About {
    /// The filters of a list; `None` for everything that is no list.
    pub const fn filters(&self) -> Option<&'static [&'static str]> {
        match self.answer {
            Answer::List(_, filters)
            | Answer::ListOrCsv(_, filters)
            | Answer::ListOrLines(_, filters) => Some(filters),
            Answer::One(_) | Answer::Paged(_) | Answer::Created(_) | Answer::Nothing => None,
        }
    }

    /// Whether `limit` and `cursor` are understood.
    pub const fn takes_page(&self) -> bool {
        matches!(self.answer, Answer::Paged(_)) || self.filters().is_some()
    }
}

/// Writes down REST endpoints, one a line:
/// `METHOD "path below /api/v1" (Action, Object) handler, "summary", body => answer;`
macro_rules! rest_table {
    ($($method:ident $path:literal ($action:ident, $object:ident) $handler:path,
       $summary:literal, $body:expr => $answer:expr;)+) => {
        &[$($crate::web::endpoint::Endpoint {
            method: actix_web::http::Method::$method,
            path: concat!("/api/v1", $path),
            need: $crate::web::endpoint::Need::May(
                $crate::domain::admin::Action::$action,
                $crate::domain::admin::Object::$object,
            ),
            route: |route| route.to($handler),
            about: Some($crate::web::endpoint::About {
                summary: $summary,
                body: $body,
                answer: $answer,
            }),
        }),+]
    };
}
pub(crate) use rest_table;

/// Writes down endpoints of any other kind, one a line: `METHOD "path" need, handler;`. Before those
/// of the console stands a guard; the others ask for what they need by their extractors.
macro_rules! page_table {
    ($($method:ident $path:literal $need:expr, $handler:path;)+) => {
        &[$($crate::web::endpoint::Endpoint {
            method: actix_web::http::Method::$method,
            path: $path,
            need: $need,
            route: |route| route.to($handler),
            about: None,
        }),+]
    };
}
pub(crate) use page_table;

/// Registers a table. Endpoints of one path become one resource, in the order of first appearance;
/// a method that the path does not have is 405 with Allow.
pub fn register(table: &'static [Endpoint], config: &mut ServiceConfig) {
    for (index, first) in table.iter().enumerate() {
        let of_path = || table.iter().filter(|endpoint| endpoint.path == first.path);
        if table
            .iter()
            .position(|endpoint| endpoint.path == first.path)
            != Some(index)
        {
            continue;
        }
        let mut resource = web::resource(first.path);
        for endpoint in of_path() {
            for method in methods(endpoint) {
                resource = resource.route(route(endpoint, method));
            }
        }
        let allow = allow(of_path());
        let is_rest = first.path.starts_with("/api/");
        let refuse = move || {
            let error: Error = if is_rest {
                Problem::method_not_allowed(&allow).into()
            } else {
                WebError::Method {
                    allow: allow.clone(),
                }
                .into()
            };
            async move { Err::<HttpResponse, Error>(error) }
        };
        // An id that is no text names nothing.
        let path_config =
            PathConfig::default().error_handler(|_, _| Problem::not_found("resource").into());
        config.service(
            resource
                .app_data(path_config)
                .default_service(web::to(refuse)),
        );
    }
}

fn methods(endpoint: &Endpoint) -> Vec<Method> {
    if endpoint.method == Method::GET {
        vec![Method::GET, Method::HEAD]
    } else {
        vec![endpoint.method.clone()]
    }
}

fn route(endpoint: &'static Endpoint, method: Method) -> Route {
    let route = (endpoint.route)(web::method(method));
    match (endpoint.about, endpoint.need) {
        (Some(about), need) => access::guard(route, need, about),
        (None, need @ (Need::Admin | Need::May(..) | Need::MayFreshly(..))) => {
            console::access::guard(route, need)
        }
        (None, Need::FreshSession) => step_up::guard(route),
        (None, Need::Public | Need::Session) => route,
    }
}

fn allow<'a>(endpoints: impl Iterator<Item = &'a Endpoint>) -> String {
    let methods: Vec<Method> = endpoints.flat_map(methods).collect();
    let names: Vec<&str> = methods.iter().map(Method::as_str).collect();
    names.join(", ")
}
