//! `/keys`: the public halves of the signing keys. Private halves never leave the key ring.

use actix_web::HttpResponse;
use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::signing_key::SigningKey;
use crate::service::keys;
use crate::web::access::{Call, List};
use crate::web::api::{answer, shapes};
use crate::web::problem::Problem;

/// Exact filters of the list of keys.
pub const FILTERS: &[&str] = &["id", "algorithm", "state"];

/// The public half of a signing key.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Key)]
pub struct KeyJson {
    id: String,
    /// `rsa-2048`, `rsa-3072`, `rsa-4096` or `ecdsa-p256`.
    algorithm: &'static str,
    /// `NEXT`, `ACTIVE` or `RETIRED`.
    state: &'static str,
    not_after: String,
    /// PEM.
    certificate: String,
}

impl From<SigningKey> for KeyJson {
    fn from(key: SigningKey) -> Self {
        Self {
            id: key.public_id.as_str().to_owned(),
            algorithm: key.algorithm.as_str(),
            state: key.state.as_str(),
            not_after: shapes::instant(key.not_after),
            certificate: key.certificate,
        }
    }
}

/// `GET /keys`
pub async fn list(call: Call, List(query): List) -> Result<HttpResponse, Problem> {
    let keys = call.run(|env, _| keys::list(env)).await?;
    answer::page_of_whole(keys.into_iter().map(KeyJson::from).collect(), &query)
}
