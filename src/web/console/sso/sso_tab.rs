//! `/admin/connectors/{id}/sso`, tab SSO: what is sent to the application and how, with the section
//! Attributes (rules B25-B29), and a preview of what is typed before it is saved.

use actix_web::HttpResponse;
use askama::Template;

use crate::domain::attribute_mapping::{Merge, NameFormat};
use crate::domain::connector::{
    AcsBinding, CertificateUse, Connector, EndpointBinding, NameIdFormat, SignatureAlgorithm,
    SignatureScope,
};
use crate::domain::encryption::{EncryptionAlgorithm, KeyTransport};
use crate::domain::name_id_source::NameIdSource;
use crate::domain::sp_description::{RequestedAttribute, SpDescription};
use crate::domain::user::UserField;
use crate::domain::violation::Warning;
use crate::service::connectors::{self, ConnectorView};
use crate::service::error::ServiceError;
use crate::service::{bindings, connector_notes, metadata_update};
use crate::web::console::access::Console;
use crate::web::console::faults::Faults;
use crate::web::console::notices::{self, Done};
use crate::web::console::overtaken::Overtaken;
use crate::web::console::shell::{Place, Shell};
use crate::web::console::sso::frame::{self, Head, Tab};
use crate::web::console::sso::mapping_row::field_choices;
use crate::web::console::sso::preview::{self, Picked, Suggestion};
use crate::web::console::sso::sso_form::SsoForm;
use crate::web::console::sso::step_row::StepRow;
use crate::web::console::submitted::{Fields, Submitted};
use crate::web::error::WebError;
use crate::web::filters;
use crate::web::path_part::PathPart;

/// `GET /admin/connectors/{id}/sso`
pub async fn show(console: Console, PathPart(id): PathPart) -> Result<HttpResponse, WebError> {
    let stored = stored(&console, &id).await?;
    let form = SsoForm::from_settings(&stored.connector.settings);
    console.page(&page(&console, &stored, &form)?)
}

/// `POST /admin/connectors/{id}/sso`: saves, previews, or adds and removes rows.
pub async fn submit(
    console: Console,
    PathPart(id): PathPart,
    Submitted(fields): Submitted,
) -> Result<HttpResponse, WebError> {
    let mut form = SsoForm::from_fields(&fields);
    let button = fields.button();
    match button.0 {
        "preview" => try_out(&console, &id, (form, &fields)).await,
        "suggest" => {
            let typed = fields.text("preview-user").to_owned();
            let asked = typed.clone();
            let found = console
                .run(move |env, _| preview::suggest(env, &asked))
                .await?;
            let stored = stored(&console, &id).await?;
            let mut page = typing(&console, &stored, (&form, &fields))?;
            page.suggestions = &found;
            console.page(&page)
        }
        "offer" => {
            let stored = stored(&console, &id).await?;
            form.take_offer(&stored.description, button.1);
            let mut page = typing(&console, &stored, (&form, &fields))?;
            page.focus = Some(("add-attribute", ""));
            console.page(&page)
        }
        _ if form.edit(button) => {
            let stored = stored(&console, &id).await?;
            let mut page = typing(&console, &stored, (&form, &fields))?;
            page.focus = Some(button);
            console.page(&page)
        }
        _ => save(&console, &id, (form, &fields)).await,
    }
}

async fn save(
    console: &Console,
    id: &str,
    (mut form, fields): (SsoForm, &Fields),
) -> Result<HttpResponse, WebError> {
    form.tidy();
    let version = fields.version().unwrap_or_default();
    let (draft, key) = (form.draft(), id.to_owned());
    let saved = console
        .submit(move |env, actor| connectors::update(env, actor, &key, (draft?, Some(version))))
        .await?;
    let Err(fault) = saved else {
        let here = frame::address(id, Tab::Sso);
        return Ok(notices::see_other_after(&here, Done::ConnectorUpdated));
    };
    let stored = stored(console, id).await?;
    let mut page = typing(console, &stored, (&form, fields))?;
    page.faults = Faults::of(&fault);
    if matches!(fault, ServiceError::Stale) {
        page.version = stored.connector.version;
        let theirs = SsoForm::from_settings(&stored.connector.settings).said();
        let reload = frame::address(id, Tab::Sso);
        page.overtaken = Some(Overtaken::between(&theirs, &form.said(), reload));
    }
    console.refused(&fault, &page)
}

/// Previews what is typed. Values that cannot be taken are told beside their fields, as on saving.
async fn try_out(
    console: &Console,
    id: &str,
    (mut form, fields): (SsoForm, &Fields),
) -> Result<HttpResponse, WebError> {
    form.tidy();
    let (draft, key) = (form.draft(), id.to_owned());
    let typed = fields.text("preview-user").to_owned();
    let picked = console
        .submit(move |env, _| preview::pick(env, &key, &typed, Some(&draft?)))
        .await?;
    let stored = stored(console, id).await?;
    let mut page = typing(console, &stored, (&form, fields))?;
    match picked {
        Ok(picked) => {
            page.picked = Some(&picked);
            console.page(&page)
        }
        Err(fault) => {
            page.faults = Faults::of(&fault);
            page.picked = Some(&Picked::Nobody);
            console.refused(&fault, &page)
        }
    }
}

