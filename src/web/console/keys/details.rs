//! `/admin/keys/{id}`: one signing key, from when it signs, and which applications have not switched
//! to it. Dates are typed and shown in UTC.

use actix_web::HttpResponse;
use askama::Template;
use chrono::{DateTime, NaiveDateTime, Utc};

use crate::domain::audit::Actor;
use crate::domain::signing_key::KeyState;
use crate::domain::violation::Violation;
use crate::service::environment::Environment;
use crate::service::error::ServiceError;
use crate::service::key_rollover::{self, ConnectorOfKey};
use crate::service::key_views::{self, KeyView};
use crate::service::keys;
use crate::web::console::access::Console;
use crate::web::console::faults::Faults;
use crate::web::console::notices::{Done, see_other_after};
use crate::web::console::shell::{Place, Shell};
use crate::web::console::submitted::Submitted;
use crate::web::error::WebError;
use crate::web::filters;
use crate::web::path_part::PathPart;

/// `GET /admin/keys/{id}`
pub async fn show(console: Console, PathPart(id): PathPart) -> Result<HttpResponse, WebError> {
    let (key, applications) = stored(&console, &id).await?;
    console.page(&page(&console, (&key, &applications))?)
}

/// `POST /admin/keys/{id}`: what the button says.
pub async fn submit(
    console: Console,
    PathPart(id): PathPart,
    Submitted(fields): Submitted,
) -> Result<HttpResponse, WebError> {
    let (word, argument) = fields.button();
    let asked = Asked {
        key: id.clone(),
        word: word.to_owned(),
        connector: argument.to_owned(),
        date: fields.text("date").to_owned(),
    };
    let done = console.submit(move |env, actor| asked.run(env, actor));
    let fault = match done.await? {
        Ok(done) => return Ok(see_other_after(&format!("/admin/keys/{id}"), done)),
        Err(fault) => fault,
    };
    let (key, applications) = stored(&console, &id).await?;
    let mut page = page(&console, (&key, &applications))?;
    page.date = fields.text("date");
    page.faults = Faults::of(&fault);
    console.refused(&fault, &page)
}

/// A button with what belongs to it.
struct Asked {
    key: String,
    word: String,
    connector: String,
    date: String,
}

impl Asked {
    fn run(&self, env: &Environment, actor: &Actor) -> Result<Done, ServiceError> {
        let both = (self.key.as_str(), self.connector.as_str());
        match self.word.as_str() {
            "activate" => keys::activate(env, actor, &self.key).map(|()| Done::KeyActivated),
            "schedule" => key_rollover::schedule(env, actor, &self.key, Some(self.date()?))
                .map(|()| Done::KeyScheduled),
            "unschedule" => {
                key_rollover::schedule(env, actor, &self.key, None).map(|()| Done::KeyUnscheduled)
            }
            "retire" => keys::retire(env, actor, &self.key).map(|()| Done::KeyRetired),
            "switch" => {
                key_rollover::switch(env, actor, both, None).map(|()| Done::ApplicationSwitched)
            }
            "switch-at" => key_rollover::switch(env, actor, both, Some(self.date()?))
                .map(|()| Done::ApplicationScheduled),
            "follow" => key_rollover::follow(env, actor, both).map(|()| Done::ApplicationFollows),
            // The return key in the field of the date, which says nothing of what is to switch.
            _ => Err(at_date("Choose what is to switch by one of the buttons.")),
        }
    }

    /// The date as browsers send it, in UTC.
    fn date(&self) -> Result<DateTime<Utc>, ServiceError> {
        ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]
            .into_iter()
            .find_map(|format| NaiveDateTime::parse_from_str(&self.date, format).ok())
            .map(|date| date.and_utc())
            .ok_or_else(|| at_date("Enter the date and time of the switch."))
    }
}

fn at_date(detail: &str) -> ServiceError {
    ServiceError::Invalid(vec![Violation::new("/signsFrom", detail)])
}

async fn stored(console: &Console, id: &str) -> Result<(KeyView, Vec<ConnectorOfKey>), WebError> {
    let id = id.to_owned();
    console
        .run(move |env, _| {
            Ok((
                key_views::get(env, &id)?,
                key_rollover::connectors_of(env, &id)?,
            ))
        })
        .await
}

fn page<'a>(
    console: &Console,
    (key, applications): (&'a KeyView, &'a [ConnectorOfKey]),
) -> Result<KeyPage<'a>, WebError> {
    let waiting = applications.iter().filter(|one| !one.has_switched).count();
    let now = console.env.now();
    Ok(KeyPage {
        shell: console.shell(Place::Keys)?,
        scheduled: key.scheduled(now),
        waiting: i64::try_from(waiting).unwrap_or(i64::MAX),
        now,
        key,
        applications,
        faults: Faults::default(),
        date: "",
    })
}

/// `/admin/keys/{id}`
#[derive(Template)]
#[template(path = "console/keys/key.html")]
struct KeyPage<'a> {
    shell: Shell,
    now: DateTime<Utc>,
    key: &'a KeyView,
    /// The date at which it will sign for all.
    scheduled: Option<DateTime<Utc>>,
    applications: &'a [ConnectorOfKey],
    /// Applications that have not switched.
    waiting: i64,
    faults: Faults,
    date: &'a str,
}

impl KeyPage<'_> {
    fn is(&self, state: KeyState) -> bool {
        self.key.state == state
    }

    /// A date of the application's own that is still to come.
    fn to_come(&self, application: &ConnectorOfKey) -> Option<DateTime<Utc>> {
        application.own.filter(|from| *from > self.now)
    }
}
