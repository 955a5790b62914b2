//! The form of a user group (rules A13-A15, A42-A47, B14): from the stored group, from what was
//! submitted, and to the draft that the use cases judge.

use crate::domain::exemption::ExemptionEffect;
use crate::domain::user_group::MembershipMethod;
use crate::service::environment::Environment;
use crate::service::error::ServiceError;
use crate::service::group_draft::{ExemptionsDraft, GroupDraft};
use crate::service::groups::GroupView;
use crate::service::patch::Field;
use crate::web::console::attribute_rows::AttributeRows;
use crate::web::console::submitted::Fields;
use crate::web::console::user_groups::conditions::ConditionRows;
use crate::web::console::user_picker::UserPicker;

/// Names of the two pickers.
const INCLUDE: &str = "include";
const EXCLUDE: &str = "exclude";

/// Everything that can be edited about a group.
#[derive(Debug, Clone)]
pub struct GroupForm {
    pub name: String,
    pub description: String,
    pub is_dynamic: bool,
    /// "Require administrator review of updates" (rule A14).
    pub review: bool,
    /// "Receive emails when administrator review is needed for updates" (rule A15).
    pub notify: bool,
    /// Members need a second factor; `None`: the form does not say, for a role that may not.
    pub require_mfa: Option<bool>,
    pub conditions: ConditionRows,
    pub include: UserPicker,
    pub exclude: UserPicker,
    pub attributes: AttributeRows,
    /// `None`: the group is not there yet.
    pub version: Option<i64>,
}

impl GroupForm {
    /// A blank form. New groups are static (rule A1).
    pub fn blank() -> Self {
        Self::of_fields(&Fields::default())
    }

    /// The form of a stored group.
    pub fn of_view(view: &GroupView) -> Self {
        let group = &view.group;
        let those = |effect: ExemptionEffect| {
            let rows = view.exempted.iter().filter(|row| row.effect == effect);
            rows.map(|row| row.user_public_id.as_str().to_owned())
                .collect()
        };
        Self {
            name: group.name.clone(),
            description: group.description.clone(),
            is_dynamic: group.method.is_dynamic(),
            review: group.method == MembershipMethod::DynamicReviewRequired,
            notify: group.notify,
            require_mfa: Some(group.require_mfa),
            conditions: ConditionRows::of_rule(group.rule.as_ref()),
            include: UserPicker::of_ids(INCLUDE, those(ExemptionEffect::Include)),
            exclude: UserPicker::of_ids(EXCLUDE, those(ExemptionEffect::Exclude)),
            attributes: AttributeRows::of_stored(view.attributes.iter().map(|row| &row.attribute)),
            version: Some(group.version),
        }
    }

    /// The form as it was sent, after the button that was pressed in it.
    pub fn of_fields(fields: &Fields) -> Self {
        Self {
            name: fields.text("name").to_owned(),
            description: fields.text("description").replace("\r\n", "\n"),
            is_dynamic: fields.text("membership") == "dynamic",
            review: fields.has("review"),
            notify: fields.has("notify"),
            require_mfa: Some(fields.has("require-mfa")),
            conditions: ConditionRows::of_fields(fields),
            include: UserPicker::of_fields(INCLUDE, fields),
            exclude: UserPicker::of_fields(EXCLUDE, fields),
            attributes: AttributeRows::of_fields(fields),
            version: fields.version(),
        }
    }

    /// Whether the button that was pressed only changes the form; then nothing is saved.
    pub fn is_button(fields: &Fields) -> bool {
        ConditionRows::is_button(fields)
            || AttributeRows::is_button(fields)
            || UserPicker::is_button(INCLUDE, fields)
            || UserPicker::is_button(EXCLUDE, fields)
    }

    /// Looks up the names of users.
    pub fn look_up(mut self, env: &Environment) -> Result<Self, ServiceError> {
        self.include = self.include.look_up(env)?;
        self.exclude = self.exclude.look_up(env)?;
        Ok(self)
    }

    /// What the use case is given. Rule and exemptions of a static group sleep as they are
    /// (rule A51).
    pub fn draft(&self) -> GroupDraft {
        let draft = GroupDraft {
            name: Field::Set(self.name.clone()),
            description: Field::Set(self.description.clone()),
            attributes: Field::Set(self.attributes.drafts()),
            require_mfa: self.require_mfa.map_or(Field::Keep, Field::Set),
            ..self.rule_draft()
        };
        if self.is_dynamic {
            return draft;
        }
        GroupDraft {
            member_query: Field::Keep,
            member_query_exemptions: Field::Keep,
            ..draft
        }
    }

    /// What is previewed: the membership alone, whatever the rest of the form holds (rule A19).
    pub fn rule_draft(&self) -> GroupDraft {
        let method = self.method();
        let under_review = method == MembershipMethod::DynamicReviewRequired;
        GroupDraft {
            membership_method: Field::Set(method.as_str().to_owned()),
            member_suggestions_notify: Field::Set(self.notify && under_review),
            member_query: Field::Set(self.conditions.draft()),
            member_query_exemptions: Field::Set(ExemptionsDraft {
                include: Field::Set(self.include.ids.clone()),
                exclude: Field::Set(self.exclude.ids.clone()),
            }),
            ..GroupDraft::default()
        }
    }

    const fn method(&self) -> MembershipMethod {
        match (self.is_dynamic, self.review) {
            (false, _) => MembershipMethod::Static,
            (true, false) => MembershipMethod::DynamicAutomated,
            (true, true) => MembershipMethod::DynamicReviewRequired,
        }
    }

    /// Labels and values, to be compared when somebody else was faster.
    pub fn said(&self) -> Vec<(String, String)> {
        let pair = |label: &str, value: String| (label.to_owned(), value);
        let mut said = vec![
            pair("Group Name", self.name.clone()),
            pair("Description", self.description.clone()),
            pair("Method", self.method().label().to_owned()),
            pair(
                "Second factor",
                match self.require_mfa {
                    Some(true) => "Required",
                    Some(false) | None => "",
                }
                .to_owned(),
            ),
        ];
        if self.is_dynamic {
            said.push(pair("Rule", self.conditions.said()));
            said.push(pair("Users to include", self.include.said()));
            said.push(pair("Users to exclude", self.exclude.said()));
        }
        said.extend(self.attributes.said());
        said
    }
}

#[cfg(test)]
mod tests;
