//! Passkeys (WebAuthn): added to the own account, used as second factor, and alone. Every ceremony
//! asks the authenticator to make sure of the person. What is asked waits in the store under the master
//! key and is answered once. Whether an answer is right at a sign-in is asked by `credential.rs` alone
//! (ONE-DOOR).

use chrono::TimeDelta;
use serde::Serialize;
use serde::de::DeserializeOwned;
use url::Url;
use uuid::Uuid;
use webauthn_rs::prelude::{
    AuthenticationResult, CredentialID, DiscoverableAuthentication, DiscoverableKey, Passkey,
    PasskeyAuthentication, PasskeyRegistration, PublicKeyCredential, RegisterPublicKeyCredential,
    Webauthn, WebauthnBuilder,
};

use crate::domain::ids::{AccountId, PublicId};
use crate::service::audit_trail::{Trail, object};
use crate::service::authentication::SignedIn;
use crate::service::environment::{Environment, new_public_id};
use crate::service::error::{InternalError, ServiceError};
use crate::service::own_factors::kind_text;
use crate::service::secrets::{Sealed, random_token, token_hash};
use crate::store::passkey_ceremonies::{self, PasskeyCeremony};
use crate::store::passkeys::{self, StoredPasskey};
use crate::store::sessions;

/// How long an authenticator may take.
const WAITS: TimeDelta = TimeDelta::minutes(5);
/// Longer names are cut.
const NAME_LIMIT: usize = 64;

const ADD: &str = "ADD";
const SECOND: &str = "SECOND";
const ALONE: &str = "ALONE";

/// A question to an authenticator.
#[derive(Debug, Clone)]
pub struct Question {
    /// Comes back with the answer.
    pub ceremony: String,
    /// `PublicKeyCredentialCreationOptionsJSON` or `..RequestOptionsJSON`.
    pub options: String,
}

/// An answer, as the browser sent it.
#[derive(Debug, Clone, Copy)]
pub struct PasskeyAnswer<'a> {
    pub ceremony: &'a str,
    /// The credential as JSON.
    pub credential: &'a str,
    /// The cookie that the question was bound to.
    pub browser: &'a str,
}

/// Whether there can be passkeys here: browsers make none for a bare network address.
pub fn are_available(env: &Environment) -> bool {
    relying_party(env).is_ok()
}

/// Asks for a new passkey of the own account. It is to be found without a username, so that it can be
/// the only step of a sign-in.
pub fn ask_to_add(
    env: &Environment,
    who: &SignedIn,
    browser: &str,
) -> Result<Question, ServiceError> {
    let account = who.session.account;
    let known = env.store.read(|conn| -> Result<_, ServiceError> {
        Ok(passkeys::list_of_account(conn, account)?)
    })?;
    let known: Vec<CredentialID> = known
        .into_iter()
        .map(|passkey| CredentialID::from(passkey.credential_id))
        .collect();
    let (creation, state) = relying_party(env)?
        .start_passkey_registration(
            handle(who.public_id.as_str())?,
            &who.username,
            &who.display_name,
            Some(known),
        )
        .map_err(InternalError::Passkey)?;
    let mut options = serde_json::to_value(&creation.public_key).map_err(InternalError::Json)?;
    if let Some(selection) = options
        .pointer_mut("/authenticatorSelection")
        .and_then(serde_json::Value::as_object_mut)
    {
        selection.insert("residentKey".to_owned(), "required".into());
        selection.insert("requireResidentKey".to_owned(), true.into());
    }
    ask(env, (ADD, browser), (&options, &state))
}

