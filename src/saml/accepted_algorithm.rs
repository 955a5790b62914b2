//! The signature algorithms that are accepted from others: RSA and ECDSA with SHA-256 and up
//! (requirement KEYS-FROM-STORE). Nothing here verifies.

use openssl::hash::MessageDigest;
use openssl::pkey::Id;
use samael::crypto::AllowedSignatureAlgorithm;

use crate::saml::urns::{
    SIGNATURE_ECDSA_SHA256, SIGNATURE_ECDSA_SHA384, SIGNATURE_ECDSA_SHA512, SIGNATURE_RSA_SHA256,
    SIGNATURE_RSA_SHA384, SIGNATURE_RSA_SHA512,
};

/// One of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AcceptedAlgorithm {
    /// A key of another type does not serve it: no algorithm may be turned against another's key.
    pub is_rsa: bool,
    bits: HashBits,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum HashBits {
    Sha256,
    Sha384,
    Sha512,
}

impl AcceptedAlgorithm {
    /// The algorithm of a URI; `None` for every other: SHA-1, HMAC, none, unknown.
    pub fn find(uri: &str) -> Option<Self> {
        let (is_rsa, bits) = match uri {
            SIGNATURE_RSA_SHA256 => (true, HashBits::Sha256),
            SIGNATURE_RSA_SHA384 => (true, HashBits::Sha384),
            SIGNATURE_RSA_SHA512 => (true, HashBits::Sha512),
            SIGNATURE_ECDSA_SHA256 => (false, HashBits::Sha256),
            SIGNATURE_ECDSA_SHA384 => (false, HashBits::Sha384),
            SIGNATURE_ECDSA_SHA512 => (false, HashBits::Sha512),
            _ => return None,
        };
        Some(Self { is_rsa, bits })
    }

    /// Its hash.
    pub fn digest(self) -> MessageDigest {
        match self.bits {
            HashBits::Sha256 => MessageDigest::sha256(),
            HashBits::Sha384 => MessageDigest::sha384(),
            HashBits::Sha512 => MessageDigest::sha512(),
        }
    }

    /// The type of the keys that serve it.
    pub const fn key_type(self) -> Id {
        if self.is_rsa { Id::RSA } else { Id::EC }
    }

    /// What the verifier of documents calls all that is accepted with keys of this type; the hash
    /// of the reference may differ from that of the signature.
    pub const fn allowed(self) -> [AllowedSignatureAlgorithm; 3] {
        if self.is_rsa {
            [
                AllowedSignatureAlgorithm::RsaSha256,
                AllowedSignatureAlgorithm::RsaSha384,
                AllowedSignatureAlgorithm::RsaSha512,
            ]
        } else {
            [
                AllowedSignatureAlgorithm::EcdsaSha256,
                AllowedSignatureAlgorithm::EcdsaSha384,
                AllowedSignatureAlgorithm::EcdsaSha512,
            ]
        }
    }
}
