//! What deciding costs: loading everything one sign-on needs from SQLite at one snapshot, deciding
//! access and resolving attributes, for a user with 50 groups, 20 attributes and 15 mappings, against
//! one bare RSA-2048 signature, in CPU time of this thread, in interleaved rounds. Exits with 1 if
//! the ratio of the medians is above the budget.

#[path = "measure/against_signature.rs"]
mod against_signature;
#[path = "measure/comparison.rs"]
mod comparison;
mod measure;

use std::process::ExitCode;

use openssl::pkey::PKey;
use openssl::rsa::Rsa;
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

use crate::against_signature::{NAME, bare_signature};
use crate::comparison::Comparison;

/// The product's allocator.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const GROUPS: usize = 50;

fn main() -> anyhow::Result<ExitCode> {
    let folder = tempfile::tempdir()?;
    let env = environment(folder.path())?;
    let (user, connector) = fill(&env)?;
    let key = PKey::from_rsa(Rsa::generate(2048)?)?;
    let comparison = Comparison {
        name: "deciding",
        bare_name: NAME,
        budget: 0.25,
        operations: 400,
    };
    comparison.run(bare_signature(&key)?, || {
        let view = env.store.read(|conn| -> Result<_, ServiceError> {
            Ok(sign_on_view::load(conn, user, connector)?)
        })?;
        let decision = view.map(|view| view.decide());
        let released = decision.map_or(0, |decision| decision.release.attributes.len());
        anyhow::ensure!(released == 15, "released {released}");
        Ok(())
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
