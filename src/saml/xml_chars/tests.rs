//! Names in the sense of XML.

use super::*;

#[test]
fn an_id_is_a_name_without_a_colon() {
    for name in ["_1", "a", "Z-9.x", "\u{E9}t\u{E9}", "_\u{B7}"] {
        assert!(is_ncname(name), "{name}");
    }
    for name in [
        "", "1", "-a", ".a", "a:b", "a b", "#a", "a\n", "\u{B7}a", "\u{D7}",
    ] {
        assert!(!is_ncname(name), "{name}");
    }
}
