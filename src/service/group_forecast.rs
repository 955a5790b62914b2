//! What saving a group would do to its members and by that to access, without writing anything: told
//! before the save (rules A12, A17, A27, A38, A51), and the preview of a form (rules A19, A48).

use crate::domain::user_group::MembershipMethod;
use crate::service::environment::Environment;
use crate::service::error::ServiceError;
use crate::service::group_draft::GroupDraft;
use crate::service::group_fields::parse;
use crate::service::group_plan::{Plan, Target};
use crate::service::listing::ListQuery;
use crate::service::rule_preview::{self, PreviewResult};
use crate::store::app_bindings;
use crate::store::connection::DbConnection;

/// What a save would do.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GroupForecast {
    /// Memberships that come and go with the save.
    pub joins: i64,
    pub leaves: i64,
    /// Changes that would wait for review instead (rule A30).
    pub for_review: i64,
    /// Suggestions that would be dropped (rule A51).
    pub dropped: i64,
    /// Names of the applications that the group opens.
    pub applications: Vec<String>,
    /// Whom the rule finds; nobody for a static group.
    pub preview: PreviewResult,
}

impl GroupForecast {
    /// Whether somebody ought to be told before the save.
    pub const fn changes_members(&self) -> bool {
        self.joins > 0 || self.leaves > 0 || self.dropped > 0
    }
}

/// Works out what saving `draft` would do. `page`: which part of the preview is wanted.
pub fn of_save(
    env: &Environment,
    target: &Target,
    draft: GroupDraft,
    page: &ListQuery,
) -> Result<GroupForecast, ServiceError> {
    let change = parse(draft)?;
    env.store.read(|conn| {
        let plan = Plan::ahead(conn, target, &change)?;
        of_plan(conn, target, &plan, page)
    })
}

fn of_plan(
    conn: &mut DbConnection,
    target: &Target,
    plan: &Plan,
    page: &ListQuery,
) -> Result<GroupForecast, ServiceError> {
    let stored = match target {
        Target::New(_) => None,
        Target::Stored { .. } => Some(plan.before.group.id),
    };
    let applications = match stored {
        None => Vec::new(),
        Some(group) => app_bindings::list_connectors(conn, group)?,
    };
    let mut forecast = GroupForecast {
        applications: applications.into_iter().map(|bound| bound.name).collect(),
        ..GroupForecast::default()
    };
    if !plan.after.method.is_dynamic() {
        forecast.dropped = plan.before.suggestions;
        return Ok(forecast);
    }
    let asked = (stored, &plan.after_exemptions);
    let rule = plan.change().rule();
    let preview = rule_preview::with_exemptions(conn, &rule, asked, &page.page_request()?)?;
    let (all, at_once) = (&preview.after_exemptions, &preview.by_exemptions);
    // Under review only exemptions act at once (rule A38).
    if plan.after.method == MembershipMethod::DynamicReviewRequired {
        (forecast.joins, forecast.leaves) = (at_once.joins, at_once.leaves);
        forecast.for_review = all.joins + all.leaves - at_once.joins - at_once.leaves;
    } else {
        (forecast.joins, forecast.leaves) = (all.joins, all.leaves);
    }
    forecast.preview = preview;
    Ok(forecast)
}
