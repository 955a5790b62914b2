//! The certificates of a service provider as people compare them, and which of them end. Nobody is refused because
//! one has ended: what counts is the key. But service providers change it about then, and have to tell.

use chrono::{DateTime, TimeDelta, Utc};

use crate::domain::connector::{CertificateUse, ConnectorSettings, SpCertificate};
use crate::saml::certificate_facts;

/// So many days before its end a certificate is shown as ending.
const SOON: TimeDelta = TimeDelta::days(60);

/// A certificate by what people compare it by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpCertificateView {
    pub use_for: CertificateUse,
    /// SHA-256, in pairs of hexadecimal digits with colons.
    pub fingerprint: String,
    /// The common name; may be empty.
    pub subject: String,
    /// `None`: it cannot be read.
    pub not_after: Option<DateTime<Utc>>,
}

impl SpCertificateView {
    /// What a certificate says.
    pub fn of(certificate: &SpCertificate) -> Self {
        let facts = certificate_facts::read(&certificate.pem).ok();
        Self {
            use_for: certificate.use_for,
            not_after: facts.as_ref().map(|facts| facts.not_after),
            fingerprint: facts
                .as_ref()
                .map_or_else(String::new, |facts| facts.fingerprint.clone()),
            subject: facts.map_or_else(String::new, |facts| facts.subject),
        }
    }

    /// Whole days until it ends, if it ends soon or has ended; below zero: it has.
    pub fn days_left(&self, now: DateTime<Utc>) -> Option<i64> {
        let left = self.not_after? - now;
        (left <= SOON).then(|| {
            if left <= TimeDelta::zero() {
                -1
            } else {
                left.num_days()
            }
        })
    }

    fn serves(&self, purpose: CertificateUse) -> bool {
        self.use_for == CertificateUse::Both || self.use_for == purpose
    }
}

/// The certificates on whose end something depends: one beside which a later one stands for all that it is used
/// for has been replaced already.
pub fn last_ones(settings: &ConnectorSettings) -> Vec<SpCertificateView> {
    let all: Vec<SpCertificateView> = settings
        .certificates
        .iter()
        .map(SpCertificateView::of)
        .collect();
    let is_replaced = |one: &SpCertificateView| {
        let purposes = [CertificateUse::Signing, CertificateUse::Encryption];
        let mut needed = purposes.into_iter().filter(|purpose| one.serves(*purpose));
        needed.all(|purpose| {
            let mut others = all.iter();
            others.any(|other| other.serves(purpose) && other.not_after > one.not_after)
        })
    };
    all.iter()
        .filter(|one| !is_replaced(one))
        .cloned()
        .collect()
}

/// How few days are left to a connector, if one of its certificates ends soon or has ended.
pub fn fewest_days(settings: &ConnectorSettings, now: DateTime<Utc>) -> Option<i64> {
    let ones = last_ones(settings).into_iter();
    ones.filter_map(|one| one.days_left(now)).min()
}

#[cfg(test)]
mod tests;
