//! Base64 as it is met.

use super::*;

#[test]
fn base64_is_read_with_line_breaks_and_without_padding() {
    for text in ["AAECAw==", "AAEC\r\nAw==\n", " AA EC\tAw", "AAECAw"] {
        assert_eq!(decode(text), Some(vec![0, 1, 2, 3]), "{text}");
    }
    assert_eq!(encode(&[0, 1, 2, 3]), "AAECAw==");
}

#[test]
fn what_is_not_base64_is_not_guessed() {
    for text in ["AAECA", "AA-_", "AA=ECAw=", "AAECAx=="] {
        assert_eq!(decode(text), None, "{text}");
    }
}
