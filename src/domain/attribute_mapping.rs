//! One row of a connector's section Attributes: the service provider's name for an attribute, where its
//! values come from, and what is done to them before they leave. Resolving it is `attribute_release`.

use crate::domain::attribute_path::AttributePath;
use crate::domain::transformation::Transformation;
use crate::domain::user::UserField;
use crate::domain::value_template::Reference;

/// NameFormat of an attribute, in the API's spelling `BASIC`, `URI`, `UNSPECIFIED`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum NameFormat {
    Basic,
    Uri,
    Unspecified,
}

impl NameFormat {
    pub const ALL: [Self; 3] = [Self::Basic, Self::Uri, Self::Unspecified];

    /// The spelling of API and store.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Basic => "BASIC",
            Self::Uri => "URI",
            Self::Unspecified => "UNSPECIFIED",
        }
    }

    /// The words on pages.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Basic => "Basic",
            Self::Uri => "URI",
            Self::Unspecified => "Unspecified",
        }
    }

    /// Reads the API spelling, exact case.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|item| item.as_str() == text)
    }
}

/// Where a mapping takes its values from; API `source.type`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AttributeSource {
    /// `USER_FIELD`
    UserField(UserField),
    /// `CUSTOM`: "Custom User or Group Attribute" (rules B18, B29).
    Custom(AttributePath),
    /// `CONSTANT`
    Constant(String),
    /// `GROUPS`: names of the user's groups that are bound to this application (rule C8).
    Groups,
}

impl AttributeSource {
    /// The API's `source.type`, which is also the store's spelling.
    pub const fn type_str(&self) -> &'static str {
        match self {
            Self::UserField(_) => "USER_FIELD",
            Self::Custom(_) => "CUSTOM",
            Self::Constant(_) => "CONSTANT",
            Self::Groups => "GROUPS",
        }
    }

    /// The field, path or constant in the API's and the store's spelling; none for the group list.
    pub fn argument(&self) -> Option<&str> {
        match self {
            Self::UserField(field) => Some(field.as_str()),
            Self::Custom(path) => Some(path.as_str()),
            Self::Constant(value) => Some(value),
            Self::Groups => None,
        }
    }

    /// The same in the words of pages; empty for the group list.
    pub fn named(&self) -> &str {
        match self {
            Self::UserField(field) => field.label(),
            other => other.argument().unwrap_or_default(),
        }
    }

    /// The words on pages (rule B27).
    pub const fn label(&self) -> &'static str {
        match self {
            Self::UserField(_) => "User Field",
            Self::Custom(_) => "Custom User or Group Attribute",
            Self::Constant(_) => "Constant",
            Self::Groups => "User Groups",
        }
    }
}

/// One row of a connector's Attributes section.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttributeMapping {
    /// "Service Provider Attribute Name" (rule B26).
    pub sp_attribute_name: String,
    pub name_format: NameFormat,
    pub source: AttributeSource,
    /// For [`AttributeSource::Custom`]; [`Merge::Newest`] for all others.
    pub merge: Merge,
    /// Done to the values one after the other.
    pub transformations: Vec<Transformation>,
}

impl AttributeMapping {
    /// Names of the custom attributes that it asks for.
    pub fn attribute_names(&self) -> impl Iterator<Item = &str> {
        let source = match &self.source {
            AttributeSource::Custom(path) => Some(path.name()),
            AttributeSource::UserField(_)
            | AttributeSource::Constant(_)
            | AttributeSource::Groups => None,
        };
        let steps = self.transformations.iter();
        let references = steps.flat_map(Transformation::references);
        let named = references.filter_map(|reference| match reference {
            Reference::Attribute(path) => Some(path.name()),
            Reference::Field(_) => None,
        });
        source.into_iter().chain(named)
    }
}

/// What counts when several groups have the attribute of a mapping; the user's own always comes
/// before them (rule B17).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Merge {
    /// `NEWEST`: the attribute that was added last (rule B8).
    #[default]
    Newest,
    /// `UNION`: the values of all groups, the newest first, equal ones once.
    Union,
}

impl Merge {
    pub const ALL: [Self; 2] = [Self::Newest, Self::Union];

    /// The spelling of API and store.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Newest => "NEWEST",
            Self::Union => "UNION",
        }
    }

    /// The words on pages.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Newest => "The newest group's value",
            Self::Union => "The values of all groups",
        }
    }

    /// Reads the API spelling, exact case.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|item| item.as_str() == text)
    }
}
