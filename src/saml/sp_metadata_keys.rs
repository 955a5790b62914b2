//! The certificates of an SPSSODescriptor: all of them, for a service provider that changes its key
//! publishes the old and the new one side by side; and what can be encrypted for them.

use crate::domain::connector::{CertificateUse, SpCertificate};
use crate::saml::base64_text;
use crate::saml::credentials::certificate_pem;
use crate::saml::sp_metadata::SpMetadata;
use crate::saml::sp_metadata_encryption::read_methods;
use crate::saml::urns::{NS_DSIG, NS_METADATA};
use crate::saml::xml_tree::Element;

/// Takes every X509Certificate of every KeyDescriptor of one role.
pub fn read_keys(role: &Element, found: &mut SpMetadata) {
    for descriptor in role.children_named(NS_METADATA, "KeyDescriptor") {
        let use_for = match descriptor.attribute("use").map(str::trim) {
            // Without `use` a key is for both (SAML Metadata 2.4.1.1).
            None | Some("") => CertificateUse::Both,
            Some("signing") => CertificateUse::Signing,
            Some("encryption") => CertificateUse::Encryption,
            Some(_) => {
                found
                    .warn("a KeyDescriptor whose use is neither signing nor encryption is ignored");
                continue;
            }
        };
        if use_for != CertificateUse::Signing {
            read_methods(descriptor, found);
        }
        let mut certificates = certificate_elements(descriptor).peekable();
        if certificates.peek().is_none() {
            found.warn("a KeyDescriptor without X509Certificate is ignored");
        }
        for element in certificates {
            let der = element.plain_text().and_then(base64_text::decode);
            match der.map(|der| certificate_pem(&der)) {
                Some(Ok(pem)) => add(pem, use_for, &mut found.certificates),
                Some(Err(_)) | None => {
                    found.warn("an X509Certificate that cannot be read is ignored");
                }
            }
        }
    }
}

fn certificate_elements(descriptor: &Element) -> impl Iterator<Item = &Element> {
    descriptor
        .children_named(NS_DSIG, "KeyInfo")
        .flat_map(|info| info.children_named(NS_DSIG, "X509Data"))
        .flat_map(|data| data.children_named(NS_DSIG, "X509Certificate"))
}

/// A certificate that stands under both uses is one certificate for both.
fn add(pem: String, use_for: CertificateUse, certificates: &mut Vec<SpCertificate>) {
    match certificates.iter_mut().find(|seen| seen.pem == pem) {
        Some(seen) if seen.use_for != use_for => seen.use_for = CertificateUse::Both,
        Some(_) => {}
        None => certificates.push(SpCertificate { pem, use_for }),
    }
}
