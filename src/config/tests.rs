//! Settings: defaults, precedence, and the refusal of what nobody meant.

use std::collections::BTreeMap;

use crate::config::{Config, ConfigError};
use crate::domain::access_conditions::AccessConditions;
use crate::domain::second_factor::AdminMfa;

fn load(pairs: &[(&str, &str)]) -> Result<Config, ConfigError> {
    let pairs = pairs
        .iter()
        .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()));
    Config::load(None, pairs)
}

#[test]
fn the_defaults_are_the_documented_ones() {
    let config = Config::from_values(&BTreeMap::new()).unwrap();
    assert_eq!(config.listen.to_string(), "127.0.0.1:8080");
    assert_eq!(config.base_url, "http://localhost:8080");
    assert_eq!(config.entity_id, "http://localhost:8080/saml/metadata");
    assert_eq!(config.database_url, "sqlite:./data/vestibule.db");
    assert!(config.is_plain_loopback);
}

#[test]
fn unknown_names_are_refused_with_the_nearest_known_one() {
    let error = load(&[("VESTIBULE_LISTN", "127.0.0.1:1")]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "unknown setting VESTIBULE_LISTN; did you mean VESTIBULE_LISTEN?"
    );
    assert!(load(&[("OTHER_LISTN", "x")]).is_ok());
}

#[test]
fn a_file_is_read_and_the_environment_wins() {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), "listen = \"127.0.0.1:1\"\nlog = \"debug\"\n").unwrap();
    let environment = [("VESTIBULE_LISTEN".to_owned(), "127.0.0.1:2".to_owned())];
    let config = Config::load(Some(file.path()), environment.into_iter()).unwrap();
    assert_eq!((config.listen.port(), config.log.as_str()), (2, "debug"));

    std::fs::write(file.path(), "listne = \"x\"\n").unwrap();
    let error = Config::load(Some(file.path()), std::iter::empty()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "unknown setting listne; did you mean listen?"
    );
}

#[test]
fn plain_http_is_for_loopback_only() {
    for (url, accepted) in [
        ("http://localhost:8080", true),
        ("http://127.0.0.9:80", true),
        ("http://[::1]:80", true),
        ("https://id.example.com", true),
        ("http://id.example.com", false),
        ("http://localhost.example.com", false),
        ("https://id.example.com/path", false),
        ("ftp://localhost", false),
        ("nonsense", false),
    ] {
        assert_eq!(
            load(&[("VESTIBULE_BASE_URL", url)]).is_ok(),
            accepted,
            "{url}"
        );
    }
}

#[test]
fn administrators_need_a_second_factor_unless_it_is_said_otherwise() {
    let mfa = |pairs: &[(&str, &str)]| load(pairs).unwrap().admin_mfa;
    assert_eq!(mfa(&[]), AdminMfa::Required);
    assert_eq!(mfa(&[("VESTIBULE_ADMIN_MFA", "")]), AdminMfa::Required);
    assert_eq!(
        mfa(&[("VESTIBULE_ADMIN_MFA", "required")]),
        AdminMfa::Required
    );
    assert_eq!(
        mfa(&[("VESTIBULE_ADMIN_MFA", "optional")]),
        AdminMfa::Optional
    );
    assert!(matches!(
        load(&[("VESTIBULE_ADMIN_MFA", "maybe")]),
        Err(ConfigError::Unfit { .. })
    ));
}

#[test]
fn metrics_have_an_address_of_their_own() {
    assert_eq!(load(&[]).unwrap().metrics_listen, None);
    let set = |value| load(&[("VESTIBULE_METRICS_LISTEN", value)]);
    let address = set("127.0.0.1:9464").unwrap().metrics_listen;
    assert_eq!(address, Some("127.0.0.1:9464".parse().unwrap()));
    assert!(matches!(set("9464"), Err(ConfigError::Unfit { .. })));
}

#[test]
fn mail_needs_a_server_and_a_sender() {
    let url = (
        "VESTIBULE_SMTP_URL",
        "smtp://user:secret@mail.example.com:587",
    );
    let from = ("VESTIBULE_MAIL_FROM", "vestibule@example.com");
    let set = load(&[url, from]).unwrap().configured;
    assert_eq!(set.mail_from.as_deref(), Some("vestibule@example.com"));
    assert!(set.smtp_url.is_some());
    assert!(!format!("{set:?}").contains("secret"));
    assert!(load(&[from]).unwrap().configured.smtp_url.is_none());
    for wrong in [
        &[url][..],
        &[("VESTIBULE_SMTP_URL", "http://user:secret@x"), from],
    ] {
        let error = load(wrong).unwrap_err();
        assert!(matches!(error, ConfigError::Unfit { .. }), "{error}");
        assert!(!error.to_string().contains("secret"), "{error}");
    }
}

