//! Which passwords may be set: twelve characters and more, not a common one, and nothing that anybody
//! guesses who knows the person. No composition rules: they make passwords worse (NIST SP 800-63B
//! 3.1.1.2). Hashing and checking is in `passwords.rs`.

use unicode_normalization::UnicodeNormalization;

use crate::domain::text::fold;
use crate::domain::violation::Violation;
use crate::service::common_passwords;
use crate::service::environment::Environment;
use crate::service::error::{InternalError, ServiceError};
use crate::service::stored_settings::StoredSettings;

/// Rule of the user resource: 12 to 128 characters.
const SHORTEST: usize = 12;
const LONGEST: usize = 128;
/// A name of fewer characters is found in any text by chance.
const SHORTEST_NAME: usize = 4;
/// A unit of so many characters, repeated, is no password.
const LONGEST_UNIT: usize = 4;

/// Why a password may not be set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PasswordFault {
    #[error("A password has at least {SHORTEST} characters. Choose a longer one.")]
    TooShort,
    #[error("A password has at most {LONGEST} characters. Choose a shorter one.")]
    TooLong,
    #[error("This password is on the lists of common ones. Choose one that nobody else uses.")]
    Common,
    #[error("This password was found in a breach of another site. Choose another one.")]
    Breached,
    #[error(
        "A password does not hold the username, the e-mail address or the name of the organisation. Choose another one."
    )]
    Personal,
}

impl PasswordFault {
    /// The violation at a request field.
    pub fn at(self, pointer: &str) -> Violation {
        Violation::new(pointer, self.to_string())
    }
}

/// Refuses a password that breaks the policy. `names`: username and e-mail address of its owner; the
/// organisation's name is known here.
pub fn check(env: &Environment, password: &str, names: &[&str]) -> Result<(), ServiceError> {
    match fault(env, password, names)? {
        Some(fault) => Err(ServiceError::Invalid(vec![fault.at("/password")])),
        None => Ok(()),
    }
}

/// The same where other faults are told beside it.
pub fn fault(
    env: &Environment,
    password: &str,
    names: &[&str],
) -> Result<Option<PasswordFault>, ServiceError> {
    let organisation = StoredSettings::read(env)?.organisation_name().to_owned();
    let names = names.iter().copied().chain([organisation.as_str()]);
    if let Some(fault) = judge(password, names) {
        return Ok(Some(fault));
    }
    let Some(breached) = &env.breached else {
        return Ok(None);
    };
    let is_breached = breached.contain(password);
    let is_breached = is_breached.map_err(InternalError::BreachedPasswords)?;
    Ok(is_breached.then_some(PasswordFault::Breached))
}

/// What is wrong with a password, the plainest first. A common word stays one with digits and signs
/// around it.
fn judge<'a>(password: &str, names: impl Iterator<Item = &'a str>) -> Option<PasswordFault> {
    let length = password.chars().count();
    if length < SHORTEST {
        return Some(PasswordFault::TooShort);
    }
    if length > LONGEST {
        return Some(PasswordFault::TooLong);
    }
    let folded = folded(password);
    let word = folded.trim_matches(|end: char| !end.is_alphabetic());
    let is_common = common_passwords::contains(&folded) || common_passwords::contains(word);
    if is_common || is_repetition(&folded) {
        return Some(PasswordFault::Common);
    }
    names
        .flat_map(parts)
        .any(|name| folded.contains(&name))
        .then_some(PasswordFault::Personal)
}

/// The forms in which a name may stand in a password: whole, without its blanks, and of an e-mail
/// address what stands before the host.
fn parts(name: &str) -> Vec<String> {
    let whole = folded(name.trim());
    let local = whole.split('@').next().unwrap_or_default().to_owned();
    let joined = whole.replace(char::is_whitespace, "");
    let mut forms = vec![whole, local, joined];
    forms.retain(|form| form.chars().count() >= SHORTEST_NAME);
    forms
}

/// Compatible forms are one, and so are capitals.
fn folded(text: &str) -> String {
    fold(&text.nfkc().collect::<String>())
}

/// `aaaaaaaaaaaa`, `123123123123`, `abcdabcdabcd`.
fn is_repetition(text: &str) -> bool {
    let characters: Vec<char> = text.chars().collect();
    (1..=LONGEST_UNIT).any(|unit| {
        let later = characters.iter().skip(unit);
        later
            .zip(&characters)
            .all(|(later, sooner)| later == sooner)
    })
}

#[cfg(test)]
mod tests;
