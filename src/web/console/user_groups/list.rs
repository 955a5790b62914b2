//! `/admin/groups`: all user groups with their members and what waits for review (rules A11, A33).

use actix_web::HttpResponse;
use askama::Template;

use crate::domain::user_group::MembershipMethod;
use crate::service::groups::{self, GroupView};
use crate::web::console::access::Console;
use crate::web::console::listing::{ListState, Pager};
use crate::web::console::shell::{Place, Shell};
use crate::web::error::WebError;
use crate::web::filters;

/// The filter of the list, by the name of the API.
const METHOD: &str = "membershipMethod";

/// `GET /admin/groups`
pub async fn show(console: Console) -> Result<HttpResponse, WebError> {
    let state = ListState::of_address(&console.address, &[METHOD]);
    let query = state.query();
    let page = console.run(move |env, _| groups::list(env, &query)).await?;
    console.page(&GroupsPage {
        shell: console.shell(Place::Groups)?,
        pager: state.pager(&page),
        groups: &page.items,
        methods: MembershipMethod::ALL.map(|method| (method.as_str(), method.label())),
        method: state.filter(METHOD),
        state: &state,
    })
}

/// The list.
#[derive(Template)]
#[template(path = "console/user_groups/list.html")]
struct GroupsPage<'a> {
    shell: Shell,
    state: &'a ListState,
    /// Value and label.
    methods: [(&'static str, &'static str); 3],
    method: &'a str,
    groups: &'a [GroupView],
    pager: Pager,
}

impl GroupsPage<'_> {
    /// The words for the method of a group.
    fn method_of(&self, view: &GroupView) -> &'static str {
        view.group.method.label()
    }
}
