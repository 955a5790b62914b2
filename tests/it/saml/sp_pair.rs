//! Key pairs of service providers, made for this run.

use openssl::pkey::PKey;
use tempfile::NamedTempFile;
use vestibule::domain::signing_key::KeyAlgorithm;
use vestibule::saml::credentials::{KeyPairRequest, generate};

use crate::saml::fixtures::at;
use crate::saml::tools::file;

/// Private key and certificate, PEM.
pub struct SpPair {
    pub private_key: NamedTempFile,
    pub certificate: String,
}

/// A new private key and its certificate, both PEM.
pub fn pem_pair(algorithm: KeyAlgorithm) -> (Vec<u8>, String) {
    let pair = generate(&KeyPairRequest {
        algorithm,
        common_name: "sp.example",
        serial: [9; 16],
        not_before: at("2020-01-01T00:00:00Z"),
        not_after: at("2099-01-01T00:00:00Z"),
    })
    .unwrap();
    let pem = PKey::private_key_from_pkcs8(&pair.private_key)
        .and_then(|key| key.private_key_to_pem_pkcs8())
        .unwrap();
    (pem, pair.certificate)
}

/// A new pair, its key in a file.
pub fn sp_pair(algorithm: KeyAlgorithm) -> SpPair {
    let (private_key, certificate) = pem_pair(algorithm);
    SpPair {
        private_key: file(&private_key),
        certificate,
    }
}
