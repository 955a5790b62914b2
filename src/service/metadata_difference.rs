//! The difference between a connector as it is and as new metadata would make it: every value that would
//! change, and what the metadata says of itself besides. Compares; decides and changes nothing.

use crate::domain::connector::{AcsEndpoint, ConnectorSettings, SloEndpoint};
use crate::domain::sp_description::{Localized, SpDescription};
use crate::service::sp_certificates::SpCertificateView;

/// What differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    AcsUrl,
    /// The order counts: the first of several that fit is taken.
    AcsOrder,
    SloUrl,
    SloOrder,
    Certificate,
    SignedRequests,
    EncryptionAlgorithm,
    KeyTransport,
    /// From here on what is only told: no setting follows from it.
    SignedAssertions,
    NameIdFormat,
    ValidUntil,
    DisplayName,
    Description,
    Logo,
    PrivacyStatement,
    EntityAttribute,
    RequestedAttribute,
}

impl Subject {
    /// Whether a setting of the connector changes; otherwise the metadata merely says something else.
    pub const fn is_setting(self) -> bool {
        matches!(
            self,
            Self::AcsUrl
                | Self::AcsOrder
                | Self::SloUrl
                | Self::SloOrder
                | Self::Certificate
                | Self::SignedRequests
                | Self::EncryptionAlgorithm
                | Self::KeyTransport
        )
    }

    /// The field of the API, or the element of the metadata.
    pub const fn as_str(self) -> &'static str {
        self.told().0
    }

    /// The words on pages.
    pub const fn label(self) -> &'static str {
        self.told().1
    }

    const fn told(self) -> (&'static str, &'static str) {
        match self {
            Self::AcsUrl => ("acsUrls", "ACS URL"),
            Self::AcsOrder => ("acsUrls/order", "Order of the ACS URLs"),
            Self::SloUrl => ("sloUrls", "Single logout URL"),
            Self::SloOrder => ("sloUrls/order", "Order of the single logout URLs"),
            Self::Certificate => ("spCertificates", "Certificate"),
            Self::SignedRequests => ("wantAuthnRequestsSigned", "Signed requests"),
            Self::EncryptionAlgorithm => ("encryptionAlgorithm", "Encryption algorithm"),
            Self::KeyTransport => ("keyTransportAlgorithm", "Key transport"),
            Self::SignedAssertions => ("WantAssertionsSigned", "Wants signed assertions"),
            Self::NameIdFormat => ("NameIDFormat", "NameID format"),
            Self::ValidUntil => ("validUntil", "Metadata valid until"),
            Self::DisplayName => ("DisplayName", "Display name"),
            Self::Description => ("Description", "Description"),
            Self::Logo => ("Logo", "Logo"),
            Self::PrivacyStatement => ("PrivacyStatementURL", "Privacy statement"),
            Self::EntityAttribute => ("EntityAttributes", "Entity attribute"),
            Self::RequestedAttribute => ("RequestedAttribute", "Requested attribute"),
        }
    }
}

/// One side of a difference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Said {
    Acs(AcsEndpoint),
    Slo(SloEndpoint),
    Certificate(SpCertificateView),
    Flag(bool),
    Text(String),
}

/// Something that is added (no `before`), removed (no `after`) or changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    pub subject: Subject,
    pub before: Option<Said>,
    pub after: Option<Said>,
}

impl Change {
    /// `ADDED`, `REMOVED` or `CHANGED`.
    pub const fn kind(&self) -> &'static str {
        match (&self.before, &self.after) {
            (None, _) => "ADDED",
            (Some(_), None) => "REMOVED",
            (Some(_), Some(_)) => "CHANGED",
        }
    }
}

/// What changes in the settings, and what the metadata says differently.
pub fn between(
    (before, said_before): (&ConnectorSettings, &SpDescription),
    (after, said_after): (&ConnectorSettings, &SpDescription),
) -> Vec<Change> {
    let mut changes = settings(before, after);
    changes.extend(descriptions(said_before, said_after));
    changes
}

fn settings(before: &ConnectorSettings, after: &ConnectorSettings) -> Vec<Change> {
    let mut changes = list(
        Subject::AcsUrl,
        (&before.acs, &after.acs),
        |one| one.url.clone(),
        Said::Acs,
    );
    changes.extend(order(Subject::AcsOrder, &before.acs, &after.acs, |one| {
        &one.url
    }));
    changes.extend(list(
        Subject::SloUrl,
        (&before.slo, &after.slo),
        slo_key,
        Said::Slo,
    ));
    changes.extend(order(Subject::SloOrder, &before.slo, &after.slo, |one| {
        &one.url
    }));
    let certificates = |of: &ConnectorSettings| -> Vec<SpCertificateView> {
        of.certificates.iter().map(SpCertificateView::of).collect()
    };
    changes.extend(list(
        Subject::Certificate,
        (&certificates(before), &certificates(after)),
        |one| one.fingerprint.clone(),
        Said::Certificate,
    ));
    changes.extend(flag(
        Subject::SignedRequests,
        before.want_authn_requests_signed,
        after.want_authn_requests_signed,
    ));
    let (old, new) = (before.encryption, after.encryption);
    changes.extend(text(
        Subject::EncryptionAlgorithm,
        old.algorithm.as_str(),
        new.algorithm.as_str(),
    ));
    changes.extend(text(
        Subject::KeyTransport,
        old.key_transport.as_str(),
        new.key_transport.as_str(),
    ));
    changes
}

