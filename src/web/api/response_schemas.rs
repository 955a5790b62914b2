//! The schemas of what the REST door answers, taken from the shapes themselves.

use utoipa::openapi::schema::{ArrayBuilder, ObjectBuilder, SchemaType, Type};
use utoipa::openapi::{Ref, RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use crate::service::audit_document::EventJson;
use crate::web::api::administrators::{self, AdministratorJson};
use crate::web::api::aggregate::AggregateEntityJson;
use crate::web::api::api_tokens::{self, TokenJson};
use crate::web::api::connector_metadata::{ConnectorMetadataJson, DifferenceJson};
use crate::web::api::connector_shape::ConnectorJson;
use crate::web::api::exchanges::{ExchangeJson, MessageCheckJson, RecordingJson};
use crate::web::api::group_attributes::GroupAttributeJson;
use crate::web::api::group_preview::GroupPreviewJson;
use crate::web::api::groups::{GroupJson, MemberJson};
use crate::web::api::keys::{ConnectorOfKeyJson, KeyJson};
use crate::web::api::operation::{MailJson, ReconciliationJson};
use crate::web::api::preview::PreviewJson;
use crate::web::api::reports::MembershipJson;
use crate::web::api::request_schemas::{list_of, object, text};
use crate::web::api::role_scopes::ScopeJson;
use crate::web::api::settings::SettingsJson;
use crate::web::api::suggestions::{ReviewedJson, SuggestionJson};
use crate::web::api::templates;
use crate::web::api::users::{
    ConnectorOfUserJson, ErasureJson, FactorJson, GroupOfUserJson, OneTimeLinkJson,
    PersonExportJson, UserJson,
};

type Named = (String, RefOr<Schema>);

/// Every shape with all it is made of.
pub fn all() -> Vec<Named> {
    let mut schemas = Vec::new();
    add::<UserJson>(&mut schemas);
    add::<OneTimeLinkJson>(&mut schemas);
    add::<ErasureJson>(&mut schemas);
    add::<PersonExportJson>(&mut schemas);
    add::<GroupOfUserJson>(&mut schemas);
    add::<ConnectorOfUserJson>(&mut schemas);
    add::<FactorJson>(&mut schemas);
    add::<GroupJson>(&mut schemas);
    add::<MemberJson>(&mut schemas);
    add::<GroupPreviewJson>(&mut schemas);
    add::<SuggestionJson>(&mut schemas);
    add::<ReviewedJson>(&mut schemas);
    add::<GroupAttributeJson>(&mut schemas);
    add::<ConnectorJson>(&mut schemas);
    add::<ConnectorMetadataJson>(&mut schemas);
    add::<DifferenceJson>(&mut schemas);
    add::<AggregateEntityJson>(&mut schemas);
    add::<PreviewJson>(&mut schemas);
    add::<ExchangeJson>(&mut schemas);
    add::<RecordingJson>(&mut schemas);
    add::<MessageCheckJson>(&mut schemas);
    add::<AdministratorJson>(&mut schemas);
    add::<ScopeJson>(&mut schemas);
    add::<administrators::CreatedJson>(&mut schemas);
    add::<TokenJson>(&mut schemas);
    add::<api_tokens::CreatedJson>(&mut schemas);
    add::<EventJson>(&mut schemas);
    add::<KeyJson>(&mut schemas);
    add::<ConnectorOfKeyJson>(&mut schemas);
    add::<MembershipJson>(&mut schemas);
    add::<ReconciliationJson>(&mut schemas);
    add::<MailJson>(&mut schemas);
    add::<SettingsJson>(&mut schemas);
    schemas.push(("ConnectorTemplate".to_owned(), templates::schema().into()));
    schemas.push(("Problem".to_owned(), problem()));
    schemas
}

fn add<T: ToSchema>(schemas: &mut Vec<Named>) {
    T::schemas(schemas);
    schemas.push((T::name().into_owned(), <T as PartialSchema>::schema()));
}

/// `{items, next, total}`
pub fn page_of(name: &str) -> Schema {
    let text_or_null = SchemaType::from_iter([Type::String, Type::Null]);
    ObjectBuilder::new()
        .property(
            "items",
            ArrayBuilder::new().items(Ref::from_schema_name(name)),
        )
        .property("next", ObjectBuilder::new().schema_type(text_or_null))
        .property("total", ObjectBuilder::new().schema_type(Type::Integer))
        .required("items")
        .required("next")
        .required("total")
        .into()
}

/// RFC 9457.
fn problem() -> RefOr<Schema> {
    let error = object(
        &["pointer", "detail"],
        [("pointer", text()), ("detail", text())],
    );
    let status: Schema = ObjectBuilder::new().schema_type(Type::Integer).into();
    let fields = [
        ("type", text()),
        ("title", text()),
        ("status", status),
        ("detail", text()),
        ("errors", list_of(error)),
    ];
    object(&["type", "title", "status", "detail", "errors"], fields).into()
}
