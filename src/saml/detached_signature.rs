//! The signature beside a message in a query (SAML Bindings 3.4.4.1), verified over the octets as
//! they were received (requirement RAW-QUERY): whatever a sender's percent-encoding looks like, it
//! is what the sender signed.

use openssl::bn::BigNum;
use openssl::ecdsa::EcdsaSig;
use openssl::error::ErrorStack;
use openssl::sign::Verifier;

use crate::domain::connector::SpCertificate;
use crate::saml::accepted_algorithm::AcceptedAlgorithm;
use crate::saml::sp_keys::{SignatureFault, SpKey, VerifiedBy, keys_for};

/// Two numbers of the largest curve (P-521), 66 octets each.
const LONGEST_PAIR: usize = 132;

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
        let value = if algorithm.is_rsa {
            self.value.clone()
        } else {
            pair_as_der(&self.value).ok_or(SignatureFault::Invalid)?
        };
        // A failure of the library is no proof either.
        let fits = |key: &SpKey| self.fits(algorithm, key, &value).unwrap_or(false);
        let found = keys.iter().find(|key| fits(key));
        found
            .map(|key| VerifiedBy::new(&self.algorithm, &key.der))
            .ok_or(SignatureFault::Invalid)
    }

    fn fits(
        &self,
        algorithm: AcceptedAlgorithm,
        key: &SpKey,
        value: &[u8],
    ) -> Result<bool, ErrorStack> {
        Verifier::new(algorithm.digest(), &key.key)?.verify_oneshot(value, &self.signed)
    }
}

/// An ECDSA value is two numbers of the curve's size one after the other (RFC 4050, 3.3).
fn pair_as_der(value: &[u8]) -> Option<Vec<u8>> {
    if value.is_empty() || value.len() > LONGEST_PAIR || !value.len().is_multiple_of(2) {
        return None;
    }
    let (r, s) = value.split_at(value.len() / 2);
    let pair =
        EcdsaSig::from_private_components(BigNum::from_slice(r).ok()?, BigNum::from_slice(s).ok()?);
    pair.ok()?.to_der().ok()
}

#[cfg(test)]
mod tests;
