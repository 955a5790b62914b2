//! `/settings`: what administrators change while the service runs. A password goes in and never
//! comes out.

use actix_web::HttpResponse;
use serde::Serialize;
use utoipa::ToSchema;

use crate::service::settings::{self, SettingsView};
use crate::service::settings_draft::SettingsDraft;
use crate::web::access::Call;
use crate::web::api::answer;
use crate::web::etag::IfMatch;
use crate::web::json_body::JsonBody;
use crate::web::logo;
use crate::web::problem::Problem;

/// The settings.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Settings)]
pub struct SettingsJson {
    organisation_name: String,
    /// Whom the administrators of service providers write to; stands in the metadata.
    contact_email: String,
    /// Where the logo is found; `null` when there is none.
    logo_url: Option<String>,
    /// A time of day such as `02:00`, meant in `timeZone`.
    nightly_at: String,
    time_zone: String,
    /// A session ends after this long without a request; hours or minutes, such as `8h`.
    session_idle: String,
    /// A session ends this long after the sign-in.
    session_absolute: String,
    /// The mail server without its password; empty when there is none.
    mail_server: String,
    mail_from: String,
    /// Days that the audit is kept; `null`: for ever.
    audit_retention_days: Option<i64>,
    /// What file or environment sets: a change of it is refused.
    read_only: Vec<&'static str>,
}

impl From<&SettingsView> for SettingsJson {
    fn from(view: &SettingsView) -> Self {
        let settings = [
            ("nightlyAt", &view.nightly_at),
            ("timeZone", &view.time_zone),
            ("sessionIdle", &view.session_idle),
            ("sessionAbsolute", &view.session_absolute),
            ("smtpUrl", &view.mail_server),
            ("mailFrom", &view.mail_from),
        ];
        let read_only = settings.into_iter().filter(|(_, set)| set.is_configured());
        Self {
            organisation_name: view.organisation_name.clone(),
            contact_email: view.contact_email.clone(),
            logo_url: view.logo.as_deref().map(logo::address),
            nightly_at: view.nightly_at.value.clone(),
            time_zone: view.time_zone.value.clone(),
            session_idle: view.session_idle.value.clone(),
            session_absolute: view.session_absolute.value.clone(),
            mail_server: view.mail_server.value.clone(),
            mail_from: view.mail_from.value.clone(),
            audit_retention_days: view.audit_retention_days,
            read_only: read_only.map(|(name, _)| name).collect(),
        }
    }
}

/// `GET /settings`
pub async fn get(call: Call) -> Result<HttpResponse, Problem> {
    let view = call.run(|env, _| settings::get(env)).await?;
    answer::ok_at(view.version, &SettingsJson::from(&view))
}

/// `PATCH /settings`
pub async fn update(
    call: Call,
    if_match: IfMatch,
    body: JsonBody<SettingsDraft>,
) -> Result<HttpResponse, Problem> {
    let save = move |env: &_, actor: &_| {
        let version = if_match.expected(|| Ok(settings::get(env)?.version))?;
        settings::update(env, actor, (&body.value, version))
    };
    let view = call.run(save).await?;
    answer::ok_at(view.version, &SettingsJson::from(&view))
}
