//! From the first link to the last trace: invitations, forgotten passwords, dates of users, lives of
//! sessions, and what is left of a person.

mod dates;
mod links;
mod passwords;
mod person;
mod recovery;
mod sessions;
