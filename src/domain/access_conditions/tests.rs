//! From where, how fresh, and what may be told.

use chrono::{DateTime, TimeDelta, Utc};

use crate::domain::access_conditions::AccessConditions;
use crate::domain::address_range::AddressRange;

fn from(networks: &[&str]) -> AccessConditions {
    AccessConditions {
        networks: networks
            .iter()
            .map(|text| AddressRange::parse(text).unwrap())
            .collect(),
        ..AccessConditions::NONE
    }
}

#[test]
fn it_opens_from_its_networks_and_without_any_from_everywhere() {
    let office = from(&["192.0.2.0/24", "2001:db8::/32"]);
    for (address, opens) in [
        ("192.0.2.9", true),
        ("::ffff:192.0.2.9", true),
        ("2001:db8:7::1", true),
        ("192.0.3.9", false),
        ("2001:db9::1", false),
    ] {
        assert_eq!(office.admits(address.parse().ok()), opens, "{address}");
        assert!(AccessConditions::NONE.admits(address.parse().ok()));
    }
    assert!(!office.admits(None), "unknown is no network");
    assert!(AccessConditions::NONE.admits(None));
    assert_eq!(office.networks_text(), "192.0.2.0/24, 2001:db8::/32");
}

#[test]
fn a_sign_in_is_outdated_from_that_minute_on() {
    let now: DateTime<Utc> = "2026-03-01T12:00:00Z".parse().unwrap();
    let hourly = AccessConditions {
        sign_in_max_age: Some(60),
        ..AccessConditions::NONE
    };
    assert!(!hourly.outdates(now - TimeDelta::seconds(3599), now));
    assert!(hourly.outdates(now - TimeDelta::seconds(3600), now));
    assert!(!AccessConditions::NONE.outdates(now - TimeDelta::days(9), now));
}

#[test]
fn what_cannot_be_is_told_at_its_field() {
    let with = |change: fn(&mut AccessConditions)| {
        let mut conditions = AccessConditions::NONE;
        change(&mut conditions);
        let broken = conditions.check().into_iter();
        broken.map(|one| one.pointer).collect::<Vec<_>>()
    };
    assert_eq!(with(|c| c.sign_in_max_age = Some(15)), [""; 0]);
    let age = "/accessConditions/signInMaxAgeMinutes";
    assert_eq!(with(|c| c.sign_in_max_age = Some(14)), [age]);
    assert_eq!(with(|c| c.sign_in_max_age = Some(i64::MAX)), [age]);
    let help = "/accessConditions/helpUrl";
    assert_eq!(
        with(|c| c.help_url = "https://help.example.com/x?y".into()),
        [""; 0]
    );
    assert_eq!(
        with(|c| c.help_url = "mailto:help@example.com".into()),
        [""; 0]
    );
    assert_eq!(with(|c| c.help_url = "javascript:alert(1)".into()), [help]);
    assert_eq!(
        with(|c| c.help_url = "http://help.example.com".into()),
        [help]
    );
    assert_eq!(
        with(|c| c.help_url = "https://a@b.example.com".into()),
        [help]
    );
    assert_eq!(with(|c| c.help_url = "help".into()), [help]);
    let text = "/accessConditions/deniedText";
    assert_eq!(with(|c| c.denied_text = "x".repeat(501)), [text]);
    let networks = "/accessConditions/networks";
    assert_eq!(
        with(|c| c.networks = from(&["10.0.0.0/8"; 101]).networks),
        [networks]
    );
}
