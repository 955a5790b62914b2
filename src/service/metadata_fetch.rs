//! Metadata from an address, for an administrator who asks for it now (requirement NO-CALL-OUT): https, a host that the
//! operator allows, a public address, no redirects, at most 1 MiB in 10 seconds. What comes is a text to look
//! at; nothing is applied from here, and nothing is fetched because of a message.

use std::error::Error as _;

use ureq::config::Config;
use ureq::tls::{Certificate, RootCerts, TlsConfig, TlsProvider};
use ureq::unversioned::transport::DefaultConnector;
use ureq::{Agent, Error};
use url::{Host, Url};

use crate::domain::admin::{Action, Object};
use crate::domain::violation::Violation;
use crate::service::audit_trail::{Trail, object};
use crate::service::caller::Caller;
use crate::service::connector_draft::ConnectorDraft;
use crate::service::environment::Environment;
use crate::service::error::ServiceError;
use crate::service::outbound::{NotPublic, Outbound};
use crate::service::patch::Field;

/// An answer has at most this many octets.
const MAX_OCTETS: u64 = 1024 * 1024;
const MAX_HEADERS: usize = 16 * 1024;
const ACCEPT: &str = "application/samlmetadata+xml, application/xml, text/xml";

/// Why nothing was fetched; each is told at the field of the address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FetchRefusal {
    #[error(
        "Fetching metadata is switched off. Paste the metadata, or let the operator name the host in VESTIBULE_METADATA_HOSTS."
    )]
    Off,
    #[error("Give an https address with a host's name, without user name, password and fragment.")]
    Address,
    #[error(
        "Metadata may not be fetched from {0}. Let the operator name it in VESTIBULE_METADATA_HOSTS, or paste the metadata."
    )]
    Host(String),
    #[error("The host's name leads to an address that is not public. It was not opened.")]
    NotPublic,
    #[error("The host was not found. Check the address.")]
    NotFound,
    #[error("The host could not be reached, or its certificate is not one that is believed here.")]
    Unreachable,
    #[error("The answer is a redirect, which is not followed. Give the address that it leads to.")]
    Redirect,
    #[error("The answer has the status {0} instead of 200. Check the address.")]
    Status(u16),
    #[error("The answer is larger than 1 MiB. Download it and pick one entity of it.")]
    TooLarge,
    #[error("The answer did not come in time. Try again later, or paste the metadata.")]
    Slow,
    #[error("The answer is no text in UTF-8.")]
    NotText,
    #[error("Somebody else is fetching metadata at this moment. Try again in a few seconds.")]
    Busy,
}

impl From<FetchRefusal> for ServiceError {
    fn from(refusal: FetchRefusal) -> Self {
        Self::Invalid(vec![Violation::new("/metadataUrl", refusal.to_string())])
    }
}

/// Fetches the text. Only who may change settings may send this service out.
pub fn fetch(env: &Environment, caller: &Caller, address: &str) -> Result<String, ServiceError> {
    caller.require(Action::Edit, Object::Settings)?;
    let url = check(&env.outbound, address)?;
    let fetched = get(&env.outbound, &url);
    let outcome = match &fetched {
        Ok(text) => format!("{} bytes", text.len()),
        Err(refusal) => refusal.to_string(),
    };
    let trail = Trail::new(env, &caller.actor);
    let after = serde_json::json!({"metadataUrl": url.as_str(), "outcome": outcome}).to_string();
    env.store.write(move |conn| {
        let texts = (None, Some(after.clone()));
        trail.write(
            conn,
            "metadata.fetched",
            object("metadata", "", "metadata"),
            texts,
        )
    })?;
    Ok(fetched?)
}

/// A draft that names an address and no text gets its text from there; every other one stays as it is.
pub fn fill(
    env: &Environment,
    caller: &Caller,
    mut draft: ConnectorDraft,
) -> Result<ConnectorDraft, ServiceError> {
    if let Field::Set(address) = &draft.metadata_url
        && !address.is_empty()
        && !draft.metadata_xml.is_named()
    {
        draft.metadata_xml = Field::Set(fetch(env, caller, address)?);
    }
    Ok(draft)
}

/// An address that may be asked.
pub fn check(outbound: &Outbound, address: &str) -> Result<Url, FetchRefusal> {
    if outbound.is_off() {
        return Err(FetchRefusal::Off);
    }
    let url = Url::parse(address.trim()).map_err(|_no_address| FetchRefusal::Address)?;
    let is_bare = url.username().is_empty() && url.password().is_none() && url.fragment().is_none();
    let (Some(Host::Domain(name)), Some(port)) = (url.host(), url.port_or_known_default()) else {
        return Err(FetchRefusal::Address);
    };
    if url.scheme() != "https" || !is_bare {
        return Err(FetchRefusal::Address);
    }
    if outbound.allows(name, port) {
        Ok(url)
    } else {
        let name = url.authority().to_owned();
        Err(FetchRefusal::Host(name))
    }
}

fn get(outbound: &Outbound, url: &Url) -> Result<String, FetchRefusal> {
    let Ok(_turn) = outbound.turn.try_lock() else {
        return Err(FetchRefusal::Busy);
    };
    let agent = Agent::with_parts(
        config(outbound)?,
        DefaultConnector::default(),
        outbound.resolver(),
    );
    let mut answer = agent
        .get(url.as_str())
        .call()
        .map_err(|error| refusal(&error))?;
    match answer.status().as_u16() {
        200 => {}
        300..400 => return Err(FetchRefusal::Redirect),
        other => return Err(FetchRefusal::Status(other)),
    }
    let body = answer
        .body_mut()
        .with_config()
        .limit(MAX_OCTETS)
        .read_to_vec();
    let octets = body.map_err(|error| refusal(&error))?;
    String::from_utf8(octets).map_err(|_no_text| FetchRefusal::NotText)
}

fn config(outbound: &Outbound) -> Result<Config, FetchRefusal> {
    let roots = match outbound.root() {
        None => RootCerts::PlatformVerifier,
        Some(pem) => {
            let root = Certificate::from_pem(pem.as_bytes());
            let root = root.map_err(|_no_certificate| FetchRefusal::Unreachable)?;
            RootCerts::from([root].into_iter())
        }
    };
    let tls = TlsConfig::builder()
        .provider(TlsProvider::NativeTls)
        .root_certs(roots)
        .build();
    Ok(Agent::config_builder()
        .https_only(true)
        .http_status_as_error(false)
        .max_redirects(0)
        // One from the environment would resolve the name anew, out of our sight.
        .proxy(None)
        .max_response_header_size(MAX_HEADERS)
        .max_idle_connections(0)
        .user_agent("vestibule")
        .accept(ACCEPT)
        .timeout_global(Some(outbound.patience()))
        .tls_config(tls)
        .build())
}

fn refusal(error: &Error) -> FetchRefusal {
    match error {
        Error::Timeout(_) => FetchRefusal::Slow,
        Error::BodyExceedsLimit(_) => FetchRefusal::TooLarge,
        Error::HostNotFound => FetchRefusal::NotFound,
        Error::Other(other) if other.is::<NotPublic>() => FetchRefusal::NotPublic,
        // What a reader of the body meets arrives wrapped.
        Error::Io(wrapped) => match wrapped.get_ref().and_then(|inner| inner.downcast_ref()) {
            Some(inner) => refusal(inner),
            None => FetchRefusal::Unreachable,
        },
        other => {
            tracing::debug!(error = %other, source = ?other.source(), "metadata was not fetched");
            FetchRefusal::Unreachable
        }
    }
}
