//! Hashes are those of Argon2id that any other program reads, made on few memories whoever asks.

use std::sync::Arc;

use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Block, Params, PasswordHasher, PasswordVerifier, Version};

use crate::service::passwords::{PasswordError, Passwords};

const PASSWORD: &str = "violet anchor, 27 lanterns";

#[test]
fn what_is_hashed_here_is_verified_by_the_library_and_the_other_way_round() {
    let passwords = Passwords::new(1).unwrap();
    let ours = passwords.hash(PASSWORD).unwrap();
    let read = PasswordHash::new(&ours).unwrap();
    let library = Argon2::default();
    assert!(library.verify_password(PASSWORD.as_bytes(), &read).is_ok());
    assert!(library.verify_password(b"another one", &read).is_err());

    // Of another cost, longer, and of another kind, as a directory may bring them along.
    for (algorithm, memory, bytes) in [
        (Algorithm::Argon2id, 8_192, 32),
        (Algorithm::Argon2id, 32_768, 64),
        (Algorithm::Argon2i, 8_192, 16),
    ] {
        let params = Params::new(memory, 3, 1, Some(bytes)).unwrap();
        let other = Argon2::new(algorithm, Version::V0x13, params);
        let salt = b"0123456789abcdef";
        let hash: PasswordHash = other
            .hash_password_with_salt(PASSWORD.as_bytes(), salt)
            .unwrap();
        let stored = hash.to_string();
        assert!(passwords.verify(PASSWORD, Some(&stored)).unwrap());
        assert!(!passwords.verify("another one", Some(&stored)).unwrap());
        assert!(passwords.is_outdated(PASSWORD, &stored).unwrap());
    }
    assert!(!passwords.is_outdated(PASSWORD, &ours).unwrap());
}

#[test]
fn a_hash_that_cannot_be_read_is_loud_and_opens_nothing() {
    let passwords = Passwords::new(1).unwrap();
    let ours = passwords.hash(PASSWORD).unwrap();
    let (without_hash, _) = ours.rsplit_once('$').unwrap();
    assert!(matches!(
        passwords.verify(PASSWORD, Some(without_hash)),
        Err(PasswordError::Half)
    ));
    let other_kind = ours.replace("argon2id", "scrypt");
    assert!(matches!(
        passwords.verify(PASSWORD, Some(&other_kind)),
        Err(PasswordError::Kind(_))
    ));
    assert!(passwords.verify(PASSWORD, Some("no hash")).is_err());
    assert!(!passwords.verify(PASSWORD, None).unwrap());
}

#[test]
fn many_threads_hash_on_as_many_memories_as_were_allowed() {
    let passwords = Arc::new(Passwords::new(2).unwrap());
    let threads: Vec<_> = (0..8)
        .map(|_| {
            let passwords = Arc::clone(&passwords);
            std::thread::spawn(move || passwords.verify(PASSWORD, None))
        })
        .collect();
    for thread in threads {
        assert!(!thread.join().unwrap().unwrap());
    }
    let memories = || -> Vec<(usize, *const Block)> {
        let free = passwords.desks.free.lock().unwrap();
        let mut all: Vec<_> = free.iter().map(|one| (one.len(), one.as_ptr())).collect();
        all.sort();
        all
    };
    let first = memories();
    assert_eq!(first.len(), 2);
    // At least one was used, and they are the same in the next round.
    assert!(
        first.iter().any(|(blocks, _)| *blocks == 19_456),
        "{first:?}"
    );
    let used = first.iter().filter(|(blocks, _)| *blocks > 0).count();
    for _ in 0..used {
        passwords.verify(PASSWORD, None).unwrap();
    }
    assert_eq!(memories(), first);
}

#[test]
fn a_password_is_compared_as_it_was_typed_to_its_last_letter() {
    let passwords = Passwords::new(1).unwrap();
    let long = format!("{PASSWORD}{}", "x".repeat(128 - PASSWORD.len()));
    let stored = passwords.hash(&long).unwrap();
    let fits = |typed: &str| passwords.verify(typed, Some(&stored)).unwrap();
    assert!(fits(&long));
    for other in [
        long.to_uppercase(),
        long[..127].to_owned(),
        format!("{}y", &long[..127]),
        format!("{long} "),
        format!(" {long}"),
    ] {
        assert!(!fits(&other), "{other}");
    }
}
