//! Which addresses of servers are taken.

use super::*;

#[test]
fn a_server_is_named_by_an_smtp_url() {
    let check = |url: &str, taken: bool| {
        let made = Mailer::new(&SecretString::from(url), "vestibule@example.com");
        assert_eq!(made.is_ok(), taken, "{url}");
    };
    check("smtp://mail.example.com", true);
    check("smtp://user:p%40ss@mail.example.com:2525", true);
    check("smtps://mail.example.com", true);
    check("smtp://[::1]:25", true);
    check("http://mail.example.com", false);
    check("smtp://", false);
    check("nonsense", false);
}

#[test]
fn a_sender_is_an_address_or_a_name_with_one() {
    let check = |from: &str, taken: bool| {
        let made = Mailer::new(&SecretString::from("smtp://localhost"), from);
        assert_eq!(made.is_ok(), taken, "{from}");
    };
    check("vestibule@example.com", true);
    check("Vestibule <vestibule@example.com>", true);
    check("vestibule", false);
    check("", false);
}

#[test]
fn user_and_password_are_read_as_they_were_encoded() {
    for (encoded, typed) in [
        ("a%40b", "a@b"),
        ("a+b", "a+b"),
        ("a&b%2B", "a&b+"),
        ("", ""),
    ] {
        assert_eq!(plain(encoded).unwrap(), typed);
    }
}