/// What the page shows beside its form.
struct Stored {
    connector: Connector,
    /// Names to suggest for "Group Attribute Name" (rule B28).
    attribute_names: Vec<String>,
    /// What its metadata says and asks for.
    description: SpDescription,
    notes: Vec<Warning>,
}

async fn stored(console: &Console, id: &str) -> Result<Stored, WebError> {
    let id = id.to_owned();
    console
        .run(move |env, _| {
            let ConnectorView {
                connector,
                warnings,
                ..
            } = connectors::get(env, &id)?;
            let mut notes = connector_notes::of_settings(&connector.settings);
            notes.extend(warnings);
            Ok(Stored {
                attribute_names: bindings::attribute_names(env, &id)?,
                description: metadata_update::description_of(&connector.settings),
                notes,
                connector,
            })
        })
        .await
}

/// The page of a form that is being typed: with the version that it was made from.
fn typing<'a>(
    console: &Console,
    stored: &'a Stored,
    (form, fields): (&'a SsoForm, &'a Fields),
) -> Result<SsoPage<'a>, WebError> {
    let mut page = page(console, stored, form)?;
    page.version = fields.version().unwrap_or_default();
    page.preview_user = fields.text("preview-user");
    page.is_changed = true;
    Ok(page)
}

fn page<'a>(
    console: &Console,
    stored: &'a Stored,
    form: &'a SsoForm,
) -> Result<SsoPage<'a>, WebError> {
    Ok(SsoPage {
        shell: console.shell(Place::Sso)?,
        head: Head::of(&stored.connector, Tab::Sso, console.rights()),
        version: stored.connector.version,
        stored,
        form,
        offers: form.offers(&stored.description),
        choices: Choices::all(),
        faults: Faults::default(),
        overtaken: None,
        is_changed: false,
        focus: None,
        preview_user: "",
        suggestions: &[],
        picked: None,
    })
}

/// The options of the drop-downs: spelling and label.
struct Choices {
    sources: Vec<(&'static str, &'static str)>,
    mapped: Vec<(String, &'static str)>,
    name_ids: Vec<(&'static str, &'static str)>,
    signs: Vec<(&'static str, &'static str)>,
    algorithms: Vec<(&'static str, &'static str)>,
    ciphers: Vec<(&'static str, &'static str)>,
    transports: Vec<(&'static str, &'static str)>,
    formats: Vec<(&'static str, &'static str)>,
    acs_bindings: Vec<(&'static str, &'static str)>,
    bindings: Vec<(&'static str, &'static str)>,
    uses: Vec<(&'static str, &'static str)>,
    merges: Vec<(&'static str, &'static str)>,
    steps: Vec<(&'static str, &'static str)>,
}

impl Choices {
    fn all() -> Self {
        let fields = UserField::all().map(|field| (field.as_str(), field.label()));
        let own_attribute = (NameIdSource::OWN_ATTRIBUTE, "The user's own attribute");
        Self {
            sources: fields.chain([own_attribute]).collect(),
            mapped: field_choices(),
            name_ids: NameIdFormat::ALL
                .map(|one| (one.uri(), one.label()))
                .to_vec(),
            signs: SignatureScope::ALL
                .map(|one| (one.as_str(), one.label()))
                .to_vec(),
            algorithms: SignatureAlgorithm::ALL
                .map(|one| (one.as_str(), one.as_str()))
                .to_vec(),
            ciphers: EncryptionAlgorithm::ALL
                .map(|one| (one.as_str(), one.as_str()))
                .to_vec(),
            transports: KeyTransport::ALL
                .map(|one| (one.as_str(), one.label()))
                .to_vec(),
            formats: NameFormat::ALL
                .map(|one| (one.as_str(), one.label()))
                .to_vec(),
            acs_bindings: AcsBinding::ALL
                .map(|one| (one.as_str(), one.label()))
                .to_vec(),
            bindings: EndpointBinding::ALL
                .map(|one| (one.as_str(), one.label()))
                .to_vec(),
            uses: CertificateUse::ALL
                .map(|one| (one.as_str(), one.label()))
                .to_vec(),
            merges: Merge::ALL.map(|one| (one.as_str(), one.label())).to_vec(),
            steps: StepRow::choices(),
        }
    }
}

/// The page.
#[derive(Template)]
#[template(path = "console/sso/sso.html")]
struct SsoPage<'a> {
    shell: Shell,
    head: Head,
    version: i64,
    stored: &'a Stored,
    form: &'a SsoForm,
    /// Attributes that the metadata asks for and no row gives, each with its place there.
    offers: Vec<(usize, &'a RequestedAttribute)>,
    choices: Choices,
    faults: Faults,
    overtaken: Option<Overtaken>,
    is_changed: bool,
    /// The button that made a new row, which takes the focus: its word and what follows it.
    focus: Option<(&'a str, &'a str)>,
    preview_user: &'a str,
    suggestions: &'a [Suggestion],
    picked: Option<&'a Picked>,
}

impl SsoPage<'_> {
    /// Whether the last row of a list was just added by this button.
    fn is_new(&self, button: &str, row: &usize, rows: usize) -> bool {
        self.focus.is_some_and(|(word, _)| word == button) && row + 1 == rows
    }

    /// Whether this step of a row was just added.
    fn is_new_step(&self, row: &usize, step: &usize, steps: usize) -> bool {
        let is_row = |(word, of): (&str, &str)| word == "add-step" && of.parse() == Ok(*row);
        self.focus.is_some_and(is_row) && step + 1 == steps
    }
}