fn slo_key(endpoint: &SloEndpoint) -> String {
    format!("{} {}", endpoint.binding.as_str(), endpoint.url)
}

fn descriptions(before: &SpDescription, after: &SpDescription) -> Vec<Change> {
    let mut changes: Vec<Change> = flag(
        Subject::SignedAssertions,
        before.want_assertions_signed,
        after.want_assertions_signed,
    )
    .into_iter()
    .collect();
    let told: [(Subject, Lines); 7] = [
        (Subject::NameIdFormat, |of| of.name_id_formats.clone()),
        (Subject::ValidUntil, |of| {
            let date = of
                .valid_until
                .map(|at| at.format("%Y-%m-%d %H:%M UTC").to_string());
            date.into_iter().collect()
        }),
        (Subject::DisplayName, |of| lines(&of.display_names)),
        (Subject::Description, |of| lines(&of.descriptions)),
        (Subject::Logo, |of| {
            let logos = of.logos.iter();
            logos
                .map(|logo| format!("{} {}", logo.url, logo.size))
                .collect()
        }),
        (Subject::PrivacyStatement, |of| {
            lines(&of.privacy_statement_urls)
        }),
        (Subject::EntityAttribute, |of| {
            let attributes = of.entity_attributes.iter();
            attributes
                .map(|one| format!("{}: {}", one.name, one.values.join(", ")))
                .collect()
        }),
    ];
    for (subject, of) in told {
        changes.extend(list(
            subject,
            (&of(before), &of(after)),
            String::clone,
            Said::Text,
        ));
    }
    let requested = |of: &SpDescription| -> Vec<String> {
        let asked = of.requested_attributes.iter();
        asked
            .map(|one| {
                let need = if one.is_required { " (isRequired)" } else { "" };
                format!("{} {}{need}", one.name, one.friendly_name)
            })
            .collect()
    };
    changes.extend(list(
        Subject::RequestedAttribute,
        (&requested(before), &requested(after)),
        |line| line.split(' ').next().unwrap_or_default().to_owned(),
        Said::Text,
    ));
    changes
}

/// The lines of one subject, as a list of texts.
type Lines = fn(&SpDescription) -> Vec<String>;

fn lines(texts: &[Localized]) -> Vec<String> {
    let line = |one: &Localized| match one.language.as_str() {
        "" => one.text.clone(),
        language => format!("{} [{language}]", one.text),
    };
    texts.iter().map(line).collect()
}

fn flag(subject: Subject, before: bool, after: bool) -> Option<Change> {
    (before != after).then_some(Change {
        subject,
        before: Some(Said::Flag(before)),
        after: Some(Said::Flag(after)),
    })
}

fn text(subject: Subject, before: &str, after: &str) -> Option<Change> {
    (before != after).then(|| Change {
        subject,
        before: Some(Said::Text(before.to_owned())),
        after: Some(Said::Text(after.to_owned())),
    })
}

/// What is in one list and not in the other; two that have the same key are one that changed.
fn list<T: PartialEq + Clone>(
    subject: Subject,
    (before, after): (&[T], &[T]),
    key: impl Fn(&T) -> String,
    say: impl Fn(T) -> Said,
) -> Vec<Change> {
    let mut gone: Vec<&T> = before.iter().filter(|one| !after.contains(one)).collect();
    let mut changes = Vec::new();
    for new in after.iter().filter(|one| !before.contains(one)) {
        let same = gone.iter().position(|old| key(old) == key(new));
        let old = same.map(|place| gone.remove(place).clone());
        changes.push(Change {
            subject,
            before: old.map(&say),
            after: Some(say(new.clone())),
        });
    }
    changes.extend(gone.into_iter().map(|old| Change {
        subject,
        before: Some(say(old.clone())),
        after: None,
    }));
    changes
}

/// Whether those that stay stand in another order.
fn order<T>(
    subject: Subject,
    before: &[T],
    after: &[T],
    name: impl Fn(&T) -> &String,
) -> Option<Change> {
    let of = |list: &[T], other: &[T]| -> String {
        let names: Vec<&str> = list
            .iter()
            .map(|one| name(one).as_str())
            .filter(|url| other.iter().any(|one| name(one) == url))
            .collect();
        names.join(", ")
    };
    let (old, new) = (of(before, after), of(after, before));
    text(subject, &old, &new)
}

#[cfg(test)]
mod tests;
