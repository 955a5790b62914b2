//! The floors are a test: imports point down only, and each floor names only what belongs to it.

use std::fs;
use std::path::{Path, PathBuf};

/// A folder or file, and what its code must not name.
const FORBIDDEN: &[(&str, &[&str])] = &[
    (
        "src/domain",
        &[
            "diesel",
            "actix",
            "askama",
            "samael",
            "openssl",
            "quick_xml",
            "crate::saml",
            "crate::store",
            "crate::service",
            "crate::web",
            "crate::app",
            "crate::cli",
            "crate::config",
            "Utc::now",
            "SystemTime",
            "rand::",
        ],
    ),
    (
        "src/saml",
        &[
            "diesel",
            "actix",
            "askama",
            "crate::store",
            "crate::service",
            "crate::web",
            "crate::app",
            "crate::cli",
            "crate::config",
        ],
    ),
    (
        "src/store",
        &[
            "actix",
            "askama",
            "samael",
            "openssl",
            "quick_xml",
            "crate::saml",
            "crate::service",
            "crate::web",
            "crate::app",
            "crate::cli",
            "crate::config",
        ],
    ),
    (
        "src/service",
        &[
            "diesel",
            "actix",
            "askama",
            "samael",
            "quick_xml",
            "crate::web",
            "crate::app",
            "crate::cli",
            "crate::config",
        ],
    ),
    (
        "src/web",
        &[
            "diesel",
            "samael",
            "openssl",
            "quick_xml",
            "crate::store",
            "crate::saml",
            "crate::app",
            "crate::cli",
            "crate::config",
        ],
    ),
    (
        "src/app.rs",
        &["diesel", "samael", "quick_xml", "crate::cli"],
    ),
    (
        "src/cli",
        &[
            "diesel",
            "samael",
            "quick_xml",
            "openssl",
            "crate::store",
            "crate::saml",
        ],
    ),
];

#[test]
fn imports_point_down_only() {
    let mut faults = Vec::new();
    for (place, forbidden) in FORBIDDEN {
        for file in rust_files(Path::new(place)) {
            let code = code_of(&file);
            for name in *forbidden {
                if names(&code, name) {
                    faults.push(format!("{} names {name}", file.display()));
                }
            }
        }
    }
    assert!(faults.is_empty(), "{faults:#?}");
}

#[test]
fn openssl_is_named_where_keys_are_handled_only() {
    for file in rust_files(Path::new("src/service")) {
        let is_secrets = file.ends_with("secrets.rs");
        assert!(
            is_secrets || !names(&code_of(&file), "openssl"),
            "{}",
            file.display()
        );
    }
}

#[test]
fn imports_are_by_full_path_of_the_defining_file() {
    for file in rust_files(Path::new("src")) {
        let code = code_of(&file);
        assert!(
            !code.contains("use crate::{"),
            "{}: grouped import",
            file.display()
        );
        let is_test = file.ends_with("tests.rs");
        assert!(
            is_test || !code.contains("use super::"),
            "{}: use super",
            file.display()
        );
    }
}

#[test]
fn module_files_hold_module_lines_only() {
    for file in rust_files(Path::new("src"))
        .into_iter()
        .filter(|file| file.ends_with("mod.rs"))
    {
        let stray: Vec<String> = code_of(&file)
            .lines()
            .map(str::trim)
            .filter(|line| {
                !line.is_empty() && !line.starts_with("pub mod ") && !line.starts_with("mod ")
            })
            .map(str::to_owned)
            .collect();
        assert!(stray.is_empty(), "{}: {stray:?}", file.display());
    }
}

#[test]
fn every_file_says_what_lives_in_it() {
    for root in ["src", "tests", "benches"] {
        for file in rust_files(Path::new(root)) {
            let text = fs::read_to_string(&file).unwrap();
            assert!(
                text.starts_with("//!"),
                "{}: no //! at its head",
                file.display()
            );
        }
    }
}

#[test]
fn files_stay_one_idea_long() {
    for file in rust_files(Path::new("src")) {
        let lines = fs::read_to_string(&file).unwrap().lines().count();
        let is_test = file.ends_with("tests.rs");
        assert!(is_test || lines <= 600, "{}: {lines} lines", file.display());
    }
}

