//! Addresses of receivers: what is read, what is refused, and what of them is shown.

use std::path::PathBuf;

use crate::service::audit_target::{Target, Way};

fn check(text: &str, expected: Option<(Way, &str)>) {
    let expected = expected.map(|(way, shown)| Target {
        way,
        shown: shown.to_owned(),
    });
    assert_eq!(Target::parse(text), expected, "{text}");
}

#[test]
fn addresses_are_read_with_the_usual_ports() {
    let path = || PathBuf::from("/var/log/audit.jsonl");
    check(
        "file:///var/log/audit.jsonl",
        Some((Way::File(path()), "file:///var/log/audit.jsonl")),
    );
    let socket = Way::SyslogUnix(PathBuf::from("/dev/log"));
    check(
        "syslog+unix:///dev/log",
        Some((socket, "syslog+unix:///dev/log")),
    );
    let tcp = Way::SyslogTcp("logs.example.com".to_owned(), 514);
    check(
        "syslog+tcp://logs.example.com",
        Some((tcp, "syslog+tcp://logs.example.com")),
    );
    let tls = Way::SyslogTls("10.0.0.7".to_owned(), 6514);
    check(
        "syslog+tls://10.0.0.7",
        Some((tls, "syslog+tls://10.0.0.7")),
    );
    let udp = Way::SyslogUdp("::1".to_owned(), 1514);
    check(
        "syslog+udp://[::1]:1514",
        Some((udp, "syslog+udp://[::1]:1514")),
    );
}

#[test]
fn what_may_be_a_secret_is_not_shown() {
    let text = "https://siem.example.com/in?token=secret";
    let target = Target::parse(text).unwrap();
    assert_eq!(target.shown, "https://siem.example.com/in");
    assert_eq!(target.way, Way::Webhook(url::Url::parse(text).unwrap()));
}

#[test]
fn what_cannot_be_a_receiver_is_refused() {
    assert!(Target::parse("http://127.0.0.1:9000/in").is_some());
    for text in [
        "",
        "logs.example.com",
        "http://siem.example.com/in",
        "https://user:password@siem.example.com/",
        "file://host/path",
        "file:///",
        "ftp://siem.example.com/",
        "syslog://logs.example.com",
        "syslog+tcp://logs.example.com/path",
        "https://siem.example.com/#part",
    ] {
        check(text, None);
    }
}
