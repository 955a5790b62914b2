//! The protocol half of the demonstration service provider: it asks us for a sign-on and verifies
//! the answer with samael's ServiceProvider, so that what the demo shows was checked by somebody
//! else's code. Not used in issuing; samael judges times by its own clock.

use std::str::FromStr;

use chrono::{DateTime, Utc};
use samael::crypto::AllowedSignatureAlgorithm;
use samael::metadata::EntityDescriptor;
use samael::schema::{Assertion, AuthnRequest};
use samael::service_provider::ServiceProvider;
use samael::traits::ToXml;

use crate::saml::base64_text;
use crate::saml::post_binding::PostForm;
use crate::saml::redirect_binding;
use crate::saml::urns::{BINDING_POST, BINDING_REDIRECT, NS_METADATA, NS_PROTOCOL};
use crate::saml::xml_writer::{ForbiddenCharacter, XmlWriter};

/// Why the demonstration service provider cannot go on. The texts are for the person who looks at
/// the demo.
#[derive(Debug, thiserror::Error)]
pub enum DemoSpError {
    #[error("the identity provider's metadata is not usable: {0}")]
    Metadata(String),
    #[error("the request cannot be made: {0}")]
    Request(String),
    #[error("the response is refused: {0}")]
    Response(String),
}

/// A service provider that trusts one identity provider.
#[derive(Clone)]
pub struct DemoSp {
    /// One for each published key, never empty: a signature is tried with one key at a time, since
    /// keys may be of different kinds.
    providers: Vec<ServiceProvider>,
    redirect_url: String,
    post_url: String,
}

/// What a verified assertion says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifiedSignOn {
    pub name_id: String,
    pub name_id_format: String,
    pub session_index: String,
    pub class_ref: String,
    /// Name and values, in the order of the statement.
    pub attributes: Vec<(String, Vec<String>)>,
    /// The response as received.
    pub xml: String,
}

impl DemoSp {
    /// Trusts the identity provider of this metadata document.
    pub fn new(entity_id: &str, acs_url: &str, idp_metadata: &str) -> Result<Self, DemoSpError> {
        let metadata = EntityDescriptor::from_str(idp_metadata)
            .map_err(|error| DemoSpError::Metadata(error.to_string()))?;
        let template = ServiceProvider {
            entity_id: Some(entity_id.to_owned()),
            acs_url: Some(acs_url.to_owned()),
            allowed_signature_algorithms: Some(vec![
                AllowedSignatureAlgorithm::RsaSha256,
                AllowedSignatureAlgorithm::RsaSha384,
                AllowedSignatureAlgorithm::RsaSha512,
                AllowedSignatureAlgorithm::EcdsaSha256,
            ]),
            idp_metadata: metadata,
            ..ServiceProvider::default()
        };
        let endpoint = |binding| {
            template
                .sso_binding_location(binding)
                .ok_or_else(|| DemoSpError::Metadata(format!("no endpoint for {binding}")))
        };
        Ok(Self {
            redirect_url: endpoint(BINDING_REDIRECT)?,
            post_url: endpoint(BINDING_POST)?,
            providers: one_for_each_key(&template)?,
        })
    }

    /// The metadata of this service provider: one ACS endpoint, nothing else.
    pub fn metadata(entity_id: &str, acs_url: &str) -> Result<String, ForbiddenCharacter> {
        let mut writer = XmlWriter::new();
        writer.start(
            "md:EntityDescriptor",
            &[("xmlns:md", NS_METADATA), ("entityID", entity_id)],
        );
        writer.start(
            "md:SPSSODescriptor",
            &[
                ("AuthnRequestsSigned", "false"),
                ("WantAssertionsSigned", "true"),
                ("protocolSupportEnumeration", NS_PROTOCOL),
            ],
        );
        let endpoint = [
            ("Binding", BINDING_POST),
            ("Location", acs_url),
            ("index", "0"),
            ("isDefault", "true"),
        ];
        writer.leaf("md:AssertionConsumerService", &endpoint, "");
        writer.end("md:SPSSODescriptor");
        writer.end("md:EntityDescriptor");
        writer.finish()
    }

    /// The URL that starts a sign-on by HTTP-Redirect.
    pub fn redirect(
        &self,
        request_id: &str,
        now: DateTime<Utc>,
        relay_state: Option<&str>,
    ) -> Result<String, DemoSpError> {
        let xml = self.request(&self.redirect_url, request_id, now)?;
        redirect_binding::request_url(&self.redirect_url, xml.as_bytes(), relay_state)
            .map_err(|error| DemoSpError::Request(error.to_string()))
    }

