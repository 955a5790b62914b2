//! KEY-AT-REST: where a master key may come from, and what is no key.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use secrecy::SecretString;

use crate::service::master_key_source::{MasterKeySource, read};
use crate::service::secrets::Sealed;

fn command(text: &str) -> MasterKeySource {
    MasterKeySource::Command(text.to_owned())
}

#[test]
fn key_at_rest_a_key_given_as_text_or_by_a_command_is_the_one_of_the_file() {
    let folder = tempfile::tempdir().unwrap();
    assert!(
        read(&MasterKeySource::File, folder.path())
            .unwrap()
            .is_none()
    );
    let octets: Vec<u8> = (0..32).collect();
    let path = folder.path().join("master.key");
    std::fs::write(&path, &octets).unwrap();
    assert!(
        read(&MasterKeySource::File, folder.path()).is_err(),
        "others can read it"
    );
    std::fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    let from_file = read(&MasterKeySource::File, folder.path())
        .unwrap()
        .unwrap();
    let sealed = from_file.seal(Sealed::Setting, b"secret").unwrap();

    let text = STANDARD.encode(&octets);
    for source in [
        MasterKeySource::Given(SecretString::from(text.clone())),
        command(&format!("echo {text}")),
        command(
            "base64 < \"$KEY\" 2>/dev/null || echo AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
        ),
    ] {
        let key = read(&source, folder.path()).unwrap().unwrap();
        assert_eq!(
            key.open(Sealed::Setting, &sealed).unwrap().as_slice(),
            b"secret"
        );
        assert!(key.open(Sealed::Response, &sealed).is_err());
    }
}

#[test]
fn key_at_rest_what_is_no_key_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let given = |text: &str| MasterKeySource::Given(SecretString::from(text));
    for source in [
        given(""),
        given("c2hvcnQ="),
        given("no base64 at all, and just as long as it takes"),
        command("exit 1"),
        command("echo AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=; exit 3"),
        command("yes"),
        command("true"),
    ] {
        let refused = read(&source, folder.path());
        let text = refused.err().expect("no key").to_string();
        assert!(
            !text.contains("AAEC") && text.contains("master key"),
            "{text}"
        );
    }
}
