//! Exclusive XML Canonicalization of SignedInfo: the octets that another implementation signed, whatever
//! the document looks like.

use openssl::pkey::PKey;
use proptest::prelude::*;
use samael::crypto::{Crypto, CryptoProvider};

use super::*;
use crate::domain::connector::{CertificateUse, SpCertificate};
use crate::domain::signing_key::KeyAlgorithm;
use crate::saml::bounds::XmlBounds;
use crate::saml::credentials::{KeyPair, KeyPairRequest, generate};
use crate::saml::enveloped_signature::{find, verify};
use crate::saml::instant;
use crate::saml::xml_reader::parse;

fn form(with_comments: bool, prefixes: &[&str]) -> CanonicalForm {
    CanonicalForm {
        with_comments,
        inclusive_prefixes: prefixes.iter().map(|one| (*one).to_owned()).collect(),
    }
}

fn text(xml: &str, form: &CanonicalForm) -> String {
    String::from_utf8(canonical(xml, form).unwrap()).unwrap()
}

#[test]
fn exclusive_c14n_writes_what_is_visibly_used_and_nothing_else() {
    // Exclusive XML Canonicalization 1.0, 3; Canonical XML 1.0, 1.1.
    let xml = "<r xmlns=\"urn:d\" xmlns:u=\"urn:u\" xmlns:b=\"urn:b\" xmlns:a=\"urn:a\">\
               <SignedInfo xmlns='http://www.w3.org/2000/09/xmldsig#'\r\n  z='1' a:z=\"2\" b:y='&lt;&quot;&#13;\t'\
               ><!-- one\r\n --><a:X a:w='3'/>\r\n&amp;&#13;]]&gt;<![CDATA[<&]]><e xmlns=''/></SignedInfo></r>";
    let plain = "<SignedInfo xmlns=\"http://www.w3.org/2000/09/xmldsig#\" xmlns:a=\"urn:a\" xmlns:b=\"urn:b\" \
                 z=\"1\" a:z=\"2\" b:y=\"&lt;&quot;&#xD; \"><a:X a:w=\"3\"></a:X>\n&amp;&#xD;]]&gt;&lt;&amp;\
                 <e xmlns=\"\"></e></SignedInfo>";
    assert_eq!(text(xml, &form(false, &[])), plain);
    let with_comments = plain.replacen("<a:X", "<!-- one\n --><a:X", 1);
    assert_eq!(text(xml, &form(true, &[])), with_comments);
    let listed = plain.replacen(" z=\"1\"", " xmlns:u=\"urn:u\" z=\"1\"", 1);
    assert_eq!(text(xml, &form(false, &["u", "nowhere", "xml"])), listed);
}

#[test]
fn exclusive_c14n_finds_nothing_where_nothing_is() {
    for xml in [
        "<r/>",
        "<SignedInfo/>",
        "<r><SignedInfo xmlns='http://www.w3.org/2000/09/xmldsig#'>",
        "",
    ] {
        assert_eq!(canonical(xml, &form(false, &[])), None, "{xml}");
    }
}

fn sender() -> KeyPair {
    generate(&KeyPairRequest {
        algorithm: KeyAlgorithm::Rsa2048,
        common_name: "sp.example",
        serial: [7; 16],
        not_before: instant::parse("2020-01-01T00:00:00Z").unwrap(),
        not_after: instant::parse("2030-01-01T00:00:00Z").unwrap(),
    })
    .unwrap()
}

/// What senders may choose without changing what they mean.
#[derive(Debug, Clone)]
struct Choices {
    prefix: &'static str,
    outer: &'static str,
    on_signature: &'static str,
    on_info: &'static str,
    between: &'static str,
    with_comments: &'static str,
    list: &'static str,
}

