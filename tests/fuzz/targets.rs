//! The parsers, each with good inputs and with what has to hold of whatever it accepts. A target gives
//! back how an input came out, by which new ways are told from known ones.

use chrono::{DateTime, Duration, Utc};
use vestibule::domain::attribute_path::AttributePath;
use vestibule::domain::connector::{
    CertificateUse, ConnectorSettings, EndpointBinding, SignatureAlgorithm, SpCertificate,
};
use vestibule::domain::custom_attribute::CustomAttributeValue;
use vestibule::domain::json;
use vestibule::domain::match_pattern::MatchPattern;
use vestibule::domain::signing_key::KeyAlgorithm;
use vestibule::domain::value_template::ValueTemplate;
use vestibule::domain::verdict::Verdicts;
use vestibule::saml::acs_choice::Carrier;
use vestibule::saml::arrival::Reception;
use vestibule::saml::bounds::XmlBounds;
use vestibule::saml::credentials::{KeyPairRequest, SigningCredential, generate};
use vestibule::saml::detached_signature::DetachedSignature;
use vestibule::saml::gate::ExpectedMessage;
use vestibule::saml::inbound::{InboundMessage, MessageKind};
use vestibule::saml::post_binding::PostForm;
use vestibule::saml::signature::{Signable, sign_octets};
use vestibule::saml::valid_request::{ValidationContext, validate};
use vestibule::saml::{
    artifact_resolution, base64_text, certificate_facts, given_key_pair, logout_request,
    logout_response, pasted_message, post_binding, received_message, received_request,
    redirect_binding, soap, sp_metadata, xml_reader,
};
use vestibule::service::connector_settings::settle;
use vestibule::service::csv_lines::CsvLines;
use vestibule::web::multipart;

use crate::corpus;
use crate::properties::{is_same, written};

/// How an input came out; panics if a property is broken.
pub type Property = dyn Fn(&[u8]) -> String;

/// A parser.
pub struct Target {
    pub name: &'static str,
    pub seeds: Vec<Vec<u8>>,
    pub run: Box<Property>,
}

fn target(
    name: &'static str,
    seeds: Vec<Vec<u8>>,
    run: impl Fn(&[u8]) -> String + 'static,
) -> Target {
    Target {
        name,
        seeds,
        run: Box::new(run),
    }
}

/// All of them.
pub fn all() -> Vec<Target> {
    let messages = corpus::kept("messages");
    let metadata = corpus::kept("metadata");
    let both = [messages.clone(), metadata.clone()].concat();
    let queries: Vec<Vec<u8>> = messages.iter().map(|xml| query_of(xml)).collect();
    let forms: Vec<Vec<u8>> = messages.iter().map(|xml| form_of(xml)).collect();
    let pasted = [messages.clone(), queries.clone(), forms.clone()].concat();
    let signer = Signer::new();
    let key_pair = [signer.private_key.as_bytes(), signer.certificate.as_bytes()].concat();
    vec![
        target("redirect", queries, redirect),
        target("post", forms, post),
        target("xml", both, xml),
        target("authn-request", messages.clone(), authn_request),
        target(
            "envelope",
            messages.iter().map(|xml| enveloped(xml)).collect(),
            envelope,
        ),
        target("logout", messages, logout),
        target(
            "signed-inside",
            vec![signer.inside()],
            signed_inside(&signer),
        ),
        target(
            "signed-beside",
            vec![signer.beside()],
            signed_beside(&signer),
        ),
        target("metadata", metadata, read_metadata),
        target("certificates", vec![key_pair], certificates),
        target("pasted", pasted, paste),
        target(
            "forms",
            texts(&[
                "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\nb\r\n--x--\r\n",
            ]),
            multipart_form,
        ),
        target(
            "csv",
            texts(&["username,email,attributes.Team\r\n\"a \"\"b\"\"\",a@b.c,\n"]),
            csv,
        ),
        target(
            "json",
            texts(&[r#"{"a": {"b": [1, 2.50, "c", null, true]}, "a": "\ud83d\ude00"}"#]),
            json_object,
        ),
        target(
            "attribute-path",
            texts(&["otherInfo.userSettings.role\n{\"userSettings\": {\"role\": [\"a\", 1]}}"]),
            attribute_path,
        ),
        target(
            "template",
            texts(&["arn:aws:iam::{accountId}:role/{value},{field:email}{{}}"]),
            template,
        ),
        target(
            "pattern",
            texts(&["^app-(?P<name>.+)$\n${name}-$1\napp-one"]),
            pattern,
        ),
    ]
}

fn texts(texts: &[&str]) -> Vec<Vec<u8>> {
    texts.iter().map(|text| text.as_bytes().to_vec()).collect()
}

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_793_534_400, 0).unwrap()
}

