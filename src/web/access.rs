//! The guard on every REST endpoint (ONE-DOOR): a bearer token, never a cookie; the role's right by
//! the one `authorize`; no parameter that the endpoint does not know. What it found goes with the
//! request: the caller, and the query of a list.

use std::future::{Ready, ready};
use std::sync::Arc;

use actix_web::body::BoxBody;
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::http::header::AUTHORIZATION;
use actix_web::middleware::{Next, from_fn};
use actix_web::web::Data;
use actix_web::{Error, FromRequest, HttpMessage, HttpRequest, Route};

use crate::domain::audit::Actor;
use crate::domain::ids::PublicId;
use crate::service::api_tokens;
use crate::service::brake::Verdict;
use crate::service::caller::Caller;
use crate::service::environment::Environment;
use crate::service::error::ServiceError;
use crate::service::flood::Flood;
use crate::service::listing::ListQuery;
use crate::service::role_scopes::{self, Named};
use crate::web::client_address;
use crate::web::endpoint::{About, Need};
use crate::web::paging;
use crate::web::problem::Problem;
use crate::web::responses::blocking;

/// Puts the guard before the handler of a route.
pub fn guard(route: Route, need: Need, about: About) -> Route {
    route.wrap(from_fn(move |request, next| {
        check(need, about, request, next)
    }))
}

async fn check(
    need: Need,
    about: About,
    request: ServiceRequest,
    next: Next<BoxBody>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    match admit(need, about, request.request()).await {
        Ok(()) => next.call(request).await,
        // Answered here, so that what stands around the routes sees an answer and no error.
        Err(problem) => Ok(request.error_response(problem)),
    }
}

async fn admit(need: Need, about: About, request: &HttpRequest) -> Result<(), Problem> {
    if has_control_characters(request.uri().path()) {
        return Err(Problem::not_found("resource"));
    }
    let caller = authenticate(need, request).await?;
    match about.filters() {
        Some(filters) => {
            let query = paging::parse(request.query_string(), filters)?;
            request.extensions_mut().insert(query);
        }
        None if about.takes_page() => {
            let query = paging::parse_page(request.query_string())?;
            request.extensions_mut().insert(query);
        }
        None => paging::refuse_parameters(request.query_string())?,
    }
    request.extensions_mut().insert(Arc::new(caller));
    Ok(())
}

/// The group or the user that an address is about.
pub fn named_by(request: &HttpRequest) -> Option<Named> {
    let pattern = request.match_pattern()?;
    let id = PublicId::new(request.match_info().get("id")?);
    let path = pattern
        .strip_prefix("/api/v1")
        .or_else(|| pattern.strip_prefix("/admin"))?;
    let begins_with = |part: &str| path == part || path.starts_with(&format!("{part}/"));
    if begins_with("/groups/{id}") {
        Some(Named::Group(id))
    } else if begins_with("/users/{id}") {
        Some(Named::User(id))
    } else {
        None
    }
}

/// The caller behind the token, if its role may do what is asked.
async fn authenticate(need: Need, request: &HttpRequest) -> Result<Caller, Problem> {
    let token = bearer(request).ok_or_else(Problem::no_token)?.to_owned();
    let env = environment(request)?;
    let client = client_address::of(request);
    let named = named_by(request);
    let find = move |env: &Environment| -> Result<_, ServiceError> {
        let found = api_tokens::authenticate(env, &token)?;
        if let (Some(caller), Need::May(action, object)) = (&found, need) {
            role_scopes::check(env, caller, (action, object), named.as_ref())?;
        }
        Ok(found)
    };
    let found = blocking(&env, find).await?;
    if let (None, Some(client)) = (&found, client)
        && let Verdict::Wait(rest) = env.floods.take(Flood::WrongToken, client, env.now())
    {
        return Err(Problem::too_many(rest));
    }
    // A right token passes whatever others send from the same source, such as a proxy.
    found.ok_or_else(Problem::unknown_token)
}

/// The token of exactly one `Authorization: Bearer` header; the scheme ignores case (RFC 9110 11.1).
fn bearer(request: &HttpRequest) -> Option<&str> {
    let mut values = request.headers().get_all(AUTHORIZATION);
    let (Some(value), None) = (values.next(), values.next()) else {
        return None;
    };
    let (scheme, token) = value.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// Ids never hold a control character, and not every database takes one as a parameter.
fn has_control_characters(path: &str) -> bool {
    path.as_bytes()
        .windows(3)
        .any(|window| matches!(window, [b'%', b'0' | b'1', _] | [b'%', b'7', b'f' | b'F']))
}

fn environment(request: &HttpRequest) -> Result<Data<Environment>, Problem> {
    request
        .app_data::<Data<Environment>>()
        .cloned()
        .ok_or_else(Problem::internal)
}

/// The caller of a REST endpoint, with the way to the use cases.
pub struct Call {
    pub env: Data<Environment>,
    pub caller: Arc<Caller>,
}

impl Call {
    /// Runs a use case where it may wait for the store.
    pub async fn run<T, W>(&self, work: W) -> Result<T, Problem>
    where
        T: Send + 'static,
        W: FnOnce(&Environment, &Actor) -> Result<T, ServiceError> + Send + 'static,
    {
        let caller = Arc::clone(&self.caller);
        Ok(blocking(&self.env, move |env| work(env, &caller.actor)).await?)
    }
}

impl FromRequest for Call {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _payload: &mut Payload) -> Self::Future {
        let caller = request.extensions().get::<Arc<Caller>>().cloned();
        ready(environment(request).and_then(|env| {
            // Only the guard lets a caller in; without it nothing is answered.
            let caller = caller.ok_or_else(Problem::internal)?;
            Ok(Self { env, caller })
        }))
    }
}

/// The query of a list, as the guard has read it.
pub struct List(pub ListQuery);

impl FromRequest for List {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _payload: &mut Payload) -> Self::Future {
        let query = request.extensions().get::<ListQuery>().cloned();
        ready(query.map(Self).ok_or_else(Problem::internal))
    }
}
