//! From a connector as it arrives to valid settings. Three layers, the later over the earlier: what
//! is stored (or a template's defaults), what the service provider's metadata says, what the caller
//! names. Every broken rule is named at its pointer.

use chrono::{DateTime, Utc};

use crate::domain::access_conditions::AccessConditions;
use crate::domain::attribute_path::AttributePath;
use crate::domain::connector::{
    AcsBinding, AcsEndpoint, CertificateUse, ConnectorSettings, ConnectorStatus, EndpointBinding,
    NameIdChoice, NameIdFormat, SignatureAlgorithm, SignatureScope, SloEndpoint, SpCertificate,
};
use crate::domain::connector_rules::NAME_LIMIT;
use crate::domain::connector_template;
use crate::domain::encryption::EncryptionChoice;
use crate::domain::name_id_source::NameIdSource;
use crate::domain::sp_description::SpDescription;
use crate::domain::text::slug_from;
use crate::domain::user::UserField;
use crate::domain::violation::Warning;
use crate::saml::sp_metadata::{self, SpMetadata};
use crate::service::connector_conditions;
use crate::service::connector_draft::{
    AcsDraft, CertificateDraft, ConnectorDraft, NameIdDraft, SloDraft,
};
use crate::service::connector_encryption::{EncryptionDraft, refuse_encryption_for_nobody};
use crate::service::connector_mappings;
use crate::service::connector_notes;
use crate::service::error::ServiceError;
use crate::service::patch::{Field, Violations};

const ACS_BINDINGS: &str = "The binding is HTTP-POST, HTTP-ARTIFACT or PAOS.";
const SLO_BINDINGS: &str = "The binding is HTTP-POST or HTTP-REDIRECT.";
const NOT_FETCHED: &str = "An address is fetched to show the difference, and remembered with its \
                           approval: see /connectors/{id}/metadata.";

/// Valid settings, with what was noticed on the way.
#[derive(Debug, Clone)]
pub struct Settled {
    pub settings: ConnectorSettings,
    /// What the metadata says besides; nothing without metadata.
    pub description: SpDescription,
    /// True when the slug was made from the name, so that another one may be taken instead.
    pub slug_is_made_up: bool,
    pub warnings: Vec<Warning>,
}

/// Settles a draft over what is stored; without it, over a template's defaults.
pub fn settle(
    draft: ConnectorDraft,
    present: Option<&ConnectorSettings>,
    now: DateTime<Utc>,
) -> Result<Settled, ServiceError> {
    let mut broken = Violations::default();
    let mut warnings = Vec::new();
    let mut description = SpDescription::default();
    refuse_bare_address(&draft, &mut broken);
    let mut settings = match present {
        Some(settings) => settings.clone(),
        None => from_template(&draft, &mut broken)?,
    };
    if let Field::Set(id) = &draft.template
        && connector_template::find(id).is_none()
    {
        broken.add(
            "/template",
            "There is no such template. Choose one of /connector-templates.",
        );
    }
    if let Field::Set(xml) = &draft.metadata_xml {
        refuse_doubles(&draft, &mut broken);
        match sp_metadata::read(xml.as_bytes(), now) {
            Ok(found) => {
                description = take_metadata(&mut settings, (found, xml), &mut warnings);
            }
            Err(error) => broken.add("/metadataXml", error.to_string()),
        }
    }
    apply(&mut settings, draft, &mut broken);
    if settings.name.is_empty()
        && let Some(offered) = description.offered_name()
    {
        settings.name = offered.chars().take(NAME_LIMIT).collect();
    }
    let slug_is_made_up = settings.slug.is_empty();
    if slug_is_made_up {
        settings.slug = slug_from(&settings.name);
    }
    refuse_missing(&settings, &mut broken);
    // Rules about the whole hold only of a whole.
    if broken.is_empty() {
        broken.extend(settings.check());
        refuse_encryption_for_nobody(&settings, &mut broken);
        broken.extend(connector_template::unreplaced(&settings));
    }
    broken.into_result()?;
    warnings.extend(connector_notes::of_settings(&settings));
    warnings.extend(connector_notes::of_description(&settings, &description));
    warnings.extend(connector_notes::of_certificates(&settings, now));
    Ok(Settled {
        settings,
        description,
        slug_is_made_up,
        warnings,
    })
}

