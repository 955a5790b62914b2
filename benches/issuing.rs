//! What issuing costs: one signed response with a twelve-attribute assertion against one bare
//! RSA-2048 signature, in CPU time of this thread, in interleaved rounds. Exits with 1 if the ratio
//! of the medians is above the budget.

use std::io::Write;
use std::process::ExitCode;

use chrono::{DateTime, Duration, Utc};
use openssl::md::Md;
use openssl::pkey::{PKey, Private};
use openssl::pkey_ctx::PkeyCtx;
use openssl::rsa::Padding;
use rustix::time::{ClockId, clock_gettime};

use vestibule::domain::attribute_release::ReleasedAttribute;
use vestibule::domain::connector::{NameFormat, NameIdFormat, SignatureAlgorithm, SignatureScope};
use vestibule::domain::signing_key::KeyAlgorithm;
use vestibule::saml::assertion::{AssertionInput, AssertionTimes, AuthnStatement};
use vestibule::saml::credentials::{KeyPairRequest, SigningCredential, generate};
use vestibule::saml::name_id::NameId;
use vestibule::saml::response::{Signing, issue};
use vestibule::saml::urns::AC_PASSWORD_PROTECTED_TRANSPORT;

const BUDGET: f64 = 1.10;
const ROUNDS: usize = 21;
const OPERATIONS: u32 = 200;

fn main() -> anyhow::Result<ExitCode> {
    let now = DateTime::UNIX_EPOCH + Duration::days(20_000);
    let pair = generate(&KeyPairRequest {
        algorithm: KeyAlgorithm::Rsa2048,
        common_name: "idp.example",
        serial: [7; 16],
        not_before: now,
        not_after: now + Duration::days(365),
    })?;
    let credential = SigningCredential::load(&pair.private_key, &pair.certificate)?;
    let key = PKey::private_key_from_pkcs8(&pair.private_key)?;
    let mut bare = bare_context(&key)?;
    let name_id = NameId::from_field(NameIdFormat::EmailAddress, "jason@example.com")?;
    let attributes = twelve_attributes();
    let input = assertion_input(now, &name_id, &attributes);
    let signing = Signing {
        credential: &credential,
        algorithm: SignatureAlgorithm::RsaSha256,
        scope: SignatureScope::Assertion,
    };

    let (mut issued, mut signed) = (Vec::new(), Vec::new());
    for round in 0..=ROUNDS {
        let issuing = microseconds_per_operation(|| {
            let response = issue("_response000000000000000000000000", &input, signing)?;
            anyhow::ensure!(response.assertion_chars > 3_000);
            Ok(())
        })?;
        let signature = microseconds_per_operation(|| {
            let mut value = Vec::new();
            bare.sign_to_vec(&[42; 32], &mut value)?;
            anyhow::ensure!(value.len() == 256);
            Ok(())
        })?;
        // The first round warms caches and the key's own tables.
        if round > 0 {
            issued.push(issuing);
            signed.push(signature);
        }
    }
    report(median(issued), median(signed))
}

fn report(issued: f64, signed: f64) -> anyhow::Result<ExitCode> {
    let ratio = issued / signed;
    writeln!(
        std::io::stdout(),
        "issuing a 12-attribute signed assertion {issued:.1} us, bare RSA-2048 signature {signed:.1} us, ratio {ratio:.3} (at most {BUDGET:.2})"
    )?;
    Ok(if ratio > BUDGET {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}

/// The limit: a context that is kept, and a digest that is there already.
fn bare_context(key: &PKey<Private>) -> anyhow::Result<PkeyCtx<Private>> {
    let mut context = PkeyCtx::new(key)?;
    context.sign_init()?;
    context.set_rsa_padding(Padding::PKCS1)?;
    context.set_signature_md(Md::sha256())?;
    Ok(context)
}

fn microseconds_per_operation(
    mut operation: impl FnMut() -> anyhow::Result<()>,
) -> anyhow::Result<f64> {
    let before = thread_microseconds();
    for _ in 0..OPERATIONS {
        operation()?;
    }
    Ok((thread_microseconds() - before) / f64::from(OPERATIONS))
}

fn thread_microseconds() -> f64 {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    std::time::Duration::try_from(time).map_or(0.0, |time| time.as_secs_f64() * 1e6)
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

fn assertion_input<'a>(
    now: DateTime<Utc>,
    name_id: &'a NameId,
    attributes: &'a [ReleasedAttribute],
) -> AssertionInput<'a> {
    AssertionInput {
        id: "_assertion00000000000000000000000",
        issuer: "https://idp.example/saml/metadata",
        audience: "https://sp.example/metadata",
        acs_url: "https://sp.example/acs",
        in_response_to: Some("_request0000000000000000000000000"),
        name_id,
        times: AssertionTimes {
            issued_at: now,
            not_before: now - Duration::seconds(60),
            not_on_or_after: now + Duration::minutes(5),
        },
        authn: AuthnStatement {
            authn_instant: now,
            session_index: "_session000000000000000000000000",
            session_not_on_or_after: now + Duration::hours(12),
            class_ref: AC_PASSWORD_PROTECTED_TRANSPORT,
        },
        attributes,
    }
}

fn twelve_attributes() -> Vec<ReleasedAttribute> {
    (1..=12)
        .map(|number| ReleasedAttribute {
            name: format!("https://sp.example/attributes/name{number}"),
            name_format: NameFormat::Uri,
            values: vec!["a value of some length, with R&D and <angles>".to_owned()],
            origins: Vec::new(),
        })
        .collect()
}
