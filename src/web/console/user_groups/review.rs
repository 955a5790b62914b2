//! "Review Group Membership" (rules A31-A36): additions and removals apart, each with its cause; a
//! selection is accepted or rejected, the rest keeps waiting.

use actix_web::HttpResponse;
use askama::Template;

use crate::domain::membership_change::SuggestionOp;
use crate::service::environment::Environment;
use crate::service::error::ServiceError;
use crate::service::group_applications::{self, ApplicationOfGroup};
use crate::service::groups;
use crate::service::listing::{LARGEST_LIMIT, ListQuery, Page};
use crate::service::review::{self, Suggestion};
use crate::service::user_names::{self, UserName};
use crate::web::console::access::Console;
use crate::web::console::faults::Faults;
use crate::web::console::notices::{self, Done};
use crate::web::console::shell::{Place, Shell};
use crate::web::console::submitted::Submitted;
use crate::web::console::user_groups::head::GroupHead;
use crate::web::error::WebError;
use crate::web::filters;
use crate::web::path_part::PathPart;

/// `GET /admin/groups/{id}/review`
pub async fn show(console: Console, PathPart(id): PathPart) -> Result<HttpResponse, WebError> {
    let page = ReviewPage::of(&console, id, Told::default()).await?;
    console.page(&page)
}

/// `POST /admin/groups/{id}/review`
pub async fn submit(
    console: Console,
    PathPart(id): PathPart,
    Submitted(fields): Submitted,
) -> Result<HttpResponse, WebError> {
    let selected: Vec<String> = SuggestionOp::ALL
        .into_iter()
        .flat_map(|op| fields.all(op.as_str()))
        .map(str::to_owned)
        .collect();
    let group = id.clone();
    let is_rejection = fields.button().0 == "reject";
    let reviewed = console
        .submit(move |env, actor| {
            if is_rejection {
                review::reject(env, actor, &group, &selected)
            } else {
                review::accept(env, actor, &group, &selected)
            }
        })
        .await?;
    match reviewed {
        Ok(reviewed) if reviewed.not_found.is_empty() => {
            let done = if is_rejection {
                Done::SuggestionsRejected
            } else {
                Done::SuggestionsAccepted
            };
            let path = format!("/admin/groups/{id}/review");
            Ok(notices::see_other_after(&path, done))
        }
        Ok(reviewed) => {
            let told = Told {
                decided: i64::try_from(reviewed.found.len()).unwrap_or(i64::MAX),
                missed: reviewed.not_found,
                ..Told::default()
            };
            let page = ReviewPage::of(&console, id, told).await?;
            console.page(&page)
        }
        Err(fault) => {
            let told = Told {
                faults: Faults::of(&fault),
                ..Told::default()
            };
            let page = ReviewPage::of(&console, id, told).await?;
            console.refused(&fault, &page)
        }
    }
}

/// What came of a selection.
#[derive(Default)]
struct Told {
    faults: Faults,
    decided: i64,
    /// Ids of users for whom nothing waited any more (rule A36).
    missed: Vec<String>,
}

/// The suggestions of one kind.
struct Waiting {
    op: SuggestionOp,
    page: Page<Suggestion>,
}

impl Waiting {
    fn of(env: &Environment, group: &str, op: SuggestionOp) -> Result<Self, ServiceError> {
        let query = ListQuery {
            limit: Some(LARGEST_LIMIT),
            filters: [("op".to_owned(), op.as_str().to_owned())].into(),
            ..ListQuery::default()
        };
        let page = review::list(env, group, &query)?;
        Ok(Self { op, page })
    }

    const fn title(&self) -> &'static str {
        match self.op {
            SuggestionOp::Add => "Users to be added",
            SuggestionOp::Remove => "Users to be removed",
        }
    }
}

/// The page.
#[derive(Template)]
#[template(path = "console/user_groups/review.html")]
struct ReviewPage {
    shell: Shell,
    head: GroupHead,
    /// Additions, then removals.
    waiting: Vec<Waiting>,
    applications: Vec<ApplicationOfGroup>,
    faults: Faults,
    decided: i64,
    missed: Vec<UserName>,
}

impl ReviewPage {
    async fn of(console: &Console, id: String, told: Told) -> Result<Self, WebError> {
        let shell = console.shell(Place::Reviews)?;
        let work = move |env: &_, _: &_| -> Result<Self, ServiceError> {
            let view = groups::get(env, &id)?;
            let waiting = SuggestionOp::ALL
                .into_iter()
                .map(|op| Waiting::of(env, &id, op))
                .collect::<Result<Vec<_>, _>>()?;
            Ok(Self {
                shell,
                head: GroupHead::new(&view),
                waiting: waiting
                    .into_iter()
                    .filter(|one| one.page.total > 0)
                    .collect(),
                applications: group_applications::list(env, &id)?,
                missed: user_names::of(env, &told.missed)?,
                faults: told.faults,
                decided: told.decided,
            })
        };
        console.run(work).await
    }
}
