//! An environment whose clock the test sets.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, TimeDelta, Utc};
use vestibule::service::caller::system;
use vestibule::service::environment::{Clock, Environment};
use vestibule::service::keys;

use crate::engine::world::World;
use crate::store::databases::Database;

/// The hands of the clock; every environment made with it shows the same time.
#[derive(Clone)]
pub struct Hands(Arc<AtomicI64>);

impl Hands {
    pub fn at(rfc3339: &str) -> Self {
        let at = DateTime::parse_from_rfc3339(rfc3339).unwrap();
        Self(Arc::new(AtomicI64::new(at.timestamp_millis())))
    }

    pub fn set(&self, rfc3339: &str) {
        let at = DateTime::parse_from_rfc3339(rfc3339).unwrap();
        self.0.store(at.timestamp_millis(), Ordering::SeqCst);
    }

    pub fn advance(&self, by: TimeDelta) {
        self.0.fetch_add(by.num_milliseconds(), Ordering::SeqCst);
    }

    pub fn now(&self) -> DateTime<Utc> {
        DateTime::from_timestamp_millis(self.0.load(Ordering::SeqCst)).unwrap()
    }

    /// The clock itself.
    pub fn clock(&self) -> Clock {
        Clock::Manual(Arc::clone(&self.0))
    }

    /// The first start of an installation: its signing key. Later nodes need the same master key,
    /// which these have not; none of them signs.
    pub fn install(world: &World) {
        keys::ensure_first(&world.env, &system()).unwrap();
    }

    /// A node over this database that lives by this clock.
    pub fn node(&self, database: &Database, chain: &str) -> World {
        let mut world = World::over(database, chain);
        let env: Environment = Arc::into_inner(world.env).unwrap();
        world.env = Arc::new(env.with_clock(Clock::Manual(Arc::clone(&self.0))));
        world
    }
}