/// Functions of the store that write what decides memberships, and the services that may name them.
/// A new door goes through one of these files and so cannot forget the evaluation.
const WRITERS: &[(&str, &[&str])] = &[
    ("users::insert", &["user_evaluation.rs"]),
    ("users::save", &["user_evaluation.rs"]),
    (
        "memberships::add",
        &[
            "user_evaluation.rs",
            "rule_change.rs",
            "group_members.rs",
            "review.rs",
        ],
    ),
    ("memberships::add_all", &["user_evaluation.rs"]),
    (
        "memberships::remove",
        &["user_evaluation.rs", "group_members.rs", "review.rs"],
    ),
    (
        "memberships::set_source",
        &["user_evaluation.rs", "rule_change.rs"],
    ),
    ("exemptions::replace", &["rule_change.rs"]),
    // Saves what it has read behind the group's lock.
    (
        "user_groups::save",
        &["rule_change.rs", "group_attributes.rs"],
    ),
    ("epochs::raise_rule", &["rule_change.rs", "rule_ahead.rs"]),
];

#[test]
fn memberships_are_written_by_the_engine_only() {
    for file in rust_files(Path::new("src")) {
        if file.starts_with("src/store") || file.ends_with("tests.rs") {
            continue;
        }
        let code = code_of(&file);
        for (writer, may) in WRITERS {
            let is_allowed = may.iter().any(|name| file.ends_with(name));
            assert!(
                is_allowed || !names(&code, writer),
                "{} names {writer}",
                file.display()
            );
            // Under another name nothing would be found.
            let (module, function) = writer.split_once("::").unwrap();
            assert!(
                !code.contains(&format!("store::{module} as"))
                    && !imports(&code, module).contains(&function),
                "{} imports {writer}",
                file.display()
            );
        }
        let is_by_hand = [
            "memberships::add",
            "memberships::add_all",
            "memberships::remove",
        ]
        .iter()
        .any(|writer| names(&code, writer));
        let is_engine = ["user_evaluation.rs", "rule_change.rs"]
            .iter()
            .any(|name| file.ends_with(name));
        // The lock stamps the user, and a change computed ahead looks at stamped users again.
        assert!(
            !is_by_hand || is_engine || names(&code, "users::lock"),
            "{} changes members without locking the user",
            file.display()
        );
    }
}

/// What is imported by name from a module of the store.
fn imports<'a>(code: &'a str, module: &str) -> Vec<&'a str> {
    let opening = format!("store::{module}::");
    code.match_indices(&opening)
        .flat_map(|(start, _)| {
            let rest = &code[start + opening.len()..];
            let list = match rest.strip_prefix('{') {
                Some(list) => list.split('}').next().unwrap_or_default(),
                None => rest.split(';').next().unwrap_or_default(),
            };
            list.split(',').map(str::trim)
        })
        .collect()
}

/// The scan has teeth: a planted import is found, a comment or a longer name is not.
#[test]
fn the_scan_finds_a_planted_import() {
    assert!(names("use diesel::prelude::*;", "diesel"));
    assert!(names("crate::store::users::find(x)", "crate::store"));
    assert!(!names("let dieselish = 1;", "diesel"));
    assert!(!names("crate::storeroom::x", "crate::store"));
    let planted = "use crate::store::users::{self, save};";
    assert_eq!(imports(planted, "users"), ["self", "save"]);
    assert_eq!(imports("use crate::store::users::save;", "users"), ["save"]);
}

/// Names of fields that hold what nobody may read in a log; the last word of a field's name counts.
const SECRET: [&str; 4] = ["password", "secret", "token", "pin"];