fn query_of(xml: &[u8]) -> Vec<u8> {
    let url = redirect_binding::request_url("x", xml, Some("r")).unwrap();
    url.split_once('?').unwrap().1.as_bytes().to_vec()
}

fn form_of(xml: &[u8]) -> Vec<u8> {
    let form = PostForm::request("x", xml, Some("r".to_owned()));
    body_of(&form)
}

fn body_of(form: &PostForm) -> Vec<u8> {
    let mut body = url::form_urlencoded::Serializer::new(String::new());
    body.append_pair(form.field, &form.message);
    if let Some(relay_state) = &form.relay_state {
        body.append_pair("RelayState", relay_state);
    }
    body.finish().into_bytes()
}

fn outcome<T, E: ToString>(result: &Result<T, E>) -> String {
    match result {
        Ok(_) => "accepted".to_owned(),
        Err(error) => error.to_string(),
    }
}

fn redirect(bytes: &[u8]) -> String {
    let Ok(query) = std::str::from_utf8(bytes) else {
        return "not text".to_owned();
    };
    let found = redirect_binding::decode(query);
    if let Ok(message) = &found {
        let again =
            redirect_binding::request_url("x", &message.xml, message.relay_state.as_deref());
        let url = again.unwrap();
        let again = redirect_binding::decode(url.split_once('?').unwrap().1).unwrap();
        assert_eq!(again.xml, message.xml);
        assert_eq!(again.relay_state, message.relay_state);
    }
    outcome(&found)
}

fn post(bytes: &[u8]) -> String {
    let found = post_binding::decode(bytes);
    if let Ok(message) = &found {
        let form = PostForm::new(message.kind, "x", &message.xml, message.relay_state.clone());
        let again = post_binding::decode(&body_of(&form));
        // What was inflated may be no XML, and is then no message in clear either.
        if message.xml.trim_ascii_start().first() == Some(&b'<') {
            let again = again.unwrap();
            assert_eq!((again.kind, &again.xml), (message.kind, &message.xml));
            assert_eq!(again.relay_state, message.relay_state);
        }
    }
    outcome(&found)
}

fn xml(bytes: &[u8]) -> String {
    let found = xml_reader::parse(bytes, &XmlBounds::MESSAGE);
    if let Ok(root) = &found {
        let again = xml_reader::parse(written(root).as_bytes(), &XmlBounds::METADATA).unwrap();
        assert!(is_same(root, &again), "{root:#?}\n{again:#?}");
    }
    outcome(&found)
}

fn posted(kind: MessageKind, xml: &[u8]) -> InboundMessage {
    InboundMessage {
        kind,
        binding: EndpointBinding::HttpPost,
        xml: xml.to_vec(),
        relay_state: None,
        signature: None,
    }
}

fn settings() -> ConnectorSettings {
    let draft = r#"{"name": "x", "spEntityId": "https://sp.example/metadata",
        "acsUrls": [{"url": "https://sp.example/acs", "index": 1}]}"#;
    settle(serde_json::from_str(draft).unwrap(), None, now())
        .unwrap()
        .settings
}

