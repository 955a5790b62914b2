//! The signature inside a message (SAML Core 5): which shape it has to have before any cryptography
//! (requirement SHAPE-FIRST), and its verification. Values are read only from the text that the
//! verification gives back (requirement ONE-PARSE).
//!
//! samael verifies, by the one entry point that returns what the digest was really made over and
//! works on exactly one signature with one reference; the shape makes sure that there is no other.

use samael::crypto::{CertificateDer, Crypto, CryptoProvider, ReduceMode};

use crate::domain::connector::SpCertificate;
use crate::saml::accepted_algorithm::AcceptedAlgorithm;
use crate::saml::base64_text;
use crate::saml::signed_info::{CanonicalForm, canonical};
use crate::saml::sp_keys::{SignatureFault, VerifiedBy, fitting, keys_for};
use crate::saml::urns::{
    DIGEST_SHA256, DIGEST_SHA384, DIGEST_SHA512, NS_ASSERTION, NS_DSIG, NS_EXC_C14N,
    TRANSFORM_ENVELOPED,
};
use crate::saml::xml_tree::Element;

/// Exclusive canonicalization that keeps comments. They cannot change a value: the reader takes no
/// text with a comment in it.
const EXC_C14N_WITH_COMMENTS: &str = "http://www.w3.org/2001/10/xml-exc-c14n#WithComments";

/// The signature of a message does not have the one shape that is accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the signature of the message does not have the shape that SAML prescribes")]
pub struct SignatureShape;

/// A signature in the one accepted shape.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnvelopedSignature {
    methods: SignatureMethods,
    form: CanonicalForm,
    /// SignatureValue.
    value: Vec<u8>,
}

/// The algorithms that a signature names, as URIs; whether they are accepted is asked later.
#[derive(Debug, Clone, PartialEq, Eq)]
struct SignatureMethods {
    signature: String,
    digest: String,
}

/// The signature that `root` carries in the one accepted shape; `None` when there is no signature
/// anywhere.
pub fn find(root: &Element) -> Result<Option<EnvelopedSignature>, SignatureShape> {
    let signatures = root
        .descendants()
        .filter(|element| element.is(NS_DSIG, "Signature"))
        .count();
    match signatures {
        0 if !has_other_signature_elements(root) => Ok(None),
        1 => the_one(root).ok_or(SignatureShape).map(Some),
        _ => Err(SignatureShape),
    }
}

/// Elements of XML Signature outside of a signature: nobody needs them in a request.
fn has_other_signature_elements(root: &Element) -> bool {
    root.descendants()
        .any(|element| element.namespace == NS_DSIG)
}

fn the_one(root: &Element) -> Option<EnvelopedSignature> {
    // A direct child of the root, in second place, after the Issuer (SAML Core, schema).
    let [issuer, signature, ..] = root.children.as_slice() else {
        return None;
    };
    let stands_right = issuer.is(NS_ASSERTION, "Issuer") && signature.is(NS_DSIG, "Signature");
    let of_signature = signature
        .descendants()
        .filter(|element| element.namespace == NS_DSIG)
        .count();
    let of_document = root
        .descendants()
        .filter(|element| element.namespace == NS_DSIG)
        .count();
    if !stands_right || of_signature != of_document {
        return None;
    }
    let [signed_info, value, rest @ ..] = signature.children.as_slice() else {
        return None;
    };
    let rest_is_key_info = rest.len() <= 1 && rest.iter().all(|one| one.is(NS_DSIG, "KeyInfo"));
    if !signed_info.is(NS_DSIG, "SignedInfo")
        || !value.is(NS_DSIG, "SignatureValue")
        || !rest_is_key_info
    {
        return None;
    }
    Some(EnvelopedSignature {
        methods: methods_of(signed_info, root.attribute("ID")?)?,
        form: form_of(signed_info.children.first()?)?,
        value: base64_text::decode(value.plain_text()?)?,
    })
}

