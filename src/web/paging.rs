//! Lists at the REST door: `?limit=&cursor=&q=` and exact filters in, `{items, next, total}` out.
//! A parameter that the list does not know is refused, never ignored.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

use crate::domain::violation::Violation;
use crate::service::listing::{DEFAULT_LIMIT, LARGEST_LIMIT, ListQuery, Page};
use crate::web::problem::Problem;

/// The answer of every list.
#[derive(Debug, Serialize)]
pub struct ListJson<T> {
    pub items: Vec<T>,
    /// The cursor of the next page; `null` on the last.
    pub next: Option<String>,
    /// How many there are in all, with the same search and filters.
    pub total: i64,
}

impl<T> From<Page<T>> for ListJson<T> {
    fn from(page: Page<T>) -> Self {
        Self {
            items: page.items,
            next: page.next,
            total: page.total,
        }
    }
}

/// Reads a query string of a list that can be filtered by `filters`. Pointers name the parameter:
/// `/limit`.
pub fn parse(query: &str, filters: &[&str]) -> Result<ListQuery, Problem> {
    let mut list = ListQuery::default();
    let mut errors = Vec::new();
    let mut seen = BTreeMap::new();
    for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
        let (name, value) = (name.into_owned(), value.into_owned());
        let pointer = format!("/{name}");
        if seen.insert(name.clone(), ()).is_some() {
            errors.push(Violation::new(pointer, format!("Give `{name}` once.")));
        } else if value.chars().any(char::is_control) {
            errors.push(Violation::new(
                pointer,
                "Control characters are not allowed here.",
            ));
        } else {
            match name.as_str() {
                "limit" => match read_limit(&value) {
                    Some(limit) => list.limit = Some(limit),
                    None => errors.push(Violation::new(
                        pointer,
                        format!("`limit` is a number from 1 to {LARGEST_LIMIT}."),
                    )),
                },
                "cursor" => list.cursor = Some(value),
                "q" => list.q = Some(value),
                filter if filters.contains(&filter) => {
                    list.filters.insert(name, value);
                }
                _ => errors.push(Violation::new(pointer, unknown(&name, filters))),
            }
        }
    }
    if errors.is_empty() {
        Ok(list)
    } else {
        Err(Problem::invalid(errors))
    }
}

/// Reads a query string that may say which page is wanted and nothing else.
pub fn parse_page(query: &str) -> Result<ListQuery, Problem> {
    let page = parse(query, &[])?;
    if page.q.is_some() {
        let detail = "This resource has no parameter `q`.";
        return Err(Problem::invalid(vec![Violation::new("/q", detail)]));
    }
    Ok(page)
}

/// Refuses every parameter: for resources that are no lists.
pub fn refuse_parameters(query: &str) -> Result<(), Problem> {
    let errors: Vec<Violation> = url::form_urlencoded::parse(query.as_bytes())
        .map(|(name, _)| {
            Violation::new(
                format!("/{name}"),
                format!("This resource has no parameter `{name}`."),
            )
        })
        .collect();
    if errors.is_empty() {
        Ok(())
    } else {
        Err(Problem::invalid(errors))
    }
}

fn read_limit(text: &str) -> Option<u32> {
    text.parse()
        .ok()
        .filter(|limit| (1..=LARGEST_LIMIT).contains(limit))
}

fn unknown(name: &str, filters: &[&str]) -> String {
    let known = ["limit", "cursor", "q"]
        .iter()
        .chain(filters)
        .copied()
        .collect::<Vec<_>>();
    format!(
        "This list has no parameter `{name}`. It knows {}.",
        known.join(", ")
    )
}

/// A page of a short list that is held whole: keys, tokens, the attributes of a group. Search and
/// filters look at the members of each item as the client sees them.
pub fn page_of_whole<T: Serialize>(items: Vec<T>, query: &ListQuery) -> Result<Page<T>, Problem> {
    let start = match &query.cursor {
        None => 0,
        Some(cursor) => cursor.parse::<usize>().map_err(|_not_ours| {
            let detail = "`cursor` is the `next` of an earlier answer.";
            Problem::invalid(vec![Violation::new("/cursor", detail)])
        })?,
    };
    let mut found = Vec::new();
    for item in items {
        let seen = serde_json::to_value(&item).map_err(|_unprintable| Problem::internal())?;
        if fits(&seen, query) {
            found.push(item);
        }
    }
    let total = found.len();
    let limit = usize::try_from(query.limit.unwrap_or(DEFAULT_LIMIT)).unwrap_or(usize::MAX);
    let end = start.saturating_add(limit);
    Ok(Page {
        items: found.into_iter().skip(start).take(limit).collect(),
        next: (end < total).then(|| end.to_string()),
        total: i64::try_from(total).unwrap_or(i64::MAX),
    })
}

fn fits(item: &Value, query: &ListQuery) -> bool {
    let searched = query.q.as_ref().is_none_or(|q| {
        let wanted = q.to_lowercase();
        texts(item).any(|text| text.to_lowercase().contains(&wanted))
    });
    let filtered = query.filters.iter().all(|(name, wanted)| {
        item.get(name)
            .and_then(Value::as_str)
            .is_some_and(|value| value == wanted)
    });
    searched && filtered
}

/// The texts of an item and of the objects in it, such as the name of a group.
fn texts(item: &Value) -> impl Iterator<Item = &str> {
    let members = item
        .as_object()
        .into_iter()
        .flat_map(|object| object.values());
    members.flat_map(|member| {
        let inner = member
            .as_object()
            .into_iter()
            .flat_map(|object| object.values());
        std::iter::once(member)
            .chain(inner)
            .filter_map(Value::as_str)
    })
}

#[cfg(test)]
mod tests;
