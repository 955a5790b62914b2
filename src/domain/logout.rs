//! Single logout as it stands: what is known of each application that takes part, and what may be
//! said of the whole. Nothing that is not known is ever taken for done.

use chrono::{DateTime, Duration, Utc};

/// Applications that say nothing are waited for this long.
pub const PATIENCE: Duration = Duration::seconds(10);

/// What is known of one application.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ParticipantState {
    /// It was asked or is going to be, and has not answered.
    Waiting,
    /// It says that its session is over.
    Confirmed,
    /// It says that its session is over, and that others behind it may not be.
    Partial,
    /// It says that it could not do it.
    Refused,
    /// It has no address to ask at.
    Unreachable,
}

impl ParticipantState {
    pub const ALL: [Self; 5] = [
        Self::Waiting,
        Self::Confirmed,
        Self::Partial,
        Self::Refused,
        Self::Unreachable,
    ];

    /// The spelling of store, audit and page script.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "WAITING",
            Self::Confirmed => "CONFIRMED",
            Self::Partial => "PARTIAL",
            Self::Refused => "REFUSED",
            Self::Unreachable => "UNREACHABLE",
        }
    }

    /// The words on pages; of one who is still waiting once the waiting is over, too.
    pub const fn label(self, is_over: bool) -> &'static str {
        match self {
            Self::Waiting if is_over => "It did not answer. You may still be signed in there.",
            Self::Waiting => "Being signed out…",
            Self::Confirmed => "Signed out.",
            Self::Partial => "Signed out, but it could not tell everybody behind it.",
            Self::Refused => "It could not sign you out. You may still be signed in there.",
            Self::Unreachable => "It cannot be told. You may still be signed in there.",
        }
    }

    /// Reads the stored spelling.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }
}

/// Whether nothing more is waited for.
pub fn is_over(
    states: impl IntoIterator<Item = ParticipantState>,
    (began_at, now): (DateTime<Utc>, DateTime<Utc>),
) -> bool {
    let mut states = states.into_iter();
    now >= began_at + PATIENCE || !states.any(|state| state == ParticipantState::Waiting)
}

/// Whether every application confirmed; only then may the whole be called a success (SAML Core
/// 3.7.3.2).
pub fn is_complete(states: impl IntoIterator<Item = ParticipantState>) -> bool {
    states
        .into_iter()
        .all(|state| state == ParticipantState::Confirmed)
}

#[cfg(test)]
mod tests;
