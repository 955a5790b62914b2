//! Signed AuthnRequests as others sign them: inside by xmlsec1, beside by openssl; and every way to
//! make a signed request say something else.

use vestibule::domain::connector::{EndpointBinding, SpCertificate};
use vestibule::domain::signing_key::KeyAlgorithm;
use vestibule::domain::verdict::Verdicts;
use vestibule::saml::authn_request::AuthnRequest;
use vestibule::saml::inbound::{InboundMessage, MessageKind};
use vestibule::saml::received_request::{AuthenticRequest, receive};
use vestibule::saml::redirect_binding;

use crate::saml::fixtures::SSO_URL;
use crate::saml::senders::{Encoding, MORE, SHA256, Sender, message_of, sender, template, usual};

const ISSUER: &str = "https://sp.example";

/// A request, with room for a signature after the Issuer.
fn request(id: &str, acs: &str, after_issuer: &str) -> String {
    format!(
        r#"<samlp:AuthnRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="{id}" Version="2.0" IssueInstant="2026-11-01T12:00:00Z" Destination="{SSO_URL}" AssertionConsumerServiceURL="{acs}"><saml:Issuer>{ISSUER}</saml:Issuer>{after_issuer}<samlp:NameIDPolicy AllowCreate="true"/></samlp:AuthnRequest>"#
    )
}

fn signed_by(sender: &Sender, xml: &str) -> String {
    sender.sign("AuthnRequest", xml)
}

fn signed(sender: &Sender, id: &str, acs: &str) -> String {
    let form = template(id, &format!("{MORE}rsa-sha256"), SHA256);
    signed_by(sender, &request(id, acs, &form))
}

fn posted(xml: &str, certificates: &[&SpCertificate]) -> Option<AuthenticRequest> {
    let inbound = InboundMessage {
        kind: MessageKind::Request,
        binding: EndpointBinding::HttpPost,
        xml: xml.as_bytes().to_vec(),
        relay_state: None,
        signature: None,
    };
    let certificates: Vec<SpCertificate> = certificates.iter().map(|one| (*one).clone()).collect();
    receive(inbound)
        .ok()?
        .authenticate(&certificates, &mut Verdicts::default())
        .ok()
}

fn acs_of(request: &AuthnRequest) -> &str {
    request.acs_url.as_deref().unwrap()
}

#[test]
fn keys_from_store_believes_what_xmlsec_signed_with_a_registered_key() {
    let rsa = sender(KeyAlgorithm::Rsa2048);
    let ec = sender(KeyAlgorithm::EcdsaP256);
    let both = [&ec.certificate, &rsa.certificate];
    for (sender, kind) in [(&rsa, "rsa"), (&ec, "ecdsa")] {
        for (bits, digest) in [
            ("sha256", SHA256),
            ("sha384", "http://www.w3.org/2001/04/xmldsig-more#sha384"),
            ("sha512", "http://www.w3.org/2001/04/xmlenc#sha512"),
        ] {
            let form = template("_1", &format!("{MORE}{kind}-{bits}"), digest);
            let xml = signed_by(sender, &request("_1", "https://sp.example/acs", &form));
            let read = posted(&xml, &both).unwrap_or_else(|| panic!("{kind}-{bits}: {xml}"));
            assert!(read.is_signed());
            assert_eq!(acs_of(read.request()), "https://sp.example/acs");
            assert_eq!(read.request().issuer, ISSUER);
            assert!(posted(&xml, &[]).is_none(), "{kind}-{bits} without a key");
        }
    }
}

#[test]
fn keys_from_store_ignores_the_key_that_comes_along() {
    let registered = sender(KeyAlgorithm::Rsa2048);
    let stranger = sender(KeyAlgorithm::Rsa2048);
    let xml = signed(&stranger, "_1", "https://evil.example/acs");
    assert!(xml.contains("X509Certificate"), "{xml}");
    assert!(posted(&xml, &[&registered.certificate]).is_none());
    assert!(posted(&xml, &[&registered.certificate, &stranger.certificate]).is_some());
}

