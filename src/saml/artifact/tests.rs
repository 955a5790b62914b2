//! SAML Bindings 3.6.4: the artifact of type 4.

use super::*;

const IDP: &str = "https://idp.example/saml/metadata";
const HANDLE: [u8; HANDLE_LENGTH] = [7; HANDLE_LENGTH];

#[test]
fn an_artifact_has_type_index_source_and_handle() {
    let octets = STANDARD.decode(write(IDP, &HANDLE)).unwrap();
    assert_eq!(octets.len(), 44);
    assert_eq!(&octets[..4], [0, 4, 0, 0]);
    // Bindings 3.6.4.2: the SourceID is the SHA-1 of the entity ID.
    assert_eq!(&octets[4..24], openssl::sha::sha1(IDP.as_bytes()));
    assert_eq!(&octets[24..], HANDLE);
}

#[test]
fn only_an_artifact_of_ours_has_a_handle() {
    let ours = write(IDP, &HANDLE);
    assert_eq!(handle_of(&ours, IDP), Some(HANDLE.to_vec()));
    assert_eq!(handle_of(&format!(" {ours}\n"), IDP), Some(HANDLE.to_vec()));
    let mut octets = STANDARD.decode(&ours).unwrap();
    for place in [0, 1, 2, 3, 4] {
        octets[place] ^= 1;
        assert_eq!(handle_of(&STANDARD.encode(&octets), IDP), None, "{place}");
        octets[place] ^= 1;
    }
    for other in [
        "",
        "AAQAAA==",
        "no base64",
        &write("https://other.example", &HANDLE),
    ] {
        assert_eq!(handle_of(other, IDP), None, "{other}");
    }
    assert_eq!(handle_of(&write(IDP, &[7; 19]), IDP), None);
    assert_eq!(handle_of(&write(IDP, &[7; 21]), IDP), None);
}

#[test]
fn the_url_keeps_its_query_and_the_relay_state_is_unchanged() {
    let plain = url("https://sp.example/acs", "AA+/=", None);
    assert_eq!(plain, "https://sp.example/acs?SAMLart=AA%2B%2F%3D");
    let both = url("https://sp.example/acs?x=1", "AA", Some("a b&c"));
    assert_eq!(
        both,
        "https://sp.example/acs?x=1&SAMLart=AA&RelayState=a+b%26c"
    );
}
