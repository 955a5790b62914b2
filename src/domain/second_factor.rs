//! When a sign-in needs a second step. Decided by plain facts, the same for users and
//! administrators; which codes are right is known elsewhere.

use crate::domain::session::AuthenticationMethod;

/// Whether administrators need a second factor; setting `admin_mfa`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AdminMfa {
    Required,
    /// A passkey and nothing else.
    Passkey,
    Optional,
}

impl AdminMfa {
    /// Whether the console opens to a session of this method.
    pub const fn admits(self, method: AuthenticationMethod) -> bool {
        match self {
            Self::Optional => true,
            Self::Required => method.satisfies_policy(),
            Self::Passkey => method.resists_phishing(),
        }
    }
}

/// The facts that decide.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FactorFacts {
    /// The account has a second factor.
    pub is_enrolled: bool,
    /// A group of the user, or the role of administrator, asks for one.
    pub policy_asks: bool,
    /// The application, or its request, takes nothing less.
    pub sign_on_asks: bool,
    /// The browser is remembered, and the sign-on takes that.
    pub is_remembered: bool,
}

/// What follows on a right password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SecondStep {
    /// Nothing: the account has no factor, and nobody asks for one.
    None,
    /// Nothing: the browser is remembered.
    Remembered,
    /// A code.
    Ask,
    /// A first factor is set up.
    Enrol,
}

impl FactorFacts {
    /// Decides. Who has a factor is always asked for it: it was their choice.
    pub const fn second_step(self) -> SecondStep {
        match (self.is_enrolled, self.is_remembered && !self.sign_on_asks) {
            (true, true) => SecondStep::Remembered,
            (true, false) => SecondStep::Ask,
            (false, _) if self.policy_asks || self.sign_on_asks => SecondStep::Enrol,
            (false, _) => SecondStep::None,
        }
    }
}

#[cfg(test)]
mod tests;
