//! Requirement SHAPE-FIRST: the one shape of a signature, and the known others by name.

use super::*;
use crate::saml::bounds::XmlBounds;
use crate::saml::xml_reader::parse;

const SIGNATURE: &str = r##"<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:SignedInfo><ds:CanonicalizationMethod Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"/><ds:SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"/><ds:Reference URI="#_1"><ds:Transforms><ds:Transform Algorithm="http://www.w3.org/2000/09/xmldsig#enveloped-signature"/><ds:Transform Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"/></ds:Transforms><ds:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/><ds:DigestValue>AA==</ds:DigestValue></ds:Reference></ds:SignedInfo><ds:SignatureValue>AA==</ds:SignatureValue></ds:Signature>"##;

fn request(id: &str, after_issuer: &str) -> String {
    format!(
        r#"<samlp:AuthnRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="{id}" Version="2.0"><saml:Issuer>https://sp.example</saml:Issuer>{after_issuer}</samlp:AuthnRequest>"#
    )
}

fn methods(xml: &str) -> Result<Option<SignatureMethods>, SignatureShape> {
    let found = find(&parse(xml.as_bytes(), &XmlBounds::MESSAGE).unwrap())?;
    Ok(found.map(|signature| signature.methods))
}

#[test]
fn shape_first_knows_the_one_shape() {
    let check = |signature: &str| {
        assert_eq!(
            methods(&request("_1", signature)),
            Ok(Some(SignatureMethods {
                signature: "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256".to_owned(),
                digest: "http://www.w3.org/2001/04/xmlenc#sha256".to_owned(),
            })),
            "{signature}"
        );
    };
    check(SIGNATURE);
    check(
        &SIGNATURE
            .replace("ds:", "x:")
            .replace("xmlns:ds", "xmlns:x"),
    );
    check(&SIGNATURE.replace(
        "</ds:Signature>",
        "<ds:KeyInfo><ds:KeyName>k</ds:KeyName></ds:KeyInfo></ds:Signature>",
    ));
    check(&SIGNATURE.replace(
        "<ds:Transform Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"/>",
        "<ds:Transform Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"><ec:InclusiveNamespaces xmlns:ec=\"http://www.w3.org/2001/10/xml-exc-c14n#\" PrefixList=\"xs\"/></ds:Transform>",
    ));
    assert_eq!(methods(&request("_1", "")), Ok(None));
}

#[test]
fn shape_first_refuses_every_other_place_and_shape() {
    let inner = request("_1", SIGNATURE);
    let wrapped = request("_2", SIGNATURE);
    let cases = [
        ("wrapped in Extensions", request("_2", &format!("<samlp:Extensions>{inner}</samlp:Extensions>"))),
        ("signature out, original in Extensions", request("_2", &format!("{SIGNATURE}<samlp:Extensions>{}</samlp:Extensions>", request("_1", "")))),
        ("original in Object", request("_2", &SIGNATURE.replace("</ds:Signature>", &format!("<ds:Object>{}</ds:Object></ds:Signature>", request("_1", ""))))),
        ("original in KeyInfo", request("_2", &SIGNATURE.replace("</ds:Signature>", &format!("<ds:KeyInfo>{}</ds:KeyInfo></ds:Signature>", request("_1", ""))))),
        ("reference to another ID", wrapped),
        ("two signatures", request("_1", &format!("{SIGNATURE}{SIGNATURE}"))),
        ("a signature in a signature", request("_1", &SIGNATURE.replace("</ds:Signature>", &format!("<ds:KeyInfo>{SIGNATURE}</ds:KeyInfo></ds:Signature>")))),
        ("not in second place", request("_1", &format!("<samlp:Extensions/>{SIGNATURE}"))),
        ("before the Issuer", request("_1", "").replace("<saml:Issuer>", &format!("{SIGNATURE}<saml:Issuer>"))),
        ("inside the Issuer", request("_1", "").replace("https://sp.example", SIGNATURE)),
        ("two SignedInfo", request("_1", &SIGNATURE.replace("<ds:SignatureValue>", "<ds:SignedInfo/><ds:SignatureValue>"))),
        ("two references", request("_1", &SIGNATURE.replace("</ds:SignedInfo>", "<ds:Reference URI=\"#_1\"/></ds:SignedInfo>"))),
        ("the whole document", request("_1", &SIGNATURE.replace("URI=\"#_1\"", "URI=\"\""))),
        ("no URI", request("_1", &SIGNATURE.replace(" URI=\"#_1\"", ""))),
        ("a file", request("_1", &SIGNATURE.replace("#_1", "file:///etc/passwd"))),
        ("an address", request("_1", &SIGNATURE.replace("#_1", "http://127.0.0.1/"))),
        ("an XPointer", request("_1", &SIGNATURE.replace("#_1", "#xpointer(/)"))),
        ("XPath transform", request("_1", &SIGNATURE.replace("http://www.w3.org/2000/09/xmldsig#enveloped-signature", "http://www.w3.org/TR/1999/REC-xpath-19991116"))),
        ("XSLT transform", request("_1", &SIGNATURE.replace("\"http://www.w3.org/2001/10/xml-exc-c14n#\"/></ds:Transforms>", "\"http://www.w3.org/TR/1999/REC-xslt-19991116\"/></ds:Transforms>"))),
        ("a third transform", request("_1", &SIGNATURE.replace("</ds:Transforms>", "<ds:Transform Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"/></ds:Transforms>"))),
        ("a child in a transform", request("_1", &SIGNATURE.replace("enveloped-signature\"/>", "enveloped-signature\"><x/></ds:Transform>"))),
        ("no enveloped transform", request("_1", &SIGNATURE.replace("<ds:Transform Algorithm=\"http://www.w3.org/2000/09/xmldsig#enveloped-signature\"/>", ""))),
        ("inclusive canonicalization", request("_1", &SIGNATURE.replace("<ds:CanonicalizationMethod Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"/>", "<ds:CanonicalizationMethod Algorithm=\"http://www.w3.org/TR/2001/REC-xml-c14n-20010315\"/>"))),
        ("an element of XML Signature elsewhere", request("_1", "<ds:KeyInfo xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"/>")),
    ];
    for (name, xml) in cases {
        assert_eq!(methods(&xml), Err(SignatureShape), "{name}: {xml}");
    }
}
