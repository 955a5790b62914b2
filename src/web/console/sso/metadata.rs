//! `/admin/connectors/{id}/metadata`, tab Metadata: what the application's metadata says, the difference
//! that new metadata would make, and its approval. The new text travels with the page; nothing is kept
//! until it is approved.

use actix_web::HttpResponse;
use askama::Template;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::domain::sp_description::SpDescription;
use crate::domain::violation::Violation;
use crate::service::caller::Caller;
use crate::service::connector_draft::ConnectorDraft;
use crate::service::connectors;
use crate::service::environment::Environment;
use crate::service::error::ServiceError;
use crate::service::metadata_difference::Said;
use crate::service::metadata_fetch;
use crate::service::metadata_update::{self, Approval, StoredMetadata};
use crate::service::patch::Field;
use crate::web::console::access::Console;
use crate::web::console::faults::Faults;
use crate::web::console::notices::{self, Done};
use crate::web::console::shell::{Place, Shell};
use crate::web::console::sso::catalogue::METADATA_FORM;
use crate::web::console::sso::frame::{self, Head, Tab};
use crate::web::console::sso::metadata_view::{Asked, Compared};
use crate::web::console::submitted::Submitted;
use crate::web::console::upload::Upload;
use crate::web::error::WebError;
use crate::web::filters;
use crate::web::path_part::PathPart;

/// Somebody else's change, in the words that stand above the new difference.
const OVERTAKEN: &str = "The application changed since this difference was shown. Look at the new \
                         difference, then approve that one.";

/// `GET /admin/connectors/{id}/metadata`
pub async fn show(console: Console, PathPart(id): PathPart) -> Result<HttpResponse, WebError> {
    let stored = stored(&console, &id).await?;
    console.page(&page(&console, &stored)?)
}

/// New metadata as it was sent: typed, as a file, or where it is.
enum Sent {
    Text(String),
    File(Vec<u8>),
    Address(String),
}

impl Sent {
    fn text(self, env: &Environment, caller: &Caller) -> Result<String, ServiceError> {
        match self {
            Self::Text(text) => Ok(text),
            Self::Address(url) => metadata_fetch::fetch(env, caller, &url),
            Self::File(octets) => String::from_utf8(octets).map_err(|_no_text| {
                let violation = Violation::new("/metadataXml", "the document is not UTF-8");
                ServiceError::Invalid(vec![violation])
            }),
        }
    }
}

/// `POST /admin/connectors/{id}/metadata`: shows the difference, or forgets the address.
pub async fn compare(
    console: Console,
    PathPart(id): PathPart,
    upload: Upload<METADATA_FORM>,
) -> Result<HttpResponse, WebError> {
    let button = upload.fields.button().0;
    if button == "forget" {
        return forget(&console, &id).await;
    }
    // Browsers send line ends of their own; a file is sent as it is.
    let typed = upload.fields.text("metadata").replace("\r\n", "\n");
    let url = upload.fields.text("metadata-url").trim().to_owned();
    let fetched_from = (button == "fetch").then_some(url.as_str());
    let sent = match fetched_from {
        Some(url) => Sent::Address(url.to_owned()),
        None if upload.file.is_empty() => Sent::Text(typed.clone()),
        None => Sent::File(upload.file),
    };
    let (key, caller) = (id.clone(), console.visitor.caller.clone());
    let compared = console
        .submit(move |env, _| {
            let xml = sent.text(env, &caller)?;
            Ok((metadata_update::propose(env, &key, &xml)?, xml))
        })
        .await?;
    let stored = stored(&console, &id).await?;
    let mut page = page(&console, &stored)?;
    page.typed = &typed;
    page.url = &url;
    match &compared {
        Ok((proposal, xml)) => {
            page.compared = Some(Compared::of(proposal, (xml, fetched_from)));
            console.page(&page)
        }
        Err(fault) => {
            page.faults = Faults::of(fault);
            console.refused(fault, &page)
        }
    }
}

async fn forget(console: &Console, id: &str) -> Result<HttpResponse, WebError> {
    let key = id.to_owned();
    let draft = ConnectorDraft {
        metadata_url: Field::Clear,
        ..ConnectorDraft::default()
    };
    console
        .run(move |env, actor| connectors::update(env, actor, &key, (draft, None)))
        .await?;
    let here = frame::address(id, Tab::Metadata);
    Ok(notices::see_other_after(&here, Done::ConnectorUpdated))
}

/// `POST /admin/connectors/{id}/metadata/approve`
pub async fn approve(
    console: Console,
    PathPart(id): PathPart,
    Submitted(fields): Submitted<METADATA_FORM>,
) -> Result<HttpResponse, WebError> {
    let source = URL_SAFE_NO_PAD.decode(fields.text("source"));
    let source = source
        .ok()
        .and_then(|octets| String::from_utf8(octets).ok());
    let xml = source.ok_or(WebError::Form)?;
    let approval = Approval {
        metadata_xml: xml.clone(),
        digest: fields.text("digest").to_owned(),
        takes_name: fields.has("take-name"),
        metadata_url: fields
            .has("remember")
            .then(|| fields.text("metadata-url").to_owned()),
    };
    let (version, key) = (fields.version().unwrap_or_default(), id.clone());
    let applied = console
        .submit(move |env, actor| {
            metadata_update::apply(env, actor, &key, (approval, Some(version)))
        })
        .await?;
    let Err(fault) = applied else {
        let here = frame::address(&id, Tab::Metadata);
        return Ok(notices::see_other_after(&here, Done::MetadataTaken));
    };
    // What differs now is shown at once, to be approved or left.
    let (key, text) = (id.clone(), xml.clone());
    let compared = console
        .submit(move |env, _| metadata_update::propose(env, &key, &text))
        .await?;
    let fetched_from = Some(fields.text("metadata-url")).filter(|url| !url.is_empty());
    let stored = stored(&console, &id).await?;
    let mut page = page(&console, &stored)?;
    let shown = compared.as_ref().ok();
    page.compared = shown.map(|found| Compared::of(found, (&xml, fetched_from)));
    page.faults = Faults::of(&fault);
    page.overtaken = matches!(fault, ServiceError::Stale).then_some(OVERTAKEN);
    console.refused(&fault, &page)
}

async fn stored(console: &Console, id: &str) -> Result<StoredMetadata, WebError> {
    let id = id.to_owned();
    console
        .run(move |env, _| metadata_update::stored(env, &id))
        .await
}

fn page<'a>(console: &Console, stored: &'a StoredMetadata) -> Result<MetadataPage<'a>, WebError> {
    Ok(MetadataPage {
        shell: console.shell(Place::Sso)?,
        head: Head::of(&stored.connector, Tab::Metadata, console.rights()),
        stored,
        description: &stored.description,
        asked: Asked::all(stored),
        faults: Faults::default(),
        overtaken: None,
        typed: "",
        url: stored
            .connector
            .settings
            .metadata_url
            .as_deref()
            .unwrap_or_default(),
        can_fetch: console.can_fetch(),
        compared: None,
    })
}

/// The page.
#[derive(Template)]
#[template(path = "console/sso/metadata.html")]
struct MetadataPage<'a> {
    shell: Shell,
    head: Head,
    stored: &'a StoredMetadata,
    description: &'a SpDescription,
    asked: Vec<Asked>,
    faults: Faults,
    overtaken: Option<&'static str>,
    typed: &'a str,
    url: &'a str,
    /// Whether an address may be fetched, by this role and at all.
    can_fetch: bool,
    compared: Option<Compared<'a>>,
}
