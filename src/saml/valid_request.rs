//! An AuthnRequest that was found valid for one service provider, as a proof that can be carried:
//! it comes out of [`validate`], or out of the text it was kept as while somebody signed in.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::domain::connector::{AcsBinding, ConnectorSettings};
use crate::domain::verdict::{Check, Verdicts};
use crate::saml::acs_choice::{self, AcsTarget, Carrier};
use crate::saml::arrival::{self, Arrival, DestinationRule, Reception};
use crate::saml::authn_context;
use crate::saml::authn_request::{
    AuthnRequest, NameIdPolicy, RequestedAuthnContext, RequestedSubject,
};
use crate::saml::name_id::{self, InvalidNameIdPolicy, NameIdPlan};
use crate::saml::received_request::AuthenticRequest;
use crate::saml::request_refusal::{PageRefusal, RequestRefusal, StatusRefusal};
use crate::saml::status::FailureStatus;
use crate::saml::urns::BINDING_SOAP;

/// What a request is judged against besides the connector.
#[derive(Debug, Clone, Copy)]
pub struct ValidationContext<'a> {
    pub now: DateTime<Utc>,
    /// The URL that the request was sent to, as our metadata has it.
    pub sso_url: &'a str,
    /// Who brought it, and will carry the answer.
    pub carrier: Carrier,
}

/// A valid AuthnRequest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ValidAuthnRequest(Fields);

/// The kept form. Private, so that text of other origin cannot be made into a proof by accident.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Fields {
    id: String,
    issuer: String,
    issue_instant: DateTime<Utc>,
    acs: AcsTarget,
    force_authn: bool,
    is_passive: bool,
    name_id_policy: Option<NameIdPolicy>,
    requested_authn_context: Option<RequestedAuthnContext>,
    subject: Option<RequestedSubject>,
}

