//! `/admin/connectors/{id}/groups`, tab User Groups: which groups open the application, and how many
//! people a change lets in or locks out before it is made (rules A9, C1, C5).

use actix_web::HttpResponse;
use askama::Template;

use crate::domain::connector::Connector;
use crate::domain::user_group::MembershipMethod;
use crate::service::bindings::{self, Binding};
use crate::service::connectors;
use crate::service::error::ServiceError;
use crate::service::groups::{self, GroupView};
use crate::service::listing::{ListQuery, Page};
use crate::web::console::access::Console;
use crate::web::console::listing::ListState;
use crate::web::console::notices::{self, Done};
use crate::web::console::shell::{Place, Shell};
use crate::web::console::sso::frame::{self, Head, Tab};
use crate::web::console::submitted::{Fields, Submitted};
use crate::web::error::WebError;
use crate::web::filters;
use crate::web::path_part::PathPart;

/// `GET /admin/connectors/{id}/groups?q=`
pub async fn show(console: Console, PathPart(id): PathPart) -> Result<HttpResponse, WebError> {
    let q = ListState::of_address(&console.address, &[]).q;
    let chosen = Chosen {
        q,
        groups: Vec::new(),
    };
    answer(&console, &id, (&chosen, None)).await
}

/// `POST /admin/connectors/{id}/groups`: binds what is ticked, or says whom that would let in.
pub async fn submit(
    console: Console,
    PathPart(id): PathPart,
    Submitted(fields): Submitted,
) -> Result<HttpResponse, WebError> {
    let chosen = Chosen::from_fields(&fields);
    if fields.button().0 != "bind" || chosen.groups.is_empty() {
        let (connector, groups) = (id.clone(), chosen.groups.clone());
        let opens = console
            .run(move |env, _| bindings::reach(env, &connector, &groups))
            .await?;
        return answer(&console, &id, (&chosen, Some(opens))).await;
    }
    let (connector, groups) = (id.clone(), chosen.groups);
    console
        .run(move |env, actor| bindings::bind(env, actor, &connector, &groups))
        .await?;
    Ok(notices::see_other_after(
        &frame::address(&id, Tab::Groups),
        Done::GroupBound,
    ))
}

/// What is searched for and ticked.
struct Chosen {
    q: String,
    groups: Vec<String>,
}

impl Chosen {
    fn from_fields(fields: &Fields) -> Self {
        Self {
            q: fields.text("q").to_owned(),
            groups: fields.all("group").map(str::to_owned).collect(),
        }
    }
}

async fn answer(
    console: &Console,
    id: &str,
    (chosen, opens): (&Chosen, Option<i64>),
) -> Result<HttpResponse, WebError> {
    let (key, q) = (id.to_owned(), chosen.q.clone());
    let (connector, bound, found) = console
        .run(move |env, _| {
            let connector = connectors::get(env, &key)?.connector;
            let query = ListQuery {
                q: Some(q).filter(|q| !q.is_empty()),
                ..ListQuery::default()
            };
            Ok((
                connector,
                bindings::list(env, &key)?,
                groups::list(env, &query)?,
            ))
        })
        .await?;
    let candidates = candidates(&found, &bound, &chosen.groups);
    console.page(&BindingsPage {
        shell: console.shell(Place::Sso)?,
        head: Head::of(&connector, Tab::Groups, console.rights()),
        // Some of those that were found may be bound already.
        more: found.next.is_some(),
        bound: &bound,
        candidates: &candidates,
        q: &chosen.q,
        opens,
    })
}

/// A group that can be bound.
struct Candidate {
    id: String,
    name: String,
    method: &'static str,
    members: i64,
    is_ticked: bool,
}

fn candidates(found: &Page<GroupView>, bound: &[Binding], ticked: &[String]) -> Vec<Candidate> {
    let free = found
        .items
        .iter()
        .filter(|view| bound.iter().all(|one| one.group != view.group.public_id));
    free.map(|view| {
        let id = view.group.public_id.as_str();
        Candidate {
            id: id.to_owned(),
            name: view.group.name.clone(),
            method: method_label(view.group.method),
            members: view.members,
            is_ticked: ticked.iter().any(|one| one == id),
        }
    })
    .collect()
}

/// The word for how members come in.
pub const fn method_label(method: MembershipMethod) -> &'static str {
    if method.is_dynamic() {
        "Dynamic"
    } else {
        "Static"
    }
}

/// The page.
#[derive(Template)]
#[template(path = "console/sso/groups.html")]
struct BindingsPage<'a> {
    shell: Shell,
    head: Head,
    bound: &'a [Binding],
    candidates: &'a [Candidate],
    q: &'a str,
    /// Whether more groups were found than are shown.
    more: bool,
    /// How many users the ticked groups would let in, once it was asked.
    opens: Option<i64>,
}

/// `GET /admin/connectors/{id}/unbind?group=`
pub async fn ask(console: Console, PathPart(id): PathPart) -> Result<HttpResponse, WebError> {
    let (_, query) = console.address.split_once('?').unwrap_or_default();
    let group = url::form_urlencoded::parse(query.as_bytes())
        .find(|(name, _)| name == "group")
        .map(|(_, id)| id.into_owned())
        .unwrap_or_default();
    let (connector, binding, closes) = console
        .run(move |env, _| {
            let connector = connectors::get(env, &id)?.connector;
            let mut bound = bindings::list(env, &id)?.into_iter();
            let binding = bound
                .find(|one| one.group.as_str() == group)
                .ok_or(ServiceError::NotFound { what: "binding" })?;
            Ok((connector, binding, bindings::reach(env, &id, &[group])?))
        })
        .await?;
    console.page(&UnbindPage::new(&console, &connector, (&binding, closes))?)
}

/// `POST /admin/connectors/{id}/unbind`
pub async fn unbind(
    console: Console,
    PathPart(id): PathPart,
    Submitted(fields): Submitted,
) -> Result<HttpResponse, WebError> {
    let (connector, group) = (id.clone(), fields.text("group").to_owned());
    console
        .run(move |env, actor| bindings::unbind(env, actor, &connector, &group))
        .await?;
    Ok(notices::see_other_after(
        &frame::address(&id, Tab::Groups),
        Done::GroupUnbound,
    ))
}

/// The page that asks before a group is unbound.
#[derive(Template)]
#[template(path = "console/sso/unbind.html")]
struct UnbindPage<'a> {
    shell: Shell,
    head: Head,
    binding: &'a Binding,
    /// How many users it locks out.
    closes: i64,
}

impl<'a> UnbindPage<'a> {
    fn new(
        console: &Console,
        connector: &Connector,
        (binding, closes): (&'a Binding, i64),
    ) -> Result<Self, WebError> {
        Ok(Self {
            shell: console.shell(Place::Sso)?,
            head: Head::of(connector, Tab::Groups, console.rights()),
            binding,
            closes,
        })
    }
}
