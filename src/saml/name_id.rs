//! The NameID of an assertion: which format is issued (interface: `nameId`), and the identifier as
//! data. Where persistent and transient values come from is the service's business.

use crate::domain::connector::{NameIdChoice, NameIdFormat};
use crate::domain::name_id_source::{NameIdOrigin, NameIdSource, NoIdentifier};
use crate::domain::user::UserField;
use crate::saml::authn_request::{NameIdPolicy, RequestedSubject};
use crate::saml::xml_writer::XmlWriter;

/// What has to be found to make the NameID.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NameIdPlan {
    /// The value that the user has at a source, in this format.
    Source {
        format: NameIdFormat,
        source: NameIdSource,
    },
    /// The stored pairwise identifier of user and service provider.
    Persistent,
    /// A fresh random value.
    Transient,
}

impl NameIdPlan {
    /// The format that comes of it.
    pub const fn format(&self) -> NameIdFormat {
        match self {
            Self::Source { format, .. } => *format,
            Self::Persistent => NameIdFormat::Persistent,
            Self::Transient => NameIdFormat::Transient,
        }
    }

    /// Where its value comes from.
    pub fn origin(&self) -> NameIdOrigin {
        match self {
            Self::Source { source, .. } => NameIdOrigin::Source(source.clone()),
            Self::Persistent => NameIdOrigin::Pairwise,
            Self::Transient => NameIdOrigin::Transient,
        }
    }
}

/// The policy asks for something that is not issued; answered by
/// [`FailureStatus::InvalidNameIdPolicy`].
///
/// [`FailureStatus::InvalidNameIdPolicy`]: crate::saml::status::FailureStatus::InvalidNameIdPolicy
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the requested NameIDPolicy cannot be met")]
pub struct InvalidNameIdPolicy;

/// Why a NameID cannot be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NameIdError {
    #[error("the value of the NameID is empty")]
    Empty,
    #[error("there is no value for the NameID: {0}")]
    NoIdentifier(#[from] NoIdentifier),
    #[error("a persistent or transient NameID has more than 256 characters")]
    TooLong,
}

/// Chooses the format: one of the four that is asked for is honoured, none or `unspecified` means
/// as configured, any other is refused.
pub fn plan(
    policy: Option<&NameIdPolicy>,
    configured: &NameIdChoice,
    sp_entity_id: &str,
) -> Result<NameIdPlan, InvalidNameIdPolicy> {
    // Identifiers are made for the requester alone: no affiliations (SAML Core 3.4.1.1).
    let qualifier = policy.and_then(|policy| policy.sp_name_qualifier.as_deref());
    if qualifier.is_some_and(|qualifier| qualifier != sp_entity_id) {
        return Err(InvalidNameIdPolicy);
    }
    let requested = match policy.and_then(|policy| policy.format.as_deref()) {
        None => None,
        Some(uri) => Some(NameIdFormat::parse(uri).ok_or(InvalidNameIdPolicy)?),
    };
    Ok(match requested {
        None | Some(NameIdFormat::Unspecified) => configured_plan(configured),
        // Whoever asks for an address gets the address, whatever the source is.
        Some(NameIdFormat::EmailAddress) => NameIdPlan::Source {
            format: NameIdFormat::EmailAddress,
            source: NameIdSource::Field(UserField::Email),
        },
        // Where the application's persistent identifiers are kept in an attribute, that is what it means.
        Some(NameIdFormat::Persistent) if configured.format == NameIdFormat::Persistent => {
            configured_plan(configured)
        }
        Some(NameIdFormat::Persistent) => NameIdPlan::Persistent,
        Some(NameIdFormat::Transient) => NameIdPlan::Transient,
    })
}

/// The plan of a connector when nothing is asked for, as in unsolicited sign-on.
pub fn configured_plan(configured: &NameIdChoice) -> NameIdPlan {
    match (configured.format, &configured.source) {
        (NameIdFormat::Persistent, NameIdSource::Field(_)) => NameIdPlan::Persistent,
        (NameIdFormat::Transient, _) => NameIdPlan::Transient,
        (format, source) => NameIdPlan::Source {
            format,
            source: source.clone(),
        },
    }
}

/// A NameID ready to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NameId {
    format: NameIdFormat,
    value: String,
    name_qualifier: Option<String>,
    sp_name_qualifier: Option<String>,
}

