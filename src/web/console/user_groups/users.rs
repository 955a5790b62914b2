//! The tab Users of a group: its members with source and cause (rules A10, A49). Members of a static
//! group are added and removed here; of a dynamic one exemptions decide (rules A37, A38).

use actix_web::HttpResponse;
use askama::Template;

use crate::domain::exemption::ExemptionEffect;
use crate::service::error::ServiceError;
use crate::service::group_applications::{self, ApplicationOfGroup};
use crate::service::group_members::{self, Member};
use crate::service::groups;
use crate::service::listing::Page;
use crate::service::user_names::{self, UserName};
use crate::web::console::access::Console;
use crate::web::console::faults::Faults;
use crate::web::console::listing::{ListState, Pager};
use crate::web::console::notices::{self, Done};
use crate::web::console::shell::{Place, Shell};
use crate::web::console::submitted::{Fields, Submitted};
use crate::web::console::user_groups::head::GroupHead;
use crate::web::console::user_picker::UserPicker;
use crate::web::error::WebError;
use crate::web::filters;
use crate::web::path_part::PathPart;

/// Name of the picker of new members, and of the boxes beside the present ones.
const PICKER: &str = "member";
const BOX: &str = "listed";

/// `GET /admin/groups/{id}/users`
pub async fn show(console: Console, PathPart(id): PathPart) -> Result<HttpResponse, WebError> {
    let state = ListState::of_address(&console.address, &[]);
    let page = UsersPage::of(&console, id, state, Asked::of_fields(&Fields::default())).await?;
    console.page(&page)
}

/// `POST /admin/groups/{id}/users`
pub async fn submit(
    console: Console,
    PathPart(id): PathPart,
    Submitted(fields): Submitted,
) -> Result<HttpResponse, WebError> {
    let asked = Asked::of_fields(&fields);
    let (group, ids) = (id.clone(), asked.ids(&fields));
    let (result, done) = match fields.button().0 {
        "add" if !ids.is_empty() => {
            let add = move |env: &_, actor: &_| group_members::add_all(env, actor, &group, &ids);
            (console.submit(add).await?, Done::MemberAdded)
        }
        "remove-confirmed" if !ids.is_empty() => {
            let remove =
                move |env: &_, actor: &_| group_members::remove_all(env, actor, &group, &ids);
            (console.submit(remove).await?, Done::MemberRemoved)
        }
        _ => {
            let page = UsersPage::of(&console, id, ListState::default(), asked).await?;
            return console.page(&page);
        }
    };
    match result {
        Ok(()) => Ok(notices::see_other_after(
            &format!("/admin/groups/{id}/users"),
            done,
        )),
        Err(fault) => {
            let asked = Asked {
                faults: Faults::of(&fault),
                ..asked
            };
            let page = UsersPage::of(&console, id, ListState::default(), asked).await?;
            console.refused(&fault, &page)
        }
    }
}

/// What a form asked for.
struct Asked {
    picker: UserPicker,
    /// Ids of those whose boxes are ticked.
    ticked: Vec<String>,
    /// Removing waits for a word on what it does.
    is_removal: bool,
    faults: Faults,
}

impl Asked {
    fn of_fields(fields: &Fields) -> Self {
        Self {
            picker: UserPicker::of_fields(PICKER, fields),
            ticked: fields.all(BOX).map(str::to_owned).collect(),
            is_removal: fields.button().0 == "remove",
            faults: Faults::default(),
        }
    }

    /// Whom the button that was pressed is about.
    fn ids(&self, fields: &Fields) -> Vec<String> {
        if fields.button().0 == "add" {
            self.picker.ids.clone()
        } else {
            self.ticked.clone()
        }
    }
}

/// The tab.
#[derive(Template)]
#[template(path = "console/user_groups/users.html")]
struct UsersPage {
    shell: Shell,
    head: Option<GroupHead>,
    state: ListState,
    members: Vec<Member>,
    pager: Pager,
    /// Whom "Users to exclude" keeps out (rule A49).
    excluded: Vec<UserName>,
    /// What members may open.
    applications: Vec<ApplicationOfGroup>,
    picker: UserPicker,
    ticked: Vec<String>,
    /// Who is about to be removed.
    leaving: Vec<UserName>,
    faults: Faults,
}

impl UsersPage {
    /// The tab that the page is.
    const fn here(&self) -> &'static str {
        "Users"
    }

    async fn of(
        console: &Console,
        id: String,
        state: ListState,
        asked: Asked,
    ) -> Result<Self, WebError> {
        let state = state.on(&format!("/admin/groups/{id}/users"));
        let (query, shell) = (state.query(), console.shell(Place::Groups)?);
        let work = move |env: &_, _: &_| -> Result<Self, ServiceError> {
            let view = groups::get(env, &id)?;
            let page: Page<Member> = group_members::list(env, &id, &query)?;
            let leaving = if asked.is_removal {
                user_names::of(env, &asked.ticked)?
            } else {
                Vec::new()
            };
            let excluded = view
                .exempted
                .iter()
                .filter(|row| row.effect == ExemptionEffect::Exclude);
            Ok(Self {
                shell,
                head: Some(GroupHead::new(&view)),
                pager: state.pager(&page),
                members: page.items,
                excluded: excluded.map(UserName::from).collect(),
                applications: group_applications::list(env, &id)?,
                picker: asked.picker.look_up(env)?,
                leaving,
                ticked: asked.ticked,
                faults: asked.faults,
                state,
            })
        };
        console.run(work).await
    }

    /// Whether members come and go by hand here, for this role.
    fn is_by_hand(&self) -> bool {
        let is_dynamic = self.head.as_ref().is_some_and(|head| head.is_dynamic);
        !is_dynamic && self.shell.can.edit_groups()
    }

    fn is_ticked(&self, member: &Member) -> bool {
        self.ticked.iter().any(|id| *id == member.user.as_str())
    }

    fn number_leaving(&self) -> i64 {
        i64::try_from(self.leaving.len()).unwrap_or(i64::MAX)
    }
}
