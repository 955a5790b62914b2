//! What can go wrong when rows are read or written, sorted by what the caller decides: a field to
//! name, a page to show, "try again", or an alarm. No variant carries a secret.

use diesel::result::{DatabaseErrorInformation, DatabaseErrorKind, Error as DieselError};

use crate::store::open::OpenError;

/// A failure of the store.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// A value that must be unique is taken (409).
    #[error("{} is taken", .0.as_str())]
    NotUnique(UniqueField),
    /// The row that the new one belongs to was deleted meanwhile (404 or 409).
    #[error("the row that this one belongs to is gone")]
    ParentGone,
    /// A stored value has no meaning. Loud: access is never decided on a guess.
    #[error("unreadable value in {table}.{column} of row {row}")]
    Corrupt {
        table: &'static str,
        column: &'static str,
        row: String,
    },
    /// Too much work at once, or a lock that was not free in time (503, try again).
    #[error("the database is busy")]
    Overloaded,
    /// The database is out of reach or cannot write (503, try again).
    #[error("the database is not available: {detail}")]
    Unavailable {
        /// The database's own words, for the log.
        detail: String,
    },
    /// The work panicked; its transaction was rolled back, nobody else is affected (500).
    #[error("the work inside a transaction panicked")]
    Panicked,
    /// The database cannot be brought into service.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// Anything else: a defect (500).
    #[error("database error")]
    Database(#[source] DieselError),
}

/// The unique values that people choose, and the rest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UniqueField {
    Username,
    Email,
    GroupName,
    Slug,
    SpEntityId,
    /// Name of a user's or a group's attribute.
    AttributeName,
    /// There is an active signing key of this type.
    ActiveKey,
    /// A value that nobody chose by hand, such as a public id or a token hash.
    Other,
}

impl UniqueField {
    /// The word for messages.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Username => "the username",
            Self::Email => "the email",
            Self::GroupName => "the group name",
            Self::Slug => "the slug",
            Self::SpEntityId => "the service provider's entity id",
            Self::AttributeName => "the attribute name",
            Self::ActiveKey => "the place of the active key",
            Self::Other => "a unique value",
        }
    }

    /// PostgreSQL names the constraint or index, SQLite the columns or the index.
    fn of(information: &dyn DatabaseErrorInformation) -> Self {
        const NAMES: [(&str, &str, UniqueField); 8] = [
            (
                "accounts_username_fold_key",
                "accounts.username_fold",
                UniqueField::Username,
            ),
            (
                "users_email_fold_key",
                "users.email_fold",
                UniqueField::Email,
            ),
            (
                "user_groups_name_fold_key",
                "user_groups.name_fold",
                UniqueField::GroupName,
            ),
            ("connectors_slug_key", "connectors.slug", UniqueField::Slug),
            (
                "connectors_sp_entity_id_key",
                "connectors.sp_entity_id",
                UniqueField::SpEntityId,
            ),
            (
                "group_attributes_pkey",
                "group_attributes.name",
                UniqueField::AttributeName,
            ),
            (
                "user_attributes_pkey",
                "user_attributes.name",
                UniqueField::AttributeName,
            ),
            (
                "signing_keys_active",
                "signing_keys_active",
                UniqueField::ActiveKey,
            ),
        ];
        let constraint = information.constraint_name();
        NAMES
            .into_iter()
            .find(|(name, columns, _)| {
                constraint.map_or_else(
                    || information.message().contains(columns),
                    |constraint| constraint == *name,
                )
            })
            .map_or(Self::Other, |(_, _, field)| field)
    }
}

impl From<DieselError> for StoreError {
    fn from(error: DieselError) -> Self {
        let DieselError::DatabaseError(kind, information) = &error else {
            return Self::Database(error);
        };
        match kind {
            DatabaseErrorKind::UniqueViolation => {
                Self::NotUnique(UniqueField::of(information.as_ref()))
            }
            DatabaseErrorKind::ForeignKeyViolation => Self::ParentGone,
            DatabaseErrorKind::SerializationFailure => Self::Overloaded,
            DatabaseErrorKind::ClosedConnection => Self::unavailable(information.message()),
            _ => match Trouble::of(information.message()) {
                Some(Trouble::Busy) => Self::Overloaded,
                Some(Trouble::Broken) => Self::unavailable(information.message()),
                None => Self::Database(error),
            },
        }
    }
}

impl StoreError {
    /// [`StoreError::Unavailable`] with the database's own words.
    pub(in crate::store) fn unavailable(detail: &(impl ToString + ?Sized)) -> Self {
        Self::Unavailable {
            detail: detail.to_string(),
        }
    }

    /// A stored value without meaning.
    pub(in crate::store) fn corrupt(
        table: &'static str,
        column: &'static str,
        row: &(impl ToString + ?Sized),
    ) -> Self {
        Self::Corrupt {
            table,
            column,
            row: row.to_string(),
        }
    }
}

/// True if the same transaction, run again, can succeed: PostgreSQL's 40001 and 40P01.
pub(in crate::store) fn is_worth_a_retry(error: &DieselError) -> bool {
    match error {
        DieselError::DatabaseError(DatabaseErrorKind::SerializationFailure, _) => true,
        DieselError::DatabaseError(DatabaseErrorKind::Unknown, information) => {
            information.message().starts_with("deadlock detected")
        }
        _ => false,
    }
}

/// Conditions that diesel does not number; told apart by the messages of the databases.
enum Trouble {
    /// Somebody else holds a lock.
    Busy,
    /// Disk full, read-only or failing, server going down or out of connections.
    Broken,
}

impl Trouble {
    fn of(message: &str) -> Option<Self> {
        const BUSY: [&str; 4] = [
            "database is locked",
            "database table is locked",
            "deadlock detected",
            "canceling statement due to lock timeout",
        ];
        const BROKEN: [&str; 10] = [
            "database or disk is full",
            "disk I/O error",
            "unable to open database file",
            "attempt to write a readonly database",
            "No space left on device",
            "could not extend file",
            "the database system is",
            "terminating connection",
            "too many clients already",
            "remaining connection slots are reserved",
        ];
        if BUSY.iter().any(|words| message.contains(words)) {
            Some(Self::Busy)
        } else if BROKEN.iter().any(|words| message.contains(words)) {
            Some(Self::Broken)
        } else {
            None
        }
    }
}
