//! The frame of every page of the console: navigation by what the role may see, who is signed in,
//! the token of its forms, and the word on what was just done. It never fetches anything.

use crate::domain::admin::{Action, Object};
use crate::domain::secret::shown_by_name;
use crate::web::console::access::Console;
use crate::web::console::notices;
use crate::web::console::rights::Rights;
use crate::web::error::WebError;

/// The entries of the navigation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    Dashboard,
    Users,
    Groups,
    Sso,
    Reviews,
    Explain,
    Reports,
    Audit,
    Administrators,
    Tokens,
    Keys,
    Settings,
}

/// One entry.
#[derive(Debug, Clone, Copy)]
pub struct NavItem {
    pub place: Place,
    pub label: &'static str,
    pub href: &'static str,
    /// Id of its picture in `icons.svg`.
    pub icon: &'static str,
    /// What a role has to see to be led there; `None`: everybody.
    object: Option<Object>,
    pub is_here: bool,
}

/// A group of entries; the first has no title.
#[derive(Debug, Clone)]
pub struct NavSection {
    pub title: Option<&'static str>,
    pub items: Vec<NavItem>,
}

/// What every page of the console hands to its template.
#[derive(Clone)]
pub struct Shell {
    pub display_name: String,
    /// The words for the role.
    pub role: &'static str,
    pub can: Rights,
    pub navigation: Vec<NavSection>,
    pub csrf_token: String,
    /// What was just done; said in a live region.
    pub notice: Option<&'static str>,
}

shown_by_name!(Shell);

impl Shell {
    /// The frame for this request at `place`.
    pub fn new(console: &Console, place: Place) -> Result<Self, WebError> {
        let can = console.rights();
        Ok(Self {
            display_name: console.visitor.who.display_name.clone(),
            role: console.visitor.caller.role.label(),
            can,
            navigation: navigation(can, place),
            csrf_token: console.form_token()?,
            notice: notices::of_address(&console.address),
        })
    }
}

/// Rule A11: the labels USER MANAGEMENT > User Groups; rule B25: USER AUTHENTICATION > SSO.
fn navigation(can: Rights, here: Place) -> Vec<NavSection> {
    let section = |title, items: Vec<NavItem>| {
        let items: Vec<NavItem> = items
            .into_iter()
            .filter(|item| {
                item.object
                    .is_none_or(|object| can.may(Action::See, object))
            })
            .map(|item| NavItem {
                is_here: item.place == here,
                ..item
            })
            .collect();
        NavSection { title, items }
    };
    let sections = [
        section(None, vec![item(Place::Dashboard)]),
        section(
            Some("User Management"),
            vec![
                item(Place::Users),
                item(Place::Groups),
                item(Place::Reviews),
            ],
        ),
        section(
            Some("User Authentication"),
            vec![item(Place::Sso), item(Place::Explain)],
        ),
        section(
            Some("Insight"),
            vec![item(Place::Reports), item(Place::Audit)],
        ),
        section(
            Some("Administration"),
            vec![
                item(Place::Administrators),
                item(Place::Tokens),
                item(Place::Keys),
                item(Place::Settings),
            ],
        ),
    ];
    sections
        .into_iter()
        .filter(|section| !section.items.is_empty())
        .collect()
}

const fn item(place: Place) -> NavItem {
    let (label, href, icon, object) = match place {
        Place::Dashboard => ("Dashboard", "/admin", "gauge", None),
        Place::Users => ("Users", "/admin/users", "users", Some(Object::User)),
        Place::Groups => (
            "User Groups",
            "/admin/groups",
            "groups",
            Some(Object::Group),
        ),
        Place::Sso => ("SSO", "/admin/connectors", "door", Some(Object::Connector)),
        Place::Reviews => ("Reviews", "/admin/reviews", "review", Some(Object::Group)),
        Place::Explain => (
            "Explain",
            "/admin/explain",
            "explain",
            Some(Object::Connector),
        ),
        Place::Reports => ("Reports", "/admin/reports", "report", Some(Object::Report)),
        Place::Audit => ("Audit", "/admin/audit", "audit", Some(Object::Audit)),
        Place::Administrators => (
            "Administrators",
            "/admin/administrators",
            "shield",
            Some(Object::Administrator),
        ),
        Place::Tokens => (
            "API Tokens",
            "/admin/tokens",
            "token",
            Some(Object::ApiToken),
        ),
        Place::Keys => (
            "Signing Keys",
            "/admin/keys",
            "seal",
            Some(Object::SigningKey),
        ),
        Place::Settings => (
            "Settings",
            "/admin/settings",
            "settings",
            Some(Object::Settings),
        ),
    };
    NavItem {
        place,
        label,
        href,
        icon,
        object,
        is_here: false,
    }
}
