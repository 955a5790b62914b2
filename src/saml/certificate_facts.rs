//! What people compare certificates by. Reads; judges nothing.

use openssl::x509::X509;

use crate::saml::credentials::CredentialError;
use crate::saml::fingerprint;

/// Serial number and fingerprint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificateFacts {
    /// Hexadecimal, upper case.
    pub serial: String,
    /// SHA-256 of the DER, in pairs of hexadecimal digits with colons.
    pub fingerprint: String,
}

/// The facts of a certificate in PEM.
pub fn read(pem: &str) -> Result<CertificateFacts, CredentialError> {
    let certificate = X509::from_pem(pem.as_bytes())?;
    let serial = certificate.serial_number().to_bn()?.to_hex_str()?;
    Ok(CertificateFacts {
        serial: serial.to_string(),
        fingerprint: fingerprint::of(&certificate.to_der()?),
    })
}