fn refuse_bare_address(draft: &ConnectorDraft, broken: &mut Violations) {
    // Whoever may fetch has done so by now; an address alone changes nothing of a connector.
    let is_alone = !draft.metadata_xml.is_named();
    if is_alone && matches!(&draft.metadata_url, Field::Set(url) if !url.is_empty()) {
        broken.add("/metadataUrl", NOT_FETCHED);
    }
}

/// The metadata fills these; naming them too would leave open who wins.
fn refuse_doubles(draft: &ConnectorDraft, broken: &mut Violations) {
    let doubled = [
        ("/spEntityId", draft.sp_entity_id.is_named()),
        ("/acsUrls", draft.acs_urls.is_named()),
        ("/sloUrls", draft.slo_urls.is_named()),
        ("/spCertificates", draft.sp_certificates.is_named()),
        (
            "/wantAuthnRequestsSigned",
            draft.want_authn_requests_signed.is_named(),
        ),
    ];
    for (pointer, _) in doubled.into_iter().filter(|(_, doubled)| *doubled) {
        broken.add(
            pointer,
            "The metadata says this. Leave it out, or leave the metadata out.",
        );
    }
}

fn refuse_missing(settings: &ConnectorSettings, broken: &mut Violations) {
    if settings.name.is_empty() {
        broken.add("/name", "It is needed.");
    }
    if settings.sp_entity_id.is_empty() {
        broken.add(
            "/spEntityId",
            "It is needed, unless metadata or a template has it.",
        );
    }
    if settings.acs.is_empty() {
        broken.add(
            "/acsUrls",
            "At least one is needed, unless metadata or a template has it.",
        );
    }
}

fn from_template(
    draft: &ConnectorDraft,
    broken: &mut Violations,
) -> Result<ConnectorSettings, ServiceError> {
    let mut settings = blank();
    let Field::Set(id) = &draft.template else {
        return Ok(settings);
    };
    if let Some(template) = connector_template::find(id) {
        apply(
            &mut settings,
            ConnectorDraft::of_template(template)?,
            broken,
        );
    }
    Ok(settings)
}

const fn blank() -> ConnectorSettings {
    ConnectorSettings {
        name: String::new(),
        slug: String::new(),
        status: ConnectorStatus::Active,
        template: None,
        sp_entity_id: String::new(),
        acs: Vec::new(),
        slo: Vec::new(),
        certificates: Vec::new(),
        want_authn_requests_signed: false,
        name_id: DEFAULT_NAME_ID,
        sign: SignatureScope::Assertion,
        signature_algorithm: SignatureAlgorithm::RsaSha256,
        encryption: EncryptionChoice::NONE,
        require_mfa: false,
        conditions: AccessConditions::NONE,
        default_relay_state: String::new(),
        login_url: String::new(),
        mappings: Vec::new(),
        metadata_xml: None,
        metadata_url: None,
    }
}

const DEFAULT_NAME_ID: NameIdChoice = NameIdChoice {
    source: NameIdSource::Field(UserField::Email),
    format: NameIdFormat::EmailAddress,
};

fn take_metadata(
    settings: &mut ConnectorSettings,
    (found, xml): (SpMetadata, &str),
    warnings: &mut Vec<Warning>,
) -> SpDescription {
    settings.sp_entity_id = found.entity_id;
    settings.acs = found.acs;
    settings.slo = found.slo;
    settings.certificates = found.certificates;
    settings.want_authn_requests_signed = found.authn_requests_signed;
    found.encryption.choose(&mut settings.encryption);
    settings.metadata_xml = Some(xml.to_owned());
    warnings.extend(found.warnings);
    found.description
}