#[test]
fn a5_the_time_of_the_nightly_run_and_its_zone_are_settings() {
    let config = load(&[]).unwrap();
    assert_eq!(config.configured.nightly_at, None);
    assert_eq!(config.configured.time_zone, None);
    let config = load(&[
        ("VESTIBULE_NIGHTLY_AT", "23:45"),
        ("VESTIBULE_TIME_ZONE", "Europe/Berlin"),
    ]);
    let set = config.unwrap().configured;
    assert_eq!(set.nightly_at.as_deref(), Some("23:45"));
    assert_eq!(set.time_zone.as_deref(), Some("Europe/Berlin"));
    let hosts = load(&[("VESTIBULE_MAIL_HOSTS", "Mail.example.com, 192.0.2.7")]).unwrap();
    let wanted = ["mail.example.com", "192.0.2.7"];
    assert_eq!(hosts.configured.mail_hosts, wanted);
    for (key, value) in [
        ("VESTIBULE_MAIL_HOSTS", "smtp://mail.example.com"),
        ("VESTIBULE_NIGHTLY_AT", "25:00"),
        ("VESTIBULE_NIGHTLY_AT", "2"),
        ("VESTIBULE_TIME_ZONE", "Europe/Nowhere"),
    ] {
        assert!(
            matches!(load(&[(key, value)]), Err(ConfigError::Unfit { .. })),
            "{value}"
        );
    }
}

#[test]
fn proxies_limits_keys_and_receivers_are_read_or_refused() {
    let proxies = |text: &str| {
        load(&[("VESTIBULE_TRUSTED_PROXIES", text)]).map(|config| config.trusted_proxies.len())
    };
    assert_eq!(proxies("10.0.0.0/8, 2001:db8::7").unwrap(), 2);
    assert!(proxies("proxy.example.com").is_err());
    assert!(load(&[("VESTIBULE_SOURCE_LIMITS", "sign-on=9")]).is_ok());
    assert!(load(&[("VESTIBULE_SOURCE_LIMITS", "sign-in=9")]).is_err());
    let both = [
        ("VESTIBULE_MASTER_KEY", "a"),
        ("VESTIBULE_MASTER_KEY_COMMAND", "b"),
    ];
    assert!(load(&both).is_err());
    let hook = (
        "VESTIBULE_AUDIT_STREAM",
        "https://siem.example.com/?token=hidden",
    );
    let refused = load(&[hook]).unwrap_err().to_string();
    assert!(!refused.contains("hidden"), "{refused}");
    assert!(load(&[hook, ("VESTIBULE_AUDIT_STREAM_SECRET", "secret")]).is_ok());

    // KEY-AT-REST: a file that is copied around is no place for the key.
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), "master_key = \"AAEC\"\n").unwrap();
    let refused = Config::load(Some(file.path()), std::iter::empty()).unwrap_err();
    assert!(!refused.to_string().contains("AAEC"), "{refused}");
}

#[test]
fn passkeys_can_be_asked_of_administrators_where_browsers_make_them() {
    let asked = ("VESTIBULE_ADMIN_MFA", "passkey");
    let here = load(&[asked]).unwrap();
    assert_eq!(here.admin_mfa, AdminMfa::Passkey);
    assert!(!here.users_need_mfa);
    let of_all = load(&[("VESTIBULE_USER_MFA", "required")]).unwrap();
    assert!(of_all.users_need_mfa);
    assert!(load(&[("VESTIBULE_USER_MFA", "passkey")]).is_err());
    let refused = load(&[asked, ("VESTIBULE_BASE_URL", "https://192.0.2.7")]).unwrap_err();
    assert!(refused.to_string().contains("base_url"), "{refused}");
}

#[test]
fn conditions_of_the_console_are_read_or_refused() {
    let console = load(&[
        ("VESTIBULE_CONSOLE_NETWORKS", "10.0.0.0/8, 2001:db8::/32"),
        ("VESTIBULE_CONSOLE_SIGN_IN_MAX_AGE", "90m"),
        ("VESTIBULE_CONSOLE_DENIED_TEXT", "Come in by the tunnel."),
        ("VESTIBULE_CONSOLE_HELP_URL", "mailto:help@example.com"),
    ])
    .unwrap()
    .console;
    assert_eq!(console.networks_text(), "10.0.0.0/8, 2001:db8::/32");
    assert_eq!(console.sign_in_max_age, Some(90));
    assert_eq!(console.denied_text, "Come in by the tunnel.");
    assert_eq!(console.help_url, "mailto:help@example.com");
    assert_eq!(load(&[]).unwrap().console, AccessConditions::NONE);
    let long = "x".repeat(501);
    let many = "10.0.0.1,".repeat(101);
    for (key, value) in [
        ("VESTIBULE_CONSOLE_NETWORKS", "head office"),
        ("VESTIBULE_CONSOLE_NETWORKS", many.as_str()),
        ("VESTIBULE_CONSOLE_SIGN_IN_MAX_AGE", "90"),
        ("VESTIBULE_CONSOLE_SIGN_IN_MAX_AGE", "14m"),
        ("VESTIBULE_CONSOLE_DENIED_TEXT", long.as_str()),
        ("VESTIBULE_CONSOLE_HELP_URL", "javascript:alert(1)"),
    ] {
        let refused = load(&[(key, value)]).unwrap_err().to_string();
        let name = key.trim_start_matches("VESTIBULE_").to_lowercase();
        assert!(refused.contains(&name), "{refused}");
    }
}
