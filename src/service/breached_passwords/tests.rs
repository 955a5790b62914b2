//! What is in the file is found, wherever it stands; what is not in the right form is refused at once.

use std::io::Write;

use sha1::{Digest, Sha1};

use crate::service::breached_passwords::BreachedPasswords;

fn hash(password: &str) -> String {
    let digest = Sha1::digest(password.as_bytes());
    digest.iter().map(|octet| format!("{octet:02X}")).collect()
}

fn file(text: &str) -> tempfile::NamedTempFile {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(text.as_bytes()).unwrap();
    file
}

#[test]
fn each_is_found_whatever_the_length_of_the_file_and_the_ends_of_its_lines() {
    for count in [1, 2, 3, 10, 1_000] {
        for end in ["\n", "\r\n"] {
            let mut hashes: Vec<String> = (0..count)
                .map(|number| hash(&format!("breached {number}")))
                .collect();
            hashes.sort();
            let lines: Vec<String> = hashes
                .iter()
                .enumerate()
                .map(|(place, hash)| {
                    format!("{hash}:{}", 7_u64.pow(u32::try_from(place % 9).unwrap()))
                })
                .collect();
            for text in [lines.join(end), lines.join(end) + end] {
                let file = file(&text);
                let breached = BreachedPasswords::open(file.path()).unwrap();
                for number in 0..count {
                    assert!(breached.contain(&format!("breached {number}")).unwrap());
                }
                for number in 0..200 {
                    assert!(!breached.contain(&format!("never {number}")).unwrap());
                }
            }
        }
    }
}

#[test]
fn the_known_hash_of_the_list_is_that_of_the_password() {
    // As it stands in the published file.
    let file = file("5BAA61E4C9B93F3F0682250B6CF8331B7EE68FD8:10434004\r\n");
    let breached = BreachedPasswords::open(file.path()).unwrap();
    assert!(breached.contain("password").unwrap());
    assert!(!breached.contain("Password").unwrap());
}

#[test]
fn what_is_no_such_file_is_refused_when_it_is_opened() {
    let good = hash("a");
    for text in [
        String::new(),
        "password\n".to_owned(),
        good[..39].to_owned(),
        format!("{good}0:1\n"),
        format!("{good}:1\nand a word\n"),
        format!("{good}:{}\n", "1".repeat(200)),
    ] {
        assert!(
            BreachedPasswords::open(file(&text).path()).is_err(),
            "{text}"
        );
    }
    assert!(BreachedPasswords::open(std::path::Path::new("/nowhere")).is_err());
}
