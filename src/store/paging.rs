//! Pages by key, not by number: the next page starts after the last row seen, so that rows added
//! or removed meanwhile neither repeat nor hide others.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::store::error::StoreError;

/// The place after which a page begins: the sort text of a row and its key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor {
    pub sort: String,
    pub id: i64,
}

impl Cursor {
    /// The opaque text that clients carry.
    pub fn encode(&self) -> String {
        URL_SAFE_NO_PAD.encode(format!("{}:{}", self.id, self.sort))
    }

    /// Reads what [`Cursor::encode`] made; `None` for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        let plain = String::from_utf8(bytes).ok()?;
        let (id, sort) = plain.split_once(':')?;
        Some(Self {
            sort: sort.to_owned(),
            id: id.parse().ok()?,
        })
    }
}

/// Which page is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageRequest {
    /// At least 1.
    pub limit: u32,
    /// `None`: the first page.
    pub after: Option<Cursor>,
}

impl PageRequest {
    /// The first page.
    pub fn first(limit: u32) -> Self {
        Self { limit, after: None }
    }

    /// One more than wanted: its presence tells that there is a next page.
    pub(in crate::store) fn rows_to_load(&self) -> i64 {
        i64::from(self.limit) + 1
    }

    /// Cuts the surplus row off and makes the cursor of the next page from the last one kept.
    pub(in crate::store) fn cut<R>(
        &self,
        mut rows: Vec<R>,
        total: i64,
        cursor: impl Fn(&R) -> Cursor,
    ) -> Page<R> {
        let limit = usize::try_from(self.limit).unwrap_or(usize::MAX);
        let has_more = rows.len() > limit;
        rows.truncate(limit);
        let next = if has_more {
            rows.last().map(cursor)
        } else {
            None
        };
        Page {
            items: rows,
            next,
            total,
        }
    }
}

/// One page of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T> {
    pub items: Vec<T>,
    /// `None` on the last page.
    pub next: Option<Cursor>,
    /// Rows on all pages together.
    pub total: i64,
}

impl<T> Page<T> {
    /// The same page with each item converted.
    pub(in crate::store) fn try_map<U>(
        self,
        convert: impl Fn(T) -> Result<U, StoreError>,
    ) -> Result<Page<U>, StoreError> {
        Ok(Page {
            items: self
                .items
                .into_iter()
                .map(convert)
                .collect::<Result<_, _>>()?,
            next: self.next,
            total: self.total,
        })
    }
}
