//! What the tab Metadata shows of a difference, and of the attributes that the metadata asks for.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::domain::sp_description::given;
use crate::service::metadata_difference::Change;
use crate::service::metadata_update::{Proposal, StoredMetadata};

/// A difference that waits for approval.
pub struct Compared<'a> {
    pub proposal: &'a Proposal,
    pub settings: Vec<&'a Change>,
    pub words: Vec<&'a Change>,
    /// The new text, so that it is approved to the octet.
    pub source: String,
    /// What the metadata calls the application, if that is another name.
    pub name: Option<&'a str>,
    /// Where the new text was fetched from.
    pub fetched_from: Option<&'a str>,
}

impl<'a> Compared<'a> {
    /// The difference to `xml`, and where that was fetched from if it was.
    pub fn of(proposal: &'a Proposal, (xml, fetched_from): (&str, Option<&'a str>)) -> Self {
        let (settings, words) = proposal
            .changes
            .iter()
            .partition(|change| change.subject.is_setting());
        let present = proposal.connector.settings.name.as_str();
        Self {
            settings,
            words,
            source: URL_SAFE_NO_PAD.encode(xml),
            name: proposal
                .description
                .offered_name()
                .filter(|name| *name != present),
            fetched_from,
            proposal,
        }
    }
}

/// An attribute that the metadata asks for, as a line.
pub struct Asked {
    pub name: String,
    pub friendly_name: String,
    pub format: &'static str,
    pub is_required: bool,
    pub is_mapped: bool,
}

impl Asked {
    /// All of them, in the order of the metadata.
    pub fn all(stored: &StoredMetadata) -> Vec<Self> {
        let given = given(&stored.connector.settings.mappings);
        let asked = stored.description.requested_attributes.iter();
        asked
            .map(|one| Self {
                name: one.name.clone(),
                friendly_name: one.friendly_name.clone(),
                format: one.name_format.label(),
                is_required: one.is_required,
                is_mapped: given.contains(&one.name.as_str()),
            })
            .collect()
    }
}
