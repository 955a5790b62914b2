//! Every kind of event that is written has words, and the words are translated.

use std::fs;
use std::path::{Path, PathBuf};

use super::{MEANINGS, kind_label};
use crate::domain::audit::ActorKind;
use crate::web::console::difference::labels;
use crate::web::language::Language;

#[test]
fn everything_that_is_said_of_an_event_is_told_in_german() {
    let same = [
        "Administrator",
        "Terminal",
        "System",
        "Logo",
        "RelayState",
        "NameID",
    ];
    let told = MEANINGS.iter().map(|(_, meaning)| *meaning);
    let actors = ActorKind::ALL.into_iter().map(kind_label);
    for text in told.chain(actors).chain(labels()) {
        let is_told = Language::German.say(text) != text || same.contains(&text);
        assert!(is_told || text == "Name" || text == "Status", "{text}");
    }
}

/// A kind that the services write and nobody put into words would be shown as its code.
#[test]
fn c7_every_kind_of_event_has_words() {
    for file in sources(Path::new("src/service")) {
        let text = fs::read_to_string(&file).expect("a source file");
        for literal in text.split('"').skip(1).step_by(2) {
            let kinds = [
                "user.",
                "group.",
                "connector.",
                "sign_on.",
                "session.",
                "assertion.",
            ];
            let is_kind = kinds.iter().any(|kind| literal.starts_with(kind))
                && literal
                    .bytes()
                    .all(|byte| matches!(byte, b'a'..=b'z' | b'.' | b'_'))
                && !literal.ends_with('.');
            let is_known = MEANINGS.iter().any(|(kind, _)| *kind == literal);
            assert!(!is_kind || is_known, "{literal} of {}", file.display());
        }
    }
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a folder");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    paths
        .filter(|path| path.extension().is_some_and(|end| end == "rs"))
        .collect()
}

#[test]
fn every_kind_of_event_is_told_in_the_documentation() {
    let page = include_str!("../../../../docs/audit.md");
    for (kind, meaning) in MEANINGS {
        let row = format!("| `{kind}` | {meaning} |");
        assert!(page.contains(&row), "{row}");
    }
}
