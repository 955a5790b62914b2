//! `/admin/explain`: pick a user and an application, and read why it opens or not (rule C2). The
//! choice stands in the address, so that every page can lead here.

use actix_web::HttpResponse;
use actix_web::web::Query;
use askama::Template;
use serde::Deserialize;

use crate::service::environment::Environment;
use crate::service::error::ServiceError;
use crate::service::listing::{LARGEST_LIMIT, ListQuery};
use crate::service::user_search::{self, UserHit};
use crate::service::{connectors, preview};
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

/// What the page has to show.
struct Found {
    explanation: Option<Explanation>,
    /// The user's name as it is typed, if there is such a user.
    username: Option<String>,
    /// Users whose names contain what was typed.
    hits: Vec<UserHit>,
    /// Short name and name of the applications, and which of them is chosen.
    applications: Vec<Choice>,
}

/// An application to choose.
struct Choice {
    slug: String,
    name: String,
    is_chosen: bool,
}

fn find(env: &Environment, asked: &ExplainQuery) -> Result<Found, ServiceError> {
    let all = ListQuery {
        limit: Some(LARGEST_LIMIT),
        ..ListQuery::default()
    };
    let views = connectors::list(env, &all)?.items;
    let applications = views.into_iter().map(|view| Choice {
        is_chosen: [
            view.connector.settings.slug.as_str(),
            view.connector.public_id.as_str(),
        ]
        .contains(&asked.connector.as_str()),
        slug: view.connector.settings.slug,
        name: view.connector.settings.name,
    });
    let typed = asked.user.trim();
    let explained = match preview::explain(env, typed, &asked.connector) {
        Ok(preview) => Some(Explanation::from(preview)),
        // Nothing is chosen yet, or it is gone: the form is shown with what fits.
        Err(ServiceError::NotFound { .. }) => None,
        Err(error) => return Err(error),
    };
    let username = match &explained {
        Some(explanation) => Some(explanation.user.username.clone()),
        None => user_search::named(env, typed)?.map(|hit| hit.username),
    };
    Ok(Found {
        hits: user_search::hits(env, typed)?,
        explanation: explained,
        username,
        applications: applications.collect(),
    })
}
