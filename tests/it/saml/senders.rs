//! Service providers that sign as others do: inside a document by xmlsec1, beside a query by openssl.

use std::process::Command;

use openssl::hash::MessageDigest;
use openssl::pkey::PKey;
use openssl::sign::Signer;
use tempfile::NamedTempFile;
use url::form_urlencoded::byte_serialize;
use vestibule::domain::connector::{CertificateUse, SpCertificate};
use vestibule::domain::signing_key::KeyAlgorithm;
use vestibule::saml::base64_text;

use crate::saml::sp_pair::pem_pair;
use crate::saml::tools;

pub const MORE: &str = "http://www.w3.org/2001/04/xmldsig-more#";
pub const SHA256: &str = "http://www.w3.org/2001/04/xmlenc#sha256";

/// How a sender writes a value into its query.
pub type Encoding = fn(&str) -> String;

/// A service provider with its key.
pub struct Sender {
    /// PEM.
    pub private_key: Vec<u8>,
    pub certificate: SpCertificate,
}

/// One with a new key.
pub fn sender(algorithm: KeyAlgorithm) -> Sender {
    let (private_key, certificate) = pem_pair(algorithm);
    Sender {
        private_key,
        certificate: SpCertificate {
            pem: certificate,
            use_for: CertificateUse::Both,
        },
    }
}

/// The empty form of a signature that xmlsec1 fills in.
pub fn template(id: &str, signature: &str, digest: &str) -> String {
    format!(
        r##"<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:SignedInfo><ds:CanonicalizationMethod Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"/><ds:SignatureMethod Algorithm="{signature}"/><ds:Reference URI="#{id}"><ds:Transforms><ds:Transform Algorithm="http://www.w3.org/2000/09/xmldsig#enveloped-signature"/><ds:Transform Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"/></ds:Transforms><ds:DigestMethod Algorithm="{digest}"/><ds:DigestValue></ds:DigestValue></ds:Reference></ds:SignedInfo><ds:SignatureValue></ds:SignatureValue><ds:KeyInfo><ds:X509Data/></ds:KeyInfo></ds:Signature>"##
    )
}

impl Sender {
    /// Signs with the command of xmlsec, which puts the sender's certificate into KeyInfo.
    pub fn sign(&self, root: &str, xml: &str) -> String {
        let (key, certificate) = (
            tools::file(&self.private_key),
            tools::file(self.certificate.pem.as_bytes()),
        );
        let document: NamedTempFile = tools::file(xml.as_bytes());
        let pair = format!("{},{}", key.path().display(), certificate.path().display());
        let mut command = Command::new("xmlsec1");
        command
            .args(["--sign", "--id-attr:ID", root, "--privkey-pem", &pair])
            .arg(document.path());
        String::from_utf8(tools::stdout_of(&mut command)).unwrap()
    }

    /// A query with a signature over the octets that `encode` makes (SAML Bindings 3.4.4.1).
    pub fn signed_query(
        &self,
        (parameter, message): (&str, &str),
        relay_state: Option<&str>,
        encode: Encoding,
    ) -> String {
        let mut query = format!("{parameter}={}", encode(message));
        if let Some(relay_state) = relay_state {
            query.push_str(&format!("&RelayState={}", encode(relay_state)));
        }
        query.push_str(&format!("&SigAlg={}", encode(&format!("{MORE}rsa-sha256"))));
        let key = PKey::private_key_from_pem(&self.private_key).unwrap();
        let mut signer = Signer::new(MessageDigest::sha256(), &key).unwrap();
        let value = signer.sign_oneshot_to_vec(query.as_bytes()).unwrap();
        format!("{query}&Signature={}", encode(&base64_text::encode(&value)))
    }
}

/// The base64 that stands in a URL of the Redirect binding.
pub fn message_of(url: &str) -> String {
    let message = url.split_once("SAMLRequest=").unwrap().1;
    url::form_urlencoded::parse(format!("m={message}").as_bytes())
        .map(|(_, value)| value.into_owned())
        .collect()
}

pub fn usual(text: &str) -> String {
    byte_serialize(text.as_bytes()).collect()
}
