//! Connectors. The metadata document they were filled from can be large and is read only where it
//! says so; saving a connector that was read without it leaves it as it is.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use crate::domain::connector::{Connector, ConnectorSettings, ConnectorStatus};
use crate::domain::ids::{ConnectorId, PublicId};
use crate::domain::text;
use crate::store::columns::{Place, millis};
use crate::store::connection::{DbConnection, MultiBackend, on_either};
use crate::store::connector_document::{ConnectorDocument, SettingsHead};
use crate::store::error::StoreError;
use crate::store::paging::{Cursor, Page, PageRequest};
use crate::store::schema::connectors;
use crate::store::search::containing;

#[derive(Queryable, Selectable)]
#[diesel(table_name = connectors)]
pub(in crate::store) struct ConnectorRow {
    pub id: i64,
    public_id: String,
    name: String,
    name_fold: String,
    slug: String,
    status: String,
    template: Option<String>,
    sp_entity_id: String,
    settings: String,
    version: i64,
}

impl ConnectorRow {
    pub(in crate::store) fn into_connector(
        self,
        metadata_xml: Option<String>,
    ) -> Result<Connector, StoreError> {
        let place = Place::new("connectors", &self.id);
        let head = SettingsHead {
            name: self.name,
            slug: self.slug,
            status: place.read("status", ConnectorStatus::parse(&self.status))?,
            template: self.template,
            sp_entity_id: self.sp_entity_id,
            metadata_xml,
        };
        let settings = serde_json::from_str(&self.settings)
            .ok()
            .and_then(|document: ConnectorDocument| document.into_settings(head));
        Ok(Connector {
            id: ConnectorId::new(self.id),
            public_id: PublicId::new(self.public_id),
            settings: place.read("settings", settings)?,
            version: self.version,
        })
    }
}

/// Inserts a connector.
pub fn insert(
    conn: &mut DbConnection,
    public_id: &PublicId,
    settings: &ConnectorSettings,
    now: DateTime<Utc>,
) -> Result<Connector, StoreError> {
    let id: i64 = diesel::insert_into(connectors::table)
        .values((
            connectors::public_id.eq(public_id.as_str()),
            Values::of(settings)?,
            connectors::metadata_xml.eq(settings.metadata_xml.as_deref()),
            connectors::version.eq(1),
            connectors::created_at.eq(millis(now)),
            connectors::updated_at.eq(millis(now)),
        ))
        .returning(connectors::id)
        .get_result(conn)?;
    Ok(Connector {
        id: ConnectorId::new(id),
        public_id: public_id.clone(),
        settings: settings.clone(),
        version: 1,
    })
}

/// Saves every field and returns the connector with its version raised. Without `metadata_xml`
/// the stored document stays. A connector that was deleted meanwhile is `ParentGone`.
pub fn save(
    conn: &mut DbConnection,
    connector: &Connector,
    now: DateTime<Utc>,
) -> Result<Connector, StoreError> {
    let mut saved = connector.clone();
    saved.version += 1;
    let row = connectors::table.find(connector.id.get());
    let changed = diesel::update(row)
        .set((
            Values::of(&connector.settings)?,
            connectors::version.eq(saved.version),
            connectors::updated_at.eq(millis(now)),
        ))
        .execute(conn)?;
    if changed != 1 {
        return Err(StoreError::ParentGone);
    }
    if let Some(xml) = &connector.settings.metadata_xml {
        diesel::update(row)
            .set(connectors::metadata_xml.eq(xml))
            .execute(conn)?;
    }
    Ok(saved)
}

/// Deletes a connector with its bindings and everything issued to it; audit events stay.
pub fn delete(conn: &mut DbConnection, id: ConnectorId) -> Result<bool, StoreError> {
    Ok(diesel::delete(connectors::table.find(id.get())).execute(conn)? == 1)
}

/// The one connector for which a condition holds, without its metadata document. Stamped once for
/// each database, as it stands on the way of every sign-on.
macro_rules! connector_where {
    ($conn:expr, $condition:expr) => {
        on_either!($conn, |db| connectors::table
            .filter($condition)
            .select(ConnectorRow::as_select())
            .get_result(db)
            .optional())?
        .map(|row| row.into_connector(None))
        .transpose()
    };
}

/// One connector by key, without its metadata document.
pub fn find(conn: &mut DbConnection, id: ConnectorId) -> Result<Option<Connector>, StoreError> {
    connector_where!(conn, connectors::id.eq(id.get()))
}

/// One connector by slug, without its metadata document.
pub fn find_by_slug(conn: &mut DbConnection, slug: &str) -> Result<Option<Connector>, StoreError> {
    connector_where!(conn, connectors::slug.eq(slug))
}

/// One connector by the service provider's entity id, byte for byte, without its metadata
/// document.
pub fn find_by_entity_id(
    conn: &mut DbConnection,
    entity_id: &str,
) -> Result<Option<Connector>, StoreError> {
    connector_where!(conn, connectors::sp_entity_id.eq(entity_id))
}

