//! A person's right to be forgotten: the user is deleted, and in the audit a pseudonym stands for
//! names, addresses and values from then on. What was done, when and by which id stays, and so does
//! the proof that nothing else was changed (`store/audit_erasures.rs`). Not to be undone.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::domain::audit::Actor;
use crate::domain::ids::PublicId;
use crate::domain::user::User;
use crate::service::audit_trail::{Trail, object};
use crate::service::environment::Environment;
use crate::service::error::ServiceError;
use crate::service::secrets::random_token;
use crate::service::users::find;
use crate::store::audit_erasures::{self, ERASED, Replacement};
use crate::store::audit_of_person::{self, NamingEvent};
use crate::store::connection::DbConnection;
use crate::store::{
    accounts, exchanges, issued_assertions, mail_outbox, name_ids, user_groups, users,
};

/// Characters of a pseudonym behind its prefix: enough that no two people share one.
const LENGTH: usize = 12;
/// A name of fewer characters is only erased where the id says whose it is.
const SHORTEST_MENTION: usize = 2;

/// Erases a user and gives the pseudonym.
pub fn erase(env: &Environment, actor: &Actor, id: &str) -> Result<String, ServiceError> {
    let id = PublicId::new(id);
    let letters = random_token()?.to_ascii_lowercase();
    let letters = letters.chars().filter(char::is_ascii_alphanumeric);
    let pseudonym = format!("erased-{}", letters.take(LENGTH).collect::<String>());
    let trail = Trail::new(env, actor);
    let name = pseudonym.clone();
    env.store
        .change_user(move |conn| -> Result<(), ServiceError> {
            let found = find(conn, &id)?;
            users::lock(conn, found.id)?;
            let user = find(conn, &id)?;
            erase_locked(conn, &trail, (&user, &name))
        })?;
    Ok(pseudonym)
}

fn erase_locked(
    conn: &mut DbConnection,
    trail: &Trail,
    (user, pseudonym): (&User, &str),
) -> Result<(), ServiceError> {
    let id = user.public_id.as_str();
    let own = audit_of_person::about(conn, id)?;
    let identifiers = identifiers(conn, user, &own)?;
    let mut words = own_texts(&own, id, &["displayName"]);
    words.insert(user.display_name.clone());
    words.remove("");
    words.extend(identifiers.iter().cloned());
    let mut replacements = in_own(&own, id, (&words, pseudonym));
    replacements.extend(in_others(conn, user, (identifiers, pseudonym))?);
    for word in words.iter().filter(|word| word.len() >= SHORTEST_MENTION) {
        exchanges::delete_naming(conn, word)?;
    }
    mail_outbox::delete_to(conn, &user.email)?;
    users::delete(conn, user.id)?;
    let event = trail.announce();
    let mut erased = Vec::with_capacity(replacements.len());
    for ((row, _), replacement) in &replacements {
        let listed = audit_erasures::erase(conn, *row, replacement, &event.id)?;
        erased.extend(listed);
    }
    let told = serde_json::json!({ "pseudonym": pseudonym, "erased": erased });
    let named = object("user", id, pseudonym);
    let texts = (None, Some(told.to_string()));
    Ok(trail.write_event(conn, &event, (ERASED, named), texts)?)
}

/// What takes the place of a part, by the row's key and whether it is the actor part.
type Replacements = BTreeMap<(i64, bool), Replacement>;

/// In events of which the person is the actor or the object.
fn in_own(
    own: &[NamingEvent],
    id: &str,
    (words, pseudonym): (&BTreeSet<String>, &str),
) -> Replacements {
    let mut replacements = Replacements::new();
    for event in own {
        if event.actor_id == id {
            let name = pseudonym.to_owned();
            replacements.insert((event.id, true), Replacement::Actor { name });
        }
        let eraser = Eraser {
            words,
            pseudonym,
            is_whole: event.object_id == id,
        };
        if let Some(replacement) = eraser.object(event) {
            replacements.insert((event.id, false), replacement);
        }
    }
    replacements
}

