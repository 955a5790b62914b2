//! The messages of service providers, written and signed by other people's programs; and ours, read and
//! verified by them.

use std::process::Command;

use actix_web::test::TestRequest;
use chrono::Duration;
use openssl::hash::MessageDigest;
use openssl::sign::Verifier;
use openssl::x509::X509;
use url::form_urlencoded;
use vestibule::saml::base64_text;
use vestibule::saml::redirect_binding::{inflate, request_url};

use crate::saml::logout::world::{SLO_URL, Sp, World};
use crate::saml::schema::check_protocol;
use crate::saml::senders::{MORE, SHA256, message_of, template, usual};
use crate::saml::tools::{file, stdout_of, xpath_string};
use crate::support::test_app::Answer;
use crate::support::visitor::{field, form, form_action};

/// What a service provider keeps of a sign-on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// The NameID element, as it was issued.
    pub name_id: String,
    pub session_index: String,
}

impl Held {
    /// Out of a response in base64.
    pub fn of(response: &str) -> Self {
        let xml = String::from_utf8(base64_text::decode(response).unwrap()).unwrap();
        let start = xml.find("<saml:NameID").unwrap();
        let end = xml.find("</saml:NameID>").unwrap() + "</saml:NameID>".len();
        let index = xml.split("SessionIndex=\"").nth(1).unwrap();
        Self {
            name_id: xml[start..end].to_owned(),
            session_index: index.split('"').next().unwrap().to_owned(),
        }
    }
}

/// A LogoutRequest about to be sent; every part can be changed.
#[derive(Debug, Clone)]
pub struct Question {
    pub id: String,
    pub issuer: String,
    /// More attributes, and those that are usually there.
    pub issue_instant: String,
    pub destination: Option<String>,
    pub not_on_or_after: Option<String>,
    pub name_id: String,
    pub session_indexes: Vec<String>,
}

impl Question {
    /// A usual one.
    pub fn about(world: &World, sp: &Sp, held: &Held, id: &str) -> Self {
        Self {
            id: id.to_owned(),
            issuer: sp.entity_id.clone(),
            issue_instant: world.later(Duration::zero()),
            destination: Some(SLO_URL.to_owned()),
            not_on_or_after: Some(world.later(Duration::minutes(5))),
            name_id: held.name_id.clone(),
            session_indexes: vec![held.session_index.clone()],
        }
    }

    /// The document, with something after the Issuer.
    pub fn xml(&self, after_issuer: &str) -> String {
        let optional = |name: &str, value: &Option<String>| {
            value
                .as_ref()
                .map_or_else(String::new, |value| format!(" {name}=\"{value}\""))
        };
        let indexes: String = self
            .session_indexes
            .iter()
            .map(|index| format!("<samlp:SessionIndex>{index}</samlp:SessionIndex>"))
            .collect();
        format!(
            r#"<samlp:LogoutRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="{}" Version="2.0" IssueInstant="{}"{}{}><saml:Issuer>{}</saml:Issuer>{after_issuer}{}{indexes}</samlp:LogoutRequest>"#,
            self.id,
            self.issue_instant,
            optional("Destination", &self.destination),
            optional("NotOnOrAfter", &self.not_on_or_after),
            self.issuer,
            self.name_id,
        )
    }

    /// Signed inside by a service provider's key.
    pub fn signed(&self, sp: &Sp) -> String {
        let form = template(&self.id, &format!("{MORE}rsa-sha256"), SHA256);
        sp.key.sign("LogoutRequest", &self.xml(&form))
    }

    /// The path of a redirect, signed beside.
    pub fn redirect(&self, sp: &Sp, relay_state: Option<&str>) -> String {
        redirect(sp, ("SAMLRequest", &self.xml("")), relay_state)
    }

    /// A form, signed inside.
    pub fn post(&self, sp: &Sp, relay_state: Option<&str>) -> TestRequest {
        posted(("SAMLRequest", &self.signed(sp)), relay_state)
    }
}

/// A message in a signed query.
pub fn redirect(sp: &Sp, (parameter, xml): (&str, &str), relay_state: Option<&str>) -> String {
    let message = deflated(xml);
    let query = sp
        .key
        .signed_query((parameter, &message), relay_state, usual);
    format!("/saml/slo?{query}")
}

/// A message as the Redirect binding packs it, in base64.
pub fn deflated(xml: &str) -> String {
    message_of(&request_url("x", xml.as_bytes(), None).unwrap())
}

/// A message in a form.
pub fn posted((name, xml): (&str, &str), relay_state: Option<&str>) -> TestRequest {
    let message = base64_text::encode(xml.as_bytes());
    let mut fields = vec![(name, message.as_str())];
    fields.extend(relay_state.map(|relay_state| ("RelayState", relay_state)));
    form("/saml/slo", &fields)
}

/// A message of ours, verified and valid.
#[derive(Debug)]
pub struct Sent {
    /// Where the browser carries it: without the query of the binding.
    pub to: String,
    pub xml: String,
    pub relay_state: Option<String>,
}

impl Sent {
    /// Reads what the browser is handed: a redirect or a form.
    pub async fn read(world: &World, answer: &Answer, root: &str) -> Self {
        let certificate = world.certificate().await;
        let sent = if answer.status == 303 {
            Self::of_redirect(answer.header("location"), &certificate)
        } else {
            Self::of_form(answer, root, &certificate)
        };
        check_protocol(&sent.xml);
        assert_eq!(sent.at("local-name(/*)"), root);
        assert_eq!(sent.at("/*/@Destination"), sent.to);
        sent
    }

