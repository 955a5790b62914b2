//! Where a sign-in may lead back to.

use crate::web::step_up::leads_back;

#[test]
fn only_pages_of_ours_are_followed() {
    for ours in [
        "/admin/keys",
        "/admin/users/0199-ab",
        "/account",
        "/account/totp",
    ] {
        assert!(leads_back(ours), "{ours}");
    }
    for foreign in [
        "",
        "/",
        "/admin",
        "/administrator",
        "/accounts",
        "//evil.example",
        "/admin//evil?x",
        "/login",
        "https://evil.example/admin",
        "/admin/\\evil",
        "/admin/%2e%2e",
    ] {
        assert!(!leads_back(foreign), "{foreign}");
    }
}
