//! A response packed for the endpoint it goes to: as a form, as a reference with the response left
//! waiting, or in an envelope. What is in it was decided elsewhere; nothing is stored here.

use chrono::TimeDelta;

use crate::domain::connector::{AcsBinding, Connector};
use crate::saml::acs_choice::AcsTarget;
use crate::saml::{artifact, ecp, post_binding};
use crate::service::delivery::{Delivery, PostForm};
use crate::service::environment::Environment;
use crate::service::error::ServiceError;
use crate::service::secrets::{Sealed, digest, random_bytes};
use crate::store::waiting_responses::WaitingResponse;

/// How long a response waits: the browser is on its way already (SAML Bindings 3.6.5.2).
const WAITS: TimeDelta = TimeDelta::minutes(1);

/// A response on its way.
#[derive(Debug)]
pub struct Parcel {
    pub delivery: Delivery,
    /// What has to be stored before the delivery leaves.
    pub waiting: Option<WaitingResponse>,
}

/// Packs a finished response.
pub fn pack(
    env: &Environment,
    connector: &Connector,
    (acs, xml): (&AcsTarget, &str),
    relay_state: Option<String>,
) -> Result<Parcel, ServiceError> {
    let delivery = match acs.binding {
        AcsBinding::HttpPost => {
            let form = post_binding::PostForm::response(&acs.url, xml.as_bytes(), relay_state);
            Delivery::Post(PostForm::new(form, &connector.settings.name))
        }
        AcsBinding::Paos => Delivery::Envelope(ecp::respond(&acs.url, xml)?),
        AcsBinding::HttpArtifact => {
            let handle = random_bytes(artifact::HANDLE_LENGTH)?;
            let reference = artifact::write(&env.settings.entity_id, &handle);
            let waiting = WaitingResponse {
                handle_hash: digest(&handle),
                connector: connector.id,
                sealed: env.keys.seal(Sealed::Response, xml.as_bytes())?,
                expires_at: env.now() + WAITS,
            };
            return Ok(Parcel {
                delivery: Delivery::Redirect(artifact::url(
                    &acs.url,
                    &reference,
                    relay_state.as_deref(),
                )),
                waiting: Some(waiting),
            });
        }
    };
    Ok(Parcel {
        delivery,
        waiting: None,
    })
}
