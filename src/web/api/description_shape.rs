//! What metadata says of a service provider, as JSON. Every text is a stranger's and is passed on as text.

use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::connector::Connector;
use crate::domain::sp_description::{Localized, SpDescription, given};
use crate::web::api::shapes;

/// What metadata says of a service provider to people, and asks for. Every text is the service provider's own.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ServiceProviderDescription)]
pub struct DescriptionJson {
    /// The name to call the application by; null when it says none.
    offered_name: Option<String>,
    display_names: Vec<LocalizedJson>,
    descriptions: Vec<LocalizedJson>,
    logos: Vec<LogoJson>,
    privacy_statement_urls: Vec<LocalizedJson>,
    entity_attributes: Vec<EntityAttributeJson>,
    requested_attributes: Vec<RequestedAttributeJson>,
    name_id_formats: Vec<String>,
    want_assertions_signed: bool,
    valid_until: Option<String>,
}

impl DescriptionJson {
    /// What is said, and what of it the rows of the connector give.
    pub fn of(said: SpDescription, connector: &Connector) -> Self {
        let given = given(&connector.settings.mappings);
        let requested = said.requested_attributes.iter().map(|asked| {
            let is_mapped = given.contains(&asked.name.as_str());
            RequestedAttributeJson {
                name: asked.name.clone(),
                name_format: asked.name_format.as_str(),
                friendly_name: asked.friendly_name.clone(),
                is_required: asked.is_required,
                values: asked.values.clone(),
                is_mapped,
            }
        });
        let requested_attributes = requested.collect();
        let offered_name = said.offered_name().map(str::to_owned);
        let logos = said.logos.into_iter();
        let attributes = said.entity_attributes.into_iter();
        Self {
            offered_name,
            display_names: localized(said.display_names),
            descriptions: localized(said.descriptions),
            logos: logos
                .map(|logo| LogoJson {
                    url: logo.url,
                    size: logo.size,
                })
                .collect(),
            privacy_statement_urls: localized(said.privacy_statement_urls),
            entity_attributes: attributes
                .map(|one| EntityAttributeJson {
                    name: one.name,
                    values: one.values,
                })
                .collect(),
            requested_attributes,
            name_id_formats: said.name_id_formats,
            want_assertions_signed: said.want_assertions_signed,
            valid_until: said.valid_until.map(shapes::instant),
        }
    }
}

/// A text in one language.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Localized)]
struct LocalizedJson {
    language: String,
    text: String,
}

fn localized(texts: Vec<Localized>) -> Vec<LocalizedJson> {
    let texts = texts.into_iter();
    texts
        .map(|one| LocalizedJson {
            language: one.language,
            text: one.text,
        })
        .collect()
}

/// A picture, by its address; nobody has looked at it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ServiceProviderLogo)]
struct LogoJson {
    url: String,
    size: String,
}

/// An attribute of the entity, such as its categories.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = EntityAttribute)]
struct EntityAttributeJson {
    name: String,
    values: Vec<String>,
}

/// An attribute that the service provider asks for.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = RequestedAttribute)]
struct RequestedAttributeJson {
    name: String,
    name_format: &'static str,
    friendly_name: String,
    is_required: bool,
    /// The only values it takes; empty: any.
    values: Vec<String>,
    /// Whether a row of `attributeMappings` gives it.
    is_mapped: bool,
}
