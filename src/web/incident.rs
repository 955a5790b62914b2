//! The incident number of a request: shown on error pages and in `X-Request-Id`, and on every log
//! line of the request. Always drawn here; one that a client sends is not trusted.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpMessage, HttpRequest};

use crate::service::secrets::{SecretsError, random_bytes};
use crate::web::error::WebError;

/// Short enough to be read out on the telephone: `1f3a-90c2-77be`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Incident(String);

impl Incident {
    /// A new number of 48 random bits.
    pub fn draw() -> Result<Self, SecretsError> {
        let groups: Vec<String> = random_bytes(6)?
            .chunks(2)
            .map(|pair| pair.iter().map(|byte| format!("{byte:02x}")).collect())
            .collect();
        Ok(Self(groups.join("-")))
    }

    /// The text of the number.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The number that `envelope` has given to the request.
impl FromRequest for Incident {
    type Error = WebError;
    type Future = Ready<Result<Self, WebError>>;

    fn from_request(request: &HttpRequest, _payload: &mut Payload) -> Self::Future {
        let drawn = request.extensions().get::<Self>().cloned();
        ready(drawn.map_or_else(|| Self::draw().map_err(WebError::Secrets), Ok))
    }
}