/// Adds the passkey of an answer; other sessions and sign-ins between two steps began without it, and
/// end. False: the answer is not one to the question.
pub fn add(
    env: &Environment,
    who: &SignedIn,
    (answer, name): (PasskeyAnswer<'_>, &str),
) -> Result<bool, ServiceError> {
    let Some(state) = take::<PasskeyRegistration>(env, ADD, answer)? else {
        return Ok(false);
    };
    let Ok(credential) = serde_json::from_str::<RegisterPublicKeyCredential>(answer.credential)
    else {
        return Ok(false);
    };
    let Ok(passkey) = relying_party(env)?.finish_passkey_registration(&credential, &state) else {
        return Ok(false);
    };
    let trail = Trail::new(env, &who.actor());
    let name: String = name.trim().chars().take(NAME_LIMIT).collect();
    let new = StoredPasskey {
        credential_id: passkey.cred_id().to_vec(),
        public_id: new_public_id(),
        account: who.session.account,
        name,
        document: serde_json::to_string(&passkey).map_err(InternalError::Json)?,
        created_at: trail.at(),
        last_used_at: None,
    };
    let named = object("account", who.public_id.as_str(), &who.username);
    let this = who.session.public_id.clone();
    env.store.write(move |conn| -> Result<(), ServiceError> {
        passkeys::insert(conn, &new)?;
        sessions::delete_others(conn, new.account, &this)?;
        let texts = (None, Some(kind_text("PASSKEY")));
        trail.write(conn, "account.factor_added", named.clone(), texts)?;
        Ok(())
    })?;
    Ok(true)
}

/// Asks for a passkey of an account, as its second factor.
pub(in crate::service) fn ask_for_second(
    env: &Environment,
    account: AccountId,
    browser: &str,
) -> Result<Option<Question>, ServiceError> {
    let keys = env.store.read(|conn| -> Result<_, ServiceError> {
        Ok(passkeys::list_of_account(conn, account)?)
    })?;
    if keys.is_empty() {
        return Ok(None);
    }
    let keys = keys.iter().map(key_of).collect::<Result<Vec<_>, _>>()?;
    let (request, state) = relying_party(env)?
        .start_passkey_authentication(&keys)
        .map_err(InternalError::Passkey)?;
    ask(env, (SECOND, browser), (&request.public_key, &state)).map(Some)
}

/// Asks for any passkey of this house.
pub fn ask_for_any(env: &Environment, browser: &str) -> Result<Question, ServiceError> {
    let (request, state) = relying_party(env)?
        .start_discoverable_authentication()
        .map_err(InternalError::Passkey)?;
    ask(env, (ALONE, browser), (&request.public_key, &state))
}

/// Whether an answer is of a passkey of this account; its use is noted if so.
pub(in crate::service) fn use_second(
    env: &Environment,
    account: AccountId,
    answer: PasskeyAnswer<'_>,
) -> Result<bool, ServiceError> {
    let Some((state, credential)) = taken::<PasskeyAuthentication>(env, SECOND, answer)? else {
        return Ok(false);
    };
    let Ok(result) = relying_party(env)?.finish_passkey_authentication(&credential, &state) else {
        return Ok(false);
    };
    let stored = find(env, &credential)?.filter(|stored| stored.account == account);
    match stored {
        Some(stored) => note(env, stored, &result),
        // It was removed between question and answer.
        None => Ok(false),
    }
}

/// The account of a passkey that is answered with alone, and the passkey's public id; its use is noted.
pub(in crate::service) fn use_alone(
    env: &Environment,
    answer: PasskeyAnswer<'_>,
) -> Result<Option<(AccountId, PublicId)>, ServiceError> {
    let Some((state, credential)) = taken::<DiscoverableAuthentication>(env, ALONE, answer)? else {
        return Ok(None);
    };
    let Some(stored) = find(env, &credential)? else {
        return Ok(None);
    };
    let keys = [DiscoverableKey::from(key_of(&stored)?)];
    let finished =
        relying_party(env)?.finish_discoverable_authentication(&credential, state, &keys);
    let Ok(result) = finished else {
        return Ok(None);
    };
    let found = (stored.account, stored.public_id.clone());
    Ok(note(env, stored, &result)?.then_some(found))
}

/// The name of this house as authenticators know it: the host of the base URL, and nothing below it.
fn relying_party(env: &Environment) -> Result<Webauthn, ServiceError> {
    const NONE: ServiceError = ServiceError::NotFound { what: "passkey" };
    let Ok(origin) = Url::parse(&env.settings.base_url) else {
        return Err(NONE);
    };
    let Some(host) = origin.domain() else {
        return Err(NONE);
    };
    let builder = WebauthnBuilder::new(host, &origin).map_err(InternalError::Passkey)?;
    let built = builder.rp_name(host).build();
    Ok(built.map_err(InternalError::Passkey)?)
}

/// Accounts are known to authenticators by their public id, which says nothing of the person.
fn handle(public_id: &str) -> Result<Uuid, ServiceError> {
    Uuid::parse_str(public_id)
        .map_err(|_not_one: uuid::Error| ServiceError::NotFound { what: "account" })
}

fn ask(
    env: &Environment,
    (purpose, browser): (&'static str, &str),
    (options, state): (&impl Serialize, &impl Serialize),
) -> Result<Question, ServiceError> {
    let ceremony = random_token()?;
    let state = serde_json::to_vec(state).map_err(InternalError::Json)?;
    let new = PasskeyCeremony {
        token_hash: token_hash(&ceremony),
        browser_hash: token_hash(browser),
        purpose,
        sealed: env.keys.seal(Sealed::PasskeyCeremony, &state)?,
        expires_at: env.now() + WAITS,
    };
    env.store.write(move |conn| -> Result<(), ServiceError> {
        Ok(passkey_ceremonies::insert(conn, &new)?)
    })?;
    Ok(Question {
        ceremony,
        options: serde_json::to_string(options).map_err(InternalError::Json)?,
    })
}

/// What was asked, handed over once.
fn take<T: DeserializeOwned>(
    env: &Environment,
    purpose: &'static str,
    answer: PasskeyAnswer<'_>,
) -> Result<Option<T>, ServiceError> {
    let (token, browser) = (token_hash(answer.ceremony), token_hash(answer.browser));
    let now = env.now();
    let sealed = env.store.write(move |conn| -> Result<_, ServiceError> {
        Ok(passkey_ceremonies::take(
            conn,
            (&token, &browser, purpose),
            now,
        )?)
    })?;
    let Some(sealed) = sealed else {
        return Ok(None);
    };
    let plain = env.keys.unseal(Sealed::PasskeyCeremony, &sealed)?;
    Ok(Some(
        serde_json::from_slice(&plain).map_err(InternalError::Json)?,
    ))
}

/// What was asked with what was answered, if that is a credential at all.
fn taken<T: DeserializeOwned>(
    env: &Environment,
    purpose: &'static str,
    answer: PasskeyAnswer<'_>,
) -> Result<Option<(T, PublicKeyCredential)>, ServiceError> {
    let state = take(env, purpose, answer)?;
    Ok(state.zip(serde_json::from_str(answer.credential).ok()))
}

fn find(
    env: &Environment,
    credential: &PublicKeyCredential,
) -> Result<Option<StoredPasskey>, ServiceError> {
    let id = credential.get_credential_id();
    env.store
        .read(|conn| -> Result<_, ServiceError> { Ok(passkeys::find(conn, id)?) })
}

fn key_of(stored: &StoredPasskey) -> Result<Passkey, ServiceError> {
    Ok(serde_json::from_str(&stored.document).map_err(InternalError::Json)?)
}

/// Keeps the counter that the authenticator told; false: another node was told the same first.
fn note(
    env: &Environment,
    stored: StoredPasskey,
    result: &AuthenticationResult,
) -> Result<bool, ServiceError> {
    let mut key = key_of(&stored)?;
    key.update_credential(result);
    let document = serde_json::to_string(&key).map_err(InternalError::Json)?;
    let now = env.now();
    env.store.write(move |conn| -> Result<_, ServiceError> {
        Ok(passkeys::note_use(conn, &stored, &document, now)?)
    })
}
