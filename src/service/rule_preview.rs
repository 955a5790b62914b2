//! What saving a rule would do, without writing anything (rules A27, A28, A48), and the remarks on
//! it (rule A18). Works on a group that is not saved yet (rule A19).

use crate::domain::ids::PublicId;
use crate::domain::membership_rule::MembershipRule;
use crate::domain::rule_lint::Lint;
use crate::service::environment::Environment;
use crate::service::error::ServiceError;
use crate::service::listing::ListQuery;

/// What saving would do to one user.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum MemberChange {
    Joins,
    Leaves,
    Stays,
}

impl MemberChange {
    /// The API spelling.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Joins => "joins",
            Self::Leaves => "leaves",
            Self::Stays => "stays",
        }
    }
}

/// One line of a preview.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PreviewedUser {
    pub user: PublicId,
    pub username: String,
    pub display_name: String,
    pub change: MemberChange,
}

/// Three counts and a page of the users behind them, in alphabetical order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Forecast {
    /// Who would be a member after the save.
    pub matching: i64,
    pub joins: i64,
    pub leaves: i64,
    pub stays: i64,
    pub items: Vec<PreviewedUser>,
    /// `None` on the last page.
    pub next: Option<String>,
}

/// A preview.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PreviewResult {
    /// By the rule alone: exemptions are not reflected (rule A48).
    pub by_rule: Forecast,
    /// With the group's stored exemptions.
    pub after_exemptions: Forecast,
    pub lint: Vec<Lint>,
}

/// Previews `rule`, for a stored group or for one that is not saved yet. `page`: limit and cursor,
/// for both lists alike.
pub fn preview(
    _env: &Environment,
    _rule: &MembershipRule,
    _group: Option<&PublicId>,
    _page: &ListQuery,
) -> Result<PreviewResult, ServiceError> {
    Ok(PreviewResult::default())
}

/// The remarks on a rule (rule A18).
pub fn lint(_env: &Environment, _rule: &MembershipRule) -> Result<Vec<Lint>, ServiceError> {
    Ok(Vec::new())
}
