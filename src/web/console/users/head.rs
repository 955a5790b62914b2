//! The head of every page of a user: name, state, and the tabs that the role may open.

use crate::domain::user::{User, UserState};
use crate::web::console::access::Console;

/// The tabs, each an address of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tab {
    Details,
    Attributes,
    Groups,
    Applications,
    Security,
    Activity,
}

impl Tab {
    const ALL: [Self; 6] = [
        Self::Details,
        Self::Attributes,
        Self::Groups,
        Self::Applications,
        Self::Security,
        Self::Activity,
    ];

    const fn label(self) -> &'static str {
        match self {
            Self::Details => "Details",
            Self::Attributes => "Attributes",
            Self::Groups => "Groups",
            Self::Applications => "Applications",
            Self::Security => "Security",
            Self::Activity => "Activity",
        }
    }

    const fn end_of_path(self) -> &'static str {
        match self {
            Self::Details => "",
            Self::Attributes => "/attributes",
            Self::Groups => "/groups",
            Self::Applications => "/applications",
            Self::Security => "/security",
            Self::Activity => "/activity",
        }
    }
}

/// What `users/head.html` draws.
#[derive(Debug, Clone)]
pub struct Head {
    /// Path of the user's page.
    pub path: String,
    pub username: String,
    pub display_name: String,
    /// As the dates have it now.
    pub state: UserState,
    /// Label and address.
    pub tabs: Vec<(&'static str, String)>,
    /// Label of the tab that is open.
    pub here: &'static str,
}

impl Head {
    /// The head of a user's page with this tab open.
    pub fn new(console: &Console, user: &User, here: Tab) -> Self {
        let path = path_of(user.public_id.as_str());
        let can = console.rights();
        let tabs = Tab::ALL
            .into_iter()
            .filter(|tab| *tab != Tab::Activity || can.see_audit());
        Self {
            tabs: tabs
                .map(|tab| (tab.label(), format!("{path}{}", tab.end_of_path())))
                .collect(),
            here: here.label(),
            path,
            username: user.username.clone(),
            display_name: user.display_name.clone(),
            state: user.schedule.state_at(user.state, console.env.now()),
        }
    }
}

/// The path of a user's page.
pub fn path_of(id: &str) -> String {
    format!("/admin/users/{id}")
}

/// The colour of a state's badge.
pub const fn tone(state: &UserState) -> &'static str {
    match state {
        UserState::Activated => "good",
        UserState::Staged => "warn",
        UserState::Suspended => "bad",
    }
}
