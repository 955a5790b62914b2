//! A signing key that was made elsewhere: checked, sealed, and published as the next of its type. Its
//! private half is never shown again (KEY-AT-REST).

use crate::domain::audit::Actor;
use crate::domain::signing_key::{KeyState, PrivateHalf, SigningKey};
use crate::domain::violation::Violation;
use crate::saml::given_key_pair::{self, GivenPairError};
use crate::service::environment::{Environment, new_public_id};
use crate::service::error::ServiceError;
use crate::service::keys;
use crate::service::secrets::Sealed;
use crate::store::signing_keys::NewSigningKey;

/// Takes a key pair in PEM. A certificate that is published already is refused; so is every pair where keys are
/// made in a hardware security module, since a private half that came in was outside of it.
pub fn upload(
    env: &Environment,
    actor: &Actor,
    (private_key, certificate): (&str, &str),
) -> Result<SigningKey, ServiceError> {
    let now = env.now();
    if env.keys.hsm().is_some() {
        let detail = "Keys are made in the hardware security module here. Make one instead.";
        return Err(ServiceError::Invalid(vec![Violation::new(
            "/privateKey",
            detail,
        )]));
    }
    let given = given_key_pair::read(private_key, certificate, now).map_err(unfit)?;
    let known = keys::list(env)?;
    if known
        .iter()
        .any(|key| key.certificate == given.pair.certificate)
    {
        let detail = "This certificate is here already.";
        return Err(ServiceError::Conflict(Violation::new(
            "/certificate",
            detail,
        )));
    }
    let sealed = env.keys.seal(Sealed::SigningKey, &given.pair.private_key)?;
    let new = NewSigningKey {
        public_id: new_public_id(),
        algorithm: given.algorithm,
        state: KeyState::Next,
        certificate: given.pair.certificate,
        private_half: PrivateHalf::Sealed(sealed),
        not_after: given.not_after,
        created_at: now,
    };
    keys::keep(env, actor, new)
}

fn unfit(error: GivenPairError) -> ServiceError {
    let pointer = match error {
        GivenPairError::PrivateKey | GivenPairError::Algorithm => "/privateKey",
        GivenPairError::Certificate
        | GivenPairError::Mismatch
        | GivenPairError::Expired
        | GivenPairError::NotYetValid => "/certificate",
    };
    ServiceError::Invalid(vec![Violation::new(pointer, error.to_string())])
}
