//! Changes of an input: single octets, pieces moved, doubled and taken out, pieces of other inputs, and
//! words that mean something to one of the parsers.

use crate::dice::Dice;

/// No input grows beyond what any parser takes.
const LONGEST: usize = 300 * 1024;

/// Words that mean something.
const WORDS: [&str; 64] = [
    "<samlp:AuthnRequest xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\" xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\" ID=\"_1\" Version=\"2.0\" IssueInstant=\"2026-11-01T12:00:00Z\">",
    "</samlp:AuthnRequest>",
    "<samlp:LogoutRequest xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\" ID=\"_1\" Version=\"2.0\" IssueInstant=\"2026-11-01T12:00:00Z\">",
    "</samlp:LogoutRequest>",
    "<samlp:LogoutResponse xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\" ID=\"_1\" Version=\"2.0\" IssueInstant=\"2026-11-01T12:00:00Z\" InResponseTo=\"_2\">",
    "</samlp:LogoutResponse>",
    "<saml:NameID>x</saml:NameID>",
    "<samlp:Status><samlp:StatusCode Value='x'><samlp:StatusCode/></samlp:StatusCode></samlp:Status>",
    "<saml:Issuer>",
    "</saml:Issuer>",
    "<ds:Signature xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\">",
    "</ds:Signature>",
    "<md:EntityDescriptor xmlns:md=\"urn:oasis:names:tc:SAML:2.0:metadata\" entityID=\"x\">",
    "<md:SPSSODescriptor>",
    "</md:SPSSODescriptor>",
    "<a b='c'/>",
    "<a ",
    "='",
    "/>",
    "</a>",
    "&#x41;",
    "&#0;",
    "&#xFFFFFFFFFF;",
    "&amp;",
    "&x;",
    "<!--",
    "-->",
    "<![CDATA[",
    "]]>",
    "<?xml version='1.0'?>",
    "<?x ?>",
    "<!DOCTYPE x [<!ENTITY a 'b'>]>",
    "\u{FEFF}",
    "\u{0}",
    "\u{1F600}",
    "xmlns:a=''",
    "xmlns='urn:x'",
    " ID=\"_1\"",
    " xml:id=\"_1\"",
    "ID",
    "SAMLRequest=",
    "SAMLResponse=",
    "&RelayState=",
    "&SigAlg=http%3A%2F%2Fwww.w3.org%2F2001%2F04%2Fxmldsig-more%23rsa-sha256",
    "&Signature=",
    "&SAMLEncoding=",
    "%53AMLRequest=",
    "%",
    "%0",
    "+",
    "-----BEGIN CERTIFICATE-----",
    "-----END CERTIFICATE-----",
    "{value}",
    "{{",
    "}}",
    "{field:email}",
    "(a*)*",
    "{1000}",
    "\\p{L}",
    "\"a\":",
    "[[[[[[[[",
    "1e999",
    "\\ud800",
    "9999999999999999999999",
];

/// Another input, one to eight changes away.
pub fn mutate(dice: &mut Dice, input: &[u8], other: &[u8]) -> Vec<u8> {
    let mut bytes = input.to_vec();
    for _ in 0..=dice.below(8) {
        change(dice, &mut bytes, other);
    }
    bytes.truncate(LONGEST);
    bytes
}

fn change(dice: &mut Dice, bytes: &mut Vec<u8>, other: &[u8]) {
    let at = dice.below(bytes.len() + 1);
    let (from, length) = span(dice, bytes.len());
    match dice.below(10) {
        0 => {
            if let Some(octet) = bytes.get_mut(at) {
                *octet ^= 1 << dice.below(8);
            }
        }
        1 => {
            if let Some(octet) = bytes.get_mut(at) {
                *octet = dice.octet();
            }
        }
        2 => bytes.insert(at, dice.octet()),
        3 | 4 => {
            let word = dice.pick(&WORDS).as_bytes();
            insert(bytes, at, word);
        }
        5 => {
            bytes.drain(from..from + length);
        }
        6 => {
            let piece = bytes[from..from + length].to_vec();
            insert(bytes, at, &piece);
        }
        7 => {
            let (start, length) = span(dice, other.len());
            let piece = other[start..start + length].to_vec();
            insert(bytes, at, &piece);
        }
        8 => {
            let word = dice.pick(&WORDS).as_bytes();
            bytes.splice(from..from + length, word.iter().copied());
        }
        _ => {
            let times = 1 << dice.below(9);
            let piece = bytes[from..from + length.min(64)].repeat(times);
            insert(bytes, at, &piece);
        }
    }
}

fn insert(bytes: &mut Vec<u8>, at: usize, piece: &[u8]) {
    let at = at.min(bytes.len());
    bytes.splice(at..at, piece.iter().copied());
}

/// A piece: short ones are likelier.
fn span(dice: &mut Dice, length: usize) -> (usize, usize) {
    let from = dice.below(length + 1);
    let most = (length - from).min(1 << dice.below(12));
    (from, dice.below(most + 1))
}
