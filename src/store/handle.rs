//! The store as the services hold it: one function for each kind of transaction. Rows are the
//! business of the other files; nothing else begins or commits.

use std::sync::Arc;

use diesel::connection::SimpleConnection;

use crate::store::audit_chain::Chain;
use crate::store::audit_linker::AuditLinker;
use crate::store::connection::DbConnection;
use crate::store::error::StoreError;
use crate::store::open::{OpenError, StoreOptions};
use crate::store::pool::{Access, Location, Opener, Pool};
use crate::store::sqlite_writer::SqliteWriter;
use crate::store::transaction::{self, Begin};
use crate::store::{gate, migrations};

/// A handle on the database; clones share it. The last one to go ends its threads.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

enum Inner {
    Sqlite { readers: Pool, writer: SqliteWriter },
    Postgres { pool: Pool, linker: AuditLinker },
}

impl Store {
    /// Opens `sqlite:PATH` or `postgres://..`, creates and migrates it under a database lock, and
    /// refuses a PostgreSQL whose advisory locks do not work. Blocks; call before serving.
    pub fn open(url: &str, options: &StoreOptions) -> Result<Self, StoreError> {
        let location = Location::parse(url)?;
        let opener = |access| Opener {
            location: location.clone(),
            access,
            busy_timeout: options.patience,
        };
        location.make_private()?;
        let mut first = opener(Access::Write).open().map_err(OpenError::from)?.db;
        if options.migrate {
            migrations::run(&mut first)?;
        }
        migrations::check(&mut first)?;
        let chain = Chain::new(options.chain_id.clone());
        let inner = match location {
            Location::Sqlite(_) => Inner::Sqlite {
                writer: SqliteWriter::start(opener(Access::Write), chain, options.write_queue)?,
                readers: pool_of(opener(Access::Read), options)?,
            },
            Location::Postgres(_) => {
                let mut second = opener(Access::Write).open().map_err(OpenError::from)?.db;
                gate::self_test(&mut first, &mut second)?;
                let pool = pool_of(opener(Access::Write), options)?;
                Inner::Postgres {
                    linker: AuditLinker::start(pool.clone(), chain)?,
                    pool,
                }
            }
        };
        Ok(Self {
            inner: Arc::new(inner),
        })
    }

    /// Reads at one snapshot: whatever is committed while the closure runs is not seen.
    pub fn read<T, E, F>(&self, work: F) -> Result<T, E>
    where
        E: From<StoreError>,
        F: Fn(&mut DbConnection) -> Result<T, E>,
    {
        match &*self.inner {
            Inner::Sqlite { readers: pool, .. } | Inner::Postgres { pool, .. } => {
                transaction::run(pool, Begin::Read, work)
            }
        }
    }

    /// Writes what no rule reads: sessions, tokens, audit events, connectors, bindings. Returns
    /// when it is durable. The closure may run more than once; its error rolls back.
    pub fn write<T, E, F>(&self, work: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
        F: Fn(&mut DbConnection) -> Result<T, E> + Send + 'static,
    {
        self.change(Begin::Write, work)
    }

    /// Writes a user's rule inputs: create, save, delete, memberships by hand. Lock the user rows
    /// in ascending order with [`crate::store::users::lock`] before reading them.
    pub fn change_user<T, E, F>(&self, work: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
        F: Fn(&mut DbConnection) -> Result<T, E> + Send + 'static,
    {
        self.change(Begin::ChangeUser, work)
    }

    /// Writes what decides memberships of many: rules, methods, exemptions, deletion of a group.
    pub fn change_rules<T, E, F>(&self, work: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
        F: Fn(&mut DbConnection) -> Result<T, E> + Send + 'static,
    {
        self.change(Begin::ChangeRules, work)
    }

    fn change<T, E, F>(&self, begin: Begin, work: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
        F: Fn(&mut DbConnection) -> Result<T, E> + Send + 'static,
    {
        match &*self.inner {
            Inner::Sqlite { writer, .. } => writer.write(work),
            Inner::Postgres { pool, linker } => {
                let result = transaction::run(pool, begin, work);
                if result.is_ok() {
                    linker.wake();
                }
                result
            }
        }
    }

    /// True work for `/readyz`: a read, and on SQLite an empty write too.
    pub fn check_ready(&self) -> Result<(), StoreError> {
        self.read(|db| db.batch_execute("SELECT 1").map_err(StoreError::from))?;
        self.write(|_| Ok(()))
    }
}

fn pool_of(opener: Opener, options: &StoreOptions) -> Result<Pool, OpenError> {
    Ok(Pool::builder()
        .max_size(options.connections)
        .min_idle(Some(1))
        .test_on_check_out(false)
        .connection_timeout(options.patience)
        .build(opener)?)
}
