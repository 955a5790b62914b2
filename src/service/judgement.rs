//! A message that was received, judged against the connector that it is for: the signature, then what
//! it says. Changes nothing and remembers nothing, so the same judgement serves a message at the door
//! and one that an administrator wants checked; each check leaves its verdict.

use crate::domain::connector::Connector;
use crate::domain::verdict::Verdicts;
use crate::saml::acs_choice::Carrier;
use crate::saml::arrival::Reception;
use crate::saml::logout_request::{self, ValidLogoutRequest};
use crate::saml::logout_response::{self, ValidLogoutResponse};
use crate::saml::received_message::ReceivedMessage;
use crate::saml::received_request::ReceivedRequest;
use crate::saml::request_refusal::{RequestRefusal, StatusRefusal};
use crate::saml::valid_request::{ValidAuthnRequest, ValidationContext, validate};
use crate::service::environment::Environment;
use crate::service::logout::LogoutFault;
use crate::service::sign_on::RequestFault;

/// Why an AuthnRequest is not valid.
#[derive(Debug)]
pub enum RequestFailure {
    /// For a page of ours.
    Fault(RequestFault),
    /// For the service provider.
    Status(StatusRefusal),
}

/// Judges an AuthnRequest.
pub fn authn_request(
    env: &Environment,
    connector: &Connector,
    (received, carrier): (ReceivedRequest, Carrier),
    verdicts: &mut Verdicts,
) -> Result<ValidAuthnRequest, RequestFailure> {
    let settings = &connector.settings;
    let request = received
        .authenticate(&settings.certificates, verdicts)
        .map_err(|error| RequestFailure::Fault(RequestFault::NotAuthentic(error)))?;
    let sso_url = match carrier {
        Carrier::Browser => env.settings.sso_url(),
        Carrier::EnhancedClient => env.settings.ecp_url(),
    };
    let context = ValidationContext {
        now: env.now(),
        sso_url: &sso_url,
        carrier,
    };
    validate(request, settings, context, verdicts).map_err(|refusal| match refusal {
        RequestRefusal::Page(refusal) => RequestFailure::Fault(RequestFault::Refused(refusal)),
        RequestRefusal::Status(refusal) => RequestFailure::Status(refusal),
    })
}

/// Judges a LogoutRequest.
pub fn logout_request(
    env: &Environment,
    connector: &Connector,
    received: ReceivedMessage,
    verdicts: &mut Verdicts,
) -> Result<ValidLogoutRequest, LogoutFault> {
    let authentic = received.authenticate(&connector.settings.certificates, verdicts)?;
    let slo_url = env.settings.slo_url();
    let reception = reception(env, connector, &slo_url);
    Ok(logout_request::validate(&authentic, &reception, verdicts)?)
}

/// Judges a LogoutResponse.
pub fn logout_response(
    env: &Environment,
    connector: &Connector,
    received: ReceivedMessage,
    verdicts: &mut Verdicts,
) -> Result<ValidLogoutResponse, LogoutFault> {
    let settings = &connector.settings;
    let authentic = received.authenticate(&settings.certificates, verdicts)?;
    let slo_url = env.settings.slo_url();
    let reception = reception(env, connector, &slo_url);
    Ok(logout_response::validate(
        &authentic, settings, &reception, verdicts,
    )?)
}

fn reception<'a>(env: &Environment, connector: &'a Connector, slo_url: &'a str) -> Reception<'a> {
    Reception {
        sp_entity_id: &connector.settings.sp_entity_id,
        endpoint: slo_url,
        now: env.now(),
    }
}
