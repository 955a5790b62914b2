//! `POST /admin/settings/logo`: another logo, or none.

use actix_web::HttpResponse;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::service::patch::Field;
use crate::service::settings;
use crate::service::settings_draft::SettingsDraft;
use crate::web::console::access::Console;
use crate::web::console::notices::{Done, see_other_after};
use crate::web::console::settings::page::{PATH, SettingsPage, read};
use crate::web::console::upload::Upload;
use crate::web::error::WebError;

/// `POST /admin/settings/logo`
pub async fn submit(console: Console, upload: Upload) -> Result<HttpResponse, WebError> {
    let logo = if upload.fields.button().0 == "remove" {
        Field::Clear
    } else if upload.file.is_empty() {
        // Nothing was chosen.
        Field::Keep
    } else {
        Field::Set(STANDARD.encode(&upload.file))
    };
    if logo == Field::Keep {
        return Ok(see_other_after(PATH, Done::SettingsSaved));
    }
    let draft = SettingsDraft {
        logo,
        ..SettingsDraft::default()
    };
    let saved = console
        .submit(move |env, actor| settings::update(env, actor, (&draft, None)))
        .await?;
    let Err(fault) = saved else {
        return Ok(see_other_after(PATH, Done::SettingsSaved));
    };
    let present = read(&console).await?;
    let page = SettingsPage::of(&console, &present)?.at_fault(&fault);
    console.refused(&fault, &page)
}
