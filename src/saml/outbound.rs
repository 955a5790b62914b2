//! A signed message on its way through the browser, by the binding of the endpoint it goes to: in a
//! query with the signature beside it (SAML Bindings 3.4.4.1), or in a form with it inside (3.5.4).

use crate::domain::connector::{EndpointBinding, SignatureAlgorithm};
use crate::saml::credentials::SigningCredential;
use crate::saml::inbound::MessageKind;
use crate::saml::post_binding::PostForm;
use crate::saml::redirect_binding;
use crate::saml::signature::{Signable, SignatureError};
use crate::saml::slo_choice::Target;

/// What the browser is handed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outbound {
    /// A URL to go to.
    Redirect(String),
    /// A form to post.
    Post(PostForm),
}

/// Signs a message and packs it.
pub fn send(
    (kind, message): (MessageKind, &Signable),
    target: Target<'_>,
    relay_state: Option<&str>,
    key: (&SigningCredential, SignatureAlgorithm),
) -> Result<Outbound, SignatureError> {
    match target.binding {
        EndpointBinding::HttpRedirect => {
            let xml = message.unsigned();
            redirect_binding::signed_url(target.url, (kind, xml.as_bytes()), relay_state, key)
                .map(Outbound::Redirect)
        }
        EndpointBinding::HttpPost => {
            let xml = message.signed(key.0, key.1)?;
            let relay_state = relay_state.map(str::to_owned);
            Ok(Outbound::Post(PostForm::new(
                kind,
                target.url,
                xml.as_bytes(),
                relay_state,
            )))
        }
    }
}
