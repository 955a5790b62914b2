//! The condition builder of a dynamic group (rules A20-A26) as rows of a form. The fields of row N
//! are `condition-N-field`, `-operator` and `-value`, the last as often as there are values; its
//! buttons begin with `condition-`. Which rules are taken is decided by the use cases.

use crate::domain::membership_rule::{MembershipRule, Operator};
use crate::domain::user::{RuleAttribute, UserState};
use crate::service::group_draft::{FilterDraft, MemberQueryDraft};
use crate::web::console::faults::Faults;
use crate::web::console::submitted::Fields;

/// Names of the fields begin with it.
const PREFIX: &str = "condition";

/// One condition as it stands in the form. Its place among the rows is its place in the draft.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConditionRow {
    /// The N of its fields.
    pub number: usize,
    /// API spellings of attribute and operator.
    pub field: String,
    pub operator: String,
    /// Never empty: there is always one to type into.
    pub values: Vec<String>,
    /// The value that gets the focus.
    pub focus: Option<usize>,
}

/// All conditions of a form, at least one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConditionRows(pub Vec<ConditionRow>);

impl ConditionRow {
    /// The nine attributes in their order, with labels (rule A20).
    pub fn attributes() -> [(&'static str, &'static str); 9] {
        RuleAttribute::ALL.map(|attribute| (attribute.as_str(), attribute.label()))
    }

    /// The operators with their labels (rule A21).
    pub fn operators() -> [(&'static str, &'static str); 3] {
        Operator::ALL.map(|operator| (operator.as_str(), operator.label()))
    }

    /// The values of User State with their labels.
    pub fn states() -> [(&'static str, &'static str); 3] {
        UserState::ALL.map(|state| (state.as_str(), state.label()))
    }

    /// The label of the attribute.
    pub fn field_label(&self) -> &str {
        match RuleAttribute::parse(&self.field) {
            Some(attribute) => attribute.label(),
            None => &self.field,
        }
    }

    /// The words for the operator.
    pub fn operator_label(&self) -> &str {
        match Operator::parse(&self.operator) {
            Some(operator) => operator.label(),
            None => &self.operator,
        }
    }

    /// A value as people read it.
    pub fn value_label<'a>(&self, value: &'a str) -> &'a str {
        match UserState::parse(value) {
            Some(state) if self.is_state() => state.label(),
            _ => value,
        }
    }

    /// Values of User State are chosen, not typed.
    pub fn is_state(&self) -> bool {
        self.field == RuleAttribute::UserState.as_str()
    }

    /// Whether a value that is no state stands where one is chosen.
    pub fn is_strange(&self, value: &str) -> bool {
        UserState::parse(value).is_none()
    }

    /// The operator starts with takes one value (rule A22).
    pub fn takes_more(&self) -> bool {
        self.operator != Operator::StartsWith.as_str()
    }

    /// The word between two values: of not equals none may be met (rule A23).
    pub fn joint(&self) -> &'static str {
        if self.operator == Operator::NotEquals.as_str() {
            "nor"
        } else {
            "or"
        }
    }

    fn blank(number: usize) -> Self {
        Self {
            number,
            field: RuleAttribute::Company.as_str().to_owned(),
            operator: Operator::Equals.as_str().to_owned(),
            values: vec![String::new()],
            focus: None,
        }
    }

    fn submitted(fields: &Fields, number: usize) -> Self {
        let name = |field: &str| format!("{PREFIX}-{number}-{field}");
        let mut values: Vec<String> = fields.all(&name("value")).map(str::to_owned).collect();
        if values.is_empty() {
            values.push(String::new());
        }
        Self {
            number,
            field: fields.text(&name("field")).to_owned(),
            operator: fields.text(&name("operator")).to_owned(),
            values,
            focus: None,
        }
    }

    /// After a button with this word; `place`: which value.
    fn press(&mut self, button: &str, place: Option<usize>) {
        match (button, place) {
            ("condition-value-add", _) if self.takes_more() => {
                self.focus = Some(self.values.len());
                self.values.push(String::new());
            }
            ("condition-value-remove", Some(place))
                if self.values.len() > 1 && place < self.values.len() =>
            {
                self.values.remove(place);
            }
            _ => {}
        }
    }
}

impl ConditionRows {
    /// The rows of a stored rule; without one, a blank row to begin with.
    pub fn of_rule(rule: Option<&MembershipRule>) -> Self {
        let conditions = rule.map(|rule| rule.conditions.as_slice());
        let rows = conditions.unwrap_or_default().iter().enumerate();
        Self(
            rows.map(|(number, condition)| ConditionRow {
                number,
                field: condition.attribute.as_str().to_owned(),
                operator: condition.operator.as_str().to_owned(),
                values: condition.values.clone(),
                focus: None,
            })
            .collect(),
        )
        .or_blank()
    }

    /// The rows of a form that was sent, after the button that was pressed in them.
    pub fn of_fields(fields: &Fields) -> Self {
        let numbers = fields.rows(PREFIX);
        let mut rows: Vec<ConditionRow> = numbers
            .into_iter()
            .map(|number| ConditionRow::submitted(fields, number))
            .collect();
        let (button, argument) = fields.button();
        let (row, place) = argument.split_once('-').unwrap_or((argument, ""));
        let (row, place) = (row.parse().ok(), place.parse().ok());
        match button {
            "condition-add" => {
                let next = rows.iter().map(|row| row.number + 1).max().unwrap_or(0);
                rows.push(ConditionRow {
                    focus: Some(0),
                    ..ConditionRow::blank(next)
                });
            }
            "condition-remove" => rows.retain(|one| Some(one.number) != row),
            _ => {
                if let Some(one) = rows.iter_mut().find(|one| Some(one.number) == row) {
                    one.press(button, place);
                }
            }
        }
        Self(rows).or_blank()
    }

    fn or_blank(mut self) -> Self {
        if self.0.is_empty() {
            self.0.push(ConditionRow::blank(0));
        }
        self
    }

    /// Whether the button that was pressed only changes the rows; then nothing is saved.
    pub fn is_button(fields: &Fields) -> bool {
        fields.button().0.starts_with("condition-")
    }

    /// What is wrong with a part of the row at this place, such as its `/values/0`.
    pub fn fault<'a>(&self, faults: &'a Faults, index: &usize, part: &str) -> Option<&'a str> {
        faults.at(&format!("/memberQuery/filters/{index}{part}"))
    }

    /// What is wrong with one of the values.
    pub fn value_fault<'a>(
        &self,
        faults: &'a Faults,
        index: &usize,
        value: &usize,
    ) -> Option<&'a str> {
        faults.at(&format!("/memberQuery/filters/{index}/values/{value}"))
    }

    /// What the use case is given.
    pub fn draft(&self) -> MemberQueryDraft {
        let filters = self.0.iter().map(|row| FilterDraft {
            field: row.field.clone(),
            operator: row.operator.clone(),
            values: row.values.clone(),
        });
        MemberQueryDraft {
            filters: filters.collect(),
        }
    }

    /// The rule in words, to be compared when somebody else was faster.
    pub fn said(&self) -> String {
        let conditions = self.0.iter().map(|row| {
            let values: Vec<&str> = row
                .values
                .iter()
                .map(|value| row.value_label(value))
                .collect();
            let joint = format!(" {} ", row.joint());
            let values = values.join(&joint);
            format!("{} {} {values}", row.field_label(), row.operator_label())
        });
        conditions.collect::<Vec<_>>().join(" and ")
    }
}

#[cfg(test)]
mod tests;
