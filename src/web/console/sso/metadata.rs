//! `/admin/connectors/{id}/metadata`, tab Metadata: what the application's metadata says, the difference
//! that new metadata would make, and its approval. The new text travels with the page; nothing is kept
//! until it is approved.

use actix_web::HttpResponse;
use askama::Template;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::domain::sp_description::SpDescription;
use crate::service::error::ServiceError;
use crate::service::metadata_difference::{Change, Said};
use crate::service::metadata_update::{self, Approval, Proposal, StoredMetadata};
use crate::web::console::access::Console;
use crate::web::console::faults::Faults;
use crate::web::console::notices::{self, Done};
use crate::web::console::shell::{Place, Shell};
use crate::web::console::sso::catalogue::METADATA_FORM;
use crate::web::console::sso::frame::{self, Head, Tab};
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

/// `POST /admin/connectors/{id}/metadata`: shows the difference.
pub async fn compare(
    console: Console,
    PathPart(id): PathPart,
    upload: Upload<METADATA_FORM>,
) -> Result<HttpResponse, WebError> {
    // Browsers send line ends of their own; a file is sent as it is.
    let typed = upload.fields.text("metadata").replace("\r\n", "\n");
    let xml = if upload.file.is_empty() {
        typed.clone()
    } else {
        String::from_utf8_lossy(&upload.file).into_owned()
    };
    let compared = propose(&console, &id, &xml).await?;
    let stored = stored(&console, &id).await?;
    let mut page = page(&console, &stored)?;
    page.typed = &typed;
    match &compared {
        Ok(proposal) => {
            page.compared = Some(Compared::of(proposal, &xml));
            console.page(&page)
        }
        Err(fault) => {
            page.faults = Faults::of(fault);
            console.refused(fault, &page)
        }
    }
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
    let compared = propose(&console, &id, &xml).await?;
    let stored = stored(&console, &id).await?;
    let mut page = page(&console, &stored)?;
    page.compared = compared
        .as_ref()
        .ok()
        .map(|found| Compared::of(found, &xml));
    page.faults = Faults::of(&fault);
    page.overtaken = matches!(fault, ServiceError::Stale).then_some(OVERTAKEN);
    console.refused(&fault, &page)
}

async fn propose(
    console: &Console,
    id: &str,
    xml: &str,
) -> Result<Result<Proposal, ServiceError>, WebError> {
    let (id, xml) = (id.to_owned(), xml.to_owned());
    console
        .submit(move |env, _| metadata_update::propose(env, &id, &xml))
        .await
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
        compared: None,
    })
}

/// A difference that waits for approval.
struct Compared<'a> {
    proposal: &'a Proposal,
    settings: Vec<&'a Change>,
    words: Vec<&'a Change>,
    /// The new text, so that it is approved to the octet.
    source: String,
    /// What the metadata calls the application, if that is another name.
    name: Option<&'a str>,
}

impl<'a> Compared<'a> {
    fn of(proposal: &'a Proposal, xml: &str) -> Self {
        let (settings, words) = proposal
            .changes
            .iter()
            .partition(|change| change.subject.is_setting());
        let present = proposal.connector.settings.name.as_str();
        Self {
            settings,
            words,
            source: URL_SAFE_NO_PAD.encode(xml),
            name: proposal
                .description
                .offered_name()
                .filter(|name| *name != present),
            proposal,
        }
    }
}

/// An attribute that the metadata asks for, as a line.
struct Asked {
    name: String,
    friendly_name: String,
    format: &'static str,
    is_required: bool,
    is_mapped: bool,
}

impl Asked {
    fn all(stored: &StoredMetadata) -> Vec<Self> {
        let unmapped = stored
            .description
            .unmapped(&stored.connector.settings.mappings);
        let asked = stored.description.requested_attributes.iter();
        asked
            .map(|one| Self {
                name: one.name.clone(),
                friendly_name: one.friendly_name.clone(),
                format: one.name_format.label(),
                is_required: one.is_required,
                is_mapped: !unmapped.iter().any(|open| open.name == one.name),
            })
            .collect()
    }
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
    compared: Option<Compared<'a>>,
}
