//! An AuthnRequest that was found valid for one service provider, as a proof that can be carried:
//! it comes out of [`validate`], or out of the text it was kept as while somebody signed in.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::domain::connector::ConnectorSettings;
use crate::saml::acs_choice;
use crate::saml::arrival::{self, Arrival, Reception};
use crate::saml::authn_context;
use crate::saml::authn_request::{
    AuthnRequest, NameIdPolicy, RequestedAuthnContext, RequestedSubject,
};
use crate::saml::name_id::{self, InvalidNameIdPolicy, NameIdPlan};
use crate::saml::received_request::AuthenticRequest;
use crate::saml::request_refusal::{PageRefusal, RequestRefusal, StatusRefusal};
use crate::saml::status::FailureStatus;
use crate::saml::urns::BINDING_POST;

/// What a request is judged against besides the connector.
#[derive(Debug, Clone, Copy)]
pub struct ValidationContext<'a> {
    pub now: DateTime<Utc>,
    /// Our `/saml/sso`, as our metadata has it.
    pub sso_url: &'a str,
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
    acs_url: String,
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
) -> Result<ValidAuthnRequest, RequestRefusal> {
    check_sender(&received, settings, context)?;
    let request = received.into_request();
    let acs_url = acs_choice::choose(&request, &settings.acs)?;
    if let Some(status) = unmet_wish(&request, settings) {
        return Err(RequestRefusal::Status(StatusRefusal {
            status,
            acs_url: acs_url.to_owned(),
            request_id: request.id,
        }));
    }
    Ok(ValidAuthnRequest(Fields {
        acs_url: acs_url.to_owned(),
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
) -> Result<(), PageRefusal> {
    let request = received.request();
    if settings.want_authn_requests_signed && !received.is_signed() {
        return Err(PageRefusal::SignatureRequired);
    }
    let arrival = Arrival {
        issuer: &request.issuer,
        destination: request.destination.as_deref(),
        issue_instant: request.issue_instant,
        is_signed: received.is_signed(),
    };
    let reception = Reception {
        sp_entity_id: &settings.sp_entity_id,
        endpoint: context.sso_url,
        now: context.now,
    };
    arrival::check(&arrival, &reception)
}

/// The first wish of the request that cannot be met whoever signs in.
fn unmet_wish(request: &AuthnRequest, settings: &ConnectorSettings) -> Option<FailureStatus> {
    let binding = request.protocol_binding.as_deref();
    if binding.is_some_and(|binding| binding != BINDING_POST) {
        return Some(FailureStatus::UnsupportedBinding);
    }
    if request.subject == Some(RequestedSubject::Unsupported) {
        return Some(FailureStatus::RequestUnsupported);
    }
    let policy = request.name_id_policy.as_ref();
    if name_id::plan(policy, settings.name_id, &settings.sp_entity_id).is_err() {
        return Some(FailureStatus::InvalidNameIdPolicy);
    }
    if !authn_context::can_be_met(request.requested_authn_context.as_ref()) {
        return Some(FailureStatus::NoAuthnContext);
    }
    None
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
    pub fn acs_url(&self) -> &str {
        &self.0.acs_url
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
            acs_url: self.0.acs_url.clone(),
            request_id: self.0.id.clone(),
        }
    }

    /// How the NameID is to be made, under the connector's settings of now.
    pub fn name_id_plan(
        &self,
        settings: &ConnectorSettings,
    ) -> Result<NameIdPlan, InvalidNameIdPolicy> {
        let policy = self.0.name_id_policy.as_ref();
        name_id::plan(policy, settings.name_id, &settings.sp_entity_id)
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
