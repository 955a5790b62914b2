//! What of an assertion one service provider gets encrypted, and by which algorithms. Choices only:
//! the ciphertext is made in `saml::encryption`, and the key comes from the service provider's
//! certificates.

/// How the content is encrypted; API field `encryptionAlgorithm`. GCM tells a changed ciphertext;
/// CBC does not and is there for peers that know nothing else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EncryptionAlgorithm {
    Aes256Gcm,
    Aes128Gcm,
    Aes256Cbc,
    Aes128Cbc,
}

impl EncryptionAlgorithm {
    /// In order of preference.
    pub const ALL: [Self; 4] = [
        Self::Aes256Gcm,
        Self::Aes128Gcm,
        Self::Aes256Cbc,
        Self::Aes128Cbc,
    ];

    /// The spelling of API, store and pages.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Aes256Gcm => "AES-256-GCM",
            Self::Aes128Gcm => "AES-128-GCM",
            Self::Aes256Cbc => "AES-256-CBC",
            Self::Aes128Cbc => "AES-128-CBC",
        }
    }

    /// Reads the API spelling, exact case.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|item| item.as_str() == text)
    }
}

/// How the content key reaches the service provider; API field `keyTransportAlgorithm`. RSA-OAEP
/// with SHA-1 is what nearly every service provider reads, and the strength of OAEP does not rest on
/// collisions of its hash; SHA-256 is for those whose rules forbid SHA-1 anywhere. RSA 1.5 padding
/// is not offered: it has told attackers the key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyTransport {
    RsaOaep,
    RsaOaepSha256,
}

impl KeyTransport {
    /// In order of preference: what more service providers read comes first.
    pub const ALL: [Self; 2] = [Self::RsaOaep, Self::RsaOaepSha256];

    /// The spelling of API and store.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::RsaOaep => "RSA-OAEP",
            Self::RsaOaepSha256 => "RSA-OAEP-SHA256",
        }
    }

    /// The words on pages.
    pub const fn label(self) -> &'static str {
        match self {
            Self::RsaOaep => "RSA-OAEP",
            Self::RsaOaepSha256 => "RSA-OAEP with SHA-256",
        }
    }

    /// Reads the API spelling, exact case.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|item| item.as_str() == text)
    }
}

/// What is encrypted for one service provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EncryptionChoice {
    /// The whole assertion goes out as an EncryptedAssertion.
    pub assertions: bool,
    /// The NameID goes out as an EncryptedID, inside the assertion.
    pub name_id: bool,
    pub algorithm: EncryptionAlgorithm,
    pub key_transport: KeyTransport,
}

impl EncryptionChoice {
    /// Nothing is encrypted; what to use once something is.
    pub const NONE: Self = Self {
        assertions: false,
        name_id: false,
        algorithm: EncryptionAlgorithm::Aes256Gcm,
        key_transport: KeyTransport::RsaOaep,
    };

    /// Whether a certificate of the service provider is needed.
    pub const fn is_on(self) -> bool {
        self.assertions || self.name_id
    }
}
