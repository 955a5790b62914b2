//! The demonstration service provider: it starts sign-ons at this identity provider and believes
//! only what it has verified. It has no accounts and stores nothing; it reads the identity
//! provider's metadata anew each time, as it is published.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use crate::saml::demo_sp::{DemoSp, DemoSpError, VerifiedSignOn};
use crate::saml::post_binding::PostForm;
use crate::saml::xml_writer::ForbiddenCharacter;
use crate::service::environment::Environment;
use crate::service::error::ServiceError;
use crate::service::idp_metadata;
use crate::service::secrets::new_xml_id;

/// So many requests are remembered; older ones count as never sent.
const REMEMBERED: usize = 1000;

/// Why a demonstration does not go on; the texts are for the person who looks at it.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    #[error(transparent)]
    Service(#[from] ServiceError),
    #[error(transparent)]
    Protocol(#[from] DemoSpError),
    #[error(transparent)]
    Metadata(#[from] ForbiddenCharacter),
}

/// One service provider at one base URL.
pub struct DemoServiceProvider {
    base_url: String,
    /// IDs of requests that were sent and may be answered.
    sent: Mutex<VecDeque<String>>,
}

impl DemoServiceProvider {
    /// `base_url` has no trailing slash.
    pub fn new(base_url: impl Into<String>) -> Self {
        Self {
            base_url: base_url.into(),
            sent: Mutex::new(VecDeque::new()),
        }
    }

    /// Under which it is registered.
    pub fn entity_id(&self) -> String {
        format!("{}/metadata", self.base_url)
    }

    /// Where it takes responses.
    pub fn acs_url(&self) -> String {
        format!("{}/acs", self.base_url)
    }

    /// Its metadata document.
    pub fn metadata(&self) -> Result<String, DemoError> {
        Ok(DemoSp::metadata(&self.entity_id(), &self.acs_url())?)
    }

    /// The URL that starts a sign-on by HTTP-Redirect.
    pub fn redirect(&self, env: &Environment) -> Result<String, DemoError> {
        let id = self.draw_id()?;
        Ok(self.protocol(env)?.redirect(&id, env.now(), Some(&id))?)
    }

    /// The form that starts a sign-on by HTTP-POST.
    pub fn post(&self, env: &Environment) -> Result<PostForm, DemoError> {
        let id = self.draw_id()?;
        Ok(self.protocol(env)?.post(&id, env.now(), Some(&id))?)
    }

    /// Verifies a response. RelayState carries the ID of the request that it has to answer; without
    /// one of ours the identity provider began.
    pub fn receive(
        &self,
        env: &Environment,
        saml_response: &str,
        relay_state: Option<&str>,
    ) -> Result<VerifiedSignOn, DemoError> {
        let asked = relay_state.filter(|id| self.has_sent(id));
        let expected: Vec<&str> = asked.into_iter().collect();
        Ok(self.protocol(env)?.verify(saml_response, &expected)?)
    }

    fn protocol(&self, env: &Environment) -> Result<DemoSp, DemoError> {
        let metadata = idp_metadata::document(env, None, false)?;
        Ok(DemoSp::new(&self.entity_id(), &self.acs_url(), &metadata)?)
    }

    fn draw_id(&self) -> Result<String, ServiceError> {
        let id = new_xml_id()?;
        let mut sent = self.sent.lock().unwrap_or_else(PoisonError::into_inner);
        if sent.len() >= REMEMBERED {
            sent.pop_front();
        }
        sent.push_back(id.clone());
        Ok(id)
    }

    fn has_sent(&self, id: &str) -> bool {
        let sent = self.sent.lock().unwrap_or_else(PoisonError::into_inner);
        sent.iter().any(|known| known == id)
    }
}
