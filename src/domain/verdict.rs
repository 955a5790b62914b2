//! Verdicts: how each check of a message came out, taken down by the code that decides, at the moment
//! it decides. There is no second reading that could say something else.

use std::borrow::Cow;
use std::fmt::Display;

/// A verdict tells at most this much, in characters; what it quotes may be a stranger's.
const MAX_DETAIL_CHARS: usize = 300;

/// What is checked of a message, received or sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Check {
    Shape,
    Signature,
    SignatureRequired,
    Issuer,
    Destination,
    IssueInstant,
    NotOnOrAfter,
    AssertionConsumerService,
    ProtocolBinding,
    Subject,
    NameIdPolicy,
    AuthnContext,
    Passive,
    InResponseTo,
    Status,
    Replay,
    Principal,
    SessionIndex,
    SignIn,
    Access,
    NameId,
    Encryption,
    Signing,
    Size,
    Endpoint,
    Audience,
    Validity,
}

impl Check {
    /// All checks.
    pub const ALL: [Self; 27] = [
        Self::Shape,
        Self::Signature,
        Self::SignatureRequired,
        Self::Issuer,
        Self::Destination,
        Self::IssueInstant,
        Self::NotOnOrAfter,
        Self::AssertionConsumerService,
        Self::ProtocolBinding,
        Self::Subject,
        Self::NameIdPolicy,
        Self::AuthnContext,
        Self::Passive,
        Self::InResponseTo,
        Self::Status,
        Self::Replay,
        Self::Principal,
        Self::SessionIndex,
        Self::SignIn,
        Self::Access,
        Self::NameId,
        Self::Encryption,
        Self::Signing,
        Self::Size,
        Self::Endpoint,
        Self::Audience,
        Self::Validity,
    ];

    /// The spelling of API and store, and the words on pages.
    const fn told(self) -> (&'static str, &'static str) {
        match self {
            Self::Shape => ("SHAPE", "Form of the message"),
            Self::Signature => ("SIGNATURE", "Signature"),
            Self::SignatureRequired => ("SIGNATURE_REQUIRED", "Signature required"),
            Self::Issuer => ("ISSUER", "Issuer"),
            Self::Destination => ("DESTINATION", "Destination"),
            Self::IssueInstant => ("ISSUE_INSTANT", "IssueInstant"),
            Self::NotOnOrAfter => ("NOT_ON_OR_AFTER", "NotOnOrAfter"),
            Self::AssertionConsumerService => {
                ("ASSERTION_CONSUMER_SERVICE", "Assertion consumer service")
            }
            Self::ProtocolBinding => ("PROTOCOL_BINDING", "ProtocolBinding"),
            Self::Subject => ("SUBJECT", "Subject"),
            Self::NameIdPolicy => ("NAME_ID_POLICY", "NameIDPolicy"),
            Self::AuthnContext => ("AUTHN_CONTEXT", "AuthnContext"),
            Self::Passive => ("PASSIVE", "IsPassive"),
            Self::InResponseTo => ("IN_RESPONSE_TO", "InResponseTo"),
            Self::Status => ("STATUS", "Status code"),
            Self::Replay => ("REPLAY", "Used once"),
            Self::Principal => ("PRINCIPAL", "Principal"),
            Self::SessionIndex => ("SESSION_INDEX", "SessionIndex"),
            Self::SignIn => ("SIGN_IN", "Sign-in"),
            Self::Access => ("ACCESS", "Access"),
            Self::NameId => ("NAME_ID", "NameID"),
            Self::Encryption => ("ENCRYPTION", "Encryption"),
            Self::Signing => ("SIGNING", "Signed by us"),
            Self::Size => ("SIZE", "Size"),
            Self::Endpoint => ("ENDPOINT", "Endpoint"),
            Self::Audience => ("AUDIENCE", "Audience"),
            Self::Validity => ("VALIDITY", "Time of validity"),
        }
    }

