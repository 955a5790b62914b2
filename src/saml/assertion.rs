//! The assertion of the Web Browser SSO profile (SAML Core 2.3, Profiles 4.1.4.2), built from plain
//! inputs: ids, instants and values are given, nothing is looked up.

use chrono::{DateTime, Utc};

use crate::domain::attribute_mapping::NameFormat;
use crate::domain::release::ReleasedAttribute;
use crate::saml::instant;
use crate::saml::name_id::{NameId, write_name_id};
use crate::saml::signature::Signable;
use crate::saml::urns::{
    ATTRNAME_BASIC, ATTRNAME_UNSPECIFIED, ATTRNAME_URI, CONFIRMATION_BEARER, NS_ASSERTION, NS_XS,
    NS_XSI,
};
use crate::saml::xml_writer::{ForbiddenCharacter, XmlWriter};

/// When an assertion was made and holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AssertionTimes {
    pub issued_at: DateTime<Utc>,
    pub not_before: DateTime<Utc>,
    /// Of the Conditions and of the bearer confirmation.
    pub not_on_or_after: DateTime<Utc>,
}

/// How and when the subject signed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AuthnStatement<'a> {
    /// When the credential was last checked.
    pub authn_instant: DateTime<Utc>,
    /// Opaque name of the session for single logout.
    pub session_index: &'a str,
    /// The end of the session.
    pub session_not_on_or_after: DateTime<Utc>,
    /// AuthnContextClassRef.
    pub class_ref: &'a str,
}

/// Everything an assertion says.
#[derive(Debug, Clone, Copy)]
pub struct AssertionInput<'a> {
    /// Unique, an NCName.
    pub id: &'a str,
    /// Our entity ID.
    pub issuer: &'a str,
    /// The entity ID of the service provider.
    pub audience: &'a str,
    /// The verified ACS URL; Recipient.
    pub acs_url: &'a str,
    /// The ID of the request; `None` when unsolicited.
    pub in_response_to: Option<&'a str>,
    pub name_id: &'a NameId,
    pub times: AssertionTimes,
    pub authn: AuthnStatement<'a>,
    pub attributes: &'a [ReleasedAttribute],
}

/// The NameID as a document of its own, to be encrypted.
pub fn write_name_id_alone(name_id: &NameId) -> Result<String, ForbiddenCharacter> {
    let mut writer = XmlWriter::new();
    write_name_id(&mut writer, name_id, &[("xmlns:saml", NS_ASSERTION)]);
    writer.finish()
}

/// Writes the assertion, still to be signed. A finished EncryptedID takes the place of the NameID.
pub fn write(
    input: &AssertionInput<'_>,
    encrypted_id: Option<&str>,
) -> Result<Signable, ForbiddenCharacter> {
    let mut head = XmlWriter::new();
    head.start(
        "saml:Assertion",
        &[
            ("xmlns:saml", NS_ASSERTION),
            ("xmlns:xs", NS_XS),
            ("xmlns:xsi", NS_XSI),
            ("ID", input.id),
            ("IssueInstant", &instant::format(input.times.issued_at)),
            ("Version", "2.0"),
        ],
    );
    head.leaf("saml:Issuer", &[], input.issuer);
    let mut tail = XmlWriter::new();
    write_subject(&mut tail, input, encrypted_id);
    write_conditions(&mut tail, input);
    write_authn_statement(&mut tail, &input.authn);
    write_attribute_statement(&mut tail, input.attributes);
    tail.end("saml:Assertion");
    Ok(Signable {
        id: input.id.to_owned(),
        head: head.finish()?,
        tail: tail.finish()?,
    })
}

fn write_subject(writer: &mut XmlWriter, input: &AssertionInput<'_>, encrypted_id: Option<&str>) {
    writer.start("saml:Subject", &[]);
    match encrypted_id {
        Some(element) => writer.finished(element),
        None => write_name_id(writer, input.name_id, &[]),
    }
    writer.start(
        "saml:SubjectConfirmation",
        &[("Method", CONFIRMATION_BEARER)],
    );
    let not_on_or_after = instant::format(input.times.not_on_or_after);
    let mut data = Vec::with_capacity(3);
    if let Some(request_id) = input.in_response_to {
        data.push(("InResponseTo", request_id));
    }
    data.push(("NotOnOrAfter", not_on_or_after.as_str()));
    data.push(("Recipient", input.acs_url));
    writer.leaf("saml:SubjectConfirmationData", &data, "");
    writer.end("saml:SubjectConfirmation");
    writer.end("saml:Subject");
}

fn write_conditions(writer: &mut XmlWriter, input: &AssertionInput<'_>) {
    writer.start(
        "saml:Conditions",
        &[
            ("NotBefore", &instant::format(input.times.not_before)),
            (
                "NotOnOrAfter",
                &instant::format(input.times.not_on_or_after),
            ),
        ],
    );
    writer.start("saml:AudienceRestriction", &[]);
    writer.leaf("saml:Audience", &[], input.audience);
    writer.end("saml:AudienceRestriction");
    writer.end("saml:Conditions");
}

fn write_authn_statement(writer: &mut XmlWriter, authn: &AuthnStatement<'_>) {
    writer.start(
        "saml:AuthnStatement",
        &[
            ("AuthnInstant", &instant::format(authn.authn_instant)),
            ("SessionIndex", authn.session_index),
            (
                "SessionNotOnOrAfter",
                &instant::format(authn.session_not_on_or_after),
            ),
        ],
    );
    writer.start("saml:AuthnContext", &[]);
    writer.leaf("saml:AuthnContextClassRef", &[], authn.class_ref);
    writer.end("saml:AuthnContext");
    writer.end("saml:AuthnStatement");
}

/// An empty statement is against the schema: no attributes, no statement. An empty string is a
/// value and goes out as one.
fn write_attribute_statement(writer: &mut XmlWriter, attributes: &[ReleasedAttribute]) {
    if attributes.is_empty() {
        return;
    }
    writer.start("saml:AttributeStatement", &[]);
    for attribute in attributes {
        let name_format = match attribute.name_format {
            NameFormat::Basic => ATTRNAME_BASIC,
            NameFormat::Uri => ATTRNAME_URI,
            NameFormat::Unspecified => ATTRNAME_UNSPECIFIED,
        };
        writer.start(
            "saml:Attribute",
            &[("Name", &attribute.name), ("NameFormat", name_format)],
        );
        for value in &attribute.values {
            writer.leaf("saml:AttributeValue", &[("xsi:type", "xs:string")], value);
        }
        writer.end("saml:Attribute");
    }
    writer.end("saml:AttributeStatement");
}
