//! What metadata says to people: the Metadata UI extension (sstc-saml-metadata-ui 2.1), attributes of the
//! entity (sstc-metadata-attr 2.1) and requested attributes (SAML Metadata 2.4.4.1, 2.4.4.2). Texts are cut,
//! lists are bounded, addresses stay text.

use crate::domain::attribute_mapping::NameFormat;
use crate::domain::sp_description::{EntityAttribute, Localized, Logo, RequestedAttribute};
use crate::saml::sp_metadata::{SpMetadata, is_true};
use crate::saml::urns::{
    ATTRNAME_BASIC, ATTRNAME_UNSPECIFIED, ATTRNAME_URI, NS_ASSERTION, NS_ENTITY_ATTRIBUTES,
    NS_METADATA, NS_METADATA_UI, NS_XML,
};
use crate::saml::xml_tree::Element;

/// A text is cut after this many characters.
const TEXT_CHARS: usize = 1_000;
/// A list holds at most this many.
const LIST_LIMIT: usize = 200;

/// Takes the Extensions of the entity or of its role; names what of them is not known.
pub fn read_extensions(parent: &Element, found: &mut SpMetadata) {
    let extensions = parent.children_named(NS_METADATA, "Extensions");
    for extension in extensions.flat_map(|extensions| &extensions.children) {
        if extension.is(NS_METADATA_UI, "UIInfo") {
            for child in &extension.children {
                read_ui(child, found);
            }
        } else if extension.is(NS_ENTITY_ATTRIBUTES, "EntityAttributes") {
            for attribute in extension.children_named(NS_ASSERTION, "Attribute") {
                read_entity_attribute(attribute, found);
            }
        } else {
            found.warn(format!(
                "the extension {} is ignored",
                cut(&extension.local)
            ));
        }
    }
}

/// Takes the attributes that the role asks for, of all its AttributeConsumingServices.
pub fn read_requested(role: &Element, found: &mut SpMetadata) {
    let services = role.children_named(NS_METADATA, "AttributeConsumingService");
    for service in services {
        for asked in service.children_named(NS_METADATA, "RequestedAttribute") {
            read_requested_attribute(asked, found);
        }
    }
}

/// Words for searching a logo or icon have no use here, nor do hints for choosing an identity provider.
fn read_ui(child: &Element, found: &mut SpMetadata) {
    if child.namespace != NS_METADATA_UI || child.local == "Keywords" {
        return;
    }
    let Some(text) = text_of(child) else {
        found.warn(format!(
            "an mdui:{} without plain text is ignored",
            cut(&child.local)
        ));
        return;
    };
    let said = |text| Localized {
        language: language(child),
        text,
    };
    let description = &mut found.description;
    let is_taken = match child.local.as_str() {
        "DisplayName" => add(&mut description.display_names, said(text)),
        "Description" => add(&mut description.descriptions, said(text)),
        "PrivacyStatementURL" => add(&mut description.privacy_statement_urls, said(text)),
        "Logo" => add(&mut description.logos, logo(child, text)),
        _ => true,
    };
    note_full(is_taken, found);
}

fn logo(element: &Element, url: String) -> Logo {
    let pixels = |name| {
        let text = element.attribute(name).map_or("", str::trim);
        text.parse::<u32>().ok()
    };
    let size = match (pixels("width"), pixels("height")) {
        (Some(width), Some(height)) => format!("{width}×{height}"),
        _ => String::new(),
    };
    Logo { url, size }
}

/// Values of one name are of one attribute, however often it is written.
fn read_entity_attribute(element: &Element, found: &mut SpMetadata) {
    let Some(name) = element
        .attribute("Name")
        .map(cut)
        .filter(|text| !text.is_empty())
    else {
        return;
    };
    let values: Vec<String> = values_of(element);
    let attributes: &mut Vec<EntityAttribute> = &mut found.description.entity_attributes;
    let is_taken = match attributes.iter_mut().find(|known| known.name == name) {
        Some(known) => values
            .into_iter()
            .all(|value| add(&mut known.values, value)),
        None => add(attributes, EntityAttribute { name, values }),
    };
    note_full(is_taken, found);
}

/// The same attribute of two services is one, and required if one of them requires it.
fn read_requested_attribute(element: &Element, found: &mut SpMetadata) {
    let Some(name) = element
        .attribute("Name")
        .map(cut)
        .filter(|text| !text.is_empty())
    else {
        found.warn("a RequestedAttribute without Name is ignored");
        return;
    };
    let asked = RequestedAttribute {
        name_format: name_format(element, found),
        friendly_name: element
            .attribute("FriendlyName")
            .map(cut)
            .unwrap_or_default(),
        is_required: is_true(element, "isRequired"),
        values: values_of(element),
        name,
    };
    let attributes = &mut found.description.requested_attributes;
    let same = |known: &&mut RequestedAttribute| {
        known.name == asked.name && known.name_format == asked.name_format
    };
    let is_taken = match attributes.iter_mut().find(same) {
        Some(known) => {
            known.is_required |= asked.is_required;
            true
        }
        None => add(attributes, asked),
    };
    note_full(is_taken, found);
}

/// Nothing said is unspecified (SAML Core 2.7.3.1).
fn name_format(element: &Element, found: &mut SpMetadata) -> NameFormat {
    match element.attribute("NameFormat").map(str::trim) {
        Some(ATTRNAME_BASIC) => NameFormat::Basic,
        Some(ATTRNAME_URI) => NameFormat::Uri,
        None | Some("" | ATTRNAME_UNSPECIFIED) => NameFormat::Unspecified,
        Some(_) => {
            found.warn(
                "a RequestedAttribute with a NameFormat that is not known is taken as unspecified",
            );
            NameFormat::Unspecified
        }
    }
}

fn values_of(attribute: &Element) -> Vec<String> {
    let values = attribute.children_named(NS_ASSERTION, "AttributeValue");
    values.filter_map(text_of).take(LIST_LIMIT).collect()
}

/// White space counts as one blank, as XML Schema has it for tokens.
fn text_of(element: &Element) -> Option<String> {
    let words: Vec<&str> = element.plain_text()?.split_whitespace().collect();
    Some(cut(&words.join(" "))).filter(|text| !text.is_empty())
}

/// `xml:lang` is required (SAML Metadata 2.2.4) and missing in the field.
fn language(element: &Element) -> String {
    let mut attributes = element.attributes.iter();
    let said = attributes.find(|one| one.namespace == NS_XML && one.local == "lang");
    said.map(|one| cut(&one.value)).unwrap_or_default()
}

fn cut(text: &str) -> String {
    text.trim().chars().take(TEXT_CHARS).collect()
}

/// False: the list is full.
fn add<T: PartialEq>(list: &mut Vec<T>, item: T) -> bool {
    if list.contains(&item) {
        return true;
    }
    let has_room = list.len() < LIST_LIMIT;
    if has_room {
        list.push(item);
    }
    has_room
}

fn note_full(is_taken: bool, found: &mut SpMetadata) {
    if !is_taken {
        found.warn("texts and attributes beyond the first 200 of a kind are ignored");
    }
}
