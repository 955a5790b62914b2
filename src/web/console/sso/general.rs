//! `/admin/connectors/{id}`, tab General: the application's name and state, and what its own
//! administrator has to be told about this identity provider.

use actix_web::HttpResponse;
use askama::Template;

use crate::domain::connector::{Connector, ConnectorStatus};
use crate::domain::connector_template;
use crate::domain::violation::Warning;
use crate::service::connector_notes;
use crate::service::connectors::{self, ConnectorView};
use crate::service::error::ServiceError;
use crate::service::idp_metadata::{self, IdpFacts};
use crate::web::console::access::Console;
use crate::web::console::faults::Faults;
use crate::web::console::notices::{self, Done};
use crate::web::console::overtaken::Overtaken;
use crate::web::console::shell::{Place, Shell};
use crate::web::console::sso::frame::{self, Head, Tab};
use crate::web::console::sso::general_form::GeneralForm;
use crate::web::console::submitted::Submitted;
use crate::web::error::WebError;
use crate::web::filters;
use crate::web::path_part::PathPart;

/// `GET /admin/connectors/{id}`
pub async fn show(console: Console, PathPart(id): PathPart) -> Result<HttpResponse, WebError> {
    let stored = stored(&console, &id).await?;
    let form = GeneralForm::from_settings(&stored.connector.settings);
    console.page(&page(&console, &stored, &form)?)
}

/// `POST /admin/connectors/{id}`
pub async fn save(
    console: Console,
    PathPart(id): PathPart,
    Submitted(fields): Submitted,
) -> Result<HttpResponse, WebError> {
    let form = GeneralForm::from_fields(&fields);
    let (draft, version) = (form.draft(), fields.version().unwrap_or_default());
    let key = id.clone();
    let saved = console
        .submit(move |env, actor| connectors::update(env, actor, &key, (draft, Some(version))))
        .await?;
    let Err(fault) = saved else {
        let general = frame::address(&id, Tab::General);
        return Ok(notices::see_other_after(&general, Done::ConnectorUpdated));
    };
    let stored = stored(&console, &id).await?;
    let mut page = page(&console, &stored, &form)?;
    page.faults = Faults::of(&fault);
    page.is_changed = true;
    if matches!(fault, ServiceError::Stale) {
        let theirs = GeneralForm::from_settings(&stored.connector.settings).said();
        let reload = frame::address(&id, Tab::General);
        page.overtaken = Some(Overtaken::between(&theirs, &form.said(), reload));
    }
    console.refused(&fault, &page)
}

/// What the page shows beside its form.
struct Stored {
    connector: Connector,
    /// How many groups open it.
    groups: usize,
    facts: IdpFacts,
    /// What was left out of its metadata, and what else is worth knowing.
    notes: Vec<Warning>,
}

async fn stored(console: &Console, id: &str) -> Result<Stored, WebError> {
    let id = id.to_owned();
    console
        .run(move |env, _| {
            let ConnectorView {
                connector,
                groups,
                warnings,
            } = connectors::get(env, &id)?;
            let settings = &connector.settings;
            let (_, mut notes) = connector_notes::of_metadata(env, settings);
            notes.extend(connector_notes::of_settings(settings));
            notes.extend(connector_notes::of_certificates(settings, env.now()));
            notes.extend(warnings);
            Ok(Stored {
                groups: groups.len(),
                facts: idp_metadata::facts(env, &connector)?,
                notes,
                connector,
            })
        })
        .await
}

fn page<'a>(
    console: &Console,
    stored: &'a Stored,
    form: &'a GeneralForm,
) -> Result<GeneralPage<'a>, WebError> {
    let statuses = ConnectorStatus::ALL.map(|status| (status.as_str(), status.label()));
    let templates = connector_template::all()
        .iter()
        .map(|template| (template.id.as_str(), template.name.as_str()));
    Ok(GeneralPage {
        shell: console.shell(Place::Sso)?,
        head: Head::of(&stored.connector, Tab::General, console.rights()),
        version: stored.connector.version,
        stored,
        form,
        statuses: statuses.to_vec(),
        templates: std::iter::once(("", "None")).chain(templates).collect(),
        faults: Faults::default(),
        overtaken: None,
        is_changed: false,
    })
}

/// The page.
#[derive(Template)]
#[template(path = "console/sso/general.html")]
struct GeneralPage<'a> {
    shell: Shell,
    head: Head,
    version: i64,
    stored: &'a Stored,
    form: &'a GeneralForm,
    statuses: Vec<(&'static str, &'static str)>,
    templates: Vec<(&'static str, &'static str)>,
    faults: Faults,
    overtaken: Option<Overtaken>,
    is_changed: bool,
}
