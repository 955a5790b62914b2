//! Opening, migrating and refusing databases.

use std::thread;

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{BigInt, Text};
use diesel::{Connection, PgConnection, SqliteConnection};
use vestibule::store::connection::DbConnection;
use vestibule::store::error::StoreError;
use vestibule::store::handle::Store;
use vestibule::store::migrations;
use vestibule::store::open::{OpenError, StoreOptions};

use crate::store::databases::{Database, options};
use crate::store::samples;

fn direct(database: &Database) -> DbConnection {
    match database.url.strip_prefix("sqlite:") {
        Some(path) => DbConnection::Sqlite(SqliteConnection::establish(path).unwrap()),
        None => DbConnection::Postgres(PgConnection::establish(&database.url).unwrap()),
    }
}

fn refusal(database: &Database, options: &StoreOptions) -> OpenError {
    match Store::open(&database.url, options) {
        Err(StoreError::Open(refusal)) => refusal,
        Err(other) => panic!("another error: {other}"),
        Ok(_) => panic!("the database was opened"),
    }
}

#[test]
fn every_step_can_be_taken_back_and_again() {
    for database in Database::all() {
        drop(database.open("first"));
        migrations::revert_all(&mut direct(&database)).unwrap();
        let without_steps = StoreOptions {
            migrate: false,
            ..options("second")
        };
        assert!(matches!(
            refusal(&database, &without_steps),
            OpenError::SchemaIsOlder
        ));
        let store = database.open("third");
        samples::user(&store, "jason");
    }
}

#[test]
fn processes_that_start_at_once_migrate_once() {
    for database in Database::all() {
        thread::scope(|scope| {
            for number in 0..6 {
                let database = &database;
                scope.spawn(move || {
                    let store = database.open(&format!("chain-{number}"));
                    samples::user(&store, &format!("user-{number}"));
                });
            }
        });
    }
}

#[test]
fn a_newer_schema_is_refused() {
    for database in Database::all() {
        drop(database.open("first"));
        sql_query("INSERT INTO __diesel_schema_migrations (version) VALUES ('99990101000000')")
            .execute(&mut direct(&database))
            .unwrap();
        assert!(matches!(
            refusal(&database, &options("second")),
            OpenError::SchemaIsNewer(step) if step == "99990101000000"
        ));
    }
}

#[test]
fn only_the_two_kinds_of_url_are_taken() {
    for url in [
        "",
        "mysql://localhost/db",
        "data/vestibule.db",
        "sqlite:",
        "sqlite::memory:",
    ] {
        assert!(
            matches!(
                Store::open(url, &options("chain")),
                Err(StoreError::Open(OpenError::UnsupportedUrl))
            ),
            "{url}"
        );
    }
}

#[derive(QueryableByName)]
struct Setting {
    #[diesel(sql_type = BigInt)]
    value: i64,
}

#[derive(QueryableByName)]
struct Mode {
    #[diesel(sql_type = Text)]
    value: String,
}

/// ACK-MEANS-DURABLE: what the writer's own connection says of itself.
#[test]
fn the_writer_waits_for_the_disk() {
    for database in Database::all() {
        let store = database.open("chain");
        let ask = |statement: &'static str| {
            samples::write(&store, move |conn| {
                let row: Mode = sql_query(statement).get_result(conn)?;
                Ok(row.value)
            })
        };
        if database.is_sqlite() {
            let number = |name: &'static str| {
                let text = format!("SELECT CAST({name} AS BIGINT) AS value FROM pragma_{name}");
                samples::write(&store, move |conn| {
                    let row: Setting = sql_query(text.clone()).get_result(conn)?;
                    Ok(row.value)
                })
            };
            assert_eq!(
                ask("SELECT journal_mode AS value FROM pragma_journal_mode"),
                "wal"
            );
            assert_eq!(number("synchronous"), 2, "FULL");
            assert_eq!(number("foreign_keys"), 1);
        } else {
            assert_eq!(
                ask("SELECT current_setting('synchronous_commit') AS value"),
                "on"
            );
        }
    }
}

/// A server that accepts advisory locks and does nothing: the functions are shadowed by ones that
/// always succeed.
#[test]
fn a_gate_that_does_not_shut_stops_the_start() {
    let Some(database) = Database::postgres() else {
        return;
    };
    drop(database.open("first"));
    let name = database.url.rsplit('/').next().unwrap().to_owned();
    direct(&database)
        .batch_execute(&format!(
            "CREATE SCHEMA fake;
             CREATE FUNCTION fake.pg_advisory_xact_lock(bigint) RETURNS void
                 LANGUAGE sql AS 'SELECT';
             CREATE FUNCTION fake.pg_try_advisory_xact_lock_shared(bigint) RETURNS boolean
                 LANGUAGE sql AS 'SELECT true';
             ALTER DATABASE {name} SET search_path = public, fake, pg_catalog;"
        ))
        .unwrap();
    assert!(matches!(
        refusal(&database, &options("second")),
        OpenError::GateIsOpen
    ));
}
