//! Alive and ready, for whoever watches over the process.

use actix_web::{HttpResponse, web};

use crate::service::environment::Environment;
use crate::web::error::WebError;
use crate::web::responses::blocking;

const TEXT: &str = "text/plain; charset=utf-8";

/// `GET /healthz`: the process answers.
pub async fn alive() -> HttpResponse {
    HttpResponse::Ok().content_type(TEXT).body("alive\n")
}

/// `GET /readyz`: database, migrations and signing keys are there; else 503.
pub async fn ready(env: web::Data<Environment>) -> Result<HttpResponse, WebError> {
    match blocking(&env, Environment::ready).await {
        Ok(()) => Ok(HttpResponse::Ok().content_type(TEXT).body("ready\n")),
        Err(WebError::Service(error)) => Err(WebError::NotReady(error)),
        Err(error) => Err(error),
    }
}
