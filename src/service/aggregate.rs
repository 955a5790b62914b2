//! Picking one service provider out of an aggregate of thousands: the file is read once, as a stream, and what is
//! found is a page of a list. Nothing of the file is kept.

use std::io::BufRead;

use crate::domain::text::fold;
use crate::domain::violation::Violation;
use crate::saml::sp_aggregate::{self, AggregateError};
use crate::saml::sp_metadata::{self, SpMetadata};
use crate::service::environment::Environment;
use crate::service::error::ServiceError;
use crate::service::listing::{ListQuery, Page};
use crate::store::connectors;
use crate::store::error::StoreError;
use crate::store::paging::Cursor;

/// Texts of the service providers on one page have together at most this many octets.
const MAX_TEXTS: usize = 8 * 1024 * 1024;

/// A service provider of an aggregate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AggregateEntity {
    pub entity_id: String,
    /// Empty when it says none.
    pub name: String,
    pub acs_urls: usize,
    pub certificates: usize,
    /// The id of the application that it is already.
    pub connector: Option<String>,
    /// Its metadata as a document of its own; `None`: there was no room for it on this page.
    pub metadata_xml: Option<String>,
}

/// What was found, and what could not be.
#[derive(Debug, Clone)]
pub struct Found {
    pub page: Page<AggregateEntity>,
    /// Entities that are service providers, matching or not.
    pub service_providers: usize,
    /// Entities that cannot be used: no service provider, or none that this identity provider can serve.
    pub others: usize,
}

/// The service providers of an aggregate whose entityID or name holds the search text, or whose entityID is the
/// filter `entityId`; in the order of the file.
pub fn search(
    env: &Environment,
    source: impl BufRead,
    query: &ListQuery,
) -> Result<Found, ServiceError> {
    query.check_filters(&["entityId"])?;
    let mut search = Search::of(query)?;
    let now = env.now();
    sp_aggregate::scan(source, now, |document| {
        let read = document.and_then(|xml| Some((sp_metadata::read(xml, now).ok()?, xml)));
        match read {
            Some((found, xml)) => search.take(&found, xml),
            None => search.others += 1,
        }
    })
    .map_err(|error| refused(&error))?;
    let mut found = search.found();
    let items = &found.page.items;
    let known = env.store.read(|conn| {
        let ids = items.iter().map(|entity| {
            let known = connectors::find_by_entity_id(conn, &entity.entity_id)?;
            Ok(known.map(|known| known.public_id.as_str().to_owned()))
        });
        ids.collect::<Result<Vec<Option<String>>, StoreError>>()
    })?;
    for (entity, id) in found.page.items.iter_mut().zip(known) {
        entity.connector = id;
    }
    Ok(found)
}

fn refused(error: &AggregateError) -> ServiceError {
    ServiceError::Invalid(vec![Violation::new("", error.to_string())])
}

/// A search that is going on.
struct Search {
    words: String,
    entity_id: Option<String>,
    /// Matches that an earlier page had.
    skipped: usize,
    limit: usize,
    items: Vec<AggregateEntity>,
    texts: usize,
    matches: usize,
    service_providers: usize,
    others: usize,
}

impl Search {
    fn of(query: &ListQuery) -> Result<Self, ServiceError> {
        let request = query.page_request()?;
        let skipped = request.after.map_or(0, |cursor| cursor.id);
        Ok(Self {
            words: fold(query.q.as_deref().unwrap_or_default().trim()),
            entity_id: query.filters.get("entityId").cloned(),
            skipped: usize::try_from(skipped).unwrap_or(0),
            limit: usize::try_from(request.limit).unwrap_or(0),
            items: Vec::new(),
            texts: 0,
            matches: 0,
            service_providers: 0,
            others: 0,
        })
    }

    fn take(&mut self, found: &SpMetadata, xml: &[u8]) {
        self.service_providers += 1;
        if !self.matches(found) {
            return;
        }
        self.matches += 1;
        if self.matches <= self.skipped || self.items.len() >= self.limit {
            return;
        }
        let has_room = self.texts + xml.len() <= MAX_TEXTS;
        if has_room {
            self.texts += xml.len();
        }
        self.items.push(AggregateEntity {
            entity_id: found.entity_id.clone(),
            name: found
                .description
                .offered_name()
                .unwrap_or_default()
                .to_owned(),
            acs_urls: found.acs.len(),
            certificates: found.certificates.len(),
            connector: None,
            metadata_xml: has_room.then(|| String::from_utf8_lossy(xml).into_owned()),
        });
    }

    fn matches(&self, found: &SpMetadata) -> bool {
        if self
            .entity_id
            .as_ref()
            .is_some_and(|id| *id != found.entity_id)
        {
            return false;
        }
        let mut names = found.description.display_names.iter();
        fold(&found.entity_id).contains(&self.words)
            || names.any(|name| fold(&name.text).contains(&self.words))
    }

    fn found(self) -> Found {
        let shown = self.skipped + self.items.len();
        let next = (shown < self.matches).then(|| {
            let id = i64::try_from(shown).unwrap_or(i64::MAX);
            let sort = String::new();
            Cursor { sort, id }.encode()
        });
        Found {
            page: Page {
                items: self.items,
                next,
                total: i64::try_from(self.matches).unwrap_or(i64::MAX),
            },
            service_providers: self.service_providers,
            others: self.others,
        }
    }
}