    /// The value of an XPath over local names.
    pub fn at(&self, expression: &str) -> String {
        xpath_string(&file(self.xml.as_bytes()), expression)
    }

    /// The two status codes of a response, last segments only.
    pub fn status(&self) -> (String, String) {
        let last = |urn: String| urn.rsplit(':').next().unwrap().to_owned();
        let code = "/*/*[local-name()='Status']/*[local-name()='StatusCode']";
        (
            last(self.at(&format!("{code}/@Value"))),
            last(self.at(&format!("{code}/*/@Value"))),
        )
    }

    fn of_redirect(url: &str, certificate: &str) -> Self {
        let parameter = if url.contains("SAMLRequest=") {
            "SAMLRequest="
        } else {
            "SAMLResponse="
        };
        let (to, query) = url.split_at(url.find(parameter).unwrap());
        let (signed, signature) = query.split_once("&Signature=").unwrap();
        let decoded = |text: &str| -> Vec<(String, String)> {
            form_urlencoded::parse(text.as_bytes())
                .into_owned()
                .collect()
        };
        let value = decoded(&format!("s={signature}")).remove(0).1;
        let key = X509::from_pem(certificate.as_bytes())
            .unwrap()
            .public_key()
            .unwrap();
        let mut verifier = Verifier::new(MessageDigest::sha256(), &key).unwrap();
        let value = base64_text::decode(&value).unwrap();
        assert!(verifier.verify_oneshot(&value, signed.as_bytes()).unwrap());
        let parameters = decoded(signed);
        assert_eq!(parameters.last().unwrap().1, format!("{MORE}rsa-sha256"));
        let xml = inflate(&base64_text::decode(&parameters[0].1).unwrap()).unwrap();
        let xml = String::from_utf8(xml).unwrap();
        assert!(!xml.contains("Signature"), "{xml}");
        let relay_state = parameters
            .into_iter()
            .find(|(name, _)| name == "RelayState");
        Self {
            to: to.trim_end_matches(['?', '&']).to_owned(),
            xml,
            relay_state: relay_state.map(|(_, value)| value),
        }
    }

    fn of_form(answer: &Answer, root: &str, certificate: &str) -> Self {
        assert_eq!(answer.status, 200, "{}", answer.text());
        let html = answer.text();
        let name = if root == "LogoutRequest" {
            "SAMLRequest"
        } else {
            "SAMLResponse"
        };
        let xml = String::from_utf8(base64_text::decode(&field(&html, name)).unwrap()).unwrap();
        let (document, key) = (file(xml.as_bytes()), file(certificate.as_bytes()));
        let id = format!("urn:oasis:names:tc:SAML:2.0:protocol:{root}");
        stdout_of(
            Command::new("xmlsec1")
                .args([
                    "--verify",
                    "--enabled-reference-uris",
                    "same-doc",
                    "--id-attr:ID",
                    &id,
                ])
                .arg("--pubkey-cert-pem")
                .arg(key.path())
                .arg(document.path()),
        );
        let has_relay_state = html.contains("name=\"RelayState\"");
        Self {
            to: form_action(&html),
            xml,
            relay_state: has_relay_state.then(|| field(&html, "RelayState")),
        }
    }
}

/// A LogoutResponse of a service provider.
#[derive(Debug, Clone)]
pub struct Reply {
    pub issuer: String,
    pub in_response_to: String,
    pub issue_instant: String,
    pub destination: Option<String>,
    /// The codes, outer and inner.
    pub status: (&'static str, Option<&'static str>),
}

impl Reply {
    /// A usual one.
    pub fn to(world: &World, sp: &Sp, request: &Sent) -> Self {
        Self {
            issuer: sp.entity_id.clone(),
            in_response_to: request.at("/*/@ID"),
            issue_instant: world.later(Duration::zero()),
            destination: Some(SLO_URL.to_owned()),
            status: ("Success", None),
        }
    }

    pub fn xml(&self, after_issuer: &str) -> String {
        let urn = "urn:oasis:names:tc:SAML:2.0:status:";
        let inner = self.status.1.map_or_else(String::new, |code| {
            format!(r#"<samlp:StatusCode Value="{urn}{code}"/>"#)
        });
        let destination = self
            .destination
            .as_ref()
            .map_or_else(String::new, |url| format!(" Destination=\"{url}\""));
        format!(
            r#"<samlp:LogoutResponse xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="_reply" Version="2.0" IssueInstant="{}" InResponseTo="{}"{destination}><saml:Issuer>{}</saml:Issuer>{after_issuer}<samlp:Status><samlp:StatusCode Value="{urn}{}">{inner}</samlp:StatusCode></samlp:Status></samlp:LogoutResponse>"#,
            self.issue_instant, self.in_response_to, self.issuer, self.status.0,
        )
    }

    /// The path of a redirect, signed beside.
    pub fn redirect(&self, sp: &Sp) -> String {
        redirect(sp, ("SAMLResponse", &self.xml("")), None)
    }

    /// A form, signed inside.
    pub fn post(&self, sp: &Sp) -> TestRequest {
        let form = template("_reply", &format!("{MORE}rsa-sha256"), SHA256);
        let xml = sp.key.sign("LogoutResponse", &self.xml(&form));
        posted(("SAMLResponse", &xml), None)
    }
}
