//! Enveloped XML signatures over documents that are canonical as they are written (xmldsig-core,
//! xml-exc-c14n): digest, SignedInfo, signature value, spliced in after the Issuer. SHA-256 and
//! up, by RSA or ECDSA; nothing else is offered.

use openssl::ecdsa::EcdsaSig;
use openssl::error::ErrorStack;
use openssl::hash::{DigestBytes, Hasher, MessageDigest};

use crate::domain::connector::SignatureAlgorithm;
use crate::saml::base64_text;
use crate::saml::credentials::{CredentialError, SigningCredential};
use crate::saml::urns::{
    DIGEST_SHA256, DIGEST_SHA384, DIGEST_SHA512, NS_DSIG, NS_EXC_C14N, SIGNATURE_ECDSA_SHA256,
    SIGNATURE_RSA_SHA256, SIGNATURE_RSA_SHA384, SIGNATURE_RSA_SHA512, TRANSFORM_ENVELOPED,
};
use crate::saml::xml_writer::{ForbiddenCharacter, XmlWriter};

/// `xs` occurs only inside `xsi:type="xs:string"` and `xsi` only on attribute values: without this
/// list exclusive canonicalization would drop the one and move the other.
const INCLUSIVE_PREFIXES: &str = "xs xsi";

/// A canonical document that still lacks its signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signable {
    /// The ID of the root element.
    pub id: String,
    /// From the beginning to the end of the Issuer.
    pub head: String,
    /// The rest.
    pub tail: String,
}

