//! `/admin/connectors/new`: the catalogue of ways to add an application, the form of the one that
//! was chosen, and the creation itself.

use actix_web::HttpResponse;
use askama::Template;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::domain::connector_template::{self, ConnectorTemplate};
use crate::service::connectors;
use crate::service::metadata_fetch;
use crate::web::console::access::Console;
use crate::web::console::faults::Faults;
use crate::web::console::notices::{self, Done};
use crate::web::console::shell::{Place, Shell};
use crate::web::console::sso::frame::{self, Tab};
use crate::web::console::sso::new_form::{NewForm, Way};
use crate::web::console::submitted::Submitted;
use crate::web::error::WebError;
use crate::web::filters;
use crate::web::form;

/// Metadata of 2 MiB, each octet of which may be sent as three characters, and the other fields.
pub const METADATA_FORM: usize = 3 * 2 * 1024 * 1024 + form::LIMIT;

/// `GET /admin/connectors/new`, with `?way=` the form of that way.
pub async fn show(console: Console) -> Result<HttpResponse, WebError> {
    let (_, query) = console.address.split_once('?').unwrap_or_default();
    let way = url::form_urlencoded::parse(query.as_bytes())
        .find(|(name, _)| name == "way")
        .map(|(_, word)| Way::parse(&word).ok_or(WebError::NoSuchPage))
        .transpose()?;
    match way {
        Some(way) => console.page(&NewPage {
            shell: console.shell(Place::Sso)?,
            form: &NewForm::fresh(way)?,
            faults: &Faults::default(),
            can_fetch: console.can_fetch(),
        }),
        None => console.page(&CataloguePage {
            shell: console.shell(Place::Sso)?,
            templates: connector_template::all(),
        }),
    }
}

/// `POST /admin/connectors`
pub async fn create(
    console: Console,
    Submitted(fields): Submitted<METADATA_FORM>,
) -> Result<HttpResponse, WebError> {
    let form = NewForm::from_fields(&fields).ok_or(WebError::Form)??;
    let (draft, caller) = (form.draft(), console.visitor.caller.clone());
    let created = console
        .submit(move |env, actor| {
            let draft = metadata_fetch::fill(env, &caller, draft)?;
            connectors::create(env, actor, draft)
        })
        .await?;
    match created {
        Ok(view) => {
            let id = view.connector.public_id.as_str();
            let general = frame::address(id, Tab::General);
            Ok(notices::see_other_after(&general, Done::ConnectorCreated))
        }
        Err(fault) => {
            let page = NewPage {
                shell: console.shell(Place::Sso)?,
                form: &form,
                faults: &Faults::of(&fault),
                can_fetch: console.can_fetch(),
            };
            console.refused(&fault, &page)
        }
    }
}

/// `POST /admin/connectors/aggregate/pick`: the form of a new application, filled with what was picked.
pub async fn pick(
    console: Console,
    Submitted(fields): Submitted<METADATA_FORM>,
) -> Result<HttpResponse, WebError> {
    let source = URL_SAFE_NO_PAD.decode(fields.text("source")).ok();
    let source = source.and_then(|octets| String::from_utf8(octets).ok());
    let mut form = NewForm::fresh(Way::Metadata)?;
    form.metadata = source.ok_or(WebError::Form)?;
    fields.text("name").clone_into(&mut form.name);
    console.page(&NewPage {
        shell: console.shell(Place::Sso)?,
        form: &form,
        faults: &Faults::default(),
        can_fetch: console.can_fetch(),
    })
}

/// The catalogue.
#[derive(Template)]
#[template(path = "console/sso/catalogue.html")]
struct CataloguePage {
    shell: Shell,
    templates: &'static [ConnectorTemplate],
}

/// The form of one way.
#[derive(Template)]
#[template(path = "console/sso/new.html")]
struct NewPage<'a> {
    shell: Shell,
    form: &'a NewForm,
    faults: &'a Faults,
    /// Whether metadata may be fetched, by this role and at all.
    can_fetch: bool,
}