fn choices() -> impl Strategy<Value = Choices> {
    let pick = |of: &'static [&'static str]| proptest::sample::select(of);
    (
        pick(&["ds", "x", ""]),
        pick(&[
            "",
            " xmlns:u='urn:u' xmlns:xs=\"urn:xs\"",
            " xmlns='urn:default'",
            " xmlns:x='urn:other' xml:lang='en'",
        ]),
        pick(&[
            "",
            " xmlns:u='urn:second'",
            " xmlns:xs='urn:xs'",
            " Id='s1'",
        ]),
        pick(&[
            "",
            " Id='&quot;&lt;&#10;i'",
            " xmlns:q='urn:q' q:b='1'  q:a='\t2\r\n'",
            " xmlns:u='urn:third' u:z='ü'",
        ]),
        pick(&["", "\n  ", "\r\n\t", "<!-- said\r\nhere -->", " <!---->\n"]),
        pick(&["", "WithComments"]),
        pick(&["", "u", "xs #default", "u xs missing", "#default"]),
    )
        .prop_map(
            |(prefix, outer, on_signature, on_info, between, with_comments, list)| Choices {
                prefix,
                outer,
                on_signature,
                on_info,
                between,
                with_comments,
                list,
            },
        )
}

impl Choices {
    fn document(&self) -> String {
        const EXCLUSIVE: &str = "http://www.w3.org/2001/10/xml-exc-c14n#";
        let (p, declaration) = match self.prefix {
            "" => (String::new(), "xmlns".to_owned()),
            prefix => (format!("{prefix}:"), format!("xmlns:{prefix}")),
        };
        let Self {
            outer,
            on_signature,
            on_info,
            between: b,
            with_comments,
            list,
            ..
        } = self;
        let inclusive = match *list {
            "" => String::new(),
            list => {
                format!("<ec:InclusiveNamespaces xmlns:ec=\"{EXCLUSIVE}\" PrefixList=\"{list}\"/>")
            }
        };
        format!(
            "<samlp:AuthnRequest{outer} xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\" ID=\"_1\" Version=\"2.0\">\
             <saml:Issuer xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\">https://sp.example</saml:Issuer>\
             <{p}Signature{on_signature} {declaration}=\"{NS_DSIG}\">{b}<{p}SignedInfo{on_info}>{b}\
             <{p}CanonicalizationMethod Algorithm=\"{EXCLUSIVE}{with_comments}\">{inclusive}</{p}CanonicalizationMethod>{b}\
             <{p}SignatureMethod Algorithm=\"http://www.w3.org/2001/04/xmldsig-more#rsa-sha256\"/>{b}\
             <{p}Reference URI=\"#_1\"><{p}Transforms>{b}\
             <{p}Transform Algorithm=\"http://www.w3.org/2000/09/xmldsig#enveloped-signature\"/>\
             <{p}Transform Algorithm=\"{EXCLUSIVE}\"></{p}Transform></{p}Transforms>\
             <{p}DigestMethod Algorithm=\"http://www.w3.org/2001/04/xmlenc#sha256\"/>{b}\
             <{p}DigestValue></{p}DigestValue></{p}Reference>{b}</{p}SignedInfo>\
             <{p}SignatureValue></{p}SignatureValue></{p}Signature></samlp:AuthnRequest>"
        )
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]
    #[test]
    fn exclusive_c14n_is_what_another_implementation_signs(choices in choices()) {
        thread_local!(static SENDER: KeyPair = sender());
        let (key, certificate) = SENDER.with(|pair| (pair.private_key.clone(), pair.certificate.clone()));
        let key = PKey::private_key_from_pkcs8(&key).unwrap();
        let signed = Crypto::sign_xml(choices.document(), &key.private_key_to_der().unwrap()).unwrap();
        let signature = find(&parse(signed.as_bytes(), &XmlBounds::MESSAGE).unwrap()).unwrap().unwrap();
        let certificate = SpCertificate { pem: certificate, use_for: CertificateUse::Both };
        prop_assert!(verify(&signed, &signature, &[certificate]).is_ok(), "{signed}");
    }
}
