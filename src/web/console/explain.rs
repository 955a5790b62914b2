//! `/admin/explain`: pick a user and an application, and read why it opens or not (rule C2). The
//! choice stands in the address, so that every page can lead here.

use actix_web::HttpResponse;
use actix_web::web::Query;
use askama::Template;
use serde::Deserialize;

use crate::domain::user::User;
use crate::service::environment::Environment;
use crate::service::error::ServiceError;
use crate::service::{connectors, preview, user_lookup};
use crate::web::console::access::Console;
use crate::web::console::explanation::Explanation;
use crate::web::console::shell::{Place, Shell};
use crate::web::error::WebError;
use crate::web::filters;

/// What stands in the address.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct ExplainQuery {
    /// Username or id.
    #[serde(default)]
    user: String,
    /// Short name or id.
    #[serde(default)]
    connector: String,
}

/// `GET /admin/explain`
pub async fn show(
    console: Console,
    Query(asked): Query<ExplainQuery>,
) -> Result<HttpResponse, WebError> {
    let wanted = asked.clone();
    let found = console.run(move |env, _| find(env, &wanted)).await?;
    console.page(&ExplainPage {
        shell: console.shell(Place::Explain)?,
        asked: &asked,
        found: &found,
    })
}

/// `/admin/explain`
#[derive(Template)]
#[template(path = "console/explain.html")]
struct ExplainPage<'a> {
    shell: Shell,
    asked: &'a ExplainQuery,
    found: &'a Found,
}

/// As many as one can look over.
const HITS: u32 = 10;

/// What the page has to show.
struct Found {
    explanation: Option<Explanation>,
    /// The users that were meant; exactly one, once it is clear.
    people: Vec<User>,
    /// The applications, and which of them is chosen.
    applications: Vec<Choice>,
}

impl Found {
    /// The username of the one who is meant.
    fn username(&self) -> Option<&str> {
        match self.people.as_slice() {
            [one] => Some(&one.username),
            _ => None,
        }
    }
}

/// An application to choose.
struct Choice {
    slug: String,
    name: String,
    is_chosen: bool,
}

fn find(env: &Environment, asked: &ExplainQuery) -> Result<Found, ServiceError> {
    let names = connectors::names(env)?.into_iter();
    let applications = names.map(|one| Choice {
        is_chosen: [one.slug.as_str(), one.id.as_str()].contains(&asked.connector.as_str()),
        slug: one.slug,
        name: one.name,
    });
    let typed = asked.user.trim();
    let people = if typed.is_empty() {
        Vec::new()
    } else {
        user_lookup::find(env, typed, HITS)?
    };
    let explanation = match people.as_slice() {
        [one] if !asked.connector.is_empty() => {
            explained(env, one.public_id.as_str(), &asked.connector)?
        }
        _ => None,
    };
    Ok(Found {
        explanation,
        people,
        applications: applications.collect(),
    })
}

/// An application that is gone leaves the form with nothing to explain.
fn explained(
    env: &Environment,
    user: &str,
    connector: &str,
) -> Result<Option<Explanation>, ServiceError> {
    match preview::explain(env, user, connector) {
        Ok(preview) => Ok(Some(Explanation::from(preview))),
        Err(ServiceError::NotFound { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}
