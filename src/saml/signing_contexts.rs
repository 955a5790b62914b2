//! OpenSSL signing contexts that are ready to sign. Setting one up costs about a twentieth of an
//! RSA-2048 signature, so they are kept and lent out; a context is only ever used by one thread at
//! a time.

use std::sync::{Mutex, PoisonError};

use openssl::error::ErrorStack;
use openssl::md::{Md, MdRef};
use openssl::pkey::{PKey, Private};
use openssl::pkey_ctx::PkeyCtx;
use openssl::rsa::Padding;

use crate::domain::connector::SignatureAlgorithm;

/// The contexts of one private key; as many as ever signed at the same moment.
pub struct SigningContexts {
    key: PKey<Private>,
    idle: Mutex<Vec<(SignatureAlgorithm, PkeyCtx<Private>)>>,
}

impl SigningContexts {
    /// No context yet.
    pub const fn new(key: PKey<Private>) -> Self {
        Self {
            key,
            idle: Mutex::new(Vec::new()),
        }
    }

    /// Signs a digest. RSA gives the value, ECDSA a DER pair.
    pub fn sign(
        &self,
        digest: &[u8],
        algorithm: SignatureAlgorithm,
    ) -> Result<Vec<u8>, ErrorStack> {
        let mut context = match self.take(algorithm) {
            Some(context) => context,
            None => make(&self.key, algorithm)?,
        };
        let mut signature = Vec::new();
        context.sign_to_vec(digest, &mut signature)?;
        self.give_back(algorithm, context);
        Ok(signature)
    }

    fn take(&self, algorithm: SignatureAlgorithm) -> Option<PkeyCtx<Private>> {
        // A panic elsewhere leaves the list whole: it is only pushed to and taken from.
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        let place = idle.iter().position(|(kept, _)| *kept == algorithm)?;
        Some(idle.swap_remove(place).1)
    }

    fn give_back(&self, algorithm: SignatureAlgorithm, context: PkeyCtx<Private>) {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        idle.push((algorithm, context));
    }
}

fn make(
    key: &PKey<Private>,
    algorithm: SignatureAlgorithm,
) -> Result<PkeyCtx<Private>, ErrorStack> {
    let mut context = PkeyCtx::new(key)?;
    context.sign_init()?;
    if algorithm != SignatureAlgorithm::EcdsaSha256 {
        context.set_rsa_padding(Padding::PKCS1)?;
    }
    context.set_signature_md(message_digest(algorithm))?;
    Ok(context)
}

fn message_digest(algorithm: SignatureAlgorithm) -> &'static MdRef {
    match algorithm {
        SignatureAlgorithm::RsaSha256 | SignatureAlgorithm::EcdsaSha256 => Md::sha256(),
        SignatureAlgorithm::RsaSha384 => Md::sha384(),
        SignatureAlgorithm::RsaSha512 => Md::sha512(),
    }
}
