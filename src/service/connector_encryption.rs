//! The encryption of a connector as it arrives, settled over what is stored, and the one rule about it
//! that needs to look into certificates. Everything else about a connector is `connector_settings.rs`.

use crate::domain::connector::ConnectorSettings;
use crate::domain::encryption::{EncryptionAlgorithm, EncryptionChoice, KeyTransport};
use crate::saml::encryption::Recipient;
use crate::service::patch::{Field, Violations};

const NONE: EncryptionChoice = EncryptionChoice::NONE;
const CIPHERS: &str = "The algorithm is one of AES-256-GCM, AES-128-GCM, AES-256-CBC, AES-128-CBC.";
const TRANSPORTS: &str = "It is RSA-OAEP or RSA-OAEP-SHA256.";

/// The fields of a draft that are about encryption.
#[derive(Debug)]
pub struct EncryptionDraft {
    pub assertions: Field<bool>,
    pub name_id: Field<bool>,
    pub algorithm: Field<String>,
    pub key_transport: Field<String>,
}

impl EncryptionDraft {
    /// Changes what the draft names; `null` is the default again.
    pub fn apply(self, choice: &mut EncryptionChoice, broken: &mut Violations) {
        choice.assertions = self.assertions.over(choice.assertions, NONE.assertions);
        choice.name_id = self.name_id.over(choice.name_id, NONE.name_id);
        let present = choice.algorithm.as_str().to_owned();
        let algorithm = self
            .algorithm
            .over(present, NONE.algorithm.as_str().to_owned());
        let parsed = EncryptionAlgorithm::parse(&algorithm).ok_or(CIPHERS);
        if let Some(algorithm) = broken.keep("/encryptionAlgorithm", parsed) {
            choice.algorithm = algorithm;
        }
        let present = choice.key_transport.as_str().to_owned();
        let default = NONE.key_transport.as_str().to_owned();
        let transport = self.key_transport.over(present, default);
        let parsed = KeyTransport::parse(&transport).ok_or(TRANSPORTS);
        if let Some(transport) = broken.keep("/keyTransportAlgorithm", parsed) {
            choice.key_transport = transport;
        }
    }
}

/// A certificate for signatures is never encrypted with, and nothing is ever sent in clear instead.
pub fn refuse_encryption_for_nobody(settings: &ConnectorSettings, broken: &mut Violations) {
    let encryption = settings.encryption;
    if !encryption.is_on() || Recipient::of(&settings.certificates).is_some() {
        return;
    }
    let pointer = if encryption.assertions {
        "/encryptAssertions"
    } else {
        "/encryptNameId"
    };
    broken.add(
        pointer,
        "No certificate is registered that can be encrypted with. Add an RSA certificate of the \
         service provider that is used for encryption, or switch encryption off.",
    );
}
