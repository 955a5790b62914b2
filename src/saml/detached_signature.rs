//! The signature beside a message in a query (SAML Bindings 3.4.4.1), verified over the octets as
//! they were received (requirement RAW-QUERY): whatever a sender's percent-encoding looks like, it
//! is what the sender signed.

use crate::domain::connector::SpCertificate;
use crate::saml::accepted_algorithm::AcceptedAlgorithm;
use crate::saml::sp_keys::{SignatureFault, VerifiedBy, fitting, keys_for};

/// SigAlg, Signature, and what the signature is made over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DetachedSignature {
    /// The URI in SigAlg.
    pub algorithm: String,
    pub value: Vec<u8>,
    /// `SAMLRequest=..&RelayState=..&SigAlg=..` or the same with `SAMLResponse`, raw, in this order.
    pub signed: Vec<u8>,
}

impl DetachedSignature {
    /// Verifies with the registered keys, one of which has to fit: that one.
    pub fn verify(&self, certificates: &[SpCertificate]) -> Result<VerifiedBy, SignatureFault> {
        let algorithm =
            AcceptedAlgorithm::find(&self.algorithm).ok_or(SignatureFault::Algorithm)?;
        let keys = keys_for(certificates, algorithm)?;
        let key = fitting(keys, algorithm, (&self.value, &self.signed))?;
        Ok(VerifiedBy::new(&self.algorithm, &key.der))
    }
}

#[cfg(test)]
mod tests;
