//! When a user's state changes by itself. What is due counts at its instant, whoever writes it down
//! and when; a plain function of the instant that is given.

use chrono::{DateTime, Utc};

use crate::domain::user::{User, UserState};

/// The two dates of a user; each is gone once it was carried out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct UserSchedule {
    /// From then on the user is active, whether staged or suspended before.
    pub activate_at: Option<DateTime<Utc>>,
    /// From then on the user is suspended.
    pub suspend_at: Option<DateTime<Utc>>,
}

impl UserSchedule {
    /// The state at `now` of a user who is stored in `state`: of two dates that have come, the later
    /// one counts; of two at once, the one that closes doors.
    pub fn state_at(&self, state: UserState, now: DateTime<Utc>) -> UserState {
        let come = |date: Option<DateTime<Utc>>| date.filter(|date| *date <= now);
        match (come(self.activate_at), come(self.suspend_at)) {
            (Some(activated), Some(suspended)) if activated > suspended => UserState::Activated,
            (_, Some(_)) => UserState::Suspended,
            (Some(_), None) => UserState::Activated,
            (None, None) => state,
        }
    }

    /// The dates that have not come.
    pub fn to_come(&self, now: DateTime<Utc>) -> Self {
        let later = |date: Option<DateTime<Utc>>| date.filter(|date| *date > now);
        Self {
            activate_at: later(self.activate_at),
            suspend_at: later(self.suspend_at),
        }
    }
}

impl User {
    /// The user as the dates have it at `now` (CHECK-AT-ISSUE): what access is decided by.
    pub fn in_effect_at(mut self, now: DateTime<Utc>) -> Self {
        self.state = self.schedule.state_at(self.state, now);
        self
    }
}

#[cfg(test)]
mod tests;
