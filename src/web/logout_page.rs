//! `/logout/{id}`: the page of a logout with a frame for each application, the frames, and the progress
//! that the page's script asks for.

use actix_web::http::StatusCode;
use actix_web::http::header::CONTENT_SECURITY_POLICY;
use actix_web::{HttpResponse, web};
use serde::Serialize;

use crate::domain::logout::{ParticipantState, is_complete};
use crate::service::environment::Environment;
use crate::service::logout_run::{self, Look};
use crate::service::logout_view::{ApplicationState, Progress};
use crate::web::content_policy::{Extras, policy};
use crate::web::delivery::Errand;
use crate::web::error::WebError;
use crate::web::guards::Browser;
use crate::web::pages::{LogoutRow, LogoutRunPage};
use crate::web::path_part::{PathPart, can_name_something};
use crate::web::responses::{blocking, html};
use crate::web::slo_endpoints::go;

/// `GET /logout/{id}`: the page; once all have answered or the time is over, the next step.
pub async fn show(
    env: web::Data<Environment>,
    PathPart(id): PathPart,
    browser: Browser,
) -> Result<HttpResponse, WebError> {
    let (brought, asked) = (browser.for_sign_on(), id.clone());
    let look = blocking(&env, move |env| logout_run::look(env, &brought, &asked)).await?;
    match look {
        Look::Over(step) => go(&browser, Errand::SignedOut, step),
        Look::Running(progress) => page(&browser, &id, &progress),
    }
}

fn page(browser: &Browser, id: &str, progress: &Progress) -> Result<HttpResponse, WebError> {
    let address = format!("/logout/{id}");
    let rows: Vec<LogoutRow> = progress
        .applications
        .iter()
        .map(|application| row(&address, application))
        .collect();
    let page = LogoutRunPage {
        address: &address,
        rows: &rows,
        asker: progress.asker.as_deref(),
    };
    let mut answer = html(browser.language, StatusCode::OK, &page)?;
    let extras = Extras {
        frames: &progress.origins,
        ..Extras::default()
    };
    answer
        .headers_mut()
        .insert(CONTENT_SECURITY_POLICY, policy(&extras));
    Ok(answer)
}

fn row(address: &str, application: &ApplicationState) -> LogoutRow {
    let place = application.place;
    let can_be_told = application.state != ParticipantState::Unreachable;
    LogoutRow {
        name: application.name.clone(),
        text: application.state.label(false),
        place,
        frame: can_be_told.then(|| format!("{address}/tell/{place}")),
    }
}

/// `GET /logout/{id}/tell/{place}`: what the frame of one application carries to it.
pub async fn tell(
    env: web::Data<Environment>,
    path: web::Path<(String, String)>,
    browser: Browser,
) -> Result<HttpResponse, WebError> {
    let (id, place) = path.into_inner();
    let place = match place.parse::<i64>() {
        Ok(place) if can_name_something(&id) => place,
        _ => return Err(WebError::NoSuchPage),
    };
    let brought = browser.for_sign_on();
    let step = blocking(&env, move |env| {
        logout_run::tell(env, &brought, (&id, place))
    })
    .await?;
    go(&browser, Errand::SignOut, step)
}

/// What the script is told.
#[derive(Serialize)]
struct ProgressJson<'a> {
    applications: Vec<StateJson<'a>>,
    over: bool,
    complete: bool,
}

#[derive(Serialize)]
struct StateJson<'a> {
    place: i64,
    state: &'static str,
    /// In the reader's language.
    text: &'a str,
}

/// `GET /logout/{id}/progress`: the same as JSON, for the page's script.
pub async fn progress(
    env: web::Data<Environment>,
    PathPart(id): PathPart,
    browser: Browser,
) -> Result<HttpResponse, WebError> {
    let brought = browser.for_sign_on();
    let progress = blocking(&env, move |env| logout_run::progress(env, &brought, &id)).await?;
    let states = progress.applications.iter().map(|one| StateJson {
        place: one.place,
        state: one.state.as_str(),
        text: browser.language.say(one.state.label(progress.is_over)),
    });
    Ok(HttpResponse::Ok().json(ProgressJson {
        applications: states.collect(),
        over: progress.is_over,
        complete: is_complete(progress.applications.iter().map(|one| one.state)),
    }))
}
