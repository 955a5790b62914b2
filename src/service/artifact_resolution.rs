//! A service provider fetches the response that an artifact stands for (SAML Profiles 5): once, by
//! its own signature, and only what was issued to it.

use crate::domain::connector::Connector;
use crate::domain::verdict::Verdicts;
use crate::saml::arrival::Reception;
use crate::saml::artifact;
use crate::saml::artifact_resolution::{
    self, ArtifactResolveError, ArtifactResponseInput, ValidArtifactResolve,
};
use crate::saml::gate::ExpectedMessage;
use crate::saml::received_message;
use crate::saml::soap;
use crate::service::environment::Environment;
use crate::service::error::ServiceError;
use crate::service::secrets::{Sealed, digest, new_xml_id};
use crate::service::sign_on::{RequestFault, SignOnError, connector_of};
use crate::service::signing_choice;
use crate::store::waiting_responses;

/// Answers an ArtifactResolve in a SOAP envelope by an envelope.
pub fn resolve(env: &Environment, body: &[u8]) -> Result<String, SignOnError> {
    let received = received_message::receive_enveloped(body, ExpectedMessage::ArtifactResolve)
        .map_err(RequestFault::Message)?;
    let connector = connector_of(env, received.claimed_issuer())?;
    let certificates = &connector.settings.certificates;
    let authentic = received
        .authenticate(certificates, &mut Verdicts::default())
        .map_err(|fault| RequestFault::NotAuthentic(fault.into()))?;
    let endpoint = env.settings.artifact_url();
    let reception = Reception {
        sp_entity_id: &connector.settings.sp_entity_id,
        endpoint: &endpoint,
        now: env.now(),
    };
    let request = artifact_resolution::validate(&authentic, &reception).map_err(fault_of)?;
    let message = fetch(env, &connector, &request.artifact)?;
    Ok(answer(env, &connector, (&request, message.as_deref()))?)
}

const fn fault_of(error: ArtifactResolveError) -> RequestFault {
    match error {
        ArtifactResolveError::Message(error) => RequestFault::Message(error),
        ArtifactResolveError::Refused(refusal) => RequestFault::Refused(refusal),
    }
}

fn fetch(
    env: &Environment,
    connector: &Connector,
    text: &str,
) -> Result<Option<String>, ServiceError> {
    let Some(handle) = artifact::handle_of(text, &env.settings.entity_id) else {
        return Ok(None);
    };
    let (hash, connector, now) = (digest(&handle), connector.id, env.now());
    let sealed = env.store.write(move |conn| -> Result<_, ServiceError> {
        Ok(waiting_responses::take(conn, &hash, connector, now)?)
    })?;
    let Some(sealed) = sealed else {
        return Ok(None);
    };
    let plain = env.keys.unseal(Sealed::Response, &sealed)?;
    Ok(Some(String::from_utf8_lossy(&plain).into_owned()))
}

fn answer(
    env: &Environment,
    connector: &Connector,
    (request, message): (&ValidArtifactResolve, Option<&str>),
) -> Result<String, ServiceError> {
    let credential = signing_choice::credential(env, connector)?;
    let input = ArtifactResponseInput {
        id: &new_xml_id()?,
        issuer: &env.settings.entity_id,
        in_response_to: &request.id,
        issued_at: env.now(),
        message,
    };
    let algorithm = connector.settings.signature_algorithm;
    let signed = artifact_resolution::respond(&input)?.signed(&credential, algorithm)?;
    Ok(soap::envelope(None, &signed)?)
}
