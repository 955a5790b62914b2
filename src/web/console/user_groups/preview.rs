//! "Preview Group Membership" (rules A19, A27, A28, A48): the two lists of a form that need not be
//! saved, each with its own place. Writes nothing.

use crate::domain::rule_lint::Lint;
use crate::service::environment::Environment;
use crate::service::error::ServiceError;
use crate::service::group_draft::GroupDraft;
use crate::service::group_forecast::{self, GroupForecast};
use crate::service::group_plan::Target;
use crate::service::listing::ListQuery;
use crate::service::rule_preview::Forecast;

/// The word of the buttons that show a preview; behind the colon stand both places.
pub const BUTTON: &str = "preview";

/// The places of both lists: cursors, empty at the beginning.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Places {
    by_rule: String,
    after_exemptions: String,
}

/// A preview as the dialog shows it.
#[derive(Debug, Clone)]
pub struct Preview {
    pub by_rule: Forecast,
    pub after_exemptions: Forecast,
    pub lint: Vec<Lint>,
    /// Under review nobody joins or leaves by the rule before somebody accepts it.
    pub under_review: bool,
    places: Places,
}

impl Places {
    /// Reads what stands behind the colon of a button.
    pub fn parse(argument: &str) -> Self {
        let (by_rule, after_exemptions) = argument.split_once('.').unwrap_or((argument, ""));
        Self {
            by_rule: by_rule.to_owned(),
            after_exemptions: after_exemptions.to_owned(),
        }
    }

    fn button(by_rule: &str, after_exemptions: &str) -> String {
        format!("{BUTTON}:{by_rule}.{after_exemptions}")
    }
}

impl Preview {
    /// Of a group that is about to be saved like this.
    pub fn of(
        env: &Environment,
        (target, draft): (&Target, &GroupDraft),
        places: Places,
    ) -> Result<Self, ServiceError> {
        let from = |cursor: &str| -> Result<GroupForecast, ServiceError> {
            let page = ListQuery {
                cursor: Some(cursor.to_owned()).filter(|cursor| !cursor.is_empty()),
                ..ListQuery::default()
            };
            group_forecast::of_save(env, target, draft.clone(), &page)
        };
        let first = from(&places.by_rule)?;
        let under_review = first.for_review > 0;
        let first = first.preview;
        let after_exemptions = if places.by_rule == places.after_exemptions {
            first.after_exemptions
        } else {
            from(&places.after_exemptions)?.preview.after_exemptions
        };
        Ok(Self {
            by_rule: first.by_rule,
            after_exemptions,
            lint: first.lint,
            under_review,
            places,
        })
    }

    /// The buttons below the list by the rule: back to the beginning, and on.
    pub fn rule_pager(&self) -> (Option<String>, Option<String>) {
        let other = &self.places.after_exemptions;
        let first = (!self.places.by_rule.is_empty()).then(|| Places::button("", other));
        let next = self.by_rule.next.as_ref();
        (first, next.map(|next| Places::button(next, other)))
    }

    /// The buttons below the list after exemptions.
    pub fn exemptions_pager(&self) -> (Option<String>, Option<String>) {
        let other = &self.places.by_rule;
        let first = (!self.places.after_exemptions.is_empty()).then(|| Places::button(other, ""));
        let next = self.after_exemptions.next.as_ref();
        (first, next.map(|next| Places::button(other, next)))
    }
}
