//! The tab Groups of a user: each membership with its source, since when and why (rule A10), and
//! joining or leaving a static group by hand (rule A1). What a click opens or closes is said first.

use actix_web::HttpResponse;
use askama::Template;

use crate::domain::user::User;
use crate::service::error::ServiceError;
use crate::service::user_bulk::{self, GroupName};
use crate::service::user_consequences::{self, Consequences};
use crate::service::users::{self, GroupOfUser};
use crate::service::{group_members, groups};
use crate::web::console::access::Console;
use crate::web::console::faults::Faults;
use crate::web::console::notices::{Done, see_other_after};
use crate::web::console::shell::{Place, Shell};
use crate::web::console::submitted::Submitted;
use crate::web::console::users::head::{Head, Tab, path_of};
use crate::web::error::WebError;
use crate::web::filters;
use crate::web::path_part::PathPart;
use crate::web::responses::see_other;

/// `GET /admin/users/{id}/groups`
pub async fn show(console: Console, PathPart(id): PathPart) -> Result<HttpResponse, WebError> {
    let found = Found::load(&console, &id).await?;
    console.page(&GroupsPage::new(&console, &found, Faults::default())?)
}

/// `POST /admin/users/{id}/groups`
pub async fn submit(
    console: Console,
    PathPart(id): PathPart,
    Submitted(fields): Submitted,
) -> Result<HttpResponse, WebError> {
    let (button, argument) = fields.button();
    let (is_member, is_confirmed, group) = match button {
        "add" => (true, false, fields.text("group")),
        "remove" => (false, false, argument),
        "confirm-add" => (true, true, argument),
        "confirm-remove" => (false, true, argument),
        _ => return Ok(see_other(&format!("{}/groups", path_of(&id)))),
    };
    let change = Change {
        user: id,
        group: group.to_owned(),
        is_member,
    };
    if change.group.is_empty() {
        return Ok(see_other(&format!("{}/groups", path_of(&change.user))));
    }
    if !is_confirmed {
        let ahead = change.ahead(&console).await?;
        // Nobody has to be asked before somebody joins a group that opens nothing.
        let is_harmless = is_member && ahead.opens.is_empty() && ahead.closes.is_empty();
        if !is_harmless {
            return ask(&console, &change, &ahead).await;
        }
    }
    carry_out(&console, change).await
}

/// One membership that is to begin or to end.
#[derive(Debug, Clone)]
struct Change {
    user: String,
    group: String,
    is_member: bool,
}

impl Change {
    async fn ahead(&self, console: &Console) -> Result<Consequences, WebError> {
        let change = self.clone();
        console
            .run(move |env, _| {
                let pair = (change.user.as_str(), change.group.as_str());
                user_consequences::of_membership(env, pair, change.is_member)
            })
            .await
    }
}

async fn carry_out(console: &Console, change: Change) -> Result<HttpResponse, WebError> {
    let wanted = change.clone();
    let done = console
        .submit(move |env, actor| {
            if wanted.is_member {
                group_members::add(env, actor, &wanted.group, &wanted.user)
            } else {
                group_members::remove(env, actor, &wanted.group, &wanted.user)
            }
        })
        .await?;
    let what = if change.is_member {
        Done::MemberAdded
    } else {
        Done::MemberRemoved
    };
    match done {
        Ok(()) => Ok(see_other_after(
            &format!("{}/groups", path_of(&change.user)),
            what,
        )),
        Err(fault) => refused(console, &change.user, &fault).await,
    }
}

async fn refused(
    console: &Console,
    user: &str,
    fault: &ServiceError,
) -> Result<HttpResponse, WebError> {
    let found = Found::load(console, user).await?;
    let page = GroupsPage::new(console, &found, Faults::of(fault))?;
    console.refused(fault, &page)
}

async fn ask(
    console: &Console,
    change: &Change,
    consequences: &Consequences,
) -> Result<HttpResponse, WebError> {
    let wanted = change.clone();
    let (user, group) = console
        .run(move |env, _| {
            let user = users::get(env, &wanted.user)?.user;
            Ok((user, groups::get(env, &wanted.group)?.group))
        })
        .await?;
    console.page(&MembershipPage {
        shell: console.shell(Place::Users)?,
        head: Head::new(console, &user, Tab::Groups),
        group_name: &group.name,
        group: &change.group,
        is_member: change.is_member,
        consequences,
    })
}

/// What the tab shows.
struct Found {
    user: User,
    groups: Vec<GroupOfUser>,
    /// The static groups that the user is not in.
    others: Vec<GroupName>,
}

impl Found {
    async fn load(console: &Console, id: &str) -> Result<Self, WebError> {
        let id = id.to_owned();
        let may_add = console.rights().edit_groups();
        console
            .run(move |env, _| {
                let groups = users::groups(env, &id)?;
                let mut others = if may_add {
                    user_bulk::static_groups(env)?
                } else {
                    Vec::new()
                };
                others.retain(|other| groups.iter().all(|group| group.group != other.id));
                Ok(Self {
                    user: users::get(env, &id)?.user,
                    groups,
                    others,
                })
            })
            .await
    }
}

/// The tab.
#[derive(Template)]
#[template(path = "console/users/groups.html")]
struct GroupsPage<'a> {
    shell: Shell,
    head: Head,
    groups: &'a [GroupOfUser],
    others: &'a [GroupName],
    faults: Faults,
}

impl<'a> GroupsPage<'a> {
    fn new(console: &Console, found: &'a Found, faults: Faults) -> Result<Self, WebError> {
        Ok(Self {
            shell: console.shell(Place::Users)?,
            head: Head::new(console, &found.user, Tab::Groups),
            groups: &found.groups,
            others: &found.others,
            faults,
        })
    }
}

/// The question before an application opens or closes by a membership.
#[derive(Template)]
#[template(path = "console/users/membership.html")]
struct MembershipPage<'a> {
    shell: Shell,
    head: Head,
    group_name: &'a str,
    group: &'a str,
    is_member: bool,
    consequences: &'a Consequences,
}