fn authn_request(bytes: &[u8]) -> String {
    let read = |bytes: &[u8]| {
        let received = received_request::receive(posted(MessageKind::Request, bytes));
        let verdicts = &mut Verdicts::default();
        let authentic = received.map_err(|error| error.to_string())?;
        let authentic = authentic.authenticate(&[], verdicts);
        authentic.map_err(|error| error.to_string())
    };
    let found = read(bytes);
    let Ok(request) = found else {
        return outcome(&found);
    };
    assert!(!request.is_signed());
    let root = xml_reader::parse(bytes, &XmlBounds::MESSAGE).unwrap();
    // References cost more than what they stand for: within the caps it reads the same.
    let other = written(&root);
    if other.len() < 200 * 1024 {
        assert_eq!(read(other.as_bytes()).as_ref(), Ok(&request));
    }
    let context = ValidationContext {
        now: now(),
        sso_url: "https://idp.example/saml/sso",
        carrier: Carrier::Browser,
    };
    let verdicts = &mut Verdicts::default();
    let valid = validate(request, &settings(), context, verdicts);
    assert_eq!(valid.is_err(), verdicts.failed().is_some());
    format!("{:?}", verdicts.failed())
}

/// A message as a program sends it, and one that only programs send beside it.
fn enveloped(xml: &[u8]) -> Vec<u8> {
    const RESOLVE: &str = r#"<p:ArtifactResolve xmlns:p="urn:oasis:names:tc:SAML:2.0:protocol" ID="_1" Version="2.0" IssueInstant="2026-11-01T12:00:00Z"><Issuer xmlns="urn:oasis:names:tc:SAML:2.0:assertion">https://sp.example/metadata</Issuer><p:Artifact>AAQ=</p:Artifact></p:ArtifactResolve>"#;
    let text = String::from_utf8_lossy(xml);
    let message = text.split_once("?>").map_or(&*text, |(_, rest)| rest);
    let message = if message.contains("AuthnRequest") {
        message
    } else {
        RESOLVE
    };
    soap::envelope(Some("<h></h>"), message)
        .unwrap()
        .into_bytes()
}

fn envelope(bytes: &[u8]) -> String {
    let reception = Reception {
        sp_entity_id: "https://sp.example/metadata",
        endpoint: "https://idp.example/saml/artifact",
        now: now(),
    };
    let mut came_out = String::new();
    for expected in [
        ExpectedMessage::AuthnRequest,
        ExpectedMessage::ArtifactResolve,
    ] {
        let received = received_message::receive_enveloped(bytes, expected);
        came_out += &outcome(&received);
        let verdicts = &mut Verdicts::default();
        let Ok(Ok(authentic)) = received.map(|message| message.authenticate(&[], verdicts)) else {
            continue;
        };
        assert!(!authentic.is_signed());
        let valid = artifact_resolution::validate(&authentic, &reception);
        assert!(valid.is_err(), "an unsigned ArtifactResolve is believed");
    }
    came_out
}

fn logout(bytes: &[u8]) -> String {
    let reception = Reception {
        sp_entity_id: "https://sp.example/metadata",
        endpoint: "https://idp.example/saml/slo",
        now: now(),
    };
    let mut came_out = String::new();
    for (kind, expected) in [
        (MessageKind::Request, ExpectedMessage::LogoutRequest),
        (MessageKind::Response, ExpectedMessage::LogoutResponse),
    ] {
        let received = received_message::receive(posted(kind, bytes), expected);
        came_out += &outcome(&received);
        let verdicts = &mut Verdicts::default();
        let Ok(Ok(authentic)) = received.map(|message| message.authenticate(&[], verdicts)) else {
            continue;
        };
        if kind == MessageKind::Request {
            let valid = logout_request::validate(&authentic, &reception, verdicts);
            assert!(valid.is_err(), "an unsigned logout request is believed");
            came_out += &outcome(&valid);
        } else {
            let valid = logout_response::validate(&authentic, &settings(), &reception, verdicts);
            came_out += &outcome(&valid);
        }
    }
    came_out
}

