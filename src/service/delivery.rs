//! A signed message on its way to a service provider, as the browser is to carry it. What is in it was
//! decided elsewhere.

use crate::domain::connector::Connector;
use crate::domain::exchange::MessageType;
use crate::domain::verdict::Check;
use crate::saml::inbound::MessageKind;
use crate::saml::outbound::{self, Outbound};
use crate::saml::post_binding;
use crate::saml::signature::Signable;
use crate::saml::slo_choice::Target;
use crate::service::environment::Environment;
use crate::service::error::ServiceError;
use crate::service::recording::Recording;
use crate::service::signing_choice;

/// How the browser carries it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Delivery {
    /// By going to a registered URL with the message in its query.
    Redirect(String),
    /// By posting a form to a registered URL.
    Post(PostForm),
    /// By a client that is no browser: a SOAP envelope, whole.
    Envelope(String),
}

/// A form that carries a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PostForm {
    /// The URL to post to.
    pub action: String,
    /// `SAMLRequest` or `SAMLResponse`.
    pub field: &'static str,
    /// Base64.
    pub message: String,
    /// Unchanged; absent if it was absent.
    pub relay_state: Option<String>,
    /// The application's name, for the page.
    pub application: String,
}

impl PostForm {
    /// The form of a message for an application of this name.
    pub fn new(form: post_binding::PostForm, application: &str) -> Self {
        Self {
            action: form.action,
            field: form.field,
            message: form.message,
            relay_state: form.relay_state,
            application: application.to_owned(),
        }
    }
}

/// Signs a message of a logout with the connector's algorithm and packs it for the endpoint; `answers`
/// is the ID of the message that it answers.
pub fn signed(
    env: &Environment,
    connector: &Connector,
    (kind, message): (MessageKind, &Signable),
    (target, relay_state): (Target<'_>, Option<&str>),
    answers: Option<&str>,
) -> Result<Delivery, ServiceError> {
    let mut recording = Recording::sent(message_type(kind), target.binding.into());
    recording.message_id = Some(message.id.clone());
    recording.in_response_to = answers.map(str::to_owned);
    recording.document(env, connector, &message.unsigned());
    let settings = &connector.settings;
    let algorithm = settings.signature_algorithm;
    let credential = signing_choice::credential(env, connector)?;
    let signing = (credential.as_ref(), algorithm);
    let verdicts = &mut recording.verdicts;
    verdicts.pass(Check::Endpoint, target.url.to_owned());
    let (algorithm, fingerprint) = (algorithm.as_str(), credential.fingerprint());
    let by = format!("{algorithm} by the key with the certificate {fingerprint}.");
    verdicts.pass(Check::Signing, by);
    let sent = outbound::send((kind, message), target, relay_state, signing);
    recording.close(env, connector, sent.is_ok());
    Ok(match sent? {
        Outbound::Redirect(url) => Delivery::Redirect(url),
        Outbound::Post(form) => Delivery::Post(PostForm::new(form, &settings.name)),
    })
}

const fn message_type(kind: MessageKind) -> MessageType {
    match kind {
        MessageKind::Request => MessageType::LogoutRequest,
        MessageKind::Response => MessageType::LogoutResponse,
    }
}
