//! What all pages of one application have at their head: its arch, its name, its state, the tabs.

use crate::domain::connector::{Connector, ConnectorStatus};
use crate::domain::connector_template;
use crate::web::arch::Arch;
use crate::web::console::rights::Rights;

/// A tab of an application, in the order of the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tab {
    General,
    Sso,
    Groups,
    Preview,
    Messages,
    Metadata,
    Activity,
}

impl Tab {
    const ALL: [Self; 7] = [
        Self::General,
        Self::Sso,
        Self::Groups,
        Self::Preview,
        Self::Messages,
        Self::Metadata,
        Self::Activity,
    ];

    /// The words on the tab.
    pub const fn label(self) -> &'static str {
        match self {
            Self::General => "General",
            Self::Sso => "SSO",
            Self::Groups => "User Groups",
            Self::Preview => "Preview",
            Self::Messages => "Messages",
            Self::Metadata => "Metadata",
            Self::Activity => "Activity",
        }
    }

    const fn path(self) -> &'static str {
        match self {
            Self::General => "",
            Self::Sso => "/sso",
            Self::Groups => "/groups",
            Self::Preview => "/preview",
            Self::Messages => "/messages",
            Self::Metadata => "/metadata",
            Self::Activity => "/activity",
        }
    }
}

/// The address of a tab.
pub fn address(connector: &str, tab: Tab) -> String {
    format!("/admin/connectors/{connector}{}", tab.path())
}

/// The head of a page.
#[derive(Debug, Clone)]
pub struct Head {
    pub id: String,
    pub name: String,
    pub arch: Arch,
    pub is_active: bool,
    /// The words for its status.
    pub status: &'static str,
    /// The name of the template it was made from.
    pub template: Option<&'static str>,
    pub tabs: Vec<(&'static str, String)>,
    pub here: &'static str,
}

impl Head {
    /// The head of `connector`, with the tab `here` marked.
    pub fn of(connector: &Connector, here: Tab, can: Rights) -> Self {
        let settings = &connector.settings;
        let id = connector.public_id.as_str();
        let tabs = Tab::ALL
            .into_iter()
            .filter(|tab| !matches!(tab, Tab::Messages | Tab::Activity) || can.see_audit())
            .map(|tab| (tab.label(), address(id, tab)));
        Self {
            id: id.to_owned(),
            name: settings.name.clone(),
            arch: Arch::of(&settings.name, &settings.slug),
            is_active: settings.status == ConnectorStatus::Active,
            status: settings.status.label(),
            template: settings.template.as_deref().and_then(template_name),
            tabs: tabs.collect(),
            here: here.label(),
        }
    }
}

/// The name of a template.
pub fn template_name(id: &str) -> Option<&'static str> {
    connector_template::find(id).map(|template| template.name.as_str())
}