/// QUIET-4XX: a type that can be printed field by field holds no secret as plain text. Such types are
/// `domain::secret::shown_by_name!`, or hold a `SecretString`.
#[test]
fn quiet_4xx_no_type_that_can_be_printed_holds_a_secret_as_text() {
    let mut faults = Vec::new();
    for file in rust_files(Path::new("src")) {
        if !file.ends_with("tests.rs") {
            let code = code_of(&file);
            let found = printable_secrets(&code);
            faults.extend(
                found
                    .into_iter()
                    .map(|fault| format!("{}: {fault}", file.display())),
            );
        }
    }
    assert!(faults.is_empty(), "{faults:#?}");
    let planted =
        "#[derive(Clone, Debug)]\npub struct Key {\n    pub user_pin: Option<String>,\n}\n";
    assert_eq!(printable_secrets(planted), ["user_pin"]);
    let hidden = planted.replace(", Debug", "");
    assert!(printable_secrets(&hidden).is_empty());
}

/// Fields of secrets, of types and variants that derive Debug.
fn printable_secrets(code: &str) -> Vec<&str> {
    let mut found = Vec::new();
    for block in code.split("#[derive(").skip(1) {
        let Some((derived, rest)) = block.split_once(")]") else {
            continue;
        };
        if !derived.split(',').any(|name| name.trim() == "Debug") {
            continue;
        }
        // A type without named fields ends before the next one opens.
        let opens = rest.find('{').unwrap_or_default();
        if rest.find(';').is_some_and(|end| end < opens) {
            continue;
        }
        let body = rest.split("\n}").next().unwrap_or_default();
        for (at, _) in body.match_indices(": ") {
            let kind = &body[at + 2..];
            let name = body[..at]
                .rsplit(|c: char| !c.is_alphanumeric() && c != '_')
                .next()
                .unwrap_or_default();
            let is_text = kind.starts_with("String") || kind.starts_with("Option<String>");
            if is_text && SECRET.contains(&name.rsplit('_').next().unwrap_or_default()) {
                found.push(name);
            }
        }
    }
    found
}

/// SECURITY.md and docs/asvs.md promise by the names of tests; a name that is no test promises
/// nothing.
#[test]
fn every_test_that_the_security_policy_names_is_there() {
    let pages = ["SECURITY.md", "docs/asvs.md"].map(|page| fs::read_to_string(page).unwrap());
    let policy = pages.concat();
    let rows = policy
        .lines()
        .filter(|line| line.starts_with("| ") && line.contains('`'));
    let named: Vec<&str> = rows
        .flat_map(|row| row.split('`').skip(1).step_by(2))
        .collect();
    assert!(named.len() > 15, "{named:?}");
    let mut code = String::new();
    for file in rust_files(Path::new("src"))
        .into_iter()
        .chain(rust_files(Path::new("tests")))
    {
        code.push_str(&fs::read_to_string(file).unwrap());
    }
    for entry in fs::read_dir("tests/e2e").unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "py") {
            code.push_str(&fs::read_to_string(path).unwrap());
        }
    }
    for name in named {
        let is_test =
            code.contains(&format!("fn {name}(")) || code.contains(&format!("def {name}("));
        assert!(is_test, "{name}");
    }
}

fn names(code: &str, name: &str) -> bool {
    code.match_indices(name).any(|(start, _)| {
        let before = code[..start].chars().next_back();
        let after = code[start + name.len()..].chars().next();
        let is_word = |c: char| c.is_alphanumeric() || c == '_';
        !before.is_some_and(is_word) && (name.ends_with(':') || !after.is_some_and(is_word))
    })
}

/// The file without comments, so that prose may name what code may not.
fn code_of(file: &Path) -> String {
    let text = fs::read_to_string(file).unwrap();
    let lines = text.lines().map(|line| match line.find("//") {
        Some(start) if !line[..start].ends_with(':') => &line[..start],
        _ => line,
    });
    lines.collect::<Vec<_>>().join("\n")
}

fn rust_files(place: &Path) -> Vec<PathBuf> {
    if !place.exists() {
        return Vec::new();
    }
    if place.is_file() {
        return vec![place.to_path_buf()];
    }
    let mut files: Vec<PathBuf> = fs::read_dir(place)
        .unwrap()
        .flat_map(|entry| {
            let path = entry.unwrap().path();
            if path.is_dir() || path.extension().is_some_and(|extension| extension == "rs") {
                rust_files(&path)
            } else {
                Vec::new()
            }
        })
        .collect();
    files.sort();
    files
}
