//! `/admin`: how sign-on goes, what waits for somebody, what runs out and what comes next; of all
//! this only what the role may see.

use actix_web::HttpResponse;
use askama::Template;

use crate::domain::admin::{Action, AdminRole, Object, authorize};
use crate::service::environment::Environment;
use crate::service::error::ServiceError;
use crate::service::listing::ListQuery;
use crate::service::overview::{self, EndingCertificate, FinishedRun, NextStep};
use crate::service::{administrators, connectors, groups, users};
use crate::web::console::access::Console;
use crate::web::console::shell::{Place, Shell};
use crate::web::console::sign_on_chart::{Chart, HEIGHT, WIDTH};
use crate::web::error::WebError;
use crate::web::filters;

/// `GET /admin`
pub async fn show(console: Console) -> Result<HttpResponse, WebError> {
    let role = console.visitor.caller.role;
    let told = console.run(move |env, _| told(env, role)).await?;
    console.page(&DashboardPage {
        shell: console.shell(Place::Dashboard)?,
        entity_id: &console.env.settings.entity_id,
        told: &told,
    })
}

/// `/admin`
#[derive(Template)]
#[template(path = "console/dashboard.html")]
struct DashboardPage<'a> {
    shell: Shell,
    entity_id: &'a str,
    told: &'a Told,
}

/// How many there are of something.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Count {
    number: i64,
    what: &'static str,
    href: &'static str,
}

/// What a role is told; `None`: it may not see that.
struct Told {
    counts: Vec<Count>,
    steps: Vec<Step>,
    chart: Option<Chart>,
    /// Suggestions, and groups that have some.
    reviews: Option<(i64, i64)>,
    certificates: Option<Vec<EndingCertificate>>,
    run: Option<Option<FinishedRun>>,
    /// How much waits, and whether there is a server for it.
    mail: Option<(i64, bool)>,
}

/// Something to do next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Step {
    text: &'static str,
    label: &'static str,
    href: &'static str,
    /// Who does it has to be able to edit this.
    object: Object,
}

const fn step(next: NextStep) -> Step {
    let (text, label, href, object) = match next {
        NextStep::AddApplication => (
            "There is no application yet.",
            "Add your first application",
            "/admin/connectors",
            Object::Connector,
        ),
        NextStep::AddUser => (
            "There are no users yet.",
            "Add your first user",
            "/admin/users",
            Object::User,
        ),
        NextStep::AddGroup => (
            "There is no user group yet. Groups open applications for their members.",
            "Add your first user group",
            "/admin/groups",
            Object::Group,
        ),
        NextStep::FillGroup => (
            "Nobody is in a user group yet.",
            "Put users into a group",
            "/admin/groups",
            Object::Group,
        ),
        NextStep::BindGroup => (
            "No user group is bound to an application yet, so nobody can open one.",
            "Bind a user group to an application",
            "/admin/connectors",
            Object::Binding,
        ),
    };
    Step {
        text,
        label,
        href,
        object,
    }
}

fn told(env: &Environment, role: AdminRole) -> Result<Told, ServiceError> {
    let sees = |object| authorize(role, Action::See, object).is_ok();
    let steps = overview::next_steps(env)?.into_iter().map(step);
    Ok(Told {
        counts: counts(env, role)?,
        steps: steps
            .filter(|step| authorize(role, Action::Edit, step.object).is_ok())
            .collect(),
        chart: if_seen(sees(Object::Audit), || {
            Ok(Chart::of(&overview::sign_ons(env)?))
        })?,
        reviews: if_seen(sees(Object::Group), || overview::reviews(env))?,
        certificates: if_seen(sees(Object::SigningKey), || {
            overview::ending_certificates(env)
        })?,
        run: if_seen(sees(Object::Report), || overview::last_run(env))?,
        mail: if_seen(sees(Object::Report), || overview::waiting_mail(env))?,
    })
}

fn if_seen<T>(
    is_seen: bool,
    tell: impl FnOnce() -> Result<T, ServiceError>,
) -> Result<Option<T>, ServiceError> {
    is_seen.then(tell).transpose()
}

/// How many there are of what the role may see.
fn counts(env: &Environment, role: AdminRole) -> Result<Vec<Count>, ServiceError> {
    let one = ListQuery {
        limit: Some(1),
        ..ListQuery::default()
    };
    let mut counts = Vec::new();
    let mut count = |object,
                     (what, href): (&'static str, &'static str),
                     total: &dyn Fn() -> Result<i64, ServiceError>| {
        if authorize(role, Action::See, object).is_ok() {
            counts.push(Count {
                number: total()?,
                what,
                href,
            });
        }
        Ok::<(), ServiceError>(())
    };
    count(Object::User, ("Users", "/admin/users"), &|| {
        Ok(users::list(env, &one)?.total)
    })?;
    count(Object::Group, ("User Groups", "/admin/groups"), &|| {
        Ok(groups::list(env, &one)?.total)
    })?;
    count(
        Object::Connector,
        ("Applications", "/admin/connectors"),
        &|| Ok(connectors::list(env, &one)?.total),
    )?;
    count(
        Object::Administrator,
        ("Administrators", "/admin/administrators"),
        &|| Ok(administrators::list(env, &one)?.total),
    )?;
    Ok(counts)
}

#[cfg(test)]
mod tests;