/// A service provider that signs one message.
struct Signer {
    credential: SigningCredential,
    certificate: String,
    private_key: String,
}

impl Signer {
    fn new() -> Self {
        let pair = generate(&KeyPairRequest {
            algorithm: KeyAlgorithm::Rsa2048,
            common_name: "sp.example",
            serial: [7; 16],
            not_before: now(),
            not_after: now() + Duration::days(365),
        });
        let pair = pair.unwrap();
        let key = openssl::pkey::PKey::private_key_from_pkcs8(&pair.private_key).unwrap();
        Self {
            credential: SigningCredential::load(&pair.private_key, &pair.certificate).unwrap(),
            private_key: String::from_utf8(key.private_key_to_pem_pkcs8().unwrap()).unwrap(),
            certificate: pair.certificate,
        }
    }

    fn certificates(&self) -> [SpCertificate; 1] {
        [SpCertificate {
            pem: self.certificate.clone(),
            use_for: CertificateUse::Both,
        }]
    }

    fn message() -> Signable {
        Signable {
            id: "_signed".to_owned(),
            head: "<samlp:AuthnRequest xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\" AssertionConsumerServiceURL=\"https://sp.example/acs\" Destination=\"https://idp.example/saml/sso\" ID=\"_signed\" IssueInstant=\"2026-11-01T12:00:00Z\" Version=\"2.0\"><saml:Issuer xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\">https://sp.example/metadata</saml:Issuer>".to_owned(),
            tail: "<samlp:NameIDPolicy AllowCreate=\"true\"></samlp:NameIDPolicy></samlp:AuthnRequest>".to_owned(),
        }
    }

    fn inside(&self) -> Vec<u8> {
        let signed = Self::message().signed(&self.credential, SignatureAlgorithm::RsaSha256);
        signed.unwrap().into_bytes()
    }

    fn beside(&self) -> Vec<u8> {
        let mut query = String::from_utf8(query_of(Self::message().unsigned().as_bytes())).unwrap();
        query.push_str("&SigAlg=http%3A%2F%2Fwww.w3.org%2F2001%2F04%2Fxmldsig-more%23rsa-sha256");
        let algorithm = SignatureAlgorithm::RsaSha256;
        let value = sign_octets(query.as_bytes(), &self.credential, algorithm).unwrap();
        let value = base64_text::encode(&value);
        let value: String = url::form_urlencoded::byte_serialize(value.as_bytes()).collect();
        format!("{query}&Signature={value}").into_bytes()
    }
}

/// A message whose signature verifies says what was signed, and nothing else (ONE-PARSE).
fn signed_inside(signer: &Signer) -> impl Fn(&[u8]) -> String + use<> {
    let certificates = signer.certificates();
    let read = move |bytes: &[u8]| {
        let received = received_request::receive(posted(MessageKind::Request, bytes));
        let received = received.map_err(|error| error.to_string())?;
        let authentic = received.authenticate(&certificates, &mut Verdicts::default());
        authentic.map_err(|error| error.to_string())
    };
    let good = read(&signer.inside()).unwrap();
    move |bytes| {
        let found = read(bytes);
        if let Ok(request) = &found
            && request.is_signed()
        {
            assert_eq!(*request, good, "{}", String::from_utf8_lossy(bytes));
        }
        outcome(&found)
    }
}

