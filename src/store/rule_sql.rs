//! The one translation of a membership rule into SQL, the same on both databases: values are bind
//! parameters, texts compare byte by byte, and a prefix is a range that an index can serve. Tested
//! equal to `MembershipRule::matches`.

use diesel::QueryResult;
use diesel::backend::Backend;
use diesel::expression::{
    AppearsOnTable, Expression, SelectableExpression, ValidGrouping, is_aggregate,
};
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::serialize::ToSql;
use diesel::sql_types::{Bool, HasSqlType, Text};

use crate::domain::membership_rule::{Condition, MembershipRule, Operator, prefix_successor};
use crate::domain::user::RuleAttribute;

/// True for exactly the rows of `users` whom the rule matches (rules A20-A26). Stands wherever
/// `users` does: in the statement's own table, or in a subquery about the user of an outer row.
#[derive(Debug, Clone)]
pub(in crate::store) struct RuleMatches {
    conditions: Vec<Test>,
}

/// Every column holds text, absent values as `''`, so that NULL's third truth value cannot occur.
#[derive(Debug, Clone)]
struct Test {
    column: &'static str,
    comparison: Comparison,
    /// SQLite does not look for the rows of this condition by an index.
    is_filter_only: bool,
}

#[derive(Debug, Clone)]
enum Comparison {
    /// Without values nothing has to be compared, and no database takes an empty list.
    Settled(bool),
    In(Vec<String>),
    /// None of the values (rule A23).
    NotIn(Vec<String>),
    /// From the first, below the second if there is one; any of the ranges.
    Ranges(Vec<(String, Option<String>)>),
}

/// The condition on rows of `users`.
pub(in crate::store) fn matches(rule: &MembershipRule) -> RuleMatches {
    RuleMatches {
        conditions: rule.conditions.iter().map(Test::of).collect(),
    }
}

impl RuleMatches {
    /// The same for SQLite, which is to begin at the index of the condition at `place`: a column behind a
    /// plus sign is served by no index (SQLite's query planner, "Disqualifying WHERE clause terms").
    pub(in crate::store) fn beginning_at(mut self, place: usize) -> Self {
        for (other, condition) in self.conditions.iter_mut().enumerate() {
            condition.is_filter_only = other != place;
        }
        self
    }
}

/// One condition alone.
pub(in crate::store) fn meets(condition: &Condition) -> RuleMatches {
    RuleMatches {
        conditions: vec![Test::of(condition)],
    }
}

impl Test {
    fn of(condition: &Condition) -> Self {
        let values = condition.values.clone();
        Self {
            column: column_of(condition.attribute),
            is_filter_only: false,
            comparison: match condition.operator {
                operator if values.is_empty() => {
                    Comparison::Settled(operator == Operator::NotEquals)
                }
                Operator::Equals => Comparison::In(values),
                Operator::NotEquals => Comparison::NotIn(values),
                Operator::StartsWith => Comparison::Ranges(
                    values
                        .into_iter()
                        .map(|prefix| {
                            let end = prefix_successor(&prefix);
                            (prefix, end)
                        })
                        .collect(),
                ),
            },
        }
    }
}

/// The column that holds an attribute.
pub(in crate::store) const fn column_of(attribute: RuleAttribute) -> &'static str {
    match attribute {
        RuleAttribute::Company => "company",
        RuleAttribute::CostCenter => "cost_center",
        RuleAttribute::Department => "department",
        RuleAttribute::Description => "description",
        RuleAttribute::EmployeeType => "employee_type",
        RuleAttribute::JobTitle => "job_title",
        RuleAttribute::Location => "location",
        RuleAttribute::Manager => "manager",
        RuleAttribute::UserState => "user_state",
    }
}

impl Expression for RuleMatches {
    type SqlType = Bool;
}

impl<QS> AppearsOnTable<QS> for RuleMatches {}
impl<QS> SelectableExpression<QS> for RuleMatches {}

impl ValidGrouping<()> for RuleMatches {
    type IsAggregate = is_aggregate::No;
}

/// The text depends on the rule, so no prepared statement is kept for it.
impl QueryId for RuleMatches {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<DB> QueryFragment<DB> for RuleMatches
where
    DB: Backend + HasSqlType<Text>,
    String: ToSql<Text, DB>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        out.unsafe_to_cache_prepared();
        if self.conditions.is_empty() {
            // A rule without conditions matches nobody (rule A26).
            out.push_sql("(1 = 0)");
            return Ok(());
        }
        out.push_sql("(");
        for (position, condition) in self.conditions.iter().enumerate() {
            if position > 0 {
                out.push_sql(" AND ");
            }
            condition.write(out.reborrow())?;
        }
        out.push_sql(")");
        Ok(())
    }
}

impl Test {
    fn write<'b, DB>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()>
    where
        DB: Backend + HasSqlType<Text>,
        String: ToSql<Text, DB>,
    {
        match &self.comparison {
            Comparison::Settled(holds) => {
                out.push_sql(if *holds { "1 = 1" } else { "1 = 0" });
                Ok(())
            }
            Comparison::In(values) => self.write_list(values, " IN (", out),
            Comparison::NotIn(values) => self.write_list(values, " NOT IN (", out),
            Comparison::Ranges(ranges) => {
                out.push_sql("(");
                for (position, (from, below)) in ranges.iter().enumerate() {
                    if position > 0 {
                        out.push_sql(" OR ");
                    }
                    self.write_column(&mut out)?;
                    out.push_sql(" >= ");
                    out.push_bind_param::<Text, _>(from)?;
                    if let Some(below) = below {
                        out.push_sql(" AND ");
                        self.write_column(&mut out)?;
                        out.push_sql(" < ");
                        out.push_bind_param::<Text, _>(below)?;
                    }
                }
                out.push_sql(")");
                Ok(())
            }
        }
    }

    fn write_list<'b, DB>(
        &'b self,
        values: &'b [String],
        opening: &str,
        mut out: AstPass<'_, 'b, DB>,
    ) -> QueryResult<()>
    where
        DB: Backend + HasSqlType<Text>,
        String: ToSql<Text, DB>,
    {
        self.write_column(&mut out)?;
        out.push_sql(opening);
        for (position, value) in values.iter().enumerate() {
            if position > 0 {
                out.push_sql(", ");
            }
            out.push_bind_param::<Text, _>(value)?;
        }
        out.push_sql(")");
        Ok(())
    }

    fn write_column<DB: Backend>(&self, out: &mut AstPass<'_, '_, DB>) -> QueryResult<()> {
        if self.is_filter_only {
            out.push_sql("+");
        }
        out.push_identifier("users")?;
        out.push_sql(".");
        out.push_identifier(self.column)
    }
}
