//! The tab Attributes of a user: the own custom attributes as rows of a form, and beside them those
//! that the groups hand down (rules B1, B4, B17).

use actix_web::HttpResponse;
use askama::Template;

use crate::domain::violation::Warning;
use crate::service::error::ServiceError;
use crate::service::patch::Field;
use crate::service::user_attributes::{self, Inherited};
use crate::service::user_draft::UserDraft;
use crate::service::user_record::UserView;
use crate::service::users;
use crate::web::console::access::Console;
use crate::web::console::attribute_rows::AttributeRows;
use crate::web::console::faults::Faults;
use crate::web::console::notices::{Done, see_other_after};
use crate::web::console::overtaken::Overtaken;
use crate::web::console::shell::{Place, Shell};
use crate::web::console::submitted::Submitted;
use crate::web::console::users::head::{Head, Tab};
use crate::web::error::WebError;
use crate::web::filters;
use crate::web::path_part::PathPart;

/// `GET /admin/users/{id}/attributes`
pub async fn show(console: Console, PathPart(id): PathPart) -> Result<HttpResponse, WebError> {
    let found = Found::load(&console, &id).await?;
    let rows = AttributeRows::of_stored(&found.view.attributes);
    console.page(&AttributesPage::new(&console, &found, rows)?)
}

/// `POST /admin/users/{id}/attributes`
pub async fn submit(
    console: Console,
    PathPart(id): PathPart,
    Submitted(fields): Submitted,
) -> Result<HttpResponse, WebError> {
    let rows = AttributeRows::of_fields(&fields);
    let version = fields.version();
    if AttributeRows::is_button(&fields) {
        let found = Found::load(&console, &id).await?;
        return console.page(&AttributesPage {
            version: version.unwrap_or(found.view.user.version),
            is_changed: true,
            ..AttributesPage::new(&console, &found, rows)?
        });
    }
    let draft = UserDraft {
        attributes: Field::Set(rows.drafts()),
        ..UserDraft::default()
    };
    let of = id.clone();
    match console
        .submit(move |env, actor| users::update(env, actor, &of, (draft, version)))
        .await?
    {
        Ok(saved) if saved.warnings.is_empty() => {
            let path = format!("/admin/users/{id}/attributes");
            Ok(see_other_after(&path, Done::UserUpdated))
        }
        Ok(saved) => remarked(&console, &id, saved).await,
        Err(fault) => refused(&console, (&id, rows), &fault).await,
    }
}

/// Saved, but not as it was typed (rule B13): what was dropped is said.
async fn remarked(console: &Console, id: &str, saved: UserView) -> Result<HttpResponse, WebError> {
    let found = Found::load(console, id).await?;
    let rows = AttributeRows::of_stored(&found.view.attributes);
    console.page(&AttributesPage {
        warnings: saved.warnings,
        ..AttributesPage::new(console, &found, rows)?
    })
}

async fn refused(
    console: &Console,
    (id, rows): (&str, AttributeRows),
    fault: &ServiceError,
) -> Result<HttpResponse, WebError> {
    let found = Found::load(console, id).await?;
    let overtaken = matches!(fault, ServiceError::Stale).then(|| {
        let stored = AttributeRows::of_stored(&found.view.attributes).said();
        Overtaken::between(
            &stored,
            &rows.said(),
            format!("/admin/users/{id}/attributes"),
        )
    });
    let page = AttributesPage {
        faults: Faults::of(fault),
        overtaken,
        is_changed: true,
        ..AttributesPage::new(console, &found, rows)?
    };
    console.refused(fault, &page)
}

/// What the page shows of what is stored.
struct Found {
    view: UserView,
    inherited: Vec<Inherited>,
}

impl Found {
    async fn load(console: &Console, id: &str) -> Result<Self, WebError> {
        let id = id.to_owned();
        console
            .run(move |env, _| {
                Ok(Self {
                    view: users::get(env, &id)?,
                    inherited: user_attributes::inherited(env, &id)?,
                })
            })
            .await
    }
}

/// The tab.
#[derive(Template)]
#[template(path = "console/users/attributes.html")]
struct AttributesPage<'a> {
    shell: Shell,
    head: Head,
    version: i64,
    rows: AttributeRows,
    inherited: &'a [Inherited],
    faults: Faults,
    overtaken: Option<Overtaken>,
    warnings: Vec<Warning>,
    is_changed: bool,
}

impl<'a> AttributesPage<'a> {
    fn new(console: &Console, found: &'a Found, rows: AttributeRows) -> Result<Self, WebError> {
        Ok(Self {
            shell: console.shell(Place::Users)?,
            head: Head::new(console, &found.view.user, Tab::Attributes),
            version: found.view.user.version,
            rows,
            inherited: &found.inherited,
            faults: Faults::default(),
            overtaken: None,
            warnings: Vec::new(),
            is_changed: false,
        })
    }
}
