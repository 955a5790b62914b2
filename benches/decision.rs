//! What deciding costs: loading everything one sign-on needs from SQLite at one snapshot, deciding
//! access and resolving attributes, for a user with 50 groups, 20 attributes and 15 mappings, against
//! one bare RSA-2048 signature, in CPU time of this thread, in interleaved rounds. Exits with 1 if
//! the ratio of the medians is above the budget.

use std::io::Write;
use std::process::ExitCode;

use openssl::md::Md;
use openssl::pkey::PKey;
use openssl::pkey_ctx::PkeyCtx;
use openssl::rsa::{Padding, Rsa};
use rustix::time::{ClockId, clock_gettime};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use vestibule::domain::ids::{ConnectorId, UserId};
use vestibule::service::caller::system;
use vestibule::service::environment::{Environment, ServiceSettings};
use vestibule::service::error::ServiceError;
use vestibule::service::keys::{self, KeyRing};
use vestibule::service::passwords::Passwords;
use vestibule::service::{bindings, connectors, group_members, groups, secrets, users};
use vestibule::store::handle::Store;
use vestibule::store::open::StoreOptions;
use vestibule::store::sign_on_view;

/// The product's allocator.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const BUDGET: f64 = 0.25;
const ROUNDS: usize = 21;
const OPERATIONS: u32 = 400;
const GROUPS: usize = 50;

fn main() -> anyhow::Result<ExitCode> {
    let folder = tempfile::tempdir()?;
    let env = environment(folder.path())?;
    let (user, connector) = fill(&env)?;
    let key = PKey::from_rsa(Rsa::generate(2048)?)?;
    let mut bare = PkeyCtx::new(&key)?;
    bare.sign_init()?;
    bare.set_rsa_padding(Padding::PKCS1)?;
    bare.set_signature_md(Md::sha256())?;

    let (mut decided, mut signed) = (Vec::new(), Vec::new());
    for round in 0..=ROUNDS {
        let deciding = microseconds_per_operation(|| {
            let view = env.store.read(|conn| -> Result<_, ServiceError> {
                Ok(sign_on_view::load(conn, user, connector)?)
            })?;
            let decision = view.map(|view| view.decide());
            let released = decision.map_or(0, |decision| decision.release.attributes.len());
            anyhow::ensure!(released == 15, "released {released}");
            Ok(())
        })?;
        let signature = microseconds_per_operation(|| {
            let mut value = Vec::new();
            bare.sign_to_vec(&[42; 32], &mut value)?;
            anyhow::ensure!(value.len() == 256);
            Ok(())
        })?;
        // The first round warms caches and prepares statements.
        if round > 0 {
            decided.push(deciding);
            signed.push(signature);
        }
    }
    report(median(decided), median(signed))
}

fn report(decided: f64, signed: f64) -> anyhow::Result<ExitCode> {
    let ratio = decided / signed;
    writeln!(
        std::io::stdout(),
        "deciding {decided:.1} us, bare RSA-2048 {signed:.1} us, ratio {ratio:.3}, budget {BUDGET}"
    )?;
    Ok(if ratio <= BUDGET {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn environment(folder: &std::path::Path) -> anyhow::Result<Environment> {
    let url = format!("sqlite:{}", folder.join("bench.db").display());
    let store = Store::open(&url, &StoreOptions::new("bench"))?;
    let settings = ServiceSettings {
        base_url: "http://localhost:8080".to_owned(),
        entity_id: "http://localhost:8080/saml/metadata".to_owned(),
        is_plain_loopback: true,
    };
    let master = secrets::MasterKey::create(folder)?;
    let env = Environment::new(settings, store, KeyRing::new(master), Passwords::new(1)?);
    keys::ensure_first(&env, &system())?;
    Ok(env)
}

/// 50 groups with the user in them, all bound; 16 attributes on groups, 4 on the user; 15 mappings.
fn fill(env: &Environment) -> anyhow::Result<(UserId, ConnectorId)> {
    let actor = system();
    let own: Vec<Value> = (0..4)
        .map(
            |n| json!({"name": format!("own{n}"), "type": "string", "value": format!("value {n}")}),
        )
        .collect();
    let user = users::create(
        env,
        &actor,
        draft(
            &json!({"username": "jason", "email": "jason@example.com", "location": "Denver",
            "attributes": own}),
        )?,
    )?
    .user;
    let mappings: Vec<Value> = (0..15).map(mapping).collect();
    let connector = connectors::create(
        env,
        &actor,
        draft(&json!({"name": "Bench", "spEntityId": "urn:bench",
            "acsUrls": [{"url": "https://sp.example/acs", "isDefault": true}],
            "attributeMappings": mappings}))?,
    )?
    .connector;
    for n in 0..GROUPS {
        let attributes: Vec<Value> = if n < 16 {
            vec![attribute(n)]
        } else {
            Vec::new()
        };
        let group = groups::create(
            env,
            &actor,
            draft(&json!({"name": format!("Group {n}"), "attributes": attributes}))?,
        )?
        .group;
        group_members::add(
            env,
            &actor,
            group.public_id.as_str(),
            user.public_id.as_str(),
        )?;
        bindings::bind(
            env,
            &actor,
            connector.public_id.as_str(),
            &[group.public_id.as_str().to_owned()],
        )?;
    }
    Ok((user.id, connector.id))
}

fn attribute(n: usize) -> Value {
    if n.is_multiple_of(4) {
        let value = json!({"userSettings": {"role": "admin", "permissions": "rw"}, "list": [1, 2]});
        json!({"name": format!("shared{n}"), "type": "json", "value": value})
    } else {
        json!({"name": format!("shared{n}"), "type": "string", "value": format!("value {n}")})
    }
}

fn mapping(n: usize) -> Value {
    let source = match n {
        0 => json!({"type": "USER_FIELD", "field": "email"}),
        1 => json!({"type": "GROUPS"}),
        2 => json!({"type": "CONSTANT", "value": "prod"}),
        3..=5 => json!({"type": "CUSTOM", "path": format!("own{}", n - 3)}),
        6..=9 => {
            json!({"type": "CUSTOM", "path": format!("shared{}.userSettings.role", (n - 6) * 4)})
        }
        _ => {
            json!({"type": "CUSTOM", "path": format!("shared{}", [1, 2, 3, 5, 6].get(n - 10).unwrap_or(&7))})
        }
    };
    json!({"spAttributeName": format!("attribute{n}"), "source": source})
}

fn draft<T: DeserializeOwned>(body: &Value) -> anyhow::Result<T> {
    Ok(serde_json::from_str(&body.to_string())?)
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
    std::time::Duration::try_from(time)
        .unwrap_or_default()
        .as_secs_f64()
        * 1e6
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}
