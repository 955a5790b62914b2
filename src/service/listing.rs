//! Lists as every door shows them: a limit, a cursor, a search text and exact filters in; items,
//! the next cursor and the total out.

use std::collections::BTreeMap;

/// The default and the largest page.
pub const DEFAULT_LIMIT: usize = 50;
pub const LARGEST_LIMIT: usize = 500;

/// What part of a list is wanted.
#[derive(Debug, Clone, Default)]
pub struct ListQuery {
    /// 1 to [`LARGEST_LIMIT`]; `None`: [`DEFAULT_LIMIT`].
    pub limit: Option<usize>,
    /// From an earlier answer's `next`; opaque.
    pub cursor: Option<String>,
    /// Search text, matched inside names, ignoring case.
    pub q: Option<String>,
    /// Exact filters by API field name.
    pub filters: BTreeMap<String, String>,
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
        Page { items: self.items.into_iter().map(turn).collect(), next: self.next, total: self.total }
    }
}
