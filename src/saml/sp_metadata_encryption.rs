//! The EncryptionMethod elements of a KeyDescriptor (SAML Metadata 2.4.1.1): what a service provider
//! says it can decrypt. A list that says nothing of a kind leaves the choice of that kind alone.

use crate::domain::encryption::{EncryptionAlgorithm, EncryptionChoice, KeyTransport};
use crate::saml::sp_metadata::SpMetadata;
use crate::saml::urns::{
    DIGEST_SHA1, DIGEST_SHA256, ENCRYPTION_AES128_CBC, ENCRYPTION_AES128_GCM,
    ENCRYPTION_AES256_CBC, ENCRYPTION_AES256_GCM, KEY_TRANSPORT_OAEP, KEY_TRANSPORT_OAEP_MGF1P,
    MGF1_SHA256, NS_DSIG, NS_METADATA, NS_XMLENC, NS_XMLENC11,
};
use crate::saml::xml_tree::Element;

/// Key transport that is known and not offered.
const KEY_TRANSPORT_RSA15: &str = "http://www.w3.org/2001/04/xmlenc#rsa-1_5";

/// What is listed and offered here, each kind in the order of the list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ListedEncryption {
    pub algorithms: Vec<EncryptionAlgorithm>,
    pub key_transports: Vec<KeyTransport>,
}

impl ListedEncryption {
    /// Keeps what is chosen where it is listed, else takes the best that is; with no list, keeps it.
    pub fn choose(&self, choice: &mut EncryptionChoice) {
        if !self.algorithms.contains(&choice.algorithm) {
            let mut best = EncryptionAlgorithm::ALL.into_iter();
            if let Some(found) = best.find(|one| self.algorithms.contains(one)) {
                choice.algorithm = found;
            }
        }
        if !self.key_transports.contains(&choice.key_transport) {
            let mut best = KeyTransport::ALL.into_iter();
            if let Some(found) = best.find(|one| self.key_transports.contains(one)) {
                choice.key_transport = found;
            }
        }
    }
}

/// Takes the methods of one KeyDescriptor, and tells when none of a kind can be used.
pub fn read_methods(descriptor: &Element, found: &mut SpMetadata) {
    let (mut algorithms, mut transports) = (Vec::new(), Vec::new());
    let (mut has_algorithm, mut has_transport) = (false, false);
    for method in descriptor.children_named(NS_METADATA, "EncryptionMethod") {
        let uri = method.attribute("Algorithm").map_or("", str::trim);
        if is_key_transport(uri) {
            has_transport = true;
            transports.extend(key_transport(uri, method));
        } else {
            has_algorithm = true;
            algorithms.extend(algorithm(uri));
        }
    }
    if has_algorithm && algorithms.is_empty() {
        found.warn(
            "no EncryptionMethod lists AES-128 or AES-256 with GCM or CBC: the service provider may \
             not be able to decrypt what is sent to it",
        );
    }
    if has_transport && transports.is_empty() {
        found.warn(
            "no EncryptionMethod lists RSA-OAEP with SHA-1 or SHA-256: the service provider may not \
             be able to decrypt what is sent to it",
        );
    }
    found.encryption.algorithms.append(&mut algorithms);
    found.encryption.key_transports.append(&mut transports);
}

fn algorithm(uri: &str) -> Option<EncryptionAlgorithm> {
    match uri {
        ENCRYPTION_AES256_GCM => Some(EncryptionAlgorithm::Aes256Gcm),
        ENCRYPTION_AES128_GCM => Some(EncryptionAlgorithm::Aes128Gcm),
        ENCRYPTION_AES256_CBC => Some(EncryptionAlgorithm::Aes256Cbc),
        ENCRYPTION_AES128_CBC => Some(EncryptionAlgorithm::Aes128Cbc),
        _ => None,
    }
}

fn is_key_transport(uri: &str) -> bool {
    [
        KEY_TRANSPORT_OAEP_MGF1P,
        KEY_TRANSPORT_OAEP,
        KEY_TRANSPORT_RSA15,
    ]
    .contains(&uri)
}

/// Without parameters OAEP means SHA-1 (xmlenc-core1 5.5.2); what is listed with another hash or
/// another mask than the two that are offered is not offered.
fn key_transport(uri: &str, method: &Element) -> Option<KeyTransport> {
    let parameter = |namespace, local| {
        let element = method.children_named(namespace, local).next()?;
        element.attribute("Algorithm").map(str::trim)
    };
    let digest =
        parameter(NS_DSIG, "DigestMethod").or_else(|| parameter(NS_XMLENC, "DigestMethod"));
    let mask = parameter(NS_XMLENC11, "MGF");
    match (uri, digest, mask) {
        (KEY_TRANSPORT_OAEP_MGF1P, None | Some(DIGEST_SHA1), _) => Some(KeyTransport::RsaOaep),
        (KEY_TRANSPORT_OAEP, Some(DIGEST_SHA256), Some(MGF1_SHA256)) => {
            Some(KeyTransport::RsaOaepSha256)
        }
        // Listed bare, as most do: whoever knows the newer name knows its parameters.
        (KEY_TRANSPORT_OAEP, None, None) => Some(KeyTransport::RsaOaepSha256),
        _ => None,
    }
}
