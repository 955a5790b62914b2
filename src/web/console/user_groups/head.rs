//! What stands above every tab of a group: its name, its method, what waits, and the tabs.

use crate::service::groups::GroupView;

/// The heading of one group.
#[derive(Debug, Clone)]
pub struct GroupHead {
    pub id: String,
    pub name: String,
    pub method: &'static str,
    pub is_dynamic: bool,
    pub members: i64,
    /// Members need a second factor.
    pub demands_factor: bool,
    /// How many suggestions wait (rule A33).
    pub waiting: i64,
}

impl GroupHead {
    /// Of a stored group.
    pub fn new(view: &GroupView) -> Self {
        Self {
            id: view.group.public_id.as_str().to_owned(),
            name: view.group.name.clone(),
            method: view.group.method.label(),
            is_dynamic: view.group.method.is_dynamic(),
            members: view.members,
            demands_factor: view.group.require_mfa,
            waiting: view.suggestions,
        }
    }

    /// English label and address of each tab.
    pub fn tabs(&self) -> [(&'static str, String); 4] {
        let tab = |label, part: &str| (label, format!("/admin/groups/{}{part}", self.id));
        [
            tab("Details", ""),
            tab("Users", "/users"),
            tab("Applications", "/applications"),
            tab("History", "/history"),
        ]
    }
}
