//! One person's membership of one group: where it comes from, since when, and by which event
//! (rules A10, C2).

/// Why a membership exists; API field `source`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MembershipSource {
    /// Added by hand.
    Direct,
    /// The group's rule matches.
    Rule,
    /// Listed under "Users to include" (rule A40: also when the rule matches).
    ManualInclude,
}

impl MembershipSource {
    pub const ALL: [Self; 3] = [Self::Direct, Self::Rule, Self::ManualInclude];

    /// The API spelling.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Direct => "DIRECT",
            Self::Rule => "RULE",
            Self::ManualInclude => "MANUAL_INCLUDE",
        }
    }

    /// The words on pages and in reports (rule A10).
    pub const fn label(self) -> &'static str {
        match self {
            Self::Direct => "Direct",
            Self::Rule => "Rule",
            Self::ManualInclude => "Manual Include",
        }
    }

    /// Reads the API spelling.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|source| source.as_str() == text)
    }
}
