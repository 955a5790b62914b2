//! The form of a new application, with only what its way in needs: a template, the metadata of the
//! service provider, or its few values by hand.

use crate::domain::connector_template::{self, ConnectorTemplate};
use crate::service::connector_draft::{AcsDraft, ConnectorDraft};
use crate::service::error::ServiceError;
use crate::service::patch::Field;
use crate::web::console::submitted::Fields;

/// How an application is added.
#[derive(Debug, Clone, Copy)]
pub enum Way {
    Template(&'static ConnectorTemplate),
    Metadata,
    Hand,
}

impl Way {
    /// What the address and the form call it: the id of a template, or one of the other two words.
    pub fn parse(word: &str) -> Option<Self> {
        match word {
            "metadata" => Some(Self::Metadata),
            "hand" => Some(Self::Hand),
            id => connector_template::find(id).map(Self::Template),
        }
    }

    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Metadata => "metadata",
            Self::Hand => "hand",
            Self::Template(template) => template.id.as_str(),
        }
    }
}

/// The form.
#[derive(Debug, Clone)]
pub struct NewForm {
    pub way: Way,
    pub name: String,
    pub entity_id: String,
    pub acs_url: String,
    /// The metadata as text; a script reads a file into it.
    pub metadata: String,
    /// Where the metadata is, for those who may have it fetched.
    pub metadata_url: String,
    /// Whether it asks for metadata, and for entity ID and URL.
    pub takes_metadata: bool,
    pub takes_endpoints: bool,
    /// Entity ID and URL as the template has them.
    prefilled: [String; 2],
}

impl NewForm {
    /// A fresh form, filled from the template as far as that goes.
    pub fn fresh(way: Way) -> Result<Self, ServiceError> {
        let defaults = match way {
            Way::Template(template) => ConnectorDraft::of_template(template)?,
            Way::Metadata | Way::Hand => ConnectorDraft::default(),
        };
        let acs = defaults.acs_urls.into_set().unwrap_or_default();
        let acs_url = acs.into_iter().next().map(|acs| acs.url);
        let acs_url = acs_url.unwrap_or_default();
        let entity_id = defaults.sp_entity_id.into_set().unwrap_or_default();
        let prefilled = [entity_id.clone(), acs_url.clone()];
        let is_whole = !entity_id.is_empty() && !has_placeholder(&prefilled);
        Ok(Self {
            way,
            name: defaults.name.into_set().unwrap_or_default(),
            // What the template cannot know stands in the metadata, if there is one.
            takes_metadata: !matches!(way, Way::Hand) && !is_whole,
            takes_endpoints: !matches!(way, Way::Metadata),
            entity_id,
            acs_url,
            prefilled,
            metadata: String::new(),
            metadata_url: String::new(),
        })
    }

    /// What was typed; `None` when the way is none of ours.
    pub fn from_fields(fields: &Fields) -> Option<Result<Self, ServiceError>> {
        let way = Way::parse(fields.text("way"))?;
        let typed = Self::fresh(way).map(|fresh| Self {
            name: fields.text("name").to_owned(),
            entity_id: fields.text("sp-entity-id").to_owned(),
            acs_url: fields.text("acs-url").to_owned(),
            metadata: fields.text("metadata").to_owned(),
            metadata_url: fields.text("metadata-url").trim().to_owned(),
            ..fresh
        });
        Some(typed)
    }

    /// Whether the template has words that are to be replaced.
    pub fn has_placeholder(&self) -> bool {
        has_placeholder(&self.prefilled)
    }

    /// What is to be created. A field that is empty or as the template has it is left out, so that
    /// the metadata or the template can fill it, and the use case says what is still missing.
    pub fn draft(&self) -> ConnectorDraft {
        let [entity_id, acs_url] = &self.prefilled;
        let acs = AcsDraft {
            url: self.acs_url.clone(),
            binding: None,
            index: Some(0),
            is_default: Some(true),
        };
        ConnectorDraft {
            name: Field::Set(self.name.clone()),
            template: match self.way {
                Way::Template(template) => Field::Set(template.id.clone()),
                Way::Metadata | Way::Hand => Field::Keep,
            },
            sp_entity_id: given(&self.entity_id, entity_id, self.entity_id.clone()),
            acs_urls: given(&self.acs_url, acs_url, vec![acs]),
            metadata_xml: given(&self.metadata, "", self.metadata.clone()),
            metadata_url: given(&self.metadata_url, "", self.metadata_url.clone()),
            ..ConnectorDraft::default()
        }
    }
}

fn has_placeholder(texts: &[String]) -> bool {
    let mut texts = texts.iter();
    texts.any(|text| connector_template::placeholder(text).is_some())
}

fn given<T>(text: &str, prefilled: &str, value: T) -> Field<T> {
    if text.trim().is_empty() || text == prefilled {
        Field::Keep
    } else {
        Field::Set(value)
    }
}

#[cfg(test)]
mod tests;
