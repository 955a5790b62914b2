//! Picking users in a form (rules A45-A47): search by name, tick the box, and they stand as pills
//! below, in alphabetical order. The part that every form with users shares. With the name N its
//! fields are N (an id each) and `N-q`; its buttons are `N-search`, `N-close` and `N-remove:ID`.

use crate::service::environment::Environment;
use crate::service::error::ServiceError;
use crate::service::user_names::{self, OFFERED, UserName};
use crate::web::console::submitted::Fields;

/// The longest search text, in characters.
const LONGEST_SEARCH: usize = 256;

/// Who is picked, and who is offered.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UserPicker {
    /// Name of its fields.
    pub name: &'static str,
    /// Public ids of those picked, each once.
    pub ids: Vec<String>,
    pub q: String,
    is_open: bool,
    picked: Vec<UserName>,
    hits: Vec<UserName>,
}

impl UserPicker {
    /// With these picked, and no search.
    pub fn of_ids(name: &'static str, ids: Vec<String>) -> Self {
        Self {
            name,
            ids,
            ..Self::default()
        }
    }

    /// As a form was sent, after the button that was pressed in it.
    pub fn of_fields(name: &'static str, fields: &Fields) -> Self {
        let button = Self::button(name, fields);
        let (_, removed) = fields.button();
        let mut ids: Vec<String> = Vec::new();
        for id in fields.all(name) {
            let is_removed = button == Some("remove") && id == removed;
            if !is_removed && !ids.iter().any(|known| known == id) {
                ids.push(id.to_owned());
            }
        }
        let is_closed = button == Some("close");
        let typed = fields.text(&format!("{name}-q")).trim();
        let q: String = typed
            .chars()
            .take(if is_closed { 0 } else { LONGEST_SEARCH })
            .collect();
        Self {
            name,
            ids,
            is_open: !q.is_empty() || button == Some("search"),
            q,
            ..Self::default()
        }
    }

    /// Whether the button that was pressed only changes this part; then nothing is saved.
    pub fn is_button(name: &str, fields: &Fields) -> bool {
        Self::button(name, fields).is_some()
    }

    fn button<'a>(name: &str, fields: &'a Fields) -> Option<&'a str> {
        let (pressed, _) = fields.button();
        pressed.strip_prefix(name)?.strip_prefix('-')
    }

    /// Looks the names up. Ids that name nobody stay, so that saving says so.
    pub fn look_up(mut self, env: &Environment) -> Result<Self, ServiceError> {
        if !self.ids.is_empty() {
            self.picked = user_names::of(env, &self.ids)?;
        }
        if self.is_open {
            self.hits = user_names::search(env, &self.q)?;
        }
        Ok(self)
    }

    /// Whether those found are shown.
    pub const fn is_open(&self) -> bool {
        self.is_open
    }

    /// Those picked, with whether their field stands among the hits already.
    pub fn pills(&self) -> Vec<(&UserName, bool)> {
        let is_hit = |user: &UserName| self.hits.contains(user);
        self.picked
            .iter()
            .map(|user| (user, is_hit(user)))
            .collect()
    }

    /// Those found, with whether they are picked.
    pub fn hits(&self) -> Vec<(&UserName, bool)> {
        let is_picked = |user: &UserName| self.ids.iter().any(|id| *id == user.id.as_str());
        self.hits
            .iter()
            .map(|user| (user, is_picked(user)))
            .collect()
    }

    /// How many were found, as far as they are shown.
    pub fn number(&self) -> i64 {
        i64::try_from(self.hits.len()).unwrap_or(i64::MAX)
    }

    /// Whether there may be more than those shown.
    pub fn is_cut(&self) -> bool {
        self.number() >= i64::from(OFFERED)
    }

    /// The names of those picked, for texts.
    pub fn said(&self) -> String {
        let names: Vec<&str> = self
            .picked
            .iter()
            .map(|user| user.username.as_str())
            .collect();
        names.join(", ")
    }
}

#[cfg(test)]
mod tests;
