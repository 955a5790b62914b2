//! Hostile requests by name, through the whole way in: binding, gate, reader. None gets a value out.

use std::io::Write;

use flate2::Compression;
use flate2::write::DeflateEncoder;
use url::form_urlencoded;
use vestibule::domain::verdict::Verdicts;
use vestibule::saml::authn_request::AuthnRequest;
use vestibule::saml::base64_text;
use vestibule::saml::received_request::receive;
use vestibule::saml::{post_binding, redirect_binding};

const GOOD: &str = r#"<samlp:AuthnRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="_1" Version="2.0" IssueInstant="2026-11-01T12:00:00Z" AssertionConsumerServiceURL="https://sp.example/acs"><saml:Issuer>https://sp.example</saml:Issuer><samlp:NameIDPolicy AllowCreate="true"/></samlp:AuthnRequest>"#;

fn by_redirect(query: &str) -> Option<AuthnRequest> {
    let received = receive(redirect_binding::decode_request(query).ok()?).ok()?;
    Some(
        received
            .authenticate(&[], &mut Verdicts::default())
            .ok()?
            .into_request(),
    )
}

fn by_post(body: &str) -> Option<AuthnRequest> {
    let received = receive(post_binding::decode_request(body.as_bytes()).ok()?).ok()?;
    Some(
        received
            .authenticate(&[], &mut Verdicts::default())
            .ok()?
            .into_request(),
    )
}

fn query(xml: &[u8]) -> String {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(xml).unwrap();
    pair(
        "SAMLRequest",
        &base64_text::encode(&encoder.finish().unwrap()),
    )
}

fn form(xml: &[u8]) -> String {
    pair("SAMLRequest", &base64_text::encode(xml))
}

fn pair(name: &str, value: &str) -> String {
    form_urlencoded::Serializer::new(String::new())
        .append_pair(name, value)
        .finish()
}

#[test]
fn the_good_request_passes_both_ways() {
    assert_eq!(
        by_redirect(&query(GOOD.as_bytes())).unwrap().issuer,
        "https://sp.example"
    );
    assert_eq!(by_post(&form(GOOD.as_bytes())).unwrap().id, "_1");
    assert_eq!(by_post(&query(GOOD.as_bytes())).unwrap().id, "_1");
}

