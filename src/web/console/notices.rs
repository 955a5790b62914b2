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
    UserSuspended,
    UsersSuspended,
    UsersAdded,
    PasswordSet,
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
    GroupBound,
    GroupUnbound,
    AdministratorCreated,
    AdministratorUpdated,
    AdministratorDeleted,
    TokenDeleted,
    SettingsSaved,
    MailSent,
}

impl Done {
    const ALL: [Self; 26] = [
        Self::UserCreated,
        Self::UserUpdated,
        Self::UserDeleted,
        Self::UserSuspended,
        Self::UsersSuspended,
        Self::UsersAdded,
        Self::PasswordSet,
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
        Self::GroupBound,
        Self::GroupUnbound,
        Self::AdministratorCreated,
        Self::AdministratorUpdated,
        Self::AdministratorDeleted,
        Self::TokenDeleted,
        Self::SettingsSaved,
        Self::MailSent,
    ];

    const fn code(self) -> &'static str {
        match self {
            Self::UserCreated => "user-created",
            Self::UserUpdated => "user-updated",
            Self::UserDeleted => "user-deleted",
            Self::UserSuspended => "user-suspended",
            Self::UsersSuspended => "users-suspended",
            Self::UsersAdded => "users-added",
            Self::PasswordSet => "password-set",
            Self::SessionsEnded => "sessions-ended",
            Self::GroupCreated => "group-created",
            Self::GroupUpdated => "group-updated",
            Self::GroupDeleted => "group-deleted",
            Self::MemberAdded => "member-added",
            Self::MemberRemoved => "member-removed",
            Self::SuggestionsAccepted => "suggestions-accepted",
            Self::SuggestionsRejected => "suggestions-rejected",
            Self::ConnectorCreated => "connector-created",
            Self::ConnectorUpdated => "connector-updated",
            Self::ConnectorDeleted => "connector-deleted",
            Self::GroupBound => "group-bound",
            Self::GroupUnbound => "group-unbound",
            Self::AdministratorCreated => "administrator-created",
            Self::AdministratorUpdated => "administrator-updated",
            Self::AdministratorDeleted => "administrator-deleted",
            Self::TokenDeleted => "token-deleted",
            Self::SettingsSaved => "settings-saved",
            Self::MailSent => "mail-sent",
        }
    }

    /// The two texts on groups are those of rule A29.
    pub const fn text(self) -> &'static str {
        match self {
            Self::UserCreated => "User Successfully Created",
            Self::UserUpdated => "User Successfully Updated",
            Self::UserDeleted => "User Deleted",
            Self::UserSuspended => "User Suspended",
            Self::UsersSuspended => "Users Suspended",
            Self::UsersAdded => "Users Added to the Group",
            Self::PasswordSet => "Password Set, Sessions Ended",
            Self::SessionsEnded => "Sessions Ended",
            Self::GroupCreated => "User Group Successfully Created",
            Self::GroupUpdated => "User Group Successfully Updated",
            Self::GroupDeleted => "User Group Deleted",
            Self::MemberAdded => "User Added to the Group",
            Self::MemberRemoved => "User Removed from the Group",
            Self::SuggestionsAccepted => "Suggestions Accepted and Saved",
            Self::SuggestionsRejected => "Suggestions Rejected",
            Self::ConnectorCreated => "Application Successfully Created",
            Self::ConnectorUpdated => "Application Successfully Updated",
            Self::ConnectorDeleted => "Application Deleted",
            Self::GroupBound => "User Group Bound to the Application",
            Self::GroupUnbound => "User Group Unbound from the Application",
            Self::AdministratorCreated => "Administrator Created",
            Self::AdministratorUpdated => "Administrator Updated",
            Self::AdministratorDeleted => "Administrator Deleted",
            Self::TokenDeleted => "API Token Deleted",
            Self::SettingsSaved => "Settings Saved",
            Self::MailSent => "Test Mail Sent",
        }
    }
}

/// 303 to a path of ours, where the word on it is said.
pub fn see_other_after(path: &str, done: Done) -> HttpResponse {
    let separator = if path.contains('?') { '&' } else { '?' };
    see_other(&format!("{path}{separator}{PARAMETER}={}", done.code()))
}

/// The text for an address that carries a code; a code that is not ours says nothing.
pub fn of_address(address: &str) -> Option<&'static str> {
    let (_, query) = address.split_once('?')?;
    let mut pairs = url::form_urlencoded::parse(query.as_bytes());
    let (_, code) = pairs.find(|(name, _)| name == PARAMETER)?;
    Done::ALL
        .into_iter()
        .find(|done| done.code() == code)
        .map(Done::text)
}