/// A kept request that cannot be read back: the row is damaged.
#[derive(Debug, thiserror::Error)]
#[error("a pending request is not readable")]
pub struct PendingRequestError(#[from] serde_json::Error);

/// Judges a request against the connector that its Issuer names. Freshness and Destination are
/// checked here, on arrival, and not again.
pub fn validate(
    received: AuthenticRequest,
    settings: &ConnectorSettings,
    context: ValidationContext<'_>,
    verdicts: &mut Verdicts,
) -> Result<ValidAuthnRequest, RequestRefusal> {
    check_sender(&received, settings, context, verdicts)?;
    let request = received.into_request();
    let acs = acs_choice::choose(&request, settings, context.carrier);
    let told = |acs: &AcsTarget| acs.url.clone();
    let acs = verdicts.take_with(Check::AssertionConsumerService, acs, told)?;
    if let Err(status) = check_wishes((&request, &acs), settings, verdicts) {
        return Err(RequestRefusal::Status(StatusRefusal {
            status,
            acs,
            request_id: request.id,
        }));
    }
    Ok(ValidAuthnRequest(Fields {
        acs,
        id: request.id,
        issuer: request.issuer,
        issue_instant: request.issue_instant,
        force_authn: request.force_authn,
        is_passive: request.is_passive,
        name_id_policy: request.name_id_policy,
        requested_authn_context: request.requested_authn_context,
        subject: request.subject,
    }))
}

/// What has to hold before an answer may go anywhere.
fn check_sender(
    received: &AuthenticRequest,
    settings: &ConnectorSettings,
    context: ValidationContext<'_>,
    verdicts: &mut Verdicts,
) -> Result<(), PageRefusal> {
    let request = received.request();
    if settings.want_authn_requests_signed {
        let signed = if received.is_signed() {
            Ok(())
        } else {
            Err(PageRefusal::SignatureRequired)
        };
        verdicts.take(Check::SignatureRequired, signed)?;
    }
    let arrival = Arrival {
        issuer: &request.issuer,
        destination: request.destination.as_deref(),
        issue_instant: request.issue_instant,
        destination_rule: match context.carrier {
            Carrier::Browser => DestinationRule::through_browser(received.is_signed()),
            // The service provider does not know at whom its client will sign in.
            Carrier::EnhancedClient => DestinationRule::IfNamed,
        },
    };
    let reception = Reception {
        sp_entity_id: &settings.sp_entity_id,
        endpoint: context.sso_url,
        now: context.now,
    };
    arrival::check(&arrival, &reception, verdicts)
}

/// The wishes of the request that can be met or not whoever signs in; the first that cannot decides.
fn check_wishes(
    (request, acs): (&AuthnRequest, &AcsTarget),
    settings: &ConnectorSettings,
    verdicts: &mut Verdicts,
) -> Result<(), FailureStatus> {
    let binding = acs_choice::binding_uri(acs.binding);
    match request.protocol_binding.as_deref() {
        None => {}
        Some(asked) if asked == binding => verdicts.pass(Check::ProtocolBinding, binding),
        // Some name the binding between us and the client; beyond it there is only PAOS.
        Some(BINDING_SOAP) if acs.binding == AcsBinding::Paos => {
            verdicts.pass(Check::ProtocolBinding, BINDING_SOAP);
        }
        Some(other) => {
            verdicts.fail(Check::ProtocolBinding, other.to_owned());
            return Err(FailureStatus::UnsupportedBinding);
        }
    }
    match &request.subject {
        None => {}
        Some(RequestedSubject::Unsupported) => {
            verdicts.fail(
                Check::Subject,
                "The Subject is no plain NameID, or holds a SubjectConfirmation.",
            );
            return Err(FailureStatus::RequestUnsupported);
        }
        Some(RequestedSubject::NameId { .. }) => {
            verdicts.pass(
                Check::Subject,
                "Compared with the NameID when it is issued.",
            );
        }
    }
    let policy = request.name_id_policy.as_ref();
    let plan = name_id::plan(policy, &settings.name_id, &settings.sp_entity_id);
    verdicts
        .take_with(Check::NameIdPolicy, plan, |plan| {
            plan.format().uri().to_owned()
        })
        .map_err(|_unmet| FailureStatus::InvalidNameIdPolicy)?;
    let requested = request.requested_authn_context.as_ref();
    verdicts
        .take(
            Check::AuthnContext,
            authn_context::check_can_be_met(requested),
        )
        .map_err(|_unmet| FailureStatus::NoAuthnContext)
}

impl ValidAuthnRequest {
    /// InResponseTo of the answer; consumed with the issuer as its key.
    pub fn id(&self) -> &str {
        &self.0.id
    }

    /// Entity ID of the service provider.
    pub fn issuer(&self) -> &str {
        &self.0.issuer
    }

    pub const fn issue_instant(&self) -> DateTime<Utc> {
        self.0.issue_instant
    }

    /// Verified against the registered list on arrival.
    pub const fn acs(&self) -> &AcsTarget {
        &self.0.acs
    }

    /// The credential has to be checked anew for this request.
    pub const fn force_authn(&self) -> bool {
        self.0.force_authn
    }

    /// No page may be shown.
    pub const fn is_passive(&self) -> bool {
        self.0.is_passive
    }

    /// The refusal of this request with a status, to its verified ACS URL.
    pub fn refused(&self, status: FailureStatus) -> StatusRefusal {
        StatusRefusal {
            status,
            acs: self.0.acs.clone(),
            request_id: self.0.id.clone(),
        }
    }

    /// How the NameID is to be made, under the connector's settings of now.
    pub fn name_id_plan(
        &self,
        settings: &ConnectorSettings,
    ) -> Result<NameIdPlan, InvalidNameIdPolicy> {
        let policy = self.0.name_id_policy.as_ref();
        name_id::plan(policy, &settings.name_id, &settings.sp_entity_id)
    }

    /// To be evaluated against the session, by [`authn_context::class_to_state`].
    pub const fn requested_authn_context(&self) -> Option<&RequestedAuthnContext> {
        self.0.requested_authn_context.as_ref()
    }

    /// Whom the assertion has to be about; UnknownPrincipal if the NameID does not satisfy it.
    pub const fn subject(&self) -> Option<&RequestedSubject> {
        self.0.subject.as_ref()
    }

    /// The text to keep while somebody signs in.
    pub fn to_pending(&self) -> Result<String, PendingRequestError> {
        Ok(serde_json::to_string(&self.0)?)
    }

    /// Reads the kept text back; nothing is judged again.
    pub fn from_pending(text: &str) -> Result<Self, PendingRequestError> {
        Ok(Self(serde_json::from_str(text)?))
    }
}

#[cfg(test)]
mod tests;
