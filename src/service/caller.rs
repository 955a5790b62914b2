//! Who calls: an actor for the audit trail and the role that decides what it may do.

use crate::domain::admin::{Action, AdminRole, Object, authorize};
use crate::domain::audit::{Actor, ActorKind};
use crate::domain::role_scope::RoleScope;
use crate::service::error::ServiceError;

/// An authenticated administrator or API token.
#[derive(Debug, Clone)]
pub struct Caller {
    pub actor: Actor,
    pub role: AdminRole,
    /// The user groups that the role is limited to, if it is.
    pub scope: RoleScope,
}

impl Caller {
    /// Lets the call pass as far as the role decides it, or refuses it in words (ONE-DOOR). What the scope
    /// of the role decides was asked by the guard.
    pub fn require(&self, action: Action, object: Object) -> Result<(), ServiceError> {
        authorize(self.role, action, object).map_err(|denied| ServiceError::Forbidden {
            detail: denied.to_string(),
        })
    }
}

/// The actor of commands on the server's terminal.
pub fn terminal() -> Actor {
    Actor {
        kind: ActorKind::Terminal,
        id: String::new(),
        name: "terminal".to_owned(),
    }
}

/// The actor of what is done before anybody is known.
pub fn stranger() -> Actor {
    Actor {
        kind: ActorKind::Stranger,
        id: String::new(),
        name: String::new(),
    }
}

/// The actor of work that nobody asked for by hand.
pub fn system() -> Actor {
    Actor {
        kind: ActorKind::System,
        id: String::new(),
        name: "system".to_owned(),
    }
}
