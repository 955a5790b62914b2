//! `/admins/{id}/groups`: the user groups that an administrator's role is limited to.

use actix_web::HttpResponse;
use actix_web::web::Path;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::domain::role_scope::{RoleScope, ScopedGroup};
use crate::service::role_scopes::{self, GroupList};
use crate::web::access::Call;
use crate::web::api::answer;
use crate::web::api::shapes::GroupRef;
use crate::web::json_body::JsonBody;
use crate::web::problem::Problem;

/// How far a role reaches.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RoleScope)]
pub struct ScopeJson {
    /// `null`: everywhere.
    groups: Option<Vec<GroupRef>>,
}

impl From<RoleScope> for ScopeJson {
    fn from(scope: RoleScope) -> Self {
        Self {
            groups: groups_of(scope),
        }
    }
}

/// The groups that a role is limited to.
pub fn groups_of(scope: RoleScope) -> Option<Vec<GroupRef>> {
    let reference = |group: ScopedGroup| GroupRef {
        id: group.public_id.as_str().to_owned(),
        name: group.name,
    };
    match scope {
        RoleScope::Everywhere => None,
        RoleScope::Groups(groups) => Some(groups.into_iter().map(reference).collect()),
    }
}

/// Body of `PUT /admins/{id}/groups`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScopeDraft {
    /// Ids of user groups; `null`: everywhere.
    groups: Option<Vec<String>>,
}

/// `GET /admins/{id}/groups`
pub async fn get(call: Call, id: Path<String>) -> Result<HttpResponse, Problem> {
    let (_, scope) = call.run(move |env, _| role_scopes::get(env, &id)).await?;
    answer::ok(&ScopeJson::from(scope))
}

/// `PUT /admins/{id}/groups`
pub async fn set(
    call: Call,
    id: Path<String>,
    body: JsonBody<ScopeDraft>,
) -> Result<HttpResponse, Problem> {
    let groups = body.value.groups.map(GroupList::Ids);
    let set = move |env: &_, actor: &_| role_scopes::set(env, actor, &id, groups.as_ref());
    answer::ok(&ScopeJson::from(call.run(set).await?))
}