    /// The form that starts a sign-on by HTTP-POST.
    pub fn post(
        &self,
        request_id: &str,
        now: DateTime<Utc>,
        relay_state: Option<&str>,
    ) -> Result<PostForm, DemoSpError> {
        let xml = self.request(&self.post_url, request_id, now)?;
        let relay_state = relay_state.map(str::to_owned);
        Ok(PostForm::request(
            &self.post_url,
            xml.as_bytes(),
            relay_state,
        ))
    }

    /// Verifies the field SAMLResponse of a form: signature, issuer, audience, recipient, times,
    /// and that it answers one of the requests; none given means that it may be unsolicited.
    pub fn verify(
        &self,
        saml_response: &str,
        request_ids: &[&str],
    ) -> Result<VerifiedSignOn, DemoSpError> {
        let mut refusal = DemoSpError::Response("no key is trusted".to_owned());
        for provider in &self.providers {
            let provider = ServiceProvider {
                allow_idp_initiated: request_ids.is_empty(),
                ..provider.clone()
            };
            match provider.parse_base64_response(saml_response, Some(request_ids)) {
                Ok(assertion) => {
                    let xml = base64_text::decode(saml_response).unwrap_or_default();
                    return Ok(told_by(
                        &assertion,
                        String::from_utf8_lossy(&xml).into_owned(),
                    ));
                }
                Err(error) => refusal = DemoSpError::Response(error.to_string()),
            }
        }
        Err(refusal)
    }

    fn request(
        &self,
        destination: &str,
        request_id: &str,
        now: DateTime<Utc>,
    ) -> Result<String, DemoSpError> {
        let provider = self
            .providers
            .first()
            .ok_or_else(|| DemoSpError::Request("no key is trusted".to_owned()))?;
        let request = AuthnRequest {
            id: request_id.to_owned(),
            issue_instant: now,
            ..provider
                .make_authentication_request(destination)
                .map_err(|error| DemoSpError::Request(error.to_string()))?
        };
        ToXml::to_string(&request).map_err(|error| DemoSpError::Request(error.to_string()))
    }
}

/// Metadata without a signing key would leave nothing to verify with, so it is refused.
fn one_for_each_key(template: &ServiceProvider) -> Result<Vec<ServiceProvider>, DemoSpError> {
    let roles = template.idp_metadata.idp_sso_descriptors.iter().flatten();
    let keys: Vec<_> = roles.flat_map(|role| &role.key_descriptors).collect();
    let mut providers = Vec::new();
    for key in keys {
        let mut provider = template.clone();
        for role in provider
            .idp_metadata
            .idp_sso_descriptors
            .iter_mut()
            .flatten()
        {
            role.key_descriptors = vec![key.clone()];
        }
        match provider.idp_signing_certs() {
            Ok(Some(_)) => providers.push(provider),
            Ok(None) => {}
            Err(error) => return Err(DemoSpError::Metadata(error.to_string())),
        }
    }
    if providers.is_empty() {
        return Err(DemoSpError::Metadata("no signing key".to_owned()));
    }
    Ok(providers)
}

fn told_by(assertion: &Assertion, xml: String) -> VerifiedSignOn {
    let name_id = assertion
        .subject
        .as_ref()
        .and_then(|subject| subject.name_id.clone());
    let statement = assertion.authn_statements.iter().flatten().next();
    let attributes = assertion
        .attribute_statements
        .iter()
        .flatten()
        .flat_map(|statement| &statement.attributes)
        .map(|attribute| {
            let values = attribute
                .values
                .iter()
                .map(|value| value.value.clone().unwrap_or_default())
                .collect();
            (attribute.name.clone().unwrap_or_default(), values)
        })
        .collect();
    VerifiedSignOn {
        name_id_format: name_id
            .as_ref()
            .and_then(|name_id| name_id.format.clone())
            .unwrap_or_default(),
        name_id: name_id.map(|name_id| name_id.value).unwrap_or_default(),
        session_index: statement
            .and_then(|statement| statement.session_index.clone())
            .unwrap_or_default(),
        class_ref: statement
            .and_then(|statement| statement.authn_context.as_ref())
            .and_then(|context| context.value.as_ref())
            .and_then(|class_ref| class_ref.value.clone())
            .unwrap_or_default(),
        attributes,
        xml,
    }
}