fn apply(settings: &mut ConnectorSettings, draft: ConnectorDraft, broken: &mut Violations) {
    draft.name.put(&mut settings.name);
    draft.slug.put(&mut settings.slug);
    draft.sp_entity_id.put(&mut settings.sp_entity_id);
    draft
        .default_relay_state
        .put(&mut settings.default_relay_state);
    draft.login_url.put(&mut settings.login_url);
    settings.template = draft.template.over_option(settings.template.take());
    if let Some(status) = chosen(draft.status, ConnectorStatus::Active, |text| {
        broken.keep(
            "/status",
            ConnectorStatus::parse(text).ok_or("The status is ACTIVE or INACTIVE."),
        )
    }) {
        settings.status = status;
    }
    if let Some(sign) = chosen(draft.sign, SignatureScope::Assertion, |text| {
        let parsed = SignatureScope::parse(text);
        broken.keep(
            "/sign",
            parsed.ok_or("Sign is one of ASSERTION, RESPONSE, BOTH."),
        )
    }) {
        settings.sign = sign;
    }
    if let Some(algorithm) = chosen(
        draft.signature_algorithm,
        SignatureAlgorithm::RsaSha256,
        |text| {
            broken.keep(
                "/signatureAlgorithm",
                SignatureAlgorithm::parse(text).ok_or(ALGORITHMS),
            )
        },
    ) {
        settings.signature_algorithm = algorithm;
    }
    let encryption = EncryptionDraft {
        assertions: draft.encrypt_assertions,
        name_id: draft.encrypt_name_id,
        algorithm: draft.encryption_algorithm,
        key_transport: draft.key_transport_algorithm,
    };
    encryption.apply(&mut settings.encryption, broken);
    settings.want_authn_requests_signed = draft
        .want_authn_requests_signed
        .over(settings.want_authn_requests_signed, false);
    settings.require_mfa = draft.require_mfa.over(settings.require_mfa, false);
    connector_conditions::apply(draft.access_conditions, &mut settings.conditions, broken);
    let endpoints = draft.acs_urls.map(|drafts| acs(drafts, broken));
    endpoints.put(&mut settings.acs);
    let endpoints = draft.slo_urls.map(|drafts| slo(drafts, broken));
    endpoints.put(&mut settings.slo);
    let registered = draft
        .sp_certificates
        .map(|drafts| certificates(drafts, broken));
    registered.put(&mut settings.certificates);
    let mappings = draft
        .attribute_mappings
        .map(|drafts| connector_mappings::parse(drafts, broken));
    mappings.put(&mut settings.mappings);
    match draft.metadata_url {
        Field::Keep => {}
        Field::Set(url) if !url.is_empty() => settings.metadata_url = Some(url),
        Field::Clear | Field::Set(_) => settings.metadata_url = None,
    }
    match draft.name_id {
        Field::Keep => {}
        Field::Clear => settings.name_id = DEFAULT_NAME_ID,
        Field::Set(draft) => settings.name_id = name_id(draft, &settings.name_id, broken),
    }
}

const ALGORITHMS: &str =
    "The algorithm is one of RSA-SHA256, RSA-SHA384, RSA-SHA512, ECDSA-SHA256.";

fn chosen<T>(field: Field<String>, default: T, parse: impl FnOnce(&str) -> Option<T>) -> Option<T> {
    match field {
        Field::Keep => None,
        Field::Clear => Some(default),
        Field::Set(text) => parse(&text),
    }
}

