//! Lists on pages: search, filters and place stand in the address, so that a list can be kept as a
//! bookmark and sent to a colleague. What is listed is the use cases' matter.

use std::collections::BTreeMap;

use crate::service::listing::{DEFAULT_LIMIT, ListQuery, Page};

/// The longest search text that is looked for, in characters.
const LONGEST_SEARCH: usize = 256;

/// What the address says of a list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ListState {
    path: String,
    pub q: String,
    /// Only known names, only values that are not empty.
    pub filters: BTreeMap<String, String>,
    cursor: Option<String>,
    /// How many lines stand on the pages before.
    skipped: i64,
}

/// Where a page of a list stands in the whole, and the way on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pager {
    pub total: i64,
    /// Number of the first and the last line on the page, from 1; 0 when there are none.
    pub from: i64,
    pub to: i64,
    /// Back to the beginning; `None` there.
    pub first: Option<String>,
    pub next: Option<String>,
}

impl ListState {
    /// Reads path and query of a request; parameters that are not in `known` are left alone.
    pub fn of_address(address: &str, known: &[&str]) -> Self {
        let (path, query) = address.split_once('?').unwrap_or((address, ""));
        let mut state = Self {
            path: path.to_owned(),
            ..Self::default()
        };
        for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
            match name.as_ref() {
                "q" => state.q = value.trim().chars().take(LONGEST_SEARCH).collect(),
                "cursor" if !value.is_empty() => state.cursor = Some(value.into_owned()),
                "skipped" => state.skipped = value.parse().unwrap_or_default(),
                name if known.contains(&name) && !value.is_empty() => {
                    state.filters.insert(name.to_owned(), value.into_owned());
                }
                _ => {}
            }
        }
        state
    }

    /// The value of a filter; empty if it is not set.
    pub fn filter(&self, name: &str) -> &str {
        self.filters.get(name).map_or("", String::as_str)
    }

    /// Whether anything narrows the list.
    pub fn is_narrowed(&self) -> bool {
        !self.q.is_empty() || !self.filters.is_empty()
    }

    /// What the use case is asked for.
    pub fn query(&self) -> ListQuery {
        ListQuery {
            limit: Some(DEFAULT_LIMIT),
            cursor: self.cursor.clone(),
            q: Some(self.q.clone()).filter(|q| !q.is_empty()),
            filters: self.filters.clone(),
        }
    }

    /// The pager below a page of the list.
    pub fn pager<T>(&self, page: &Page<T>) -> Pager {
        let shown = i64::try_from(page.items.len()).unwrap_or(i64::MAX);
        let to = self.skipped.saturating_add(shown);
        Pager {
            total: page.total,
            from: if shown == 0 {
                0
            } else {
                self.skipped.saturating_add(1)
            },
            to,
            first: self.cursor.is_some().then(|| self.address(None)),
            next: page
                .next
                .as_deref()
                .map(|next| self.address(Some((next, to)))),
        }
    }

    /// Search and filters at another path, from the beginning of the list.
    pub fn elsewhere(&self, path: &str) -> String {
        let there = Self {
            path: path.to_owned(),
            ..self.clone()
        };
        there.address(None)
    }

    fn address(&self, place: Option<(&str, i64)>) -> String {
        let mut pairs = url::form_urlencoded::Serializer::new(String::new());
        if !self.q.is_empty() {
            pairs.append_pair("q", &self.q);
        }
        pairs.extend_pairs(&self.filters);
        if let Some((cursor, skipped)) = place {
            pairs.append_pair("cursor", cursor);
            pairs.append_pair("skipped", &skipped.to_string());
        }
        let query = pairs.finish();
        if query.is_empty() {
            self.path.clone()
        } else {
            format!("{}?{query}", self.path)
        }
    }
}

#[cfg(test)]
mod tests;
