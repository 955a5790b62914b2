//! `/admin`: what there is, and where it is configured in this version.

use actix_web::HttpResponse;
use askama::Template;

use crate::domain::admin::{Action, AdminRole, Object, authorize};
use crate::service::environment::Environment;
use crate::service::error::ServiceError;
use crate::service::listing::ListQuery;
use crate::service::{administrators, connectors, groups, users};
use crate::web::console::access::Console;
use crate::web::console::shell::{Place, Shell};
use crate::web::error::WebError;
use crate::web::filters;

/// `GET /admin`
pub async fn show(console: Console) -> Result<HttpResponse, WebError> {
    let role = console.visitor.caller.role;
    let counts = console.run(move |env, _| counts(env, role)).await?;
    console.page(&DashboardPage {
        shell: console.shell(Place::Dashboard)?,
        entity_id: &console.env.settings.entity_id,
        counts: &counts,
    })
}

/// How many there are of something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Count {
    pub number: i64,
    pub what: &'static str,
}

/// `/admin`
#[derive(Template)]
#[template(path = "console/dashboard.html")]
struct DashboardPage<'a> {
    shell: Shell,
    entity_id: &'a str,
    counts: &'a [Count],
}

/// How many there are of what the role may see.
fn counts(env: &Environment, role: AdminRole) -> Result<Vec<Count>, ServiceError> {
    let one = ListQuery {
        limit: Some(1),
        ..ListQuery::default()
    };
    let mut counts = Vec::new();
    let mut count = |object, what, total: &dyn Fn() -> Result<i64, ServiceError>| {
        if authorize(role, Action::See, object).is_ok() {
            counts.push(Count {
                number: total()?,
                what,
            });
        }
        Ok::<(), ServiceError>(())
    };
    count(Object::User, "users", &|| Ok(users::list(env, &one)?.total))?;
    count(Object::Group, "user groups", &|| {
        Ok(groups::list(env, &one)?.total)
    })?;
    count(Object::Connector, "applications", &|| {
        Ok(connectors::list(env, &one)?.total)
    })?;
    count(Object::Administrator, "administrators", &|| {
        Ok(administrators::list(env, &one)?.total)
    })?;
    Ok(counts)
}
