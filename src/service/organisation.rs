//! Whose house this is, for the pages that people see before they are inside.

use crate::service::environment::Environment;
use crate::service::error::ServiceError;
use crate::service::logo;
use crate::service::stored_settings::{LOGO, StoredSettings};

/// The organisation as the settings name it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Organisation {
    /// Empty when it has none.
    pub name: String,
    /// The tag of its logo.
    pub logo: Option<String>,
}

impl Organisation {
    /// Its name, or the product's where it has none.
    pub fn house(&self) -> &str {
        house_name(&self.name)
    }
}

/// What people are told whose house this is: the organisation's name, or the product's where it has none.
pub(in crate::service) fn house_name(organisation: &str) -> &str {
    if organisation.is_empty() {
        "Vestibule"
    } else {
        organisation
    }
}

/// Reads it.
pub fn find(env: &Environment) -> Result<Organisation, ServiceError> {
    let settings = StoredSettings::read(env)?;
    Ok(Organisation {
        name: settings.organisation_name().to_owned(),
        logo: settings.stored(LOGO).map(logo::tag),
    })
}
