//! Signing keys as the rest of the house names them: algorithm and life cycle. Private halves are
//! sealed in the store and opened only in `service`, or lie in a hardware security module.

use chrono::{DateTime, Utc};

use crate::domain::ids::{PublicId, SigningKeyId};

/// What can be generated; command-line spelling.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyAlgorithm {
    Rsa2048,
    Rsa3072,
    Rsa4096,
    EcdsaP256,
}

impl KeyAlgorithm {
    pub const ALL: [Self; 4] = [Self::Rsa2048, Self::Rsa3072, Self::Rsa4096, Self::EcdsaP256];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Rsa2048 => "rsa-2048",
            Self::Rsa3072 => "rsa-3072",
            Self::Rsa4096 => "rsa-4096",
            Self::EcdsaP256 => "ecdsa-p256",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|algorithm| algorithm.as_str() == text)
    }

    /// One active key per type: all RSA sizes are one type.
    pub const fn is_rsa(self) -> bool {
        !matches!(self, Self::EcdsaP256)
    }
}

/// Life cycle: published, signing, gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyState {
    Next,
    Active,
    Retired,
}

impl KeyState {
    /// The words on pages.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Next => "Published",
            Self::Active => "Signs now",
            Self::Retired => "Retired",
        }
    }

    pub const ALL: [Self; 3] = [Self::Next, Self::Active, Self::Retired];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Next => "NEXT",
            Self::Active => "ACTIVE",
            Self::Retired => "RETIRED",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }
}

/// Where the private half of a key is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PrivateHalf {
    /// In the store: PKCS#8 sealed under the master key; opaque here.
    Sealed(Vec<u8>),
    /// In the hardware security module, under the public id of the key. It never comes out.
    InHsm,
}

/// A stored key pair.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SigningKey {
    pub id: SigningKeyId,
    pub public_id: PublicId,
    pub algorithm: KeyAlgorithm,
    pub state: KeyState,
    /// PEM.
    pub certificate: String,
    pub private_half: PrivateHalf,
    pub not_after: DateTime<Utc>,
    pub created_at: DateTime<Utc>,
    /// From when all sign with it that have no date of their own for it; `None`: not decided.
    pub signs_from: Option<DateTime<Utc>>,
    /// The days before its end of which administrators were last told by mail.
    pub warned_days: Option<i64>,
}
