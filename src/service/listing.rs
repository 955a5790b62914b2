//! Lists as every door shows them: a limit, a cursor, a search text and exact filters in; items,
//! the next cursor and the total out.

use std::collections::BTreeMap;

use crate::service::error::ServiceError;
use crate::service::patch::Violations;
use crate::store::paging::{self, Cursor, PageRequest};

/// The default and the largest page.
pub const DEFAULT_LIMIT: u32 = 50;
pub const LARGEST_LIMIT: u32 = 500;

/// What part of a list is wanted.
#[derive(Debug, Clone, Default)]
pub struct ListQuery {
    /// 1 to [`LARGEST_LIMIT`]; `None`: [`DEFAULT_LIMIT`].
    pub limit: Option<u32>,
    /// From an earlier answer's `next`; opaque.
    pub cursor: Option<String>,
    /// Search text, matched inside names, ignoring case.
    pub q: Option<String>,
    /// Exact filters by API field name.
    pub filters: BTreeMap<String, String>,
}

impl ListQuery {
    /// The store's page request; a limit out of range or a cursor that is not ours is refused.
    pub fn page_request(&self) -> Result<PageRequest, ServiceError> {
        let mut broken = Violations::default();
        let limit = self.limit.unwrap_or(DEFAULT_LIMIT);
        if limit == 0 || limit > LARGEST_LIMIT {
            broken.add(
                "/limit",
                format!("The limit is a number from 1 to {LARGEST_LIMIT}."),
            );
        }
        let after = self.cursor.as_deref().map(Cursor::parse);
        if after == Some(None) {
            broken.add(
                "/cursor",
                "The cursor has to be `next` of an earlier answer.",
            );
        }
        broken.into_result()?;
        Ok(PageRequest {
            limit,
            after: after.flatten(),
        })
    }

    /// Refuses filters that are not among `known`.
    pub fn check_filters(&self, known: &[&str]) -> Result<(), ServiceError> {
        let mut broken = Violations::default();
        for name in self
            .filters
            .keys()
            .filter(|name| !known.contains(&name.as_str()))
        {
            broken.add(
                format!("/{name}"),
                format!("There is no filter {name}. Known are {}.", known.join(", ")),
            );
        }
        broken.into_result()
    }
}

/// One page of a list.
#[derive(Debug, Clone)]
pub struct Page<T> {
    pub items: Vec<T>,
    /// `None` on the last page.
    pub next: Option<String>,
    /// How many there are in all, with the same search and filters.
    pub total: i64,
}

impl<T> Page<T> {
    /// The same page with every item turned into something else.
    pub fn map<U>(self, turn: impl FnMut(T) -> U) -> Page<U> {
        Page {
            items: self.items.into_iter().map(turn).collect(),
            next: self.next,
            total: self.total,
        }
    }
}

impl<T> From<paging::Page<T>> for Page<T> {
    fn from(page: paging::Page<T>) -> Self {
        Self {
            items: page.items,
            next: page.next.map(|cursor| cursor.encode()),
            total: page.total,
        }
    }
}
