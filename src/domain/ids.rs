//! Keys and identifiers. Inside, rows are joined by integer keys; outside, a resource is named by
//! an opaque [`PublicId`]. Nothing here makes an id: they come from the store or from the
//! environment's random source.

use std::fmt;

macro_rules! integer_key {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(i64);

        impl $name {
            /// Wraps a key read from the store.
            pub const fn new(key: i64) -> Self {
                Self(key)
            }

            /// The bare key, for SQL parameters.
            pub const fn get(self) -> i64 {
                self.0
            }
        }
    )+};
}

integer_key! {
    /// An account: the sign-in name, password and sessions of a user or of an administrator.
    AccountId,
    /// A person of the directory. Equal to the person's account key.
    UserId,
    /// An administrator. Equal to the administrator's account key.
    AdminId,
    /// A user group, static or dynamic.
    GroupId,
    /// A connector: the record of one service provider.
    ConnectorId,
    /// A signing key pair.
    SigningKeyId,
    /// An API token.
    ApiTokenId,
    /// An audit event row.
    AuditId,
}

impl UserId {
    /// The account of this user: the same key.
    pub const fn account(self) -> AccountId {
        AccountId::new(self.0)
    }
}

impl AdminId {
    /// The account of this administrator: the same key.
    pub const fn account(self) -> AccountId {
        AccountId::new(self.0)
    }
}

/// The opaque id of a resource as clients see it; never parsed for meaning.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PublicId(String);

impl PublicId {
    /// Takes an id from outside or from the store as it is; an unknown one simply finds nothing.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text of the id.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for PublicId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