/// The same of a query: octet for octet what was signed (RAW-QUERY).
fn signed_beside(signer: &Signer) -> impl Fn(&[u8]) -> String + use<> {
    let certificates = signer.certificates();
    let good = redirect_binding::decode(std::str::from_utf8(&signer.beside()).unwrap()).unwrap();
    move |bytes| {
        let Ok(query) = std::str::from_utf8(bytes) else {
            return "not text".to_owned();
        };
        let found = redirect_binding::decode(query);
        if let Ok(message) = &found
            && let Some(signature) = &message.signature
        {
            let verified = DetachedSignature::verify(signature, &certificates);
            if verified.is_ok() {
                assert_eq!(message.xml, good.xml, "{query}");
                assert_eq!(message.relay_state, good.relay_state, "{query}");
            }
            return outcome(&verified);
        }
        outcome(&found)
    }
}

fn read_metadata(bytes: &[u8]) -> String {
    let found = sp_metadata::read(bytes, now());
    if let Ok(metadata) = &found {
        assert!(!metadata.entity_id.is_empty());
        return format!(
            "accepted {} {}",
            metadata.acs.len(),
            metadata.warnings.len()
        );
    }
    outcome(&found)
}

fn certificates(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let place = text.find("-----BEGIN CERTIFICATE").unwrap_or(text.len());
    let (key, certificate) = text.split_at(place);
    let facts = certificate_facts::read(certificate).map_err(|_openssl| "no certificate");
    let pair = given_key_pair::read(key, certificate, now());
    format!("{} {}", outcome(&facts), outcome(&pair))
}

fn paste(bytes: &[u8]) -> String {
    outcome(&pasted_message::read(&String::from_utf8_lossy(bytes)))
}

fn multipart_form(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let boundary = multipart::boundary(&format!("multipart/form-data; boundary={text}"));
    let parts = multipart::parts(bytes, "x").map(|parts| parts.len());
    format!("{} {parts:?}", boundary.is_some())
}

fn csv(bytes: &[u8]) -> String {
    let mut lines = CsvLines::new(bytes);
    loop {
        match lines.next_line() {
            Ok(Some(_)) => {}
            Ok(None) => return "read".to_owned(),
            Err(error) => return error.to_string(),
        }
    }
}

fn json_object(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let found = json::compact_object(&text);
    match &found {
        Ok(object) => {
            let again = json::compact_object(&object.text).unwrap();
            assert_eq!(again.text, object.text);
            assert_eq!(
                json::compact_object(&json::indented(&object.text)),
                Ok(again)
            );
            "accepted".to_owned()
        }
        Err(error) => error.to_string().chars().take(40).collect(),
    }
}

fn attribute_path(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let (path, value) = text.split_once('\n').unwrap_or((&text, "{}"));
    let found = AttributePath::parse(path);
    let Ok(path) = &found else {
        return outcome(&found);
    };
    assert_eq!(AttributePath::parse(path.as_str()).as_ref(), Ok(path));
    let Ok(object) = json::compact_object(value) else {
        return "no object".to_owned();
    };
    match CustomAttributeValue::from_stored("json", &object.text) {
        Ok(value) => format!("{:?}", path.resolve(&value).map(|values| values.len())),
        Err(_) => "no value".to_owned(),
    }
}

fn template(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let found = ValueTemplate::parse(&text);
    let Ok(template) = &found else {
        return outcome(&found).chars().take(20).collect();
    };
    assert_eq!(
        ValueTemplate::parse(template.as_str()).as_ref(),
        Ok(template)
    );
    let many: Vec<String> = (0..100).map(|n| format!("value {n}")).collect();
    outcome(
        &template
            .fill(&many, &|_| vec!["x".repeat(100); 20])
            .map_err(|_large| "too large"),
    )
}

fn pattern(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let mut lines = text.splitn(3, '\n');
    let mut line = || lines.next().unwrap_or_default();
    let (expression, form, value) = (line(), line(), line());
    let found = MatchPattern::parse(expression, form);
    let Ok(pattern) = &found else {
        return outcome(&found);
    };
    let long = "ab".repeat(5_000);
    format!(
        "{} {}",
        pattern.find(value).is_some(),
        pattern.find(&long).is_some()
    )
}