#[test]
fn keys_from_store_takes_no_weak_algorithm_however_well_signed() {
    let rsa = sender(KeyAlgorithm::Rsa2048);
    for (signature, digest) in [
        (
            "http://www.w3.org/2000/09/xmldsig#rsa-sha1".to_owned(),
            SHA256,
        ),
        (
            format!("{MORE}rsa-sha256"),
            "http://www.w3.org/2000/09/xmldsig#sha1",
        ),
    ] {
        let form = template("_1", &signature, digest);
        let xml = signed_by(&rsa, &request("_1", "https://sp.example/acs", &form));
        assert!(
            posted(&xml, &[&rsa.certificate]).is_none(),
            "{signature} {digest}"
        );
    }
}

/// The published shapes of signature wrapping (XSW), around a request that is really signed.
#[test]
fn one_parse_no_wrapping_makes_a_signed_request_say_something_else() {
    let rsa = sender(KeyAlgorithm::Rsa2048);
    let good = signed(&rsa, "_1", "https://sp.example/acs");
    let good = good
        .split_once("?>")
        .map_or(good.as_str(), |(_, rest)| rest.trim());
    let start = good.find("<ds:Signature").unwrap();
    let end = good.find("</ds:Signature>").unwrap() + "</ds:Signature>".len();
    let signature = &good[start..end];
    let bare = good.replace(signature, "");
    let evil = |id: &str, inside: &str| request(id, "https://evil.example/acs", inside);
    let in_extensions = |inside: &str| format!("<samlp:Extensions>{inside}</samlp:Extensions>");
    let in_object = |inside: &str| {
        signature.replace(
            "</ds:Signature>",
            &format!("<ds:Object>{inside}</ds:Object></ds:Signature>"),
        )
    };
    let last = |outer: &str, inside: &str| {
        outer.replace(
            "</samlp:AuthnRequest>",
            &format!("{inside}</samlp:AuthnRequest>"),
        )
    };
    let cases = [
        (
            "signed original in Extensions",
            evil("_2", &in_extensions(good)),
        ),
        (
            "signature outside, original in Extensions",
            evil("_2", &format!("{signature}{}", in_extensions(&bare))),
        ),
        (
            "the same ID outside and inside",
            evil("_1", &format!("{signature}{}", in_extensions(&bare))),
        ),
        (
            "original in Object, signature outside",
            evil("_2", &in_object(&bare)),
        ),
        (
            "the same ID, original in Object",
            evil("_1", &in_object(&bare)),
        ),
        ("signed original as last child", last(&evil("_2", ""), good)),
        (
            "signature and original as siblings at the end",
            last(&evil("_2", ""), &format!("{signature}{bare}")),
        ),
        (
            "evil request inside the signed one",
            last(good, &evil("_2", "")),
        ),
        (
            "evil request in the signature's Object",
            good.replace(signature, &in_object(&evil("_2", ""))),
        ),
        (
            "a second, evil signature",
            good.replace(signature, &format!("{signature}{signature}")),
        ),
        (
            "another root around it",
            format!("<samlp:Wrapper xmlns:samlp=\"urn:x\">{good}</samlp:Wrapper>"),
        ),
        (
            "changed after signing",
            good.replace("sp.example/acs", "evil.example/acs"),
        ),
        (
            "another issuer after signing",
            good.replace(">https://sp.example<", ">https://other.example<"),
        ),
        (
            "another ID after signing",
            good.replace("ID=\"_1\"", "ID=\"_3\""),
        ),
        (
            "signature removed and left in part",
            good.replace("<ds:SignatureValue>", "<ds:SignatureValue>AA"),
        ),
    ];
    assert_eq!(
        acs_of(posted(good, &[&rsa.certificate]).unwrap().request()),
        "https://sp.example/acs"
    );
    for (name, xml) in cases {
        if let Some(read) = posted(&xml, &[&rsa.certificate]) {
            panic!("{name}: {:?}", read.request());
        }
    }
    // What carries no signature at all is just unsigned.
    assert!(!posted(&bare, &[&rsa.certificate]).unwrap().is_signed());
}

