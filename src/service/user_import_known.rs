//! What is stored that the lines of an import could meet: read for a batch at once, and kept up with
//! what its lines write, so that a line meets what the lines above it did.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::text;
use crate::domain::user::User;
use crate::service::error::ServiceError;
use crate::service::patch::Field;
use crate::service::user_import_columns::ImportLine;
use crate::service::user_record::{self, UserView};
use crate::store::connection::DbConnection;
use crate::store::{accounts, users};

/// What one line could meet.
#[derive(Debug, Clone)]
pub struct Known {
    /// The user of the line's username.
    pub present: Option<UserView>,
    /// An administrator has the name.
    pub is_taken: bool,
    /// Folded username of who has the line's e-mail address.
    pub email_owner: Option<String>,
}

/// What the lines of a batch could meet. Names and addresses are folded.
#[derive(Debug, Default)]
pub struct KnownPeople {
    people: BTreeMap<String, UserView>,
    administrators: BTreeSet<String>,
    /// Addresses with the names of who has them.
    owners: BTreeMap<String, String>,
}

impl KnownPeople {
    /// Reads it. In an import call it after the lines' users were locked.
    pub fn load<'l>(
        conn: &mut DbConnection,
        lines: impl Iterator<Item = &'l ImportLine> + Clone,
    ) -> Result<Self, ServiceError> {
        let names = names_of(lines.clone());
        let emails = lines.filter_map(|line| match &line.change.email {
            Field::Set(email) => Some(text::fold(email)),
            Field::Keep | Field::Clear => None,
        });
        let present = users::find_all_by_username(conn, &names)?;
        let present = user_record::complete_all(conn, present)?.into_iter();
        Ok(Self {
            people: present
                .map(|view| (text::fold(&view.user.username), view))
                .collect(),
            administrators: accounts::names_of_administrators(conn, &names)?,
            owners: users::owners_of_emails(conn, &emails.collect())?,
        })
    }

    /// What a line of the batch meets now.
    pub fn of(&self, line: &ImportLine) -> Known {
        let name = text::fold(&line.username);
        let email_owner = match &line.change.email {
            Field::Set(email) => self.owners.get(&text::fold(email)).cloned(),
            Field::Keep | Field::Clear => None,
        };
        Known {
            is_taken: self.administrators.contains(&name),
            present: self.people.get(&name).cloned(),
            email_owner,
        }
    }

    /// Notes that a user was written, in the place of what `before` was.
    pub fn note(&mut self, before: Option<&User>, after: UserView) {
        if let Some(before) = before {
            self.owners.remove(&text::fold(&before.email));
        }
        let name = text::fold(&after.user.username);
        self.owners
            .insert(text::fold(&after.user.email), name.clone());
        self.people.insert(name, after);
    }
}

/// The folded usernames of these lines.
pub fn names_of<'l>(lines: impl Iterator<Item = &'l ImportLine>) -> BTreeSet<String> {
    lines.map(|line| text::fold(&line.username)).collect()
}
