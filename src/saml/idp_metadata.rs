//! Our own EntityDescriptor (SAML Metadata 2.4.3), in the order of the schema. It promises only what
//! works, and says plainly that unsigned requests are taken.

use chrono::{DateTime, Utc};

use crate::domain::connector::NameIdFormat;
use crate::saml::credentials::{CredentialError, certificate_base64};
use crate::saml::instant;
use crate::saml::signature::{Signable, SignatureError};
use crate::saml::urns::{
    BINDING_POST, BINDING_REDIRECT, BINDING_SOAP, NS_DSIG, NS_METADATA, NS_PROTOCOL,
};
use crate::saml::xml_writer::{ForbiddenCharacter, XmlWriter};

/// What the metadata says.
#[derive(Debug, Clone, Copy)]
pub struct IdpMetadataInput<'a> {
    pub entity_id: &'a str,
    /// `/saml/sso`, which takes both bindings.
    pub sso_url: &'a str,
    /// `/saml/slo`, which takes both bindings.
    pub slo_url: &'a str,
    /// `/saml/artifact`, which takes SOAP.
    pub artifact_url: &'a str,
    /// `/saml/ecp`, which takes SOAP.
    pub ecp_url: &'a str,
    /// PEM, every published key: the active one first, then those that come or go.
    pub certificates: &'a [&'a str],
    /// In order of preference.
    pub name_id_formats: &'a [NameIdFormat],
    /// Until when it may be used without asking again.
    pub valid_until: Option<DateTime<Utc>>,
    pub organisation: Option<OrganisationInput<'a>>,
    /// E-mail address of whom the administrators of service providers write to.
    pub contact: Option<&'a str>,
    /// The ID by which a signature names the document; none in a document that is not signed.
    pub id: Option<&'a str>,
}

/// Organization (SAML Metadata 2.3.2.1).
#[derive(Debug, Clone, Copy)]
pub struct OrganisationInput<'a> {
    pub name: &'a str,
    /// Where people find it.
    pub url: &'a str,
}

/// Why the metadata cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum IdpMetadataError {
    #[error(transparent)]
    Certificate(#[from] CredentialError),
    #[error(transparent)]
    Forbidden(#[from] ForbiddenCharacter),
    #[error(transparent)]
    Signature(#[from] SignatureError),
}

/// The document, media type `application/samlmetadata+xml`, still to be signed if it is to be.
pub fn write(input: &IdpMetadataInput<'_>) -> Result<Signable, IdpMetadataError> {
    let valid_until = input.valid_until.map(instant::format);
    // In the order of a canonical document.
    let mut root = vec![("xmlns:md", NS_METADATA)];
    root.extend(input.id.map(|id| ("ID", id)));
    root.push(("entityID", input.entity_id));
    if let Some(valid_until) = &valid_until {
        root.push(("validUntil", valid_until));
    }
    let mut head = XmlWriter::new();
    head.start("md:EntityDescriptor", &root);
    let mut writer = XmlWriter::new();
    write_role(&mut writer, input)?;
    if let Some(organisation) = &input.organisation {
        write_organisation(&mut writer, organisation);
    }
    if let Some(contact) = input.contact {
        writer.start("md:ContactPerson", &[("contactType", "technical")]);
        writer.leaf("md:EmailAddress", &[], &format!("mailto:{contact}"));
        writer.end("md:ContactPerson");
    }
    writer.end("md:EntityDescriptor");
    Ok(Signable {
        id: input.id.unwrap_or_default().to_owned(),
        head: head.finish()?,
        tail: writer.finish()?,
    })
}

fn write_role(writer: &mut XmlWriter, input: &IdpMetadataInput<'_>) -> Result<(), CredentialError> {
    writer.start(
        "md:IDPSSODescriptor",
        &[
            ("WantAuthnRequestsSigned", "false"),
            ("protocolSupportEnumeration", NS_PROTOCOL),
        ],
    );
    for certificate in input.certificates {
        write_key(writer, &certificate_base64(certificate)?);
    }
    let resolution = [
        ("Binding", BINDING_SOAP),
        ("Location", input.artifact_url),
        ("index", "0"),
        ("isDefault", "true"),
    ];
    writer.leaf("md:ArtifactResolutionService", &resolution, "");
    for binding in [BINDING_REDIRECT, BINDING_POST] {
        let attributes = [("Binding", binding), ("Location", input.slo_url)];
        writer.leaf("md:SingleLogoutService", &attributes, "");
    }
    for format in input.name_id_formats {
        writer.leaf("md:NameIDFormat", &[], format.uri());
    }
    for (binding, location) in [
        (BINDING_REDIRECT, input.sso_url),
        (BINDING_POST, input.sso_url),
        (BINDING_SOAP, input.ecp_url),
    ] {
        let attributes = [("Binding", binding), ("Location", location)];
        writer.leaf("md:SingleSignOnService", &attributes, "");
    }
    writer.end("md:IDPSSODescriptor");
    Ok(())
}

fn write_organisation(writer: &mut XmlWriter, organisation: &OrganisationInput<'_>) {
    // The settings name it in no language; the schema wants one.
    let language = [("xml:lang", "en")];
    writer.start("md:Organization", &[]);
    writer.leaf("md:OrganizationName", &language, organisation.name);
    writer.leaf("md:OrganizationDisplayName", &language, organisation.name);
    writer.leaf("md:OrganizationURL", &language, organisation.url);
    writer.end("md:Organization");
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
