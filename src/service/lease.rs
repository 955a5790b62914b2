//! Work that one node at a time does: a lease in the store, prolonged while the work goes on. A node
//! that dies loses it when its time is over.

use std::time::Duration;

use chrono::TimeDelta;

use crate::service::environment::{Environment, new_public_id};
use crate::service::error::ServiceError;
use crate::store::leases::{self, LeaseRequest};

/// A lease as one holder sees it.
#[derive(Debug, Clone)]
pub struct Lease {
    name: &'static str,
    holder: String,
    lasts: TimeDelta,
}

impl Lease {
    /// A holder of its own; two of them are two even in one process.
    pub fn new(name: &'static str, lasts: Duration) -> Self {
        Self {
            name,
            holder: new_public_id().as_str().to_owned(),
            lasts: TimeDelta::from_std(lasts).unwrap_or(TimeDelta::MAX),
        }
    }

    /// Takes or prolongs it; false: somebody else holds it.
    pub fn take(&self, env: &Environment) -> Result<bool, ServiceError> {
        let lease = self.clone();
        let now = env.now();
        let taken = env.store.write(move |conn| {
            let wanted = LeaseRequest {
                name: lease.name,
                holder: &lease.holder,
                now,
                until: now + lease.lasts,
            };
            leases::take(conn, wanted)
        });
        Ok(taken?)
    }

    /// Gives it back, for others to take at once.
    pub fn release(&self, env: &Environment) -> Result<(), ServiceError> {
        let lease = self.clone();
        let released = env
            .store
            .write(move |conn| leases::release(conn, lease.name, &lease.holder));
        Ok(released?)
    }
}
