//! What a message costs that arrives: verifying a signed AuthnRequest that came by HTTP-POST, from the
//! body of the form to a valid request, and turning away what is made to be dear, within the caps;
//! each against one bare RSA-2048 verification, in CPU time of this thread, in interleaved rounds.
//! Exits with 1 if a ratio of the medians is above its budget.

#[path = "measure/comparison.rs"]
mod comparison;
#[path = "measure/hostile.rs"]
mod hostile;
mod measure;

use std::process::ExitCode;

use chrono::{DateTime, Duration, Utc};
use openssl::hash::MessageDigest;
use openssl::pkey::{PKey, Private};
use openssl::sign::{Signer, Verifier};
use vestibule::domain::connector::{CertificateUse, SignatureAlgorithm, SpCertificate};
use vestibule::domain::signing_key::KeyAlgorithm;
use vestibule::domain::verdict::Verdicts;
use vestibule::saml::arrival::{DestinationRule, Reception, check};
use vestibule::saml::credentials::{KeyPair, KeyPairRequest, SigningCredential, generate};
use vestibule::saml::signature::Signable;
use vestibule::saml::{base64_text, post_binding, received_request};

use crate::comparison::Comparison;
use crate::hostile::Hostile;

/// The product's allocator.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const ISSUER: &str = "https://sp.example/metadata";
const SSO_URL: &str = "https://idp.example/saml/sso";
/// Registered for each hostile message, unless the command line says another number: two, as while a
/// service provider changes its key. A signature that fits none of them is tried with each.
const CERTIFICATES: usize = 2;

fn main() -> anyhow::Result<ExitCode> {
    let now = DateTime::UNIX_EPOCH + Duration::days(20_000);
    let pair = key_pair(now)?;
    let credential = SigningCredential::load(&pair.private_key, &pair.certificate)?;
    let key = PKey::private_key_from_pkcs8(&pair.private_key)?;
    let registered = [certificate(pair.certificate)];
    let body = form(&request(now, "").signed(&credential, SignatureAlgorithm::RsaSha256)?);
    let verifying = Comparison {
        name: "verifying a signed AuthnRequest (POST)",
        bare_name: "bare RSA-2048 verification",
        budget: 20.0,
        operations: 200,
    };
    let mut codes = vec![verifying.run(bare_verification(&key)?, || {
        let is_valid = arrives(&body, &registered, now);
        anyhow::ensure!(is_valid, "the good request is refused");
        Ok(())
    })?];

    let number = std::env::args().find_map(|argument| argument.parse().ok());
    let mut others = Vec::new();
    for _ in 0..number.unwrap_or(CERTIFICATES) {
        others.push(certificate(key_pair(now)?.certificate));
    }
    for Hostile { name, body } in hostile::all(&request(now, ""), &credential)? {
        let refusing = Comparison {
            name,
            bare_name: "bare RSA-2048 verification",
            budget: 250.0,
            operations: 4,
        };
        codes.push(refusing.run(bare_verification(&key)?, || {
            anyhow::ensure!(!arrives(&body, &others, now), "{name} is believed");
            Ok(())
        })?);
    }
    let all_hold = codes.iter().all(|code| *code == ExitCode::SUCCESS);
    Ok(if all_hold {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// From the body of a form to a request that is signed, fresh and for us.
fn arrives(body: &[u8], certificates: &[SpCertificate], now: DateTime<Utc>) -> bool {
    let verdicts = &mut Verdicts::default();
    let reception = Reception {
        sp_entity_id: ISSUER,
        endpoint: SSO_URL,
        now,
    };
    post_binding::decode_request(body)
        .ok()
        .and_then(|inbound| received_request::receive(inbound).ok())
        .and_then(|received| received.authenticate(certificates, verdicts).ok())
        .is_some_and(|authentic| {
            let request = authentic.request();
            let arrival = vestibule::saml::arrival::Arrival {
                issuer: &request.issuer,
                destination: request.destination.as_deref(),
                issue_instant: request.issue_instant,
                destination_rule: DestinationRule::through_browser(authentic.is_signed()),
            };
            authentic.is_signed() && check(&arrival, &reception, verdicts).is_ok()
        })
}

/// A request as others write it, with room for more before its end.
fn request(now: DateTime<Utc>, more: &str) -> Signable {
    let instant = now.format("%Y-%m-%dT%H:%M:%SZ");
    Signable {
        id: "_request0000000000000000000000000".to_owned(),
        head: format!(
            "<samlp:AuthnRequest xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\" \
             AssertionConsumerServiceURL=\"https://sp.example/acs\" Destination=\"{SSO_URL}\" \
             ID=\"_request0000000000000000000000000\" IssueInstant=\"{instant}\" Version=\"2.0\">\
             <saml:Issuer xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\">{ISSUER}</saml:Issuer>"
        ),
        tail: format!(
            "<samlp:NameIDPolicy AllowCreate=\"true\"></samlp:NameIDPolicy>{more}</samlp:AuthnRequest>"
        ),
    }
}

fn form(xml: &str) -> Vec<u8> {
    hostile::form(&base64_text::encode(xml.as_bytes()))
}

fn key_pair(now: DateTime<Utc>) -> anyhow::Result<KeyPair> {
    Ok(generate(&KeyPairRequest {
        algorithm: KeyAlgorithm::Rsa2048,
        common_name: "sp.example",
        serial: [7; 16],
        not_before: now,
        not_after: now + Duration::days(365),
    })?)
}

const fn certificate(pem: String) -> SpCertificate {
    SpCertificate {
        pem,
        use_for: CertificateUse::Both,
    }
}

/// The limit: the signature of a short text alone.
fn bare_verification(key: &PKey<Private>) -> anyhow::Result<impl FnMut() -> anyhow::Result<()>> {
    let mut signer = Signer::new(MessageDigest::sha256(), key)?;
    let value = signer.sign_oneshot_to_vec(b"signed")?;
    let public = PKey::public_key_from_pem(&key.public_key_to_pem()?)?;
    Ok(move || {
        let mut verifier = Verifier::new(MessageDigest::sha256(), &public)?;
        anyhow::ensure!(verifier.verify_oneshot(&value, b"signed")?);
        Ok(())
    })
}