/// The binding that is named at `pointer`; the usual one if none is, or one that there is not.
fn binding<T: Copy>(
    given: Option<&str>,
    (usual, expected): (T, &'static str),
    (pointer, broken): (&str, &mut Violations),
    parse: fn(&str) -> Option<T>,
) -> T {
    given.map_or(usual, |text| {
        broken
            .keep(pointer, parse(text).ok_or(expected))
            .unwrap_or(usual)
    })
}

fn acs(drafts: Vec<AcsDraft>, broken: &mut Violations) -> Vec<AcsEndpoint> {
    let parse = |(index, draft): (usize, AcsDraft)| AcsEndpoint {
        binding: binding(
            draft.binding.as_deref(),
            (AcsBinding::HttpPost, ACS_BINDINGS),
            (&format!("/acsUrls/{index}/binding"), broken),
            AcsBinding::parse,
        ),
        url: draft.url,
        index: draft.index,
        is_default: draft.is_default.unwrap_or(false),
    };
    drafts.into_iter().enumerate().map(parse).collect()
}

fn slo(drafts: Vec<SloDraft>, broken: &mut Violations) -> Vec<SloEndpoint> {
    let parse = |(index, draft): (usize, SloDraft)| SloEndpoint {
        binding: binding(
            draft.binding.as_deref(),
            (EndpointBinding::HttpPost, SLO_BINDINGS),
            (&format!("/sloUrls/{index}/binding"), broken),
            EndpointBinding::parse,
        ),
        url: draft.url,
        response_url: draft.response_url,
    };
    drafts.into_iter().enumerate().map(parse).collect()
}

fn certificates(drafts: Vec<CertificateDraft>, broken: &mut Violations) -> Vec<SpCertificate> {
    let mut found = Vec::new();
    for (index, draft) in drafts.into_iter().enumerate() {
        let here = format!("/spCertificates/{index}");
        let (pem, use_for) = match draft {
            CertificateDraft::Pem(pem) => (pem, None),
            CertificateDraft::WithUse(draft) => (draft.pem, draft.use_for),
        };
        let use_for = match use_for.as_deref() {
            None => Some(CertificateUse::Both),
            Some(text) => broken.keep(
                &format!("{here}/use"),
                CertificateUse::parse(text).ok_or("The use is signing or encryption."),
            ),
        };
        let readable = crate::saml::credentials::certificate_base64(&pem)
            .map_err(|_unreadable| "It has to be one certificate in PEM.");
        if let (Some(use_for), Some(_)) = (use_for, broken.keep(&here, readable)) {
            found.push(SpCertificate { pem, use_for });
        }
    }
    found
}

fn name_id(draft: NameIdDraft, present: &NameIdChoice, broken: &mut Violations) -> NameIdChoice {
    let source = name_id_source(
        (draft.source.as_deref(), draft.path.as_deref()),
        &present.source,
        broken,
    );
    let format = draft
        .format
        .and_then(|text| broken.keep("/nameId/format", NameIdFormat::parse(&text).ok_or(FORMATS)));
    NameIdChoice {
        source: source.unwrap_or_else(|| present.source.clone()),
        format: format.unwrap_or(present.format),
    }
}

/// A field alone, or `CUSTOM` with a path; a path alone replaces that of an own attribute.
fn name_id_source(
    (source, path): (Option<&str>, Option<&str>),
    present: &NameIdSource,
    broken: &mut Violations,
) -> Option<NameIdSource> {
    let source = source.unwrap_or_else(|| match path {
        Some(_) => present.as_str(),
        None => "",
    });
    match (source, path) {
        ("", None) => None,
        (NameIdSource::OWN_ATTRIBUTE, path) => {
            let parsed = AttributePath::parse(path.or(present.path()).unwrap_or_default());
            broken
                .keep("/nameId/path", parsed.map_err(|error| error.to_string()))
                .map(NameIdSource::OwnAttribute)
        }
        (_, Some(_)) => broken.keep("/nameId/path", Err(NO_PATH)),
        (field, None) => {
            let field = UserField::parse(field).ok_or(NAME_ID_SOURCES);
            broken
                .keep("/nameId/source", field)
                .map(NameIdSource::Field)
        }
    }
}

const NO_PATH: &str = "A path goes with the source CUSTOM only.";
const NAME_ID_SOURCES: &str = "It is the name of a user field, or CUSTOM with a path.";
const FORMATS: &str = "It is the URI of emailAddress, unspecified, persistent or transient.";