/// A comment may stand where the signature does not see it; a text that holds one is not read.
#[test]
fn one_parse_a_comment_does_not_shorten_a_signed_value() {
    let rsa = sender(KeyAlgorithm::Rsa2048);
    let form = template("_1", &format!("{MORE}rsa-sha256"), SHA256);
    let xml = request("_1", "https://sp.example/acs", &form).replace(
        &format!(">{ISSUER}<"),
        ">https://sp.example<!-- -->.evil.example<",
    );
    let xml = signed_by(&rsa, &xml);
    assert!(posted(&xml, &[&rsa.certificate]).is_none());
}

/// A signature of the Redirect binding over the octets that `encode` makes.
fn redirect(sender: &Sender, relay_state: Option<&str>, encode: Encoding) -> String {
    let url = redirect_binding::request_url(
        "x",
        request("_1", "https://sp.example/acs", "").as_bytes(),
        None,
    )
    .unwrap();
    let message = message_of(&url);
    sender.signed_query(("SAMLRequest", &message), relay_state, encode)
}

/// As .NET writes it.
fn lower_case(text: &str) -> String {
    let mut digits = 0;
    usual(text)
        .chars()
        .map(|character| {
            digits = if character == '%' {
                2
            } else {
                i32::max(digits - 1, -1)
            };
            if digits >= 0 {
                character.to_ascii_lowercase()
            } else {
                character
            }
        })
        .collect()
}

/// RFC 3986: blanks as %20, tilde bare.
fn strict(text: &str) -> String {
    usual(text).replace('+', "%20").replace("%7E", "~")
}

fn by_redirect(query: &str, certificates: &[SpCertificate]) -> Option<AuthenticRequest> {
    let inbound = redirect_binding::decode_request(query).ok()?;
    receive(inbound)
        .ok()?
        .authenticate(certificates, &mut Verdicts::default())
        .ok()
}

#[test]
fn raw_query_verifies_every_senders_own_encoding() {
    let rsa = sender(KeyAlgorithm::Rsa2048);
    let certificates = [rsa.certificate.clone()];
    let encodings: [(&str, Encoding); 3] = [
        ("usual", usual),
        ("lower case", lower_case),
        ("strict", strict),
    ];
    for (name, encode) in encodings {
        for relay_state in [
            None,
            Some(""),
            Some("a b~c/%+ü"),
            Some("https://sp.example/?a=1&b=2"),
        ] {
            let query = redirect(&rsa, relay_state, encode);
            let read = by_redirect(&query, &certificates)
                .unwrap_or_else(|| panic!("{name} {relay_state:?}: {query}"));
            assert!(read.is_signed());
            assert!(by_redirect(&query, &[]).is_none(), "{name} without a key");
            // Parameters of an endpoint's own query come along and are not signed.
            assert!(by_redirect(&format!("app=7&{query}"), &certificates).is_some());
            let moved = query.replace("RelayState=", "RelayState=x");
            let is_changed = moved != query;
            assert_eq!(
                by_redirect(&moved, &certificates).is_none(),
                is_changed,
                "{name}"
            );
        }
    }
    let signed = redirect(&rsa, Some("here"), usual);
    for forged in [
        signed.replace("&RelayState=here", ""),
        signed.replace("SAMLRequest=", "SAMLRequest=evil&SAMLRequest="),
        signed
            .split("&SigAlg")
            .next()
            .map(|rest| format!("{rest}&Signature=QUJD"))
            .unwrap(),
        signed.replace("rsa-sha256", "rsa-sha512"),
        signed.replace("rsa-sha256", "ecdsa-sha256"),
    ] {
        assert!(by_redirect(&forged, &certificates).is_none(), "{forged}");
    }
}

/// SAML Bindings 3.4.4.1: in a query a signature stands beside the message, in a form inside it.
#[test]
fn raw_query_takes_no_signature_in_the_wrong_place() {
    let rsa = sender(KeyAlgorithm::Rsa2048);
    let inside = signed(&rsa, "_1", "https://sp.example/acs");
    let url = redirect_binding::request_url("x", inside.as_bytes(), None).unwrap();
    let query = url.split_once('?').unwrap().1;
    assert!(by_redirect(query, std::slice::from_ref(&rsa.certificate)).is_none());

    let beside = redirect(&rsa, None, usual);
    let posted = vestibule::saml::post_binding::decode_request(beside.as_bytes());
    assert!(posted.is_err());
}
