//! `/admin/reports/access` (rule C2): who can open an application and by which groups, or what one
//! user can open. Decisions come from the use cases as they are.

use actix_web::HttpResponse;
use askama::Template;

use crate::domain::app_access::AccessDecision;
use crate::domain::user::User;
use crate::service::access_report::{self, UserOfConnector};
use crate::service::environment::Environment;
use crate::service::error::ServiceError;
use crate::service::listing::{ListQuery, Page};
use crate::service::users::{self, ConnectorOfUser};
use crate::service::{connectors, preview, user_lookup};
use crate::web::console::access::Console;
use crate::web::console::listing::{ListState, Pager};
use crate::web::console::shell::{Place, Shell};
use crate::web::csv;
use crate::web::error::WebError;
use crate::web::filters;

/// Application by short name or id, user by username or id.
const FILTERS: &[&str] = &["connector", "user"];
/// As many as one can look over.
const OFFERED: u32 = 10;
const COLUMNS: &[&str] = &["application", "user", "allowed", "reason", "groups"];

/// `GET /admin/reports/access`
pub async fn show(console: Console) -> Result<HttpResponse, WebError> {
    let list = ListState::of_address(&console.address, FILTERS);
    let asked = list.clone();
    let found = console.run(move |env, _| find(env, &asked)).await?;
    let pager = match &found.answer {
        Some(Answer::Users { page, .. }) => Some(list.pager(page)),
        _ => None,
    };
    console.page(&AccessPage {
        shell: console.shell(Place::Reports)?,
        list: &list,
        found: &found,
        pager,
    })
}

/// `GET /admin/reports/access.csv`
pub async fn csv(console: Console) -> Result<HttpResponse, WebError> {
    let list = ListState::of_address(&console.address, FILTERS);
    let asked = list.clone();
    let subject = console.run(move |env, _| subject(env, &asked)).await?;
    csv::answer(
        &console.env,
        ("access.csv", COLUMNS),
        move |env, sink| match subject {
            Some(Subject::Application { id, name, .. }) => {
                let q = Some(list.q.as_str()).filter(|q| !q.is_empty());
                access_report::all_users(env, (&id, q), |users| {
                    let rows = users.into_iter();
                    sink.rows(rows.map(|one| cells(&name, &one.user.username, &one.decision)))
                })
            }
            Some(Subject::User(hit)) => {
                let all = users::connectors(env, hit.public_id.as_str())?;
                let rows = all.iter();
                sink.rows(rows.map(|one| cells(&one.name, &hit.username, &one.decision)));
                Ok(())
            }
            None => Ok(()),
        },
    )
    .await
}

fn cells(application: &str, username: &str, decision: &AccessDecision) -> Vec<String> {
    let groups = decision.paths.iter().map(|path| path.group_name.as_str());
    vec![
        application.to_owned(),
        username.to_owned(),
        decision.is_allowed().to_string(),
        decision.reason.as_str().to_owned(),
        groups.collect::<Vec<_>>().join("; "),
    ]
}

/// `/admin/reports/access`
#[derive(Template)]
#[template(path = "console/reports/access.html")]
struct AccessPage<'a> {
    shell: Shell,
    list: &'a ListState,
    found: &'a Found,
    pager: Option<Pager>,
}

/// What the page has to show.
struct Found {
    /// Short name and name of the applications.
    applications: Vec<(String, String)>,
    answer: Option<Answer>,
    /// Users who may be meant when none is called so.
    hits: Vec<User>,
}

enum Answer {
    Users {
        slug: String,
        name: String,
        page: Page<UserOfConnector>,
    },
    Applications {
        user: Box<User>,
        all: Vec<ConnectorOfUser>,
    },
}

/// What is asked about.
enum Subject {
    Application {
        id: String,
        slug: String,
        name: String,
    },
    User(Box<User>),
}

fn find(env: &Environment, asked: &ListState) -> Result<Found, ServiceError> {
    let names = connectors::names(env)?.into_iter();
    let applications = names.map(|one| (one.slug, one.name));
    let answer = match subject(env, asked)? {
        Some(Subject::Application { id, slug, name }) => {
            let query = ListQuery {
                filters: std::collections::BTreeMap::new(),
                ..asked.query()
            };
            let page = access_report::users(env, &id, &query)?;
            Some(Answer::Users { slug, name, page })
        }
        Some(Subject::User(user)) => {
            let all = users::connectors(env, user.public_id.as_str())?;
            Some(Answer::Applications { user, all })
        }
        None => None,
    };
    let typed = asked.filter("user");
    Ok(Found {
        applications: applications.collect(),
        hits: if answer.is_none() && !typed.is_empty() {
            user_lookup::suggest(env, typed, OFFERED)?
        } else {
            Vec::new()
        },
        answer,
    })
}

/// The application or the user of the address, if there is one of that name.
fn subject(env: &Environment, asked: &ListState) -> Result<Option<Subject>, ServiceError> {
    let connector = asked.filter("connector");
    if !connector.is_empty() {
        let found = preview::connector_named(env, connector)?;
        return Ok(found.map(|found| Subject::Application {
            id: found.public_id.as_str().to_owned(),
            slug: found.settings.slug,
            name: found.settings.name,
        }));
    }
    let user = asked.filter("user").trim();
    if user.is_empty() {
        return Ok(None);
    }
    Ok(user_lookup::named(env, user)?.map(|user| Subject::User(Box::new(user))))
}
