//! What a sign-in knows of the program that somebody signs in with.

/// A browser, or another client.
#[derive(Debug, Clone, Default)]
pub struct Client {
    /// Network address of the caller.
    pub source: String,
    pub user_agent: String,
    /// Token of the pre-session cookie; without one there is no second step.
    pub pre_session: Option<String>,
    /// Token of the session that the browser had, whose family the new one joins (FRESH-ONCE).
    pub previous_session: Option<String>,
    /// Token of the cookie of a remembered browser.
    pub device: Option<String>,
}
