//! Recovery codes: what somebody writes down for the day without the second factor. Ten at a time,
//! shown once, kept as hashes, each good for one sign-in on one node (FRESH-ONCE).

use crate::service::audit_trail::{Trail, object};
use crate::service::authentication::SignedIn;
use crate::service::environment::Environment;
use crate::service::error::ServiceError;
use crate::service::factor_demand::is_enrolled;
use crate::service::secrets::{digest, random_bytes};
use crate::store::accounts::Account;
use crate::store::recovery_codes;

/// How many there are at a time.
const COUNT: usize = 10;
/// Random bytes of one: 120 bits, so that a plain hash keeps it even where the database is lost (ASVS 6.5.2 asks
/// for 112).
const ENTROPY: usize = 15;
/// Letters and digits of one, each of five bits.
const LENGTH: u32 = 24;
/// Crockford's letters: none that is mistaken for another.
const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// Makes new codes in the place of all before, and gives them in clear, once.
pub fn renew(env: &Environment, who: &SignedIn) -> Result<Vec<String>, ServiceError> {
    let codes = (0..COUNT)
        .map(|_| new_code())
        .collect::<Result<Vec<_>, _>>()?;
    let account = who.session.account;
    let hashes: Vec<Vec<u8>> = codes
        .iter()
        .map(|code| hash(who.public_id.as_str(), code))
        .collect();
    let trail = Trail::new(env, &who.actor());
    let named = object("account", who.public_id.as_str(), &who.username);
    env.store.write(move |conn| -> Result<(), ServiceError> {
        // Without a factor there is nothing to recover.
        if !is_enrolled(conn, account)? {
            return Err(ServiceError::NotFound { what: "factor" });
        }
        recovery_codes::replace(conn, account, &hashes, trail.at())?;
        trail.write(
            conn,
            "account.recovery_codes_made",
            named.clone(),
            (None, None),
        )?;
        Ok(())
    })?;
    Ok(codes)
}

/// Whether a code is one of the account's that are left; it is used up if so.
pub(in crate::service) fn use_code(
    env: &Environment,
    account: &Account,
    code: &str,
) -> Result<bool, ServiceError> {
    let hash = hash(account.public_id.as_str(), code);
    let account = account.id;
    env.store.write(move |conn| -> Result<_, ServiceError> {
        Ok(recovery_codes::consume(conn, account, &hash)?)
    })
}

/// In groups of four.
fn new_code() -> Result<String, ServiceError> {
    let bits = random_bytes(ENTROPY)?
        .iter()
        .fold(0_u128, |bits, byte| bits << 8 | u128::from(*byte));
    let mut code = String::new();
    for place in 0..LENGTH {
        if place > 0 && place % 4 == 0 {
            code.push('-');
        }
        let letter = usize::try_from(bits >> (place * 5) & 31).unwrap_or_default();
        code.extend(LETTERS.get(letter).copied().map(char::from));
    }
    Ok(code)
}

/// By account, so that one code never fits two. Read as it was written down: case, hyphens, spaces and
/// the letters that look like digits make no difference.
fn hash(account: &str, code: &str) -> Vec<u8> {
    let plain: String = code
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| match c.to_ascii_uppercase() {
            'O' => '0',
            'I' | 'L' => '1',
            other => other,
        })
        .collect();
    digest(format!("{account} {plain}").as_bytes())
}

#[cfg(test)]
mod tests;
