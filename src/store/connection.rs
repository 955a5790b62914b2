//! One connection type over both databases, so that a query is written once, and the macro behind
//! which the few differences live. It opens nothing and begins nothing: that is `pool` and
//! `transaction`.

use diesel::{PgConnection, SqliteConnection};

/// A connection to either database. Handed to the closures of [`crate::store::handle::Store`],
/// always inside a transaction.
#[derive(diesel::MultiConnection)]
pub enum DbConnection {
    Postgres(PgConnection),
    Sqlite(SqliteConnection),
}

/// Runs one body on the inner connection of either database, for statements that diesel does not
/// offer over both at once (upserts), or one body for each database where they must differ.
macro_rules! on_either {
    ($conn:expr, |$db:ident| $body:expr) => {
        match $conn {
            $crate::store::connection::DbConnection::Postgres($db) => $body,
            $crate::store::connection::DbConnection::Sqlite($db) => $body,
        }
    };
    ($conn:expr, postgres |$pg:ident| $on_pg:expr, sqlite |$lite:pat_param| $on_lite:expr) => {
        match $conn {
            $crate::store::connection::DbConnection::Postgres($pg) => $on_pg,
            $crate::store::connection::DbConnection::Sqlite($lite) => $on_lite,
        }
    };
}
pub(in crate::store) use on_either;
