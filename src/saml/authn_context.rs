//! RequestedAuthnContext against the ways to sign in that exist (SAML Core 3.3.2.2.1). What is
//! stated is always true of the session; a class that is not known here can never be met.

use crate::domain::session::AuthenticationMethod;
use crate::saml::authn_request::{Comparison, RequestedAuthnContext};
use crate::saml::urns::{
    AC_MOBILE_TWO_FACTOR_CONTRACT, AC_MOBILE_TWO_FACTOR_UNREGISTERED, AC_PASSWORD,
    AC_PASSWORD_PROTECTED_TRANSPORT, AC_REFEDS_MFA, AC_SMARTCARD, AC_SMARTCARD_PKI,
    AC_SOFTWARE_PKI, AC_TIME_SYNC_TOKEN, AC_TLS_CLIENT, AC_UNSPECIFIED, AC_X509,
};

/// The classes that can be compared, with their strength; equal numbers are not told apart.
const STRENGTHS: [(&str, u8); 12] = [
    (AC_UNSPECIFIED, 0),
    (AC_PASSWORD, 1),
    (AC_PASSWORD_PROTECTED_TRANSPORT, 2),
    (AC_SOFTWARE_PKI, 3),
    (AC_TLS_CLIENT, 3),
    (AC_X509, 3),
    (AC_TIME_SYNC_TOKEN, 4),
    (AC_MOBILE_TWO_FACTOR_UNREGISTERED, 4),
    (AC_MOBILE_TWO_FACTOR_CONTRACT, 4),
    (AC_REFEDS_MFA, 4),
    (AC_SMARTCARD, 5),
    (AC_SMARTCARD_PKI, 5),
];

/// The requested context cannot be met; answered by [`FailureStatus::NoAuthnContext`].
///
/// [`FailureStatus::NoAuthnContext`]: crate::saml::status::FailureStatus::NoAuthnContext
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the requested authentication context cannot be met")]
pub struct NoAuthnContext;

/// The class to state for a session of this method: one that the request accepts, or the truest
/// one if it does not ask.
pub fn class_to_state(
    requested: Option<&RequestedAuthnContext>,
    method: AuthenticationMethod,
) -> Result<&'static str, NoAuthnContext> {
    let own = true_classes(method);
    let strongest = truest_class(method);
    let Some(requested) = requested else {
        return Ok(strongest);
    };
    let own_strength = strength(strongest).unwrap_or_default();
    let strengths = || {
        requested
            .class_refs
            .iter()
            .filter_map(|class_ref| strength(class_ref))
    };
    let stated = match requested.comparison {
        // In the service provider's order of preference.
        Comparison::Exact => requested
            .class_refs
            .iter()
            .find_map(|wanted| own.iter().copied().find(|class| class == wanted)),
        Comparison::Minimum => strengths()
            .any(|minimum| own_strength >= minimum)
            .then_some(strongest),
        Comparison::Maximum => strengths().max().and_then(|maximum| {
            own.iter()
                .copied()
                .find(|class| strength(class).is_some_and(|strength| strength <= maximum))
        }),
        // Stronger than every class named; one that is not known may be stronger than ours.
        Comparison::Better => {
            let all_known = strengths().count() == requested.class_refs.len();
            let is_better =
                all_known && strengths().max().is_some_and(|named| own_strength > named);
            is_better.then_some(strongest)
        }
    };
    stated.ok_or(NoAuthnContext)
}

/// The class to state when nobody asks.
pub fn truest_class(method: AuthenticationMethod) -> &'static str {
    true_classes(method)
        .first()
        .copied()
        .unwrap_or(AC_UNSPECIFIED)
}

/// Whether any way to sign in could meet the request; asked before somebody types a password.
pub fn check_can_be_met(requested: Option<&RequestedAuthnContext>) -> Result<(), NoAuthnContext> {
    if AuthenticationMethod::ALL
        .into_iter()
        .any(|method| is_met_by(requested, method))
    {
        Ok(())
    } else {
        Err(NoAuthnContext)
    }
}

/// Whether a session of this method meets the request.
pub fn is_met_by(requested: Option<&RequestedAuthnContext>, method: AuthenticationMethod) -> bool {
    class_to_state(requested, method).is_ok()
}

/// What may truthfully be said of a session, the strongest first. A password is only ever typed
/// into a protected or loopback page, and it is a password.
const fn true_classes(method: AuthenticationMethod) -> &'static [&'static str] {
    match method {
        // What was proven in the browser earlier is not told of this sign-in.
        AuthenticationMethod::Password | AuthenticationMethod::PasswordRememberedDevice => {
            &[AC_PASSWORD_PROTECTED_TRANSPORT, AC_PASSWORD, AC_UNSPECIFIED]
        }
        AuthenticationMethod::PasswordTotp => &[
            AC_REFEDS_MFA,
            AC_TIME_SYNC_TOKEN,
            AC_PASSWORD_PROTECTED_TRANSPORT,
            AC_PASSWORD,
            AC_UNSPECIFIED,
        ],
        AuthenticationMethod::PasswordPasskey | AuthenticationMethod::PasswordRecoveryCode => &[
            AC_REFEDS_MFA,
            AC_PASSWORD_PROTECTED_TRANSPORT,
            AC_PASSWORD,
            AC_UNSPECIFIED,
        ],
        AuthenticationMethod::Passkey => &[AC_REFEDS_MFA, AC_UNSPECIFIED],
    }
}

fn strength(class_ref: &str) -> Option<u8> {
    STRENGTHS
        .iter()
        .find(|(class, _)| *class == class_ref)
        .map(|(_, strength)| *strength)
}

#[cfg(test)]
mod tests;
