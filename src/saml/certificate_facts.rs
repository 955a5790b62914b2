//! What people compare certificates by. Reads; judges nothing.

use chrono::{DateTime, TimeDelta, Utc};
use openssl::asn1::{Asn1Time, Asn1TimeRef};
use openssl::error::ErrorStack;
use openssl::nid::Nid;
use openssl::x509::X509;

use crate::saml::credentials::CredentialError;
use crate::saml::fingerprint;

/// Serial number, fingerprint, whose it is and when it ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificateFacts {
    /// Hexadecimal, upper case.
    pub serial: String,
    /// SHA-256 of the DER, in pairs of hexadecimal digits with colons.
    pub fingerprint: String,
    /// The common name; empty when it has none.
    pub subject: String,
    pub not_after: DateTime<Utc>,
}

/// The facts of a certificate in PEM.
pub fn read(pem: &str) -> Result<CertificateFacts, CredentialError> {
    let certificate = X509::from_pem(pem.as_bytes())?;
    let serial = certificate.serial_number().to_bn()?.to_hex_str()?;
    Ok(CertificateFacts {
        serial: serial.to_string(),
        fingerprint: fingerprint::of(&certificate.to_der()?),
        subject: common_name(&certificate),
        not_after: instant(certificate.not_after())?,
    })
}

fn common_name(certificate: &X509) -> String {
    let mut names = certificate.subject_name().entries_by_nid(Nid::COMMONNAME);
    let text = names.next().and_then(|name| name.data().to_string().ok());
    text.unwrap_or_default()
}

/// A date of a certificate.
pub fn instant(time: &Asn1TimeRef) -> Result<DateTime<Utc>, ErrorStack> {
    let since = Asn1Time::from_unix(0)?.diff(time)?;
    let days = TimeDelta::days(i64::from(since.days));
    Ok(DateTime::UNIX_EPOCH + days + TimeDelta::seconds(i64::from(since.secs)))
}
