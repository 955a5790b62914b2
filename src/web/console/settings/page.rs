//! `/admin/settings`: the page and its main form.

use actix_web::HttpResponse;
use askama::Template;

use crate::service::administrators;
use crate::service::audit_stream::{self, StreamState};
use crate::service::environment::Environment;
use crate::service::error::ServiceError;
use crate::service::settings::{self, SettingsView};
use crate::web::console::access::Console;
use crate::web::console::faults::Faults;
use crate::web::console::notices::{Done, see_other_after};
use crate::web::console::overtaken::Overtaken;
use crate::web::console::settings::form::SettingsForm;
use crate::web::console::shell::{Place, Shell};
use crate::web::console::submitted::Submitted;
use crate::web::error::WebError;
use crate::web::filters;
use crate::web::logo;

pub const PATH: &str = "/admin/settings";

/// `GET /admin/settings`
pub async fn show(console: Console) -> Result<HttpResponse, WebError> {
    let present = read(&console).await?;
    console.page(&SettingsPage::of(&console, &present)?)
}

/// `POST /admin/settings`
pub async fn submit(
    console: Console,
    Submitted(fields): Submitted,
) -> Result<HttpResponse, WebError> {
    let present = read(&console).await?;
    let form = SettingsForm::from_fields(&fields);
    let draft = form.draft(&present.view, fields.text("mail-password"));
    let version = Some(form.version);
    let saved = console
        .submit(move |env, actor| settings::update(env, actor, (&draft, version)))
        .await?;
    let Err(fault) = saved else {
        return Ok(see_other_after(PATH, Done::SettingsSaved));
    };
    // What is compared and saved over is what is stored now.
    let present = read(&console).await?;
    let stored = SettingsForm::from_view(&present.view);
    let is_stale = matches!(fault, ServiceError::Stale);
    let page = SettingsPage {
        overtaken: is_stale.then(|| Overtaken::between(&stored.said(), &form.said(), PATH)),
        form: SettingsForm {
            version: present.view.version,
            ..form
        },
        faults: Faults::of(&fault),
        ..SettingsPage::of(&console, &present)?
    };
    console.refused(&fault, &page)
}

/// What the page shows, read at once.
pub struct Present {
    pub view: SettingsView,
    /// How the audit is delivered, if anybody receives it.
    stream: Option<StreamState>,
    /// Where a test mail goes.
    own_email: String,
}

/// Reads it.
pub async fn read(console: &Console) -> Result<Present, WebError> {
    console
        .run(|env: &Environment, actor| {
            Ok(Present {
                view: settings::get(env)?,
                stream: audit_stream::state(env)?,
                own_email: administrators::get(env, &actor.id)?.email,
            })
        })
        .await
}

/// `/admin/settings`
#[derive(Template)]
#[template(path = "console/settings/page.html")]
pub struct SettingsPage<'a> {
    shell: Shell,
    view: &'a SettingsView,
    form: SettingsForm,
    stream: Option<&'a StreamState>,
    own_email: &'a str,
    logo_address: Option<String>,
    overtaken: Option<Overtaken>,
    faults: Faults,
}

impl<'a> SettingsPage<'a> {
    /// The page of what is stored.
    pub fn of(console: &Console, present: &'a Present) -> Result<Self, WebError> {
        Ok(Self {
            shell: console.shell(Place::Settings)?,
            form: SettingsForm::from_view(&present.view),
            stream: present.stream.as_ref(),
            own_email: &present.own_email,
            logo_address: present.view.logo.as_deref().map(logo::address),
            view: &present.view,
            overtaken: None,
            faults: Faults::default(),
        })
    }

    /// The same with what is wrong.
    pub fn at_fault(self, fault: &ServiceError) -> Self {
        Self {
            faults: Faults::of(fault),
            ..self
        }
    }
}