    /// The spelling of API and store.
    pub const fn as_str(self) -> &'static str {
        self.told().0
    }

    /// The words on pages.
    pub const fn label(self) -> &'static str {
        self.told().1
    }

    /// Reads the spelling of the store.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|check| check.as_str() == text)
    }
}

/// How a check came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Finding {
    Passed,
    Failed,
    /// There was nothing to check, and nothing that had to be there.
    NotUsed,
}

impl Finding {
    const ALL: [Self; 3] = [Self::Passed, Self::Failed, Self::NotUsed];

    /// The spelling of API and store.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Passed => "PASSED",
            Self::Failed => "FAILED",
            Self::NotUsed => "NOT_USED",
        }
    }

    /// The words on pages.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Passed => "Passed",
            Self::Failed => "Failed",
            Self::NotUsed => "Not used",
        }
    }

    /// Reads the spelling of the store.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|finding| finding.as_str() == text)
    }
}

/// One check and how it came out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    pub check: Check,
    pub finding: Finding,
    /// A sentence, or the value that was found; `""` if there is nothing to add. Never an attribute
    /// value, a NameID or a secret. At most 300 characters.
    pub detail: Cow<'static, str>,
}

/// The verdicts on one message, in the order in which they were reached. What comes after a check
/// that failed was not decided, and is not among them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Verdicts(Vec<Verdict>);

impl Verdicts {
    /// Takes down how a check came out, and hands its result on.
    pub fn take<T, E: Display>(&mut self, check: Check, result: Result<T, E>) -> Result<T, E> {
        match &result {
            Ok(_) => self.pass(check, ""),
            Err(fault) => self.fail(check, fault.to_string()),
        }
        result
    }

    /// The same, with what was found to be right.
    pub fn take_with<T, E: Display>(
        &mut self,
        check: Check,
        result: Result<T, E>,
        found: impl FnOnce(&T) -> String,
    ) -> Result<T, E> {
        match &result {
            Ok(right) => self.pass(check, found(right)),
            Err(fault) => self.fail(check, fault.to_string()),
        }
        result
    }

    /// It is as it has to be.
    pub fn pass(&mut self, check: Check, detail: impl Into<Cow<'static, str>>) {
        self.push(check, Finding::Passed, detail.into());
    }

    /// It is not.
    pub fn fail(&mut self, check: Check, detail: impl Into<Cow<'static, str>>) {
        self.push(check, Finding::Failed, detail.into());
    }

    /// There is nothing to check.
    pub fn skip(&mut self, check: Check, detail: impl Into<Cow<'static, str>>) {
        self.push(check, Finding::NotUsed, detail.into());
    }

    /// All of them.
    pub fn as_slice(&self) -> &[Verdict] {
        &self.0
    }

    /// All of them.
    pub fn into_vec(self) -> Vec<Verdict> {
        self.0
    }

    /// The check at which the message failed.
    pub fn failed(&self) -> Option<Check> {
        let found = self.0.iter().find(|one| one.finding == Finding::Failed);
        found.map(|one| one.check)
    }

    /// Whether this check was passed.
    pub fn has_passed(&self, check: Check) -> bool {
        let passed = |one: &Verdict| one.check == check && one.finding == Finding::Passed;
        self.0.iter().any(passed)
    }

    fn push(&mut self, check: Check, finding: Finding, detail: Cow<'static, str>) {
        let detail = match detail.char_indices().nth(MAX_DETAIL_CHARS) {
            Some((end, _)) => Cow::Owned(format!("{}…", detail.get(..end).unwrap_or_default())),
            None => detail,
        };
        self.0.push(Verdict {
            check,
            finding,
            detail,
        });
    }
}

impl From<Vec<Verdict>> for Verdicts {
    fn from(verdicts: Vec<Verdict>) -> Self {
        Self(verdicts)
    }
}

#[cfg(test)]
mod tests;
