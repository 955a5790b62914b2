//! `/admin/groups/new` and the tab Details of a group: the form, with what is shown beside it. What
//! happens when it is sent is in `submit.rs`.

use actix_web::HttpResponse;
use askama::Template;

use crate::domain::rule_lint::Lint;
use crate::service::group_fields::NO_ATTRIBUTES;
use crate::service::group_forecast::GroupForecast;
use crate::service::groups::{self, GroupView};
use crate::service::rule_preview;
use crate::web::console::access::Console;
use crate::web::console::faults::Faults;
use crate::web::console::notices::Done;
use crate::web::console::overtaken::Overtaken;
use crate::web::console::shell::{Place, Shell};
use crate::web::console::user_groups::form::GroupForm;
use crate::web::console::user_groups::head::GroupHead;
use crate::web::console::user_groups::preview::Preview;
use crate::web::error::WebError;
use crate::web::filters;
use crate::web::path_part::PathPart;

/// `GET /admin/groups/new`
pub async fn new(console: Console) -> Result<HttpResponse, WebError> {
    let form = GroupForm::blank();
    let page = DetailsPage::of(&console, None, form, Beside::default()).await?;
    console.page(&page)
}

/// `GET /admin/groups/{id}`
pub async fn show(console: Console, PathPart(id): PathPart) -> Result<HttpResponse, WebError> {
    let view = stored(&console, &id).await?;
    let form = GroupForm::of_view(&view);
    let page = DetailsPage::of(&console, Some(view), form, Beside::default()).await?;
    console.page(&page)
}

/// A group as it is now.
pub async fn stored(console: &Console, id: &str) -> Result<GroupView, WebError> {
    let id = id.to_owned();
    console.run(move |env, _| groups::get(env, &id)).await
}

/// What a page shows beside the form itself.
#[derive(Debug, Default)]
pub struct Beside {
    pub faults: Faults,
    pub overtaken: Option<Overtaken>,
    pub preview: Option<Preview>,
    /// A preview was asked for, of values that cannot be taken.
    pub no_preview: bool,
    /// The save waits for a word on what it would do.
    pub confirm: Option<GroupForecast>,
    /// JSON fields of which an older value was dropped by the save (rule B13).
    pub dropped: Vec<String>,
    /// The form holds what is not saved yet.
    pub is_changed: bool,
}

/// The form of a group, new or stored.
#[derive(Template)]
#[template(path = "console/user_groups/details.html")]
pub struct DetailsPage {
    shell: Shell,
    /// `None`: a new group.
    head: Option<GroupHead>,
    form: GroupForm,
    /// What to do instead of adding an attribute, if none can be added (rule B4).
    advice: &'static str,
    /// Remarks on the stored rule (rule A18).
    lint: Vec<Lint>,
    beside: Beside,
}

impl DetailsPage {
    /// The tab that the page is.
    const fn here(&self) -> &'static str {
        "Details"
    }

    /// The page of a stored group or of a new one.
    pub async fn of(
        console: &Console,
        view: Option<GroupView>,
        form: GroupForm,
        beside: Beside,
    ) -> Result<Self, WebError> {
        let rule = view
            .as_ref()
            .filter(|view| view.group.method.is_dynamic())
            .map(|view| view.group.rule.clone().unwrap_or_default());
        let (form, lint) = console
            .run(move |env, _| {
                let lint = match &rule {
                    Some(rule) => rule_preview::lint(env, rule)?,
                    None => Vec::new(),
                };
                Ok((form.look_up(env)?, lint))
            })
            .await?;
        Ok(Self {
            shell: console.shell(Place::Groups)?,
            head: view.as_ref().map(GroupHead::new),
            advice: if form.is_dynamic { NO_ATTRIBUTES } else { "" },
            form,
            lint,
            beside,
        })
    }

    /// The same page, with the word on what was just done.
    pub fn saying(mut self, done: Done) -> Self {
        self.shell.notice = Some(done.text());
        self
    }

    /// Where the form is sent.
    fn action(&self) -> String {
        let id = self.head.as_ref().map(|head| format!("/{}", head.id));
        format!("/admin/groups{}", id.unwrap_or_default())
    }
}
