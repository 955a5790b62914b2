//! A connector: all that is known about one service provider and what it is to receive. Parsed
//! and valid by construction; the store keeps it, the SAML floor turns it into documents.

use crate::domain::access_conditions::AccessConditions;
use crate::domain::attribute_mapping::AttributeMapping;
use crate::domain::encryption::EncryptionChoice;
use crate::domain::ids::{ConnectorId, PublicId};
use crate::domain::name_id_source::NameIdSource;

/// API field `status`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConnectorStatus {
    Active,
    Inactive,
}

impl ConnectorStatus {
    pub const ALL: [Self; 2] = [Self::Active, Self::Inactive];

    /// The spelling of API and store.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "ACTIVE",
            Self::Inactive => "INACTIVE",
        }
    }

    /// The words on pages.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Active => "Active",
            Self::Inactive => "Inactive",
        }
    }

    /// Reads the API spelling, exact case.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|item| item.as_str() == text)
    }
}

/// SAML binding by which a browser brings a message, in the API's spelling `HTTP-POST`,
/// `HTTP-REDIRECT`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EndpointBinding {
    HttpPost,
    HttpRedirect,
}

impl EndpointBinding {
    pub const ALL: [Self; 2] = [Self::HttpPost, Self::HttpRedirect];

    /// The spelling of API and store.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::HttpPost => "HTTP-POST",
            Self::HttpRedirect => "HTTP-REDIRECT",
        }
    }

    /// The words on pages.
    pub const fn label(self) -> &'static str {
        match self {
            Self::HttpPost => "HTTP-POST",
            Self::HttpRedirect => "HTTP-Redirect",
        }
    }

    /// Reads the API spelling, exact case.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|item| item.as_str() == text)
    }
}

/// How a response reaches an AssertionConsumerService (SAML Profiles 4.1.2, 4.2.2), in the API's
/// spelling `HTTP-POST`, `HTTP-ARTIFACT`, `PAOS`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AcsBinding {
    /// The browser posts it.
    HttpPost,
    /// The browser brings a reference, and the service provider fetches the response itself.
    HttpArtifact,
    /// A client that is no browser hands it on.
    Paos,
}

impl AcsBinding {
    pub const ALL: [Self; 3] = [Self::HttpPost, Self::HttpArtifact, Self::Paos];

    /// The spelling of API and store.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::HttpPost => "HTTP-POST",
            Self::HttpArtifact => "HTTP-ARTIFACT",
            Self::Paos => "PAOS",
        }
    }

    /// The words on pages.
    pub const fn label(self) -> &'static str {
        match self {
            Self::HttpPost => "HTTP-POST",
            Self::HttpArtifact => "HTTP-Artifact",
            Self::Paos => "PAOS (ECP)",
        }
    }

    /// Reads the API spelling, exact case.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|item| item.as_str() == text)
    }
}

/// An AssertionConsumerService of the service provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AcsEndpoint {
    /// https, or http on loopback; compared byte for byte (EXACT-ACS).
    pub url: String,
    pub binding: AcsBinding,
    pub index: Option<u16>,
    pub is_default: bool,
}

/// A SingleLogoutService of the service provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SloEndpoint {
    pub url: String,
    pub binding: EndpointBinding,
    pub response_url: Option<String>,
}

/// What a registered certificate of the service provider is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CertificateUse {
    Both,
    Signing,
    Encryption,
}

impl CertificateUse {
    pub const ALL: [Self; 3] = [Self::Both, Self::Signing, Self::Encryption];

    /// The spelling of API and store.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Both => "both",
            Self::Signing => "signing",
            Self::Encryption => "encryption",
        }
    }

    /// The words on pages.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Both => "Signing and encryption",
            Self::Signing => "Signing",
            Self::Encryption => "Encryption",
        }
    }

    /// Reads the API spelling, exact case.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|item| item.as_str() == text)
    }
}

/// A certificate of the service provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpCertificate {
    /// PEM text with one CERTIFICATE block.
    pub pem: String,
    pub use_for: CertificateUse,
}

/// The NameID formats that are issued; the URIs are in `saml::urns`, the API spells the URI.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum NameIdFormat {
    EmailAddress,
    Unspecified,
    Persistent,
    Transient,
}

impl NameIdFormat {
    pub const ALL: [Self; 4] = [
        Self::EmailAddress,
        Self::Unspecified,
        Self::Persistent,
        Self::Transient,
    ];

