//! `/admin`: what there is, and where it is configured in this version.

use actix_web::{HttpResponse, http::StatusCode, web};

use crate::domain::admin::{Action, AdminRole, Object, authorize};
use crate::service::environment::Environment;
use crate::service::error::ServiceError;
use crate::service::listing::ListQuery;
use crate::service::{administrators, connectors, groups, users};
use crate::web::error::WebError;
use crate::web::guards::SignedInAdmin;
use crate::web::pages::{ConsolePage, Count};
use crate::web::responses::{blocking, html};

/// `GET /admin`
pub async fn show(
    env: web::Data<Environment>,
    admin: SignedInAdmin,
) -> Result<HttpResponse, WebError> {
    let role = admin.role;
    let counts = blocking(&env, move |env| counts(env, role)).await?;
    let page = ConsolePage {
        display_name: &admin.who.display_name,
        role: role.label(),
        entity_id: &env.settings.entity_id,
        counts: &counts,
    };
    html(StatusCode::OK, &page)
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
