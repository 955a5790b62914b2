//! `POST /metadata-aggregates`: the service providers of an aggregate that is sent along. Nothing of it is kept.

use std::fs::File;
use std::future::Future;
use std::io::BufReader;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_ENCODING, CONTENT_TYPE};
use actix_web::{FromRequest, HttpRequest, HttpResponse};
use serde::Serialize;
use utoipa::ToSchema;

use crate::service::aggregate::{self, AggregateEntity};
use crate::web::access::{Call, List};
use crate::web::api::answer;
use crate::web::error::WebError;
use crate::web::problem::Problem;
use crate::web::spooled;

/// Exact filters of the list.
pub const FILTERS: &[&str] = &["entityId"];
const XML: [&str; 3] = [
    "application/samlmetadata+xml",
    "application/xml",
    "text/xml",
];

/// `POST /metadata-aggregates`
pub async fn search(
    call: Call,
    List(query): List,
    XmlFile(file): XmlFile,
) -> Result<HttpResponse, Problem> {
    let found = call
        .run(move |env, _| aggregate::search(env, BufReader::new(file), &query))
        .await?;
    answer::page(found.page.map(AggregateEntityJson::from))
}

/// A service provider of an aggregate.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = AggregateEntity)]
pub struct AggregateEntityJson {
    entity_id: String,
    /// Empty when it says none.
    name: String,
    acs_urls: usize,
    certificates: usize,
    /// The id of the connector that has this entityID already.
    connector_id: Option<String>,
    /// Its metadata as a document of its own, to make a connector from; null when a page is too large: ask for fewer.
    metadata_xml: Option<String>,
}

impl From<AggregateEntity> for AggregateEntityJson {
    fn from(entity: AggregateEntity) -> Self {
        Self {
            entity_id: entity.entity_id,
            name: entity.name,
            acs_urls: entity.acs_urls,
            certificates: entity.certificates,
            connector_id: entity.connector,
            metadata_xml: entity.metadata_xml,
        }
    }
}

/// A body of XML, in a file.
pub struct XmlFile(File);

impl FromRequest for XmlFile {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let request = request.clone();
        let mut payload = payload.take();
        Box::pin(async move {
            if !is_xml(&request) {
                return Err(Problem::new(
                    StatusCode::UNSUPPORTED_MEDIA_TYPE,
                    "Send the aggregate as XML, not compressed: Content-Type application/xml.",
                ));
            }
            let file = spooled::receive(&mut payload).await;
            file.map(Self).map_err(|fault| WebError::Body(fault).into())
        })
    }
}

fn is_xml(request: &HttpRequest) -> bool {
    let text = |name| {
        let value = request.headers().get(name)?;
        value.to_str().ok()
    };
    let media_type = text(CONTENT_TYPE).and_then(|text| text.split(';').next());
    let is_plain = text(CONTENT_ENCODING).is_none_or(|coding| coding == "identity");
    is_plain
        && media_type.is_some_and(|found| {
            let mut known = XML.iter();
            known.any(|one| one.eq_ignore_ascii_case(found.trim()))
        })
}
