//! Who takes part in a logout: every service provider that holds something of the session families
//! that end, each once, by the NameID that it was given last. Whoever said that it is over is not
//! told again.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use crate::domain::ids::ConnectorId;
use crate::domain::logout::ParticipantState;
use crate::domain::text::fold;
use crate::saml::name_id::NameId;
use crate::saml::slo_choice;
use crate::service::error::ServiceError;
use crate::store::connection::DbConnection;
use crate::store::connectors;
use crate::store::issued_assertions::{self, IssuedAssertion};
use crate::store::logout_participants::{self, Participant};

/// A participant that is not written down yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Planned {
    /// The application's name.
    pub name: String,
    /// The latest assertion that it got.
    pub assertion: IssuedAssertion,
    pub state: ParticipantState,
}

impl Planned {
    /// Whether it has an address for it.
    pub fn can_be_told(&self) -> bool {
        self.state == ParticipantState::Waiting
    }
}

/// Those of these families, by name; `asker` knows already.
pub fn plan(
    conn: &mut DbConnection,
    families: &[String],
    (asker, now): (Option<ConnectorId>, DateTime<Utc>),
) -> Result<Vec<Planned>, ServiceError> {
    let mut planned = Vec::new();
    for family in families {
        // Oldest first, so that the latest stays.
        let held: BTreeMap<ConnectorId, IssuedAssertion> =
            issued_assertions::list_of_family(conn, family)?
                .into_iter()
                .filter(|held| held.ended_at.is_none() && held.expires_at > now)
                .filter(|held| asker != Some(held.connector))
                .map(|held| (held.connector, held))
                .collect();
        for (connector, assertion) in held {
            let Some(connector) = connectors::find(conn, connector)? else {
                continue;
            };
            let settings = connector.settings;
            let state = match slo_choice::for_request(&settings.slo) {
                Some(_) => ParticipantState::Waiting,
                None => ParticipantState::Unreachable,
            };
            planned.push(Planned {
                name: settings.name,
                assertion,
                state,
            });
        }
    }
    planned.sort_by_cached_key(|one| fold(&one.name));
    Ok(planned)
}

/// Writes them down in their order.
pub fn keep(
    conn: &mut DbConnection,
    logout: &str,
    planned: &[Planned],
) -> Result<(), ServiceError> {
    for (place, one) in (0..).zip(planned) {
        let participant = Participant {
            place,
            assertion: one.assertion.clone(),
            state: one.state,
        };
        logout_participants::insert(conn, logout, &participant)?;
    }
    Ok(())
}

/// The NameID as it was issued.
pub fn name_id(issued: &IssuedAssertion) -> NameId {
    let qualifiers = (
        issued.name_qualifier.as_deref(),
        issued.sp_name_qualifier.as_deref(),
    );
    NameId::as_issued((issued.name_id_format, &issued.name_id), qualifiers)
}

/// Every SessionIndex under which the service provider knows this person of this family.
pub fn session_indexes(
    conn: &mut DbConnection,
    issued: &IssuedAssertion,
) -> Result<Vec<String>, ServiceError> {
    let mut indexes: Vec<String> = Vec::new();
    for held in issued_assertions::list_of_family(conn, &issued.session_family)? {
        let is_of_it = held.connector == issued.connector && name_id(&held) == name_id(issued);
        if is_of_it && held.ended_at.is_none() && !indexes.contains(&held.session_index) {
            indexes.push(held.session_index);
        }
    }
    Ok(indexes)
}
