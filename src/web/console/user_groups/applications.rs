//! The tab Applications of a group: what its members may open (rules A9, C1), with binding and
//! unbinding and how many people that lets in or out.

use actix_web::HttpResponse;
use askama::Template;

use crate::service::bindings;
use crate::service::connectors;
use crate::service::error::ServiceError;
use crate::service::group_applications::{self, ApplicationOfGroup};
use crate::service::groups;
use crate::web::console::access::Console;
use crate::web::console::notices::{self, Done};
use crate::web::console::shell::{Place, Shell};
use crate::web::console::submitted::Submitted;
use crate::web::console::user_groups::head::GroupHead;
use crate::web::error::WebError;
use crate::web::filters;
use crate::web::path_part::PathPart;

/// `GET /admin/groups/{id}/applications`
pub async fn show(console: Console, PathPart(id): PathPart) -> Result<HttpResponse, WebError> {
    let page = ApplicationsPage::of(&console, id, None).await?;
    console.page(&page)
}

/// `POST /admin/groups/{id}/applications`: first a word on what it does, then it is done.
pub async fn submit(
    console: Console,
    PathPart(id): PathPart,
    Submitted(fields): Submitted,
) -> Result<HttpResponse, WebError> {
    let (button, argument) = fields.button();
    let connector = if argument.is_empty() {
        fields.text("connector").to_owned()
    } else {
        argument.to_owned()
    };
    let (group, groups) = (id.clone(), vec![id.clone()]);
    let done = match button {
        _ if connector.is_empty() => None,
        "bind-confirmed" => {
            let bind = move |env: &_, actor: &_| bindings::bind(env, actor, &connector, &groups);
            console.run(bind).await?;
            Some(Done::GroupBound)
        }
        "unbind-confirmed" => {
            let unbind = move |env: &_, actor: &_| bindings::unbind(env, actor, &connector, &group);
            console.run(unbind).await?;
            Some(Done::GroupUnbound)
        }
        _ => {
            let asked = Some((connector, button == "bind"));
            let page = ApplicationsPage::of(&console, id, asked).await?;
            return console.page(&page);
        }
    };
    let path = format!("/admin/groups/{id}/applications");
    match done {
        Some(done) => Ok(notices::see_other_after(&path, done)),
        None => show(console, PathPart(id)).await,
    }
}

/// A binding that waits for a word on what it does.
struct Asked {
    id: String,
    name: String,
    is_bind: bool,
    /// How many active users it lets in or locks out.
    people: i64,
}

/// The tab.
#[derive(Template)]
#[template(path = "console/user_groups/applications.html")]
struct ApplicationsPage {
    shell: Shell,
    head: Option<GroupHead>,
    applications: Vec<ApplicationOfGroup>,
    /// Public id and name of those that could be bound.
    others: Vec<(String, String)>,
    asked: Option<Asked>,
}

impl ApplicationsPage {
    /// The tab that the page is.
    const fn here(&self) -> &'static str {
        "Applications"
    }

    /// `asked`: public id of a connector, and whether it is to be bound.
    async fn of(
        console: &Console,
        id: String,
        asked: Option<(String, bool)>,
    ) -> Result<Self, WebError> {
        let shell = console.shell(Place::Groups)?;
        let work = move |env: &_, _: &_| -> Result<Self, ServiceError> {
            let view = groups::get(env, &id)?;
            let applications = group_applications::list(env, &id)?;
            let is_bound = |id: &str| applications.iter().any(|one| one.id.as_str() == id);
            let others = connectors::names(env)?.into_iter();
            let others = others
                .map(|one| (one.id.as_str().to_owned(), one.name))
                .filter(|(id, _)| !is_bound(id))
                .collect();
            let asked = match asked {
                None => None,
                Some((connector, is_bind)) => Some(Asked {
                    name: connectors::get(env, &connector)?.connector.settings.name,
                    people: bindings::reach(env, &connector, std::slice::from_ref(&id))?,
                    id: connector,
                    is_bind,
                }),
            };
            Ok(Self {
                shell,
                head: Some(GroupHead::new(&view)),
                applications,
                others,
                asked,
            })
        };
        console.run(work).await
    }
}
