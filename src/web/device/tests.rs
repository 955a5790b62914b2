//! Browsers as they announce themselves.

use super::device;

#[test]
fn a_browser_is_told_by_name_and_system() {
    let check = |agent: &str, expected: &str| assert_eq!(device(agent), expected, "{agent}");
    check(
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36",
        "Chrome, Linux",
    );
    check(
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/142.0 Safari/537.36 Edg/142.0",
        "Edge, Windows",
    );
    check(
        "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Version/19.0 Safari/604.1",
        "Safari, iOS",
    );
    check("curl/8.14.1", "curl");
    check("", "—");
    check(&"x".repeat(200), &"x".repeat(40));
}