/// Why a document cannot be signed.
#[derive(Debug, thiserror::Error)]
pub enum SignatureError {
    #[error("the signature algorithm does not fit the key")]
    AlgorithmMismatch,
    #[error(transparent)]
    Forbidden(#[from] ForbiddenCharacter),
    #[error("signing failed: {0}")]
    OpenSsl(#[from] ErrorStack),
    #[error("signing failed: {0}")]
    Credential(#[from] CredentialError),
    #[error("the message cannot be compressed")]
    Deflate(#[from] std::io::Error),
}

impl Signable {
    /// The document as it is, without a signature.
    pub fn unsigned(&self) -> String {
        [self.head.as_str(), &self.tail].concat()
    }

    /// The document with its signature in place.
    pub fn signed(
        &self,
        credential: &SigningCredential,
        algorithm: SignatureAlgorithm,
    ) -> Result<String, SignatureError> {
        if !credential.can_sign(algorithm) {
            return Err(SignatureError::AlgorithmMismatch);
        }
        let suite = Suite::of(algorithm);
        let digest = suite.hash(&[&self.head, &self.tail])?;
        let signed_info = signed_info(&self.id, &suite, &base64_text::encode(&digest))?;
        // Canonical SignedInfo declares `ds` itself; where it stands, Signature has done it.
        let declared = format!("<ds:SignedInfo xmlns:ds=\"{NS_DSIG}\">");
        let value = suite.sign(&suite.hash(&[&declared, &signed_info])?, credential)?;
        let mut writer = XmlWriter::new();
        writer.finished(&self.head);
        writer.start("ds:Signature", &[("xmlns:ds", NS_DSIG)]);
        writer.finished("<ds:SignedInfo>");
        writer.finished(&signed_info);
        writer.leaf("ds:SignatureValue", &[], &base64_text::encode(&value));
        writer.start("ds:KeyInfo", &[]);
        writer.start("ds:X509Data", &[]);
        writer.leaf("ds:X509Certificate", &[], credential.certificate_base64());
        writer.end("ds:X509Data");
        writer.end("ds:KeyInfo");
        writer.end("ds:Signature");
        writer.finished(&self.tail);
        Ok(writer.finish()?)
    }
}

/// The URI of an algorithm.
pub fn uri_of(algorithm: SignatureAlgorithm) -> &'static str {
    Suite::of(algorithm).signature
}

/// Signs octets, as for the query of a redirect: the value, without any XML around it.
pub fn sign_octets(
    octets: &[u8],
    credential: &SigningCredential,
    algorithm: SignatureAlgorithm,
) -> Result<Vec<u8>, SignatureError> {
    if !credential.can_sign(algorithm) {
        return Err(SignatureError::AlgorithmMismatch);
    }
    let suite = Suite::of(algorithm);
    let mut hasher = Hasher::new(suite.hash)?;
    hasher.update(octets)?;
    suite.sign(&hasher.finish()?, credential)
}

/// SignedInfo without its start tag.
fn signed_info(id: &str, suite: &Suite, digest: &str) -> Result<String, ForbiddenCharacter> {
    let mut writer = XmlWriter::new();
    writer.leaf(
        "ds:CanonicalizationMethod",
        &[("Algorithm", NS_EXC_C14N)],
        "",
    );
    writer.leaf("ds:SignatureMethod", &[("Algorithm", suite.signature)], "");
    writer.start("ds:Reference", &[("URI", &format!("#{id}"))]);
    writer.start("ds:Transforms", &[]);
    writer.leaf("ds:Transform", &[("Algorithm", TRANSFORM_ENVELOPED)], "");
    writer.start("ds:Transform", &[("Algorithm", NS_EXC_C14N)]);
    writer.leaf(
        "ec:InclusiveNamespaces",
        &[
            ("xmlns:ec", NS_EXC_C14N),
            ("PrefixList", INCLUSIVE_PREFIXES),
        ],
        "",
    );
    writer.end("ds:Transform");
    writer.end("ds:Transforms");
    writer.leaf("ds:DigestMethod", &[("Algorithm", suite.digest)], "");
    writer.leaf("ds:DigestValue", &[], digest);
    writer.end("ds:Reference");
    writer.end("ds:SignedInfo");
    writer.finish()
}

/// The algorithms of one signature; digest and signature use the same hash.
struct Suite {
    algorithm: SignatureAlgorithm,
    signature: &'static str,
    digest: &'static str,
    hash: MessageDigest,
}

impl Suite {
    fn of(algorithm: SignatureAlgorithm) -> Self {
        let (signature, digest, hash) = match algorithm {
            SignatureAlgorithm::RsaSha256 => {
                (SIGNATURE_RSA_SHA256, DIGEST_SHA256, MessageDigest::sha256())
            }
            SignatureAlgorithm::RsaSha384 => {
                (SIGNATURE_RSA_SHA384, DIGEST_SHA384, MessageDigest::sha384())
            }
            SignatureAlgorithm::RsaSha512 => {
                (SIGNATURE_RSA_SHA512, DIGEST_SHA512, MessageDigest::sha512())
            }
            SignatureAlgorithm::EcdsaSha256 => (
                SIGNATURE_ECDSA_SHA256,
                DIGEST_SHA256,
                MessageDigest::sha256(),
            ),
        };
        Self {
            algorithm,
            signature,
            digest,
            hash,
        }
    }

    fn hash(&self, parts: &[&str]) -> Result<DigestBytes, ErrorStack> {
        let mut hasher = Hasher::new(self.hash)?;
        for part in parts {
            hasher.update(part.as_bytes())?;
        }
        hasher.finish()
    }

    fn sign(
        &self,
        digest: &[u8],
        credential: &SigningCredential,
    ) -> Result<Vec<u8>, SignatureError> {
        let signature = credential.sign_digest(digest, self.algorithm)?;
        if self.algorithm != SignatureAlgorithm::EcdsaSha256 {
            return Ok(signature);
        }
        // Two numbers of the curve's size one after the other, not DER (RFC 4050, 3.3).
        let pair = EcdsaSig::from_der(&signature)?;
        let mut value = pair.r().to_vec_padded(32)?;
        value.extend(pair.s().to_vec_padded(32)?);
        Ok(value)
    }
}