/// One connector by public id, with its metadata document.
pub fn find_by_public_id(
    conn: &mut DbConnection,
    id: &PublicId,
) -> Result<Option<Connector>, StoreError> {
    connectors::table
        .filter(connectors::public_id.eq(id.as_str()))
        .select((ConnectorRow::as_select(), connectors::metadata_xml))
        .get_result(conn)
        .optional()?
        .map(|(row, xml): (ConnectorRow, Option<String>)| row.into_connector(xml))
        .transpose()
}

/// What to list; everything given must hold.
#[derive(Debug, Clone, Default)]
pub struct ConnectorFilter {
    /// Part of the name, ignoring case, or of slug or entity id.
    pub q: Option<String>,
    /// The whole name, ignoring case.
    pub name: Option<String>,
    pub slug: Option<String>,
    pub status: Option<ConnectorStatus>,
    pub template: Option<String>,
    pub sp_entity_id: Option<String>,
}

/// One page by name, without metadata documents.
pub fn list(
    conn: &mut DbConnection,
    filter: &ConnectorFilter,
    page: &PageRequest,
) -> Result<Page<Connector>, StoreError> {
    let total = filtered(filter).count().get_result(conn)?;
    let mut query = filtered(filter);
    if let Some(after) = &page.after {
        let is_later = connectors::name_fold
            .eq(&after.sort)
            .and(connectors::id.gt(after.id));
        query = query.filter(connectors::name_fold.gt(&after.sort).or(is_later));
    }
    let rows: Vec<ConnectorRow> = query
        .order((connectors::name_fold, connectors::id))
        .limit(page.rows_to_load())
        .select(ConnectorRow::as_select())
        .load(conn)?;
    page.cut(rows, total, |row| Cursor {
        sort: row.name_fold.clone(),
        id: row.id,
    })
    .try_map(|row| row.into_connector(None))
}

/// All connectors by name, without metadata documents.
pub fn list_all(conn: &mut DbConnection) -> Result<Vec<Connector>, StoreError> {
    let rows: Vec<ConnectorRow> = connectors::table
        .order((connectors::name_fold, connectors::id))
        .select(ConnectorRow::as_select())
        .load(conn)?;
    rows.into_iter()
        .map(|row| row.into_connector(None))
        .collect()
}

/// What a connector is called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConnectorName {
    pub id: PublicId,
    pub slug: String,
    pub name: String,
}

/// The names of the first connectors, by name; their settings are not read.
pub fn names(conn: &mut DbConnection, limit: u32) -> Result<Vec<ConnectorName>, StoreError> {
    let rows: Vec<(String, String, String)> = connectors::table
        .order((connectors::name_fold, connectors::id))
        .limit(i64::from(limit))
        .select((connectors::public_id, connectors::slug, connectors::name))
        .load(conn)?;
    Ok(rows
        .into_iter()
        .map(|(id, slug, name)| ConnectorName {
            id: PublicId::new(id),
            slug,
            name,
        })
        .collect())
}

type Query<'a> = connectors::BoxedQuery<'a, MultiBackend>;

fn filtered(filter: &ConnectorFilter) -> Query<'_> {
    let mut query = connectors::table.into_boxed();
    if let Some(q) = &filter.q {
        let pattern = containing(&text::fold(q));
        query = query.filter(
            connectors::name_fold
                .like(pattern)
                .escape('\\')
                .or(connectors::slug.like(containing(q)).escape('\\'))
                .or(connectors::sp_entity_id.like(containing(q)).escape('\\')),
        );
    }
    if let Some(name) = &filter.name {
        query = query.filter(connectors::name_fold.eq(text::fold(name)));
    }
    if let Some(slug) = &filter.slug {
        query = query.filter(connectors::slug.eq(slug));
    }
    if let Some(status) = filter.status {
        query = query.filter(connectors::status.eq(status.as_str()));
    }
    if let Some(template) = &filter.template {
        query = query.filter(connectors::template.eq(template));
    }
    if let Some(entity_id) = &filter.sp_entity_id {
        query = query.filter(connectors::sp_entity_id.eq(entity_id));
    }
    query
}

/// The columns that insert and save have in common.
#[derive(Insertable, AsChangeset)]
#[diesel(table_name = connectors, treat_none_as_null = true, treat_none_as_default_value = false)]
struct Values<'a> {
    name: &'a str,
    name_fold: String,
    slug: &'a str,
    status: &'a str,
    template: Option<&'a str>,
    sp_entity_id: &'a str,
    settings: String,
}

impl<'a> Values<'a> {
    fn of(settings: &'a ConnectorSettings) -> Result<Self, StoreError> {
        let document =
            serde_json::to_string(&ConnectorDocument::of(settings)).map_err(|error| {
                StoreError::Database(diesel::result::Error::SerializationError(Box::new(error)))
            })?;
        Ok(Self {
            name: &settings.name,
            name_fold: text::fold(&settings.name),
            slug: &settings.slug,
            status: settings.status.as_str(),
            template: settings.template.as_deref(),
            sp_entity_id: &settings.sp_entity_id,
            settings: document,
        })
    }
}