/// How SignedInfo is canonicalized.
fn form_of(canonicalization: &Element) -> Option<CanonicalForm> {
    let algorithm = canonicalization.attribute("Algorithm");
    let lists = canonicalization.children.as_slice();
    if !is_exclusive(algorithm) || !lists_prefixes_only(lists) {
        return None;
    }
    let prefixes = lists
        .iter()
        .filter_map(|list| list.attribute("PrefixList"))
        .flat_map(str::split_ascii_whitespace)
        .map(|prefix| match prefix {
            "#default" => String::new(),
            other => other.to_owned(),
        });
    Some(CanonicalForm {
        with_comments: algorithm == Some(EXC_C14N_WITH_COMMENTS),
        inclusive_prefixes: prefixes.collect(),
    })
}

fn methods_of(signed_info: &Element, id: &str) -> Option<SignatureMethods> {
    let [canonicalization, method, reference] = signed_info.children.as_slice() else {
        return None;
    };
    let is_right = canonicalization.is(NS_DSIG, "CanonicalizationMethod")
        && method.is(NS_DSIG, "SignatureMethod")
        && method.children.is_empty()
        && reference.is(NS_DSIG, "Reference")
        && reference.attribute("URI") == Some(&format!("#{id}"));
    let [transforms, digest_method, digest_value] = reference.children.as_slice() else {
        return None;
    };
    let is_right = is_right
        && transforms.is(NS_DSIG, "Transforms")
        && are_the_two_transforms(&transforms.children)
        && digest_method.is(NS_DSIG, "DigestMethod")
        && digest_method.children.is_empty()
        && digest_value.is(NS_DSIG, "DigestValue");
    if !is_right {
        return None;
    }
    Some(SignatureMethods {
        signature: method.attribute("Algorithm")?.to_owned(),
        digest: digest_method.attribute("Algorithm")?.to_owned(),
    })
}

/// Only these two can be harmless: all others can choose what is digested (SAML Core 5.4.4).
fn are_the_two_transforms(transforms: &[Element]) -> bool {
    let [enveloped, canonical] = transforms else {
        return false;
    };
    enveloped.is(NS_DSIG, "Transform")
        && enveloped.children.is_empty()
        && enveloped.attribute("Algorithm") == Some(TRANSFORM_ENVELOPED)
        && canonical.is(NS_DSIG, "Transform")
        && is_exclusive(canonical.attribute("Algorithm"))
        && lists_prefixes_only(&canonical.children)
}

fn lists_prefixes_only(children: &[Element]) -> bool {
    children
        .iter()
        .all(|child| child.is(NS_EXC_C14N, "InclusiveNamespaces") && child.children.is_empty())
}

fn is_exclusive(algorithm: Option<&str>) -> bool {
    matches!(algorithm, Some(NS_EXC_C14N | EXC_C14N_WITH_COMMENTS))
}

/// Verifies the signature of a message whose shape is right, and gives the text that is signed and
/// what it was verified with. The key is found by SignatureValue alone, so that the message, which may be
/// long, is digested once at most, and not at all for a stranger's signature.
pub fn verify(
    xml: &str,
    signature: &EnvelopedSignature,
    certificates: &[SpCertificate],
) -> Result<(String, VerifiedBy), SignatureFault> {
    let methods = &signature.methods;
    let algorithm = AcceptedAlgorithm::find(&methods.signature).ok_or(SignatureFault::Algorithm)?;
    if ![DIGEST_SHA256, DIGEST_SHA384, DIGEST_SHA512].contains(&methods.digest.as_str()) {
        return Err(SignatureFault::Algorithm);
    }
    let keys = keys_for(certificates, algorithm)?;
    let signed = canonical(xml, &signature.form).ok_or(SignatureFault::Invalid)?;
    let key = fitting(keys, algorithm, (&signature.value, &signed))?;
    let certificate: [CertificateDer; 1] = [key.der.clone().into()];
    let verified = Crypto::reduce_xml_to_signed_with_allowed_algorithms(
        xml,
        &certificate,
        ReduceMode::PreDigest,
        Some(&algorithm.allowed()),
    );
    match verified {
        Ok(text) => Ok((text, VerifiedBy::new(&methods.signature, &key.der))),
        // Whatever the verifier says, this is not what was signed.
        Err(_unfit) => Err(SignatureFault::Invalid),
    }
}

#[cfg(test)]
mod tests;
