//! A Response that we are said to have sent, as a service provider would check it (SAML Profiles
//! 4.1.4.3): for an administrator who has it from there. All that can be told is told, so nothing here
//! stops at the first fault. Nothing is decided by it.

use chrono::{DateTime, Utc};
use openssl::x509::X509;
use samael::crypto::{
    AllowedSignatureAlgorithm, CertificateDer, Crypto, CryptoProvider, ReduceMode,
};

use crate::domain::connector::ConnectorSettings;
use crate::domain::verdict::{Check, Verdicts};
use crate::saml::bounds::XmlBounds;
use crate::saml::fingerprint;
use crate::saml::instant;
use crate::saml::urns::{NS_ASSERTION, NS_DSIG, NS_PROTOCOL, STATUS_SUCCESS};
use crate::saml::xml_reader::parse;
use crate::saml::xml_tree::Element;

/// What it is held against.
#[derive(Debug, Clone, Copy)]
pub struct Sender<'a> {
    /// Our entity ID.
    pub entity_id: &'a str,
    /// Our certificates in PEM, of retired keys too.
    pub certificates: &'a [String],
    pub now: DateTime<Utc>,
}

/// Checks it.
pub fn check(xml: &str, sender: Sender<'_>, settings: &ConnectorSettings, verdicts: &mut Verdicts) {
    let root = match verdicts.take(Check::Shape, parse(xml.as_bytes(), &XmlBounds::MESSAGE)) {
        Ok(root) => root,
        Err(_told) => return,
    };
    check_signature(xml, &root, sender, verdicts);
    let issuer = child(&root, NS_ASSERTION, "Issuer").and_then(Element::plain_text);
    equal(verdicts, Check::Issuer, issuer, |issuer| {
        issuer == sender.entity_id
    });
    let destination = root.attribute("Destination");
    equal(verdicts, Check::Destination, destination, |url| {
        settings.acs.iter().any(|one| one.url == url)
    });
    if let Some(request) = root.attribute("InResponseTo") {
        verdicts.pass(Check::InResponseTo, request.to_owned());
    } else {
        verdicts.skip(Check::InResponseTo, "It answers no request.");
    }
    let status = child(&root, NS_PROTOCOL, "Status")
        .and_then(|status| child(status, NS_PROTOCOL, "StatusCode"));
    let second = status.and_then(|code| child(code, NS_PROTOCOL, "StatusCode"));
    let codes: Vec<&str> = [status, second]
        .into_iter()
        .flatten()
        .filter_map(|code| code.attribute("Value"))
        .collect();
    equal(verdicts, Check::Status, Some(&codes.join(" ")), |codes| {
        codes == STATUS_SUCCESS
    });
    if child(&root, NS_ASSERTION, "EncryptedAssertion").is_some() {
        verdicts.skip(
            Check::Encryption,
            "The assertion is encrypted; only the service provider can read it.",
        );
    }
    if let Some(assertion) = child(&root, NS_ASSERTION, "Assertion") {
        check_assertion(assertion, sender.now, settings, verdicts);
    }
}

fn check_assertion(
    assertion: &Element,
    now: DateTime<Utc>,
    settings: &ConnectorSettings,
    verdicts: &mut Verdicts,
) {
    let name_id = child(assertion, NS_ASSERTION, "Subject")
        .and_then(|subject| child(subject, NS_ASSERTION, "NameID"));
    if let Some(format) = name_id.and_then(|name_id| name_id.attribute("Format")) {
        verdicts.pass(Check::NameId, format.to_owned());
    }
    let conditions = child(assertion, NS_ASSERTION, "Conditions");
    let audience = conditions
        .and_then(|conditions| child(conditions, NS_ASSERTION, "AudienceRestriction"))
        .and_then(|restriction| child(restriction, NS_ASSERTION, "Audience"))
        .and_then(Element::plain_text);
    equal(verdicts, Check::Audience, audience, |audience| {
        audience == settings.sp_entity_id
    });
    let time = |name| {
        conditions
            .and_then(|conditions| conditions.attribute(name))
            .and_then(instant::parse)
    };
    match (time("NotBefore"), time("NotOnOrAfter")) {
        (Some(from), Some(until)) => {
            let (from_text, until_text) = (instant::format(from), instant::format(until));
            let span = format!("From {from_text} to {until_text}.");
            if (from..until).contains(&now) {
                verdicts.pass(Check::Validity, span);
            } else {
                verdicts.fail(Check::Validity, span);
            }
        }
        _ => verdicts.fail(Check::Validity, "It does not say how long it holds."),
    }
}

/// All signatures in it have to be by one key of ours.
fn check_signature(xml: &str, root: &Element, sender: Sender<'_>, verdicts: &mut Verdicts) {
    let is_signed = root
        .descendants()
        .any(|element| element.is(NS_DSIG, "Signature"));
    if !is_signed {
        verdicts.fail(Check::Signature, "Nothing in it is signed.");
        return;
    }
    let found = sender.certificates.iter().find_map(|pem| fits(xml, pem));
    match found {
        Some(fingerprint) => verdicts.pass(
            Check::Signature,
            format!("Verified with our certificate {fingerprint}."),
        ),
        None => verdicts.fail(
            Check::Signature,
            "It was signed by none of our keys, or it was changed since.",
        ),
    }
}

fn fits(xml: &str, pem: &str) -> Option<String> {
    let der = X509::from_pem(pem.as_bytes()).ok()?.to_der().ok()?;
    let allowed = [
        AllowedSignatureAlgorithm::RsaSha256,
        AllowedSignatureAlgorithm::RsaSha384,
        AllowedSignatureAlgorithm::RsaSha512,
        AllowedSignatureAlgorithm::EcdsaSha256,
    ];
    let fingerprint = fingerprint::of(&der);
    let certificate: [CertificateDer; 1] = [der.into()];
    let mode = ReduceMode::ValidateAndMark;
    Crypto::reduce_xml_to_signed_with_allowed_algorithms(xml, &certificate, mode, Some(&allowed))
        .ok()
        .map(|_text| fingerprint)
}

fn child<'a>(parent: &'a Element, namespace: &'a str, local: &'a str) -> Option<&'a Element> {
    parent.children_named(namespace, local).next()
}

/// Passes if the value is there and right; tells it either way.
fn equal(
    verdicts: &mut Verdicts,
    check: Check,
    found: Option<&str>,
    is_right: impl FnOnce(&str) -> bool,
) {
    match found {
        None => verdicts.fail(check, "It is missing."),
        Some(value) if is_right(value) => verdicts.pass(check, value.to_owned()),
        Some(value) => verdicts.fail(check, value.to_owned()),
    }
}