    /// The URI of SAML Core 8.3, which is also the API's and the store's spelling.
    pub const fn uri(self) -> &'static str {
        match self {
            Self::EmailAddress => "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress",
            Self::Unspecified => "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified",
            Self::Persistent => "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent",
            Self::Transient => "urn:oasis:names:tc:SAML:2.0:nameid-format:transient",
        }
    }

    /// The words on pages.
    pub const fn label(self) -> &'static str {
        match self {
            Self::EmailAddress => "Email address",
            Self::Unspecified => "Unspecified",
            Self::Persistent => "Persistent",
            Self::Transient => "Transient",
        }
    }

    /// Reads the URI.
    pub fn parse(uri: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.uri() == uri)
    }
}

/// How the NameID is made when the request does not ask otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NameIdChoice {
    /// Not used for transient; a field is not used for persistent, either.
    pub source: NameIdSource,
    pub format: NameIdFormat,
}

/// What is signed; API field `sign`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignatureScope {
    Assertion,
    Response,
    Both,
}

impl SignatureScope {
    pub const ALL: [Self; 3] = [Self::Assertion, Self::Response, Self::Both];

    /// The spelling of API and store.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Assertion => "ASSERTION",
            Self::Response => "RESPONSE",
            Self::Both => "BOTH",
        }
    }

    /// The words on pages.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Assertion => "Assertion",
            Self::Response => "Response",
            Self::Both => "Assertion and response",
        }
    }

    /// Reads the API spelling, exact case.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|item| item.as_str() == text)
    }
}

/// Signature algorithm; it picks the active key of its type. RSA-SHA1 is not offered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignatureAlgorithm {
    RsaSha256,
    RsaSha384,
    RsaSha512,
    EcdsaSha256,
}

impl SignatureAlgorithm {
    pub const ALL: [Self; 4] = [
        Self::RsaSha256,
        Self::RsaSha384,
        Self::RsaSha512,
        Self::EcdsaSha256,
    ];

    /// The spelling of API and store.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::RsaSha256 => "RSA-SHA256",
            Self::RsaSha384 => "RSA-SHA384",
            Self::RsaSha512 => "RSA-SHA512",
            Self::EcdsaSha256 => "ECDSA-SHA256",
        }
    }

    /// True if it needs an RSA key.
    pub const fn is_rsa(self) -> bool {
        !matches!(self, Self::EcdsaSha256)
    }

    /// Reads the API spelling, exact case.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|item| item.as_str() == text)
    }
}

/// Everything about a connector that is not identity or bookkeeping.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConnectorSettings {
    pub name: String,
    /// `[a-z0-9-]`, unique; names the connector in `/saml/start/{slug}`.
    pub slug: String,
    pub status: ConnectorStatus,
    /// Id of the template it was made from, whose checks apply in previews.
    pub template: Option<String>,
    pub sp_entity_id: String,
    /// At least one.
    pub acs: Vec<AcsEndpoint>,
    pub slo: Vec<SloEndpoint>,
    pub certificates: Vec<SpCertificate>,
    pub want_authn_requests_signed: bool,
    pub name_id: NameIdChoice,
    pub sign: SignatureScope,
    pub signature_algorithm: SignatureAlgorithm,
    pub encryption: EncryptionChoice,
    /// Only a sign-in with a second factor opens it.
    pub require_mfa: bool,
    pub conditions: AccessConditions,
    /// `""`: none.
    pub default_relay_state: String,
    /// `""`: the tile starts at `/saml/start/{slug}`.
    pub login_url: String,
    /// In order; the order is the order of the statement (rule C3).
    pub mappings: Vec<AttributeMapping>,
    /// The metadata document it was filled from, as received.
    pub metadata_xml: Option<String>,
    /// The address it came from, if it is remembered. Nothing is fetched because of it.
    pub metadata_url: Option<String>,
}

impl ConnectorSettings {
    /// Whether a certificate is registered by which a signature of the service provider can be told.
    pub fn has_signing_certificate(&self) -> bool {
        let mut all = self.certificates.iter();
        all.any(|certificate| certificate.use_for != CertificateUse::Encryption)
    }
}

/// A stored connector.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Connector {
    pub id: ConnectorId,
    pub public_id: PublicId,
    pub settings: ConnectorSettings,
    /// Raised by every save; the ETag.
    pub version: i64,
}
