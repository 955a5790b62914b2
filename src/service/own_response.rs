//! A Response of ours that an administrator brings back: checked with the keys that we have or had.

use crate::domain::connector::Connector;
use crate::domain::verdict::Verdicts;
use crate::saml::inbound::InboundMessage;
use crate::saml::own_response::{self, Sender};
use crate::service::environment::Environment;
use crate::service::error::ServiceError;
use crate::service::signing_choice::keys_at;
use crate::store::error::StoreError;

/// Checks it as the application would.
pub fn check(
    env: &Environment,
    connector: &Connector,
    inbound: &InboundMessage,
    verdicts: &mut Verdicts,
) -> Result<(), ServiceError> {
    let now = env.now();
    let keys = env
        .store
        .read(|conn| -> Result<_, StoreError> { keys_at(conn, now) })?;
    let certificates: Vec<String> = keys.into_iter().map(|key| key.certificate).collect();
    let sender = Sender {
        entity_id: &env.settings.entity_id,
        certificates: &certificates,
        now,
    };
    // The parser took UTF-8 only.
    let xml = String::from_utf8_lossy(&inbound.xml);
    own_response::check(&xml, sender, &connector.settings, verdicts);
    Ok(())
}
