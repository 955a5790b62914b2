//! One user with its own attributes, written inside a transaction: memberships follow by
//! `user_evaluation.rs`, the audit event stands beside them (rules A7, A8, C7). What may be written is
//! decided before; every door that creates or changes a user comes through here.

use crate::domain::custom_attribute::CustomAttribute;
use crate::domain::ids::UserId;
use crate::domain::user::{User, UserState};
use crate::domain::violation::Warning;
use crate::service::audit_trail::{Event, Trail, object_of_user, user_text};
use crate::service::error::ServiceError;
use crate::service::one_time_links;
use crate::service::rule_cache::RuleCache;
use crate::service::user_evaluation::{self, Evaluation};
use crate::store::connection::DbConnection;
use crate::store::users::NewUser;
use crate::store::{custom_attributes, sessions, users};

/// A user with everything the resource shows.
#[derive(Debug, Clone)]
pub struct UserView {
    pub user: User,
    /// The user's own attributes, in the order they were given.
    pub attributes: Vec<CustomAttribute>,
    /// What was saved differently from how it was sent.
    pub warnings: Vec<Warning>,
}

/// What a write needs beside the user: the rules of this process, and who writes at which event.
#[derive(Clone, Copy)]
pub struct Writing<'a> {
    pub rules: &'a RuleCache,
    pub trail: &'a Trail,
    pub event: &'a Event,
}

/// Inserts a user. Call inside `Store::change_user`.
pub fn insert(
    conn: &mut DbConnection,
    writing: Writing<'_>,
    (new, attributes): (&NewUser, Vec<CustomAttribute>),
) -> Result<(UserView, Evaluation), ServiceError> {
    let (user, evaluation) = user_evaluation::create(conn, writing.rules, new, writing.event)?;
    custom_attributes::insert_of_user(conn, user.id, &attributes)?;
    let after = user_text(&user, &attributes);
    let what = ("user.created", object_of_user(&user));
    writing
        .trail
        .write_event(conn, writing.event, what, (None, Some(after)))?;
    Ok((UserView::new(user, attributes), evaluation))
}

/// Saves a user; `attributes`: the list that replaces the stored one, if it is to be replaced. Call
/// inside `Store::change_user`, with the user locked before `before` was read.
pub fn save(
    conn: &mut DbConnection,
    writing: Writing<'_>,
    before: &UserView,
    (after, attributes): (&User, Option<Vec<CustomAttribute>>),
) -> Result<(UserView, Evaluation), ServiceError> {
    let users = (&before.user, after);
    let (user, evaluation) = user_evaluation::save(conn, writing.rules, users, writing.event)?;
    let attributes = match attributes {
        Some(attributes) => {
            custom_attributes::replace_of_user(conn, user.id, &attributes)?;
            attributes
        }
        None => before.attributes.clone(),
    };
    // Who may not act any more has no session to come back to (rule C6).
    if user.state != UserState::Activated {
        sessions::delete_of_account(conn, user.id.account())?;
    }
    // A link that lies in the former mailbox is not for whoever reads it there.
    if user.email != before.user.email {
        one_time_links::void_all(conn, user.id.account(), writing.trail.at())?;
    }
    let texts = (
        Some(user_text(&before.user, &before.attributes)),
        Some(user_text(&user, &attributes)),
    );
    let what = ("user.updated", object_of_user(&user));
    writing
        .trail
        .write_event(conn, writing.event, what, texts)?;
    Ok((UserView::new(user, attributes), evaluation))
}

/// Reads the user's attributes to a user that was found.
pub fn complete(conn: &mut DbConnection, user: User) -> Result<UserView, ServiceError> {
    let attributes = custom_attributes::list_of_user(conn, user.id)?;
    Ok(UserView::new(user, attributes))
}

/// Reads the users' attributes to users that were found, in the same order.
pub fn complete_all(
    conn: &mut DbConnection,
    users: Vec<User>,
) -> Result<Vec<UserView>, ServiceError> {
    let keys: Vec<UserId> = users.iter().map(|user| user.id).collect();
    let mut attributes = custom_attributes::list_of_users(conn, &keys)?;
    Ok(users
        .into_iter()
        .map(|user| {
            let own = attributes.remove(&user.id).unwrap_or_default();
            UserView::new(user, own)
        })
        .collect())
}

/// The user of a sign-in name, ignoring case.
pub fn find_by_username(
    conn: &mut DbConnection,
    username: &str,
) -> Result<Option<UserView>, ServiceError> {
    let user = users::find_by_username(conn, username)?;
    user.map(|user| complete(conn, user)).transpose()
}

impl UserView {
    /// A view without warnings.
    pub const fn new(user: User, attributes: Vec<CustomAttribute>) -> Self {
        Self {
            user,
            attributes,
            warnings: Vec::new(),
        }
    }

    /// The same with these warnings.
    pub fn warning(mut self, warnings: Vec<Warning>) -> Self {
        self.warnings = warnings;
        self
    }
}
