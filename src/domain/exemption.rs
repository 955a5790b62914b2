//! Exemptions of a dynamic group: "Users to include" and "Users to exclude" (rules A38-A44). Never
//! looks at the rule; what an exemption does to a membership is decided in `membership_change`.

use std::collections::BTreeSet;

use crate::domain::ids::UserId;

/// Include and exclude together hold at most this many users (rule A42).
pub const EXEMPTION_LIMIT: usize = 25;

/// What an exemption does to the user.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ExemptionEffect {
    /// Stays a member whatever the rule says.
    Include,
    /// Never is a member.
    Exclude,
}

impl ExemptionEffect {
    pub const ALL: [Self; 2] = [Self::Include, Self::Exclude];

    /// The spelling of API and store.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Include => "include",
            Self::Exclude => "exclude",
        }
    }

    /// The words on pages (rules A44, A49).
    pub const fn label(self) -> &'static str {
        match self {
            Self::Include => "Manual Include",
            Self::Exclude => "Manual Exclude",
        }
    }

    /// Reads the API spelling.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|effect| effect.as_str() == text)
    }
}

/// Why exemptions are refused. Each message is a sentence for people.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ExemptionError {
    /// Rule A43 fixes the text, without a full stop.
    #[error("This group has reached its exemption limit")]
    LimitReached,
    #[error(
        "A user cannot stand in Users to include and in Users to exclude. Remove the user from one of them."
    )]
    InBoth {
        /// The first such user.
        user: UserId,
    },
}

/// All exemptions of one group; valid by construction.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Exemptions {
    include: BTreeSet<UserId>,
    exclude: BTreeSet<UserId>,
}

impl Exemptions {
    /// Takes both lists whole; a user named twice in one list counts once.
    pub fn new(
        include: impl IntoIterator<Item = UserId>,
        exclude: impl IntoIterator<Item = UserId>,
    ) -> Result<Self, ExemptionError> {
        let exemptions = Self {
            include: include.into_iter().collect(),
            exclude: exclude.into_iter().collect(),
        };
        if let Some(user) = exemptions.include.intersection(&exemptions.exclude).next() {
            return Err(ExemptionError::InBoth { user: *user });
        }
        if exemptions.include.len() + exemptions.exclude.len() > EXEMPTION_LIMIT {
            return Err(ExemptionError::LimitReached);
        }
        Ok(exemptions)
    }

    /// "Users to include".
    pub const fn include(&self) -> &BTreeSet<UserId> {
        &self.include
    }

    /// "Users to exclude".
    pub const fn exclude(&self) -> &BTreeSet<UserId> {
        &self.exclude
    }

    /// What holds for `user`, if anything.
    pub fn effect_on(&self, user: UserId) -> Option<ExemptionEffect> {
        if self.include.contains(&user) {
            Some(ExemptionEffect::Include)
        } else if self.exclude.contains(&user) {
            Some(ExemptionEffect::Exclude)
        } else {
            None
        }
    }

    /// All users with their effect, ascending by user.
    pub fn iter(&self) -> impl Iterator<Item = (UserId, ExemptionEffect)> {
        let mut all: Vec<_> = self
            .include
            .iter()
            .map(|user| (*user, ExemptionEffect::Include))
            .chain(
                self.exclude
                    .iter()
                    .map(|user| (*user, ExemptionEffect::Exclude)),
            )
            .collect();
        all.sort_unstable();
        all.into_iter()
    }
}

#[cfg(test)]
mod tests;
