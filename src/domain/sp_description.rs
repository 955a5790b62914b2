//! What a service provider's metadata says of itself to people, and which attributes it asks for. Every
//! text is a stranger's: shown as text, never followed, never fetched, and no sign-on depends on it.

use chrono::{DateTime, Utc};

use crate::domain::attribute_mapping::{AttributeMapping, NameFormat};

/// The description, in the order of the document.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SpDescription {
    pub display_names: Vec<Localized>,
    pub descriptions: Vec<Localized>,
    /// Addresses of pictures. They are told and never loaded.
    pub logos: Vec<Logo>,
    pub privacy_statement_urls: Vec<Localized>,
    /// Entity categories and other attributes of the entity, each name once.
    pub entity_attributes: Vec<EntityAttribute>,
    /// Each name and format once.
    pub requested_attributes: Vec<RequestedAttribute>,
    /// What the service provider likes, not what it gets.
    pub name_id_formats: Vec<String>,
    pub want_assertions_signed: bool,
    /// When the metadata itself runs out; the earliest date in it.
    pub valid_until: Option<DateTime<Utc>>,
}

/// A text in one language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Localized {
    /// `xml:lang`; empty when it is not said.
    pub language: String,
    pub text: String,
}

/// A picture, by its address only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Logo {
    pub url: String,
    /// Width and height in pixels, as claimed; empty when they are not said.
    pub size: String,
}

/// An attribute of the entity itself, such as its categories.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntityAttribute {
    pub name: String,
    pub values: Vec<String>,
}

/// An attribute that the service provider asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestedAttribute {
    pub name: String,
    pub name_format: NameFormat,
    /// Empty when it is not said.
    pub friendly_name: String,
    pub is_required: bool,
    /// The only values it takes; empty: any.
    pub values: Vec<String>,
}

impl SpDescription {
    /// The name to offer for the application: the English one, else one without a language, else the first.
    pub fn offered_name(&self) -> Option<&str> {
        let in_language = |language: &str| {
            let mut names = self.display_names.iter();
            names.find(|name| name.language.split('-').next() == Some(language))
        };
        in_language("en")
            .or_else(|| in_language(""))
            .or_else(|| self.display_names.first())
            .map(|name| name.text.as_str())
    }

    /// What is asked for under none of the names that are `given`, the required ones first; each with its
    /// place in the list.
    pub fn unmapped(&self, given: &[&str]) -> Vec<(usize, &RequestedAttribute)> {
        let places = self.requested_attributes.iter().enumerate();
        let mut asked: Vec<(usize, &RequestedAttribute)> = places
            .filter(|(_, asked)| !given.contains(&asked.name.as_str()))
            .collect();
        asked.sort_by_key(|(_, asked)| !asked.is_required);
        asked
    }
}

/// The names that rows give.
pub fn given(mappings: &[AttributeMapping]) -> Vec<&str> {
    let rows = mappings.iter();
    rows.map(|row| row.sp_attribute_name.as_str()).collect()
}

#[cfg(test)]
mod tests;
