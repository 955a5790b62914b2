//! Runs a test on every database at hand: SQLite in a temporary file always, PostgreSQL when
//! `VESTIBULE_TEST_POSTGRES_URL` names a server on which databases may be created. Each test gets
//! a database of its own, so that all can run at once.

use std::sync::atomic::{AtomicU32, Ordering};

use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection};
use vestibule::store::handle::Store;
use vestibule::store::open::StoreOptions;

/// A fresh, empty database.
pub struct Database {
    pub url: String,
    // Dropped after the test: the temporary file goes with it.
    _folder: Option<tempfile::TempDir>,
    /// The server and the name, for PostgreSQL.
    created: Option<(String, String)>,
}

impl Drop for Database {
    fn drop(&mut self) {
        if let Some((server, name)) = &self.created
            && let Ok(mut admin) = PgConnection::establish(server)
        {
            let _left_if_in_use =
                admin.batch_execute(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"));
        }
    }
}

impl Database {
    /// A SQLite file in a temporary folder.
    pub fn sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self {
            url: format!("sqlite:{}", folder.path().join("test.db").display()),
            _folder: Some(folder),
            created: None,
        }
    }

    /// A new database on the server of the environment, if there is one.
    pub fn postgres() -> Option<Self> {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let server = std::env::var("VESTIBULE_TEST_POSTGRES_URL").ok()?;
        let name = format!(
            "vestibule_{}_{}",
            std::process::id(),
            NUMBER.fetch_add(1, Ordering::Relaxed)
        );
        let mut admin = PgConnection::establish(&server).unwrap();
        admin
            .batch_execute(&format!("CREATE DATABASE {name}"))
            .unwrap();
        let mut url = url::Url::parse(&server).unwrap();
        url.set_path(&name);
        Some(Self {
            url: url.into(),
            _folder: None,
            created: Some((server, name)),
        })
    }

    /// Every database at hand.
    pub fn all() -> Vec<Self> {
        let mut all = vec![Self::sqlite()];
        all.extend(Self::postgres());
        all
    }

    pub fn is_sqlite(&self) -> bool {
        self.url.starts_with("sqlite:")
    }

    /// Opens a store as one process would, with its own chain.
    pub fn open(&self, chain: &str) -> Store {
        Store::open(&self.url, &options(chain)).unwrap()
    }
}

/// Few connections, so that a server can carry many tests at once.
pub fn options(chain: &str) -> StoreOptions {
    StoreOptions {
        connections: 4,
        ..StoreOptions::new(chain)
    }
}

/// Runs `test` once on each database.
pub fn each_database(test: impl Fn(&Store)) {
    for database in Database::all() {
        test(&database.open("chain-of-the-test"));
    }
}
