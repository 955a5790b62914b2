//! `POST /admin/settings/test-mail`: whether mail works, told by the server itself.

use actix_web::HttpResponse;

use crate::service::test_mail;
use crate::web::console::access::Console;
use crate::web::console::notices::{Done, see_other_after};
use crate::web::console::settings::page::{PATH, SettingsPage, read};
use crate::web::console::submitted::Submitted;
use crate::web::error::WebError;

/// `POST /admin/settings/test-mail`
pub async fn submit(console: Console, _form: Submitted) -> Result<HttpResponse, WebError> {
    let Err(fault) = console.submit(test_mail::send).await? else {
        return Ok(see_other_after(PATH, Done::MailSent));
    };
    let present = read(&console).await?;
    let page = SettingsPage::of(&console, &present)?.at_fault(&fault);
    console.refused(&fault, &page)
}
