//! The outside of every protocol message that is sent: root element, attributes in canonical order,
//! Issuer; and the Status of answers (SAML Core 3.2.1, 3.2.2).

use chrono::{DateTime, Utc};

use crate::saml::instant;
use crate::saml::signature::Signable;
use crate::saml::urns::{NS_ASSERTION, NS_PROTOCOL};
use crate::saml::xml_writer::{ForbiddenCharacter, XmlWriter};

/// What stands on the root of a message.
pub struct Envelope<'a> {
    /// With the prefix `samlp`.
    pub element: &'static str,
    /// Unique, an NCName.
    pub id: &'a str,
    /// Our entity ID.
    pub issuer: &'a str,
    pub destination: Option<&'a str>,
    pub in_response_to: Option<&'a str>,
    pub issued_at: DateTime<Utc>,
    /// Of requests that run out.
    pub not_on_or_after: Option<DateTime<Utc>>,
    /// Of logout requests.
    pub reason: Option<&'a str>,
}

impl Envelope<'_> {
    /// The message around what follows its Issuer.
    pub fn around(&self, mut tail: XmlWriter) -> Result<Signable, ForbiddenCharacter> {
        let issued_at = instant::format(self.issued_at);
        let not_on_or_after = self.not_on_or_after.map(instant::format);
        let optional = [
            ("InResponseTo", self.in_response_to),
            ("IssueInstant", Some(issued_at.as_str())),
            ("NotOnOrAfter", not_on_or_after.as_deref()),
            ("Reason", self.reason),
        ];
        let mut attributes = vec![("xmlns:samlp", NS_PROTOCOL)];
        attributes.extend(self.destination.map(|url| ("Destination", url)));
        attributes.push(("ID", self.id));
        attributes.extend(
            optional
                .into_iter()
                .filter_map(|(name, value)| value.map(|value| (name, value))),
        );
        attributes.push(("Version", "2.0"));
        let mut head = XmlWriter::new();
        head.start(self.element, &attributes);
        head.leaf("saml:Issuer", &[("xmlns:saml", NS_ASSERTION)], self.issuer);
        tail.end(self.element);
        Ok(Signable {
            id: self.id.to_owned(),
            head: head.finish()?,
            tail: tail.finish()?,
        })
    }
}

/// Status with one code or two, and words for whoever reads the other side's log.
pub fn write_status(
    writer: &mut XmlWriter,
    (top_level, second_level): (&str, Option<&str>),
    message: Option<&str>,
) {
    writer.start("samlp:Status", &[]);
    writer.start("samlp:StatusCode", &[("Value", top_level)]);
    if let Some(second_level) = second_level {
        writer.leaf("samlp:StatusCode", &[("Value", second_level)], "");
    }
    writer.end("samlp:StatusCode");
    if let Some(message) = message {
        writer.leaf("samlp:StatusMessage", &[], message);
    }
    writer.end("samlp:Status");
}
