//! Our own EntityDescriptor (SAML Metadata 2.4.3), in the order of the schema. It promises only what
//! works, and says plainly that unsigned requests are taken.

use chrono::{DateTime, Utc};

use crate::domain::connector::NameIdFormat;
use crate::saml::credentials::{CredentialError, certificate_base64};
use crate::saml::instant;
use crate::saml::urns::{BINDING_POST, BINDING_REDIRECT, NS_DSIG, NS_METADATA, NS_PROTOCOL};
use crate::saml::xml_writer::{ForbiddenCharacter, XmlWriter};

/// What the metadata says.
#[derive(Debug, Clone, Copy)]
pub struct IdpMetadataInput<'a> {
    pub entity_id: &'a str,
    /// `/saml/sso`, which takes both bindings.
    pub sso_url: &'a str,
    /// `/saml/slo`, which takes both bindings.
    pub slo_url: &'a str,
    /// PEM, every published key: the active one first, then those that come or go.
    pub certificates: &'a [&'a str],
    /// In order of preference.
    pub name_id_formats: &'a [NameIdFormat],
    /// Until when it may be used without asking again.
    pub valid_until: Option<DateTime<Utc>>,
}

/// Why the metadata cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum IdpMetadataError {
    #[error(transparent)]
    Certificate(#[from] CredentialError),
    #[error(transparent)]
    Forbidden(#[from] ForbiddenCharacter),
}

/// The document, media type `application/samlmetadata+xml`.
pub fn write(input: &IdpMetadataInput<'_>) -> Result<String, IdpMetadataError> {
    let valid_until = input.valid_until.map(instant::format);
    let mut root = vec![("xmlns:md", NS_METADATA), ("entityID", input.entity_id)];
    if let Some(valid_until) = &valid_until {
        root.push(("validUntil", valid_until));
    }
    let mut writer = XmlWriter::new();
    writer.start("md:EntityDescriptor", &root);
    writer.start(
        "md:IDPSSODescriptor",
        &[
            ("WantAuthnRequestsSigned", "false"),
            ("protocolSupportEnumeration", NS_PROTOCOL),
        ],
    );
    for certificate in input.certificates {
        write_key(&mut writer, &certificate_base64(certificate)?);
    }
    for binding in [BINDING_REDIRECT, BINDING_POST] {
        let attributes = [("Binding", binding), ("Location", input.slo_url)];
        writer.leaf("md:SingleLogoutService", &attributes, "");
    }
    for format in input.name_id_formats {
        writer.leaf("md:NameIDFormat", &[], format.uri());
    }
    for binding in [BINDING_REDIRECT, BINDING_POST] {
        let attributes = [("Binding", binding), ("Location", input.sso_url)];
        writer.leaf("md:SingleSignOnService", &attributes, "");
    }
    writer.end("md:IDPSSODescriptor");
    writer.end("md:EntityDescriptor");
    let body = writer.finish()?;
    Ok(["<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n", &body].concat())
}

fn write_key(writer: &mut XmlWriter, certificate: &str) {
    writer.start("md:KeyDescriptor", &[("use", "signing")]);
    writer.start("ds:KeyInfo", &[("xmlns:ds", NS_DSIG)]);
    writer.start("ds:X509Data", &[]);
    writer.leaf("ds:X509Certificate", &[], certificate);
    writer.end("ds:X509Data");
    writer.end("ds:KeyInfo");
    writer.end("md:KeyDescriptor");
}
