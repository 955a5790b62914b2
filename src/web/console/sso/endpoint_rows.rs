//! The rows of URLs and certificates on the tab SSO: as they are typed, added and removed.

use crate::domain::connector::{AcsBinding, AcsEndpoint, SloEndpoint, SpCertificate};
use crate::service::connector_draft::{AcsDraft, CertificateDraft, CertificateWithUse, SloDraft};
use crate::service::patch::Violations;
use crate::web::console::submitted::Fields;

/// An ACS URL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AcsRow {
    pub url: String,
    pub binding: String,
    pub index: String,
    pub is_default: bool,
}

/// A single logout URL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SloRow {
    pub url: String,
    pub binding: String,
    pub response_url: String,
}

/// A certificate of the service provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificateRow {
    pub pem: String,
    pub use_for: String,
}

impl AcsRow {
    /// One to be filled.
    pub fn blank() -> Self {
        Self {
            url: String::new(),
            binding: AcsBinding::HttpPost.as_str().to_owned(),
            index: String::new(),
            is_default: false,
        }
    }

    /// The rows of a form, in their order.
    pub fn all(fields: &Fields) -> Vec<Self> {
        let rows = fields.rows("acs").into_iter();
        rows.map(|row| Self {
            url: fields.text(&format!("acs-{row}-url")).to_owned(),
            binding: fields.text(&format!("acs-{row}-binding")).to_owned(),
            index: fields.text(&format!("acs-{row}-index")).to_owned(),
            is_default: fields.text("default-acs") == row.to_string(),
        })
        .collect()
    }

    /// True for a row that was added and never filled.
    pub const fn is_blank(&self) -> bool {
        self.url.is_empty() && self.index.is_empty()
    }

    /// What is to be saved; an index that is no number is noted at its place.
    pub fn draft(&self, place: usize, broken: &mut Violations) -> AcsDraft {
        let index = Some(self.index.trim()).filter(|text| !text.is_empty());
        AcsDraft {
            url: self.url.clone(),
            binding: Some(self.binding.clone()),
            index: index.and_then(|text| {
                let number = text.parse().map_err(|_no_number| INDEX);
                broken.keep(&format!("/acsUrls/{place}/index"), number)
            }),
            is_default: Some(self.is_default),
        }
    }

    /// The row as one line.
    pub fn said(&self) -> String {
        let standing = if self.is_default { " *" } else { "" };
        format!("{} {} {}{standing}", self.url, self.binding, self.index)
            .trim()
            .to_owned()
    }
}

/// What an index has to be (SAML Metadata 2.2.3).
pub const INDEX: &str = "The index is a whole number from 0 to 65535.";

impl From<&AcsEndpoint> for AcsRow {
    fn from(stored: &AcsEndpoint) -> Self {
        Self {
            url: stored.url.clone(),
            binding: stored.binding.as_str().to_owned(),
            index: stored
                .index
                .map(|index| index.to_string())
                .unwrap_or_default(),
            is_default: stored.is_default,
        }
    }
}

impl SloRow {
    /// The rows of a form, in their order.
    pub fn all(fields: &Fields) -> Vec<Self> {
        let rows = fields.rows("slo").into_iter();
        rows.map(|row| Self {
            url: fields.text(&format!("slo-{row}-url")).to_owned(),
            binding: fields.text(&format!("slo-{row}-binding")).to_owned(),
            response_url: fields.text(&format!("slo-{row}-response")).to_owned(),
        })
        .collect()
    }

    /// True for a row that was added and never filled.
    pub const fn is_blank(&self) -> bool {
        self.url.is_empty() && self.response_url.is_empty()
    }

    /// What is to be saved.
    pub fn draft(&self) -> SloDraft {
        SloDraft {
            url: self.url.clone(),
            binding: Some(self.binding.clone()),
            response_url: Some(self.response_url.clone()).filter(|url| !url.is_empty()),
        }
    }

    /// The row as one line.
    pub fn said(&self) -> String {
        format!("{} {} {}", self.url, self.binding, self.response_url)
            .trim()
            .to_owned()
    }
}

impl From<&SloEndpoint> for SloRow {
    fn from(stored: &SloEndpoint) -> Self {
        Self {
            url: stored.url.clone(),
            binding: stored.binding.as_str().to_owned(),
            response_url: stored.response_url.clone().unwrap_or_default(),
        }
    }
}

impl CertificateRow {
    /// The rows of a form, in their order.
    pub fn all(fields: &Fields) -> Vec<Self> {
        let rows = fields.rows("certificate").into_iter();
        rows.map(|row| Self {
            // Browsers send line ends of their own; the text that is kept has those it had.
            pem: fields
                .text(&format!("certificate-{row}-pem"))
                .replace("\r\n", "\n"),
            use_for: fields.text(&format!("certificate-{row}-use")).to_owned(),
        })
        .collect()
    }

    /// True for a row that was added and never filled.
    pub fn is_blank(&self) -> bool {
        self.pem.trim().is_empty()
    }

    /// What is to be saved.
    pub fn draft(&self) -> CertificateDraft {
        CertificateDraft::WithUse(CertificateWithUse {
            pem: self.pem.clone(),
            use_for: Some(self.use_for.clone()),
        })
    }

    /// The row as one line: certificates differ in their middle, where they are all letters.
    pub fn said(&self) -> String {
        let body: String = self
            .pem
            .lines()
            .filter(|line| !line.starts_with("---"))
            .collect();
        format!("{} {body}", self.use_for)
    }
}

impl From<&SpCertificate> for CertificateRow {
    fn from(stored: &SpCertificate) -> Self {
        Self {
            pem: stored.pem.clone(),
            use_for: stored.use_for.as_str().to_owned(),
        }
    }
}