impl NameId {
    /// From a value of the directory; an empty one identifies nobody.
    pub fn from_source(format: NameIdFormat, value: &str) -> Result<Self, NameIdError> {
        match format {
            NameIdFormat::Persistent | NameIdFormat::Transient => Self::opaque(format, value),
            NameIdFormat::EmailAddress | NameIdFormat::Unspecified => {
                Self::unqualified(format, value)
            }
        }
    }

    /// From the stored pairwise value, qualified by both sides (SAML Core 8.3.7).
    pub fn persistent(
        value: &str,
        idp_entity_id: &str,
        sp_entity_id: &str,
    ) -> Result<Self, NameIdError> {
        Ok(Self {
            name_qualifier: Some(idp_entity_id.to_owned()),
            sp_name_qualifier: Some(sp_entity_id.to_owned()),
            ..Self::opaque(NameIdFormat::Persistent, value)?
        })
    }

    /// From a fresh random value (SAML Core 8.3.8).
    pub fn transient(value: &str) -> Result<Self, NameIdError> {
        Self::opaque(NameIdFormat::Transient, value)
    }

    /// One that was issued before, as it was kept.
    pub fn as_issued(
        (format, value): (NameIdFormat, &str),
        (name_qualifier, sp_name_qualifier): (Option<&str>, Option<&str>),
    ) -> Self {
        Self {
            format,
            value: value.to_owned(),
            name_qualifier: name_qualifier.map(str::to_owned),
            sp_name_qualifier: sp_name_qualifier.map(str::to_owned),
        }
    }

    pub const fn format(&self) -> NameIdFormat {
        self.format
    }

    pub fn value(&self) -> &str {
        &self.value
    }

    pub fn name_qualifier(&self) -> Option<&str> {
        self.name_qualifier.as_deref()
    }

    pub fn sp_name_qualifier(&self) -> Option<&str> {
        self.sp_name_qualifier.as_deref()
    }

    /// Whether this is whom the request is about: equal values, equal formats if one is named, and
    /// equal qualifiers (SAML Core 3.4.1.4, 3.3.4). A subject that is not supported is nobody.
    pub fn satisfies(&self, subject: &RequestedSubject, parties: (&str, &str)) -> bool {
        match subject {
            RequestedSubject::Unsupported => false,
            RequestedSubject::NameId {
                value,
                format,
                name_qualifier,
                sp_name_qualifier,
            } => {
                let formats_agree = format.as_deref().is_none_or(|uri| {
                    uri == NameIdFormat::Unspecified.uri() || uri == self.format.uri()
                });
                let qualifiers = (name_qualifier.as_deref(), sp_name_qualifier.as_deref());
                formats_agree && self.value == *value && self.is_qualified_by(qualifiers, parties)
            }
        }
    }

    /// Whether NameQualifier and SPNameQualifier are those of this identifier. One that is left out, on
    /// either side, is the entity ID of the party: ours, the service provider's (SAML Core 2.2.2, 8.3.7).
    pub fn is_qualified_by(
        &self,
        (name_qualifier, sp_name_qualifier): (Option<&str>, Option<&str>),
        (idp_entity_id, sp_entity_id): (&str, &str),
    ) -> bool {
        name_qualifier.unwrap_or(idp_entity_id) == self.name_qualifier().unwrap_or(idp_entity_id)
            && sp_name_qualifier.unwrap_or(sp_entity_id)
                == self.sp_name_qualifier().unwrap_or(sp_entity_id)
    }

    fn opaque(format: NameIdFormat, value: &str) -> Result<Self, NameIdError> {
        if value.chars().count() > 256 {
            return Err(NameIdError::TooLong);
        }
        Self::unqualified(format, value)
    }

    fn unqualified(format: NameIdFormat, value: &str) -> Result<Self, NameIdError> {
        if value.trim().is_empty() {
            return Err(NameIdError::Empty);
        }
        Ok(Self {
            format,
            value: value.to_owned(),
            name_qualifier: None,
            sp_name_qualifier: None,
        })
    }
}

/// Writes the element; `declared` are the namespaces that nothing around it declares.
pub fn write_name_id(writer: &mut XmlWriter, name_id: &NameId, declared: &[(&str, &str)]) {
    let mut attributes = declared.to_vec();
    attributes.push(("Format", name_id.format().uri()));
    if let Some(qualifier) = name_id.name_qualifier() {
        attributes.push(("NameQualifier", qualifier));
    }
    if let Some(qualifier) = name_id.sp_name_qualifier() {
        attributes.push(("SPNameQualifier", qualifier));
    }
    writer.leaf("saml:NameID", &attributes, name_id.value());
}

#[cfg(test)]
mod tests;