/// In all other events, where a word that somebody else bears as well names that one as much, and stays.
fn in_others(
    conn: &mut DbConnection,
    user: &User,
    (identifiers, pseudonym): (BTreeSet<String>, &str),
) -> Result<Replacements, ServiceError> {
    let mut words = BTreeSet::new();
    for word in identifiers {
        if word.len() >= SHORTEST_MENTION && !is_shared(conn, user, &word)? {
            words.insert(word);
        }
    }
    let eraser = Eraser {
        words: &words,
        pseudonym,
        is_whole: false,
    };
    let mut replacements = Replacements::new();
    for word in &words {
        for event in audit_of_person::mentioning(conn, user.public_id.as_str(), word)? {
            if let Some(replacement) = eraser.object(&event) {
                replacements.insert((event.id, false), replacement);
            }
        }
    }
    Ok(replacements)
}

/// What names the person and, if nobody else bears it, nobody else, wherever it stands: present and former sign-in
/// names and addresses, and what service providers were told.
fn identifiers(
    conn: &mut DbConnection,
    user: &User,
    own: &[NamingEvent],
) -> Result<BTreeSet<String>, ServiceError> {
    let mut words = own_texts(own, user.public_id.as_str(), &["username", "email"]);
    words.extend([user.username.clone(), user.email.clone()]);
    for issued in issued_assertions::list_of_user(conn, user.id)? {
        words.insert(issued.name_id);
    }
    words.extend(name_ids::list_of_user(conn, user.id)?);
    words.remove("");
    Ok(words)
}

/// What these fields of the person held, before and after each change.
fn own_texts(own: &[NamingEvent], id: &str, names: &[&str]) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for event in own.iter().filter(|event| event.object_id == id) {
        for text in [&event.before, &event.after].into_iter().flatten() {
            let Ok(Value::Object(fields)) = serde_json::from_str::<Value>(text) else {
                continue;
            };
            for name in names {
                let value = fields.get(*name).and_then(Value::as_str);
                found.extend(value.map(str::to_owned));
            }
        }
    }
    found
}

/// Whether another account, or a group, bears the word, or a service provider was told it of somebody else.
fn is_shared(conn: &mut DbConnection, user: &User, word: &str) -> Result<bool, ServiceError> {
    Ok(accounts::is_borne_by_another(conn, word, user.id)?
        || issued_assertions::is_of_another(conn, word, user.id)?
        || user_groups::find_by_name(conn, word)?.is_some())
}

/// Puts the pseudonym in the place of what names the person.
struct Eraser<'a> {
    words: &'a BTreeSet<String>,
    pseudonym: &'a str,
    /// The event is about the person: every value goes, not only names.
    is_whole: bool,
}

impl Eraser<'_> {
    /// The object part as it may be read from now on; `None`: it names nobody.
    fn object(&self, event: &NamingEvent) -> Option<Replacement> {
        let replacement = Replacement::Object {
            name: self.name(event),
            before: event.before.as_deref().map(|text| self.text(text)),
            after: event.after.as_deref().map(|text| self.text(text)),
        };
        let present = Replacement::Object {
            name: event.object_name.clone(),
            before: event.before.clone(),
            after: event.after.clone(),
        };
        (replacement != present).then_some(replacement)
    }

    fn name(&self, event: &NamingEvent) -> String {
        // The name of a session is the address of the browser, or whose it was.
        let is_own_session = event.object_kind == "session";
        if self.is_whole || is_own_session || self.words.contains(&event.object_name) {
            self.pseudonym.to_owned()
        } else {
            event.object_name.clone()
        }
    }

    fn text(&self, text: &str) -> String {
        match serde_json::from_str::<Value>(text) {
            Ok(before) => {
                let after = self.value(before.clone());
                // A text that names nobody stays as it was written, to the letter.
                if after == before {
                    text.to_owned()
                } else {
                    after.to_string()
                }
            }
            Err(_not_json) => Value::from(self.pseudonym).to_string(),
        }
    }

    fn value(&self, value: Value) -> Value {
        match value {
            Value::Object(fields) => fields
                .into_iter()
                .map(|(name, value)| (name, self.value(value)))
                .collect(),
            Value::Array(items) => items.into_iter().map(|item| self.value(item)).collect(),
            Value::String(text) if self.is_whole || self.words.contains(&text) => {
                self.pseudonym.into()
            }
            Value::Number(_) | Value::Bool(_) if self.is_whole => self.pseudonym.into(),
            other => other,
        }
    }
}