#[test]
fn hostile_documents_are_refused_both_ways() {
    let evil = GOOD
        .replace("sp.example/acs", "evil.example/acs")
        .replace("_1", "_2");
    let signature = r##"<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:SignedInfo><ds:Reference URI="#_1"/></ds:SignedInfo><ds:SignatureValue>AA==</ds:SignatureValue></ds:Signature>"##;
    let signed = GOOD.replace("</saml:Issuer>", &format!("</saml:Issuer>{signature}"));
    let deep = format!("{}{}", "<x>".repeat(70), "</x>".repeat(70));
    let attributes: String = (0..70).map(|n| format!(" a{n}=\"x\"")).collect();
    let policy = "<samlp:NameIDPolicy AllowCreate=\"true\"/>";
    let documents = [
        ("signature not verified", signed.clone()),
        (
            "wrapping: signed original in Extensions",
            evil.replace(
                policy,
                &format!("<samlp:Extensions>{signed}</samlp:Extensions>"),
            ),
        ),
        (
            "wrapping: signed original as last child",
            evil.replace(
                "</samlp:AuthnRequest>",
                &format!("{signed}</samlp:AuthnRequest>"),
            ),
        ),
        (
            "wrapping: original in the signature's Object",
            evil.replace(
                policy,
                &signature.replace(
                    "</ds:Signature>",
                    &format!("<ds:Object>{GOOD}</ds:Object></ds:Signature>"),
                ),
            ),
        ),
        (
            "wrapping: signature and original as siblings",
            evil.replace(policy, &format!("{signature}{GOOD}")),
        ),
        (
            "wrapping: the same ID twice",
            GOOD.replace(
                policy,
                &format!("<samlp:Extensions>{GOOD}</samlp:Extensions>"),
            ),
        ),
        ("doctype", format!("<!DOCTYPE samlp:AuthnRequest>{GOOD}")),
        (
            "external entity",
            format!(
                "<!DOCTYPE r [<!ENTITY x SYSTEM \"file:///etc/passwd\">]>{}",
                GOOD.replace("https://sp.example<", "&x;<")
            ),
        ),
        (
            "entity expansion",
            format!(
                "<!DOCTYPE r [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;\">]>{}",
                GOOD.replace("https://sp.example<", "&b;<")
            ),
        ),
        (
            "undeclared entity",
            GOOD.replace("https://sp.example<", "&nbsp;<"),
        ),
        (
            "processing instruction",
            GOOD.replace("<saml:Issuer>", "<?x y?><saml:Issuer>"),
        ),
        (
            "stylesheet",
            format!("<?xml-stylesheet href=\"http://evil.example\"?>{GOOD}"),
        ),
        ("two roots", format!("{GOOD}{GOOD}")),
        ("trailing tag", format!("{GOOD}<t>")),
        ("trailing text", format!("{GOOD}x")),
        ("missing end tag", GOOD.replace("</samlp:AuthnRequest>", "")),
        (
            "comment in Issuer",
            GOOD.replace(
                "https://sp.example<",
                "https://sp.example<!-- -->.evil.example<",
            ),
        ),
        (
            "CDATA in Issuer",
            GOOD.replace("https://sp.example<", "<![CDATA[https://sp.example]]><"),
        ),
        (
            "element in Issuer",
            GOOD.replace("https://sp.example<", "https://<b/>sp.example<"),
        ),
        (
            "two Issuers",
            GOOD.replace(policy, "<saml:Issuer>https://evil.example</saml:Issuer>"),
        ),
        (
            "wrong namespace",
            GOOD.replace("SAML:2.0:protocol", "SAML:2.0:protocoI"),
        ),
        (
            "LogoutRequest as AuthnRequest",
            GOOD.replace("AuthnRequest", "LogoutRequest"),
        ),
        (
            "Response as AuthnRequest",
            GOOD.replace("AuthnRequest", "Response"),
        ),
        (
            "deep nesting",
            GOOD.replace(
                policy,
                &format!("<samlp:Extensions>{deep}</samlp:Extensions>"),
            ),
        ),
        (
            "many attributes",
            GOOD.replace(policy, &format!("<x{attributes}/>")),
        ),
        ("many elements", GOOD.replace(policy, &"<x/>".repeat(2_100))),
        (
            "duplicate attribute",
            GOOD.replace(" Version", " ID=\"_2\" Version"),
        ),
        (
            "duplicate attribute under another prefix",
            GOOD.replace(
                policy,
                "<x xmlns:a=\"urn:a\" xmlns:b=\"urn:a\" a:k=\"1\" b:k=\"2\"/>",
            ),
        ),
        (
            "redeclared prefix on one tag",
            GOOD.replace("ID=\"_1\"", "xmlns:samlp=\"urn:evil\" ID=\"_1\""),
        ),
        ("unbound prefix", GOOD.replace(policy, "<evil:x/>")),
        ("no name as ID", GOOD.replace("_1", "1")),
        ("version", GOOD.replace("\"2.0\"", "\"2.1\"")),
        (
            "control character",
            GOOD.replace("https://sp.example<", "https://sp.example&#2;<"),
        ),
        (
            "too large",
            GOOD.replace(policy, &format!("<!--{}-->", "x".repeat(256 * 1024))),
        ),
        ("nothing", String::new()),
    ];
    for (name, xml) in documents {
        assert_eq!(by_redirect(&query(xml.as_bytes())), None, "{name}");
        assert_eq!(by_post(&form(xml.as_bytes())), None, "{name}");
    }
    let mut latin1 = GOOD.as_bytes().to_vec();
    latin1.insert(GOOD.find("sp.example<").unwrap(), 0xFC);
    assert_eq!(by_post(&form(&latin1)), None, "not UTF-8");
    let utf16: Vec<u8> = GOOD.encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(by_redirect(&query(&utf16)), None, "UTF-16");
}

#[test]
fn hostile_queries_and_forms_are_refused() {
    let good = query(GOOD.as_bytes());
    let evil = query(GOOD.replace("sp.example", "evil.example").as_bytes());
    let bomb = query(&vec![b'<'; 64 * 1024 * 1024]);
    for (name, text) in [
        ("duplicate request", format!("{evil}&{good}")),
        (
            "duplicate request, encoded name",
            format!("{good}&{}", evil.replace("SAMLR", "%53AMLR")),
        ),
        (
            "duplicate RelayState",
            format!("{good}&RelayState=a&RelayState=b"),
        ),
        (
            "response beside the request",
            format!("{good}&SAMLResponse=AAAA"),
        ),
        (
            "signature without algorithm",
            format!("{good}&Signature=AA%3D%3D"),
        ),
        (
            "algorithm without signature",
            format!("{good}&SigAlg=urn%3Ax"),
        ),
        (
            "signature",
            format!("{good}&SigAlg=urn%3Ax&Signature=AA%3D%3D"),
        ),
        (
            "RelayState too long",
            format!("{good}&RelayState={}", "r".repeat(2_049)),
        ),
        ("RelayState not UTF-8", format!("{good}&RelayState=%ff")),
        ("inflate bomb", bomb),
        (
            "another method of packing",
            format!("{good}&SAMLEncoding=gzip"),
        ),
        ("too large", format!("{good}&x={}", "x".repeat(256 * 1024))),
        (
            "half an octet",
            good.replace("SAMLRequest=", "SAMLRequest=%4"),
        ),
        ("nothing", String::new()),
    ] {
        assert_eq!(by_redirect(&text), None, "{name}");
        // The POST binding knows no SAMLEncoding; it looks at the octets.
        if name != "another method of packing" {
            assert_eq!(by_post(&text), None, "{name}");
        }
    }
}
