//! How codes look, and how freely they are read.

use std::collections::BTreeSet;

use crate::service::recovery_codes::{LETTERS, hash, new_code};

#[test]
fn asvs_6_5_2_a_code_is_120_bits_in_letters_that_cannot_be_mistaken() {
    let codes: BTreeSet<String> = (0..64).map(|_| new_code().unwrap()).collect();
    assert_eq!(codes.len(), 64);
    for code in &codes {
        let groups: Vec<&str> = code.split('-').collect();
        // Five bits a letter.
        assert_eq!(groups.len() * 4 * 5, 120, "{code}");
        let fits = |group: &&str| group.len() == 4 && group.bytes().all(|b| LETTERS.contains(&b));
        assert!(groups.iter().all(fits), "{code}");
    }
    // Every letter occurs, so no bit of a letter stands still.
    let seen: BTreeSet<char> = codes.iter().flat_map(|code| code.chars()).collect();
    assert_eq!(seen.len(), 33);
}

#[test]
fn it_is_read_as_it_was_written_down_and_is_of_one_account() {
    let code = hash("anna", "01AB-CDEF-GHJK-MNPQ");
    for same in [
        "oiab cdef ghjk mnpq",
        "0lABCDEFGHJKMNPQ",
        " 01ab-cdef-ghjk-mnpq ",
    ] {
        assert_eq!(hash("anna", same), code, "{same}");
    }
    assert_ne!(hash("bert", "01AB-CDEF-GHJK-MNPQ"), code);
    assert_ne!(hash("anna", "01AB-CDEF-GHJK-MNPR"), code);
}
