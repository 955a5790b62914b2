//! What was just done, told after the redirect: the address carries a code, never a text, so nobody
//! can be made to read a stranger's words.

use actix_web::HttpResponse;

use crate::web::responses::see_other;

/// The parameter of the address.
const PARAMETER: &str = "done";

/// Something that was done. Its order is no matter; each has a code and a sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Done {
    UserCreated,
    UserUpdated,
    UserDeleted,
    UserErased,
    UserSuspended,
    UsersSuspended,
    UsersAdded,
    PasswordSet,
    InvitationSent,
    ResetSent,
    FactorsReset,
    SessionsEnded,
    GroupCreated,
    GroupUpdated,
    GroupDeleted,
    MemberAdded,
    MemberRemoved,
    SuggestionsAccepted,
    SuggestionsRejected,
    ConnectorCreated,
    ConnectorUpdated,
    ConnectorDeleted,
    MetadataTaken,
    GroupBound,
    GroupUnbound,
    AdministratorCreated,
    AdministratorUpdated,
    AdministratorDeleted,
    TokenDeleted,
    SettingsSaved,
    MailSent,
    KeyPublished,
    KeyActivated,
    KeyScheduled,
    KeyUnscheduled,
    KeyRetired,
    ApplicationSwitched,
    ApplicationScheduled,
    ApplicationFollows,
    RecordingStarted,
    RecordingEnded,
}

impl Done {
    const ALL: [Self; 41] = [
        Self::UserCreated,
        Self::UserUpdated,
        Self::UserDeleted,
        Self::UserErased,
        Self::UserSuspended,
        Self::UsersSuspended,
        Self::UsersAdded,
        Self::PasswordSet,
        Self::InvitationSent,
        Self::ResetSent,
        Self::FactorsReset,
        Self::SessionsEnded,
        Self::GroupCreated,
        Self::GroupUpdated,
        Self::GroupDeleted,
        Self::MemberAdded,
        Self::MemberRemoved,
        Self::SuggestionsAccepted,
        Self::SuggestionsRejected,
        Self::ConnectorCreated,
        Self::ConnectorUpdated,
        Self::ConnectorDeleted,
        Self::MetadataTaken,
        Self::GroupBound,
        Self::GroupUnbound,
        Self::AdministratorCreated,
        Self::AdministratorUpdated,
        Self::AdministratorDeleted,
        Self::TokenDeleted,
        Self::SettingsSaved,
        Self::MailSent,
        Self::KeyPublished,
        Self::KeyActivated,
        Self::KeyScheduled,
        Self::KeyUnscheduled,
        Self::KeyRetired,
        Self::ApplicationSwitched,
        Self::ApplicationScheduled,
        Self::ApplicationFollows,
        Self::RecordingStarted,
        Self::RecordingEnded,
    ];

    /// Code and text. The two texts on groups are those of rule A29.
    const fn told(self) -> (&'static str, &'static str) {
        match self {
            Self::UserCreated => ("user-created", "User Successfully Created"),
            Self::UserUpdated => ("user-updated", "User Successfully Updated"),
            Self::UserDeleted => ("user-deleted", "User Deleted"),
            Self::UserErased => ("user-erased", "Person Erased"),
            Self::UserSuspended => ("user-suspended", "User Suspended"),
            Self::UsersSuspended => ("users-suspended", "Users Suspended"),
            Self::UsersAdded => ("users-added", "Users Added to the Group"),
            Self::PasswordSet => ("password-set", "Password Set, Sessions Ended"),
            Self::InvitationSent => ("invitation-sent", "Invitation Sent"),
            Self::ResetSent => ("reset-sent", "Reset Link Sent"),
            Self::FactorsReset => ("factors-reset", "Second Factors Removed, Sessions Ended"),
            Self::SessionsEnded => ("sessions-ended", "Sessions Ended"),
            Self::GroupCreated => ("group-created", "User Group Successfully Created"),
            Self::GroupUpdated => ("group-updated", "User Group Successfully Updated"),
            Self::GroupDeleted => ("group-deleted", "User Group Deleted"),
            Self::MemberAdded => ("member-added", "User Added to the Group"),
            Self::MemberRemoved => ("member-removed", "User Removed from the Group"),
            Self::SuggestionsAccepted => ("suggestions-accepted", "Suggestions Accepted and Saved"),
            Self::SuggestionsRejected => ("suggestions-rejected", "Suggestions Rejected"),
            Self::ConnectorCreated => ("connector-created", "Application Successfully Created"),
            Self::ConnectorUpdated => ("connector-updated", "Application Successfully Updated"),
            Self::ConnectorDeleted => ("connector-deleted", "Application Deleted"),
            Self::MetadataTaken => ("metadata-taken", "Application Updated from Its Metadata"),
            Self::GroupBound => ("group-bound", "User Group Bound to the Application"),
            Self::GroupUnbound => ("group-unbound", "User Group Unbound from the Application"),
            Self::AdministratorCreated => ("administrator-created", "Administrator Created"),
            Self::AdministratorUpdated => ("administrator-updated", "Administrator Updated"),
            Self::AdministratorDeleted => ("administrator-deleted", "Administrator Deleted"),
            Self::TokenDeleted => ("token-deleted", "API Token Deleted"),
            Self::SettingsSaved => ("settings-saved", "Settings Saved"),
            Self::MailSent => ("mail-sent", "Test Mail Sent"),
            Self::KeyPublished => ("key-published", "Key Published"),
            Self::KeyActivated => ("key-activated", "The Key Signs Now"),
            Self::KeyScheduled => ("key-scheduled", "Switch Scheduled"),
            Self::KeyUnscheduled => ("key-unscheduled", "Date Forgotten"),
            Self::KeyRetired => ("key-retired", "Key Retired"),
            Self::ApplicationSwitched => ("application-switched", "Application Switched"),
            Self::ApplicationScheduled => {
                ("application-scheduled", "Date of the Application Saved")
            }
            Self::ApplicationFollows => (
                "application-follows",
                "The Application Switches with All Others",
            ),
            Self::RecordingStarted => ("recording-started", "Documents Are Recorded"),
            Self::RecordingEnded => ("recording-ended", "Documents Forgotten"),
        }
    }

    /// The word on it, in English.
    pub const fn text(self) -> &'static str {
        self.told().1
    }
}

/// 303 to a path of ours, where the word on it is said.
pub fn see_other_after(path: &str, done: Done) -> HttpResponse {
    let separator = if path.contains('?') { '&' } else { '?' };
    see_other(&format!("{path}{separator}{PARAMETER}={}", done.told().0))
}

/// The text for an address that carries a code; a code that is not ours says nothing.
pub fn of_address(address: &str) -> Option<&'static str> {
    let (_, query) = address.split_once('?')?;
    let mut pairs = url::form_urlencoded::parse(query.as_bytes());
    let (_, code) = pairs.find(|(name, _)| name == PARAMETER)?;
    Done::ALL
        .into_iter()
        .find(|done| done.told().0 == code)
        .map(Done::text)
}
