//! Which language a browser gets, and that no text of a page is left without its translation.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use super::{GERMAN, GermanFiles, Language, fill};

#[test]
fn the_highest_weight_wins_and_english_is_the_rest() {
    let check = |accepted: &str, expected: Language| {
        assert_eq!(Language::negotiate(accepted), expected, "{accepted}");
    };
    check("", Language::English);
    check("de", Language::German);
    check("de-AT,de;q=0.9,en;q=0.8", Language::German);
    check("en-US,en;q=0.9,de;q=0.8", Language::English);
    check("fr-FR, DE;q=0.5, *;q=0.1", Language::German);
    check("fr, it", Language::English);
    check("de;q=0, en;q=0.1", Language::English);
    check("de;q=nonsense", Language::English);
}

#[test]
fn values_stand_in_their_places() {
    assert_eq!(fill("{} of {}", &["3", "10"]), "3 of 10");
    assert_eq!(fill("nothing", &["3"]), "nothing");
    assert_eq!(fill("{} and {}", &["{}"]), "{} and {}");
}

#[test]
fn a_finished_sentence_is_recognised_by_the_text_around_its_values() {
    let german = |sentence: &str| Language::German.retell(sentence);
    assert_eq!(
        german("Username is taken. Choose another."),
        "Benutzername ist vergeben. Wählen Sie etwas anderes."
    );
    assert_eq!(german("No such sentence."), "No such sentence.");
    // Shorter texts that fit the end of a sentence once took its last word for their own.
    assert_eq!(
        german("Location is Denver, since root created the group"),
        "Location is Denver, seit root die Gruppe angelegt hat"
    );
    assert_eq!(
        german("Nothing is said of this group"),
        "Nothing is said of this group"
    );
    assert_eq!(
        Language::English.retell("Username is taken. Choose another."),
        "Username is taken. Choose another."
    );
}

/// Every file is valid, and no text is told twice with two meanings.
#[test]
fn the_catalogue_can_be_read() {
    let mut seen = BTreeMap::new();
    for name in GermanFiles::iter() {
        let file = GermanFiles::get(&name).expect("listed");
        let texts: BTreeMap<String, String> =
            serde_json::from_slice(&file.data).unwrap_or_else(|error| panic!("{name}: {error}"));
        for (english, german) in texts {
            let told = seen
                .entry(english.clone())
                .or_insert_with(|| german.clone());
            assert_eq!(*told, german, "{name} tells {english:?} in another way");
        }
    }
    for (english, german) in GERMAN.iter() {
        assert_eq!(
            english.matches("{}").count(),
            german.matches("{}").count(),
            "{english:?} has other places than {german:?}"
        );
    }
}

/// Every text that a template says through the catalogue is in it.
#[test]
fn every_text_of_a_template_is_translated() {
    let mut missing = BTreeSet::new();
    for path in templates(Path::new("templates")) {
        let text = fs::read_to_string(&path).expect("a template");
        for said in texts_of(&text) {
            if !GERMAN.contains_key(&said) {
                missing.insert(format!("{}: {said}", path.display()));
            }
        }
    }
    assert!(missing.is_empty(), "{missing:#?}");
}

fn templates(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(templates(&path));
        } else if path.extension().is_some_and(|end| end == "html") {
            found.push(path);
        }
    }
    found
}

/// The literals before `|t`, both forms of `|count("..", "..")`, and the label and the hint that a
/// macro of a field is handed.
fn texts_of(template: &str) -> Vec<String> {
    let mut found = Vec::new();
    let literals: Vec<(usize, usize)> = literals(template);
    for (index, (start, end)) in literals.iter().enumerate() {
        let text = &template[*start..*end];
        let after = &template[end + 1..];
        let before = &template[..start - 1];
        let is_plural = before.ends_with("|count(")
            || (before.ends_with(", ")
                && index > 0
                && template[..literals[index - 1].0 - 1].ends_with("|count("));
        let is_said = after.starts_with("|t") && !after[2..].starts_with(char::is_alphanumeric);
        let is_label = ["text(", "area(", "select("]
            .iter()
            .any(|field| before.ends_with(&format!("call ui::{field}")));
        let is_of_a_field = before
            .rsplit("{% call ")
            .next()
            .is_some_and(|call| call.starts_with("ui::"));
        let is_hint = is_of_a_field && after.starts_with(") %}{% endcall %}") && !text.is_empty();
        if is_said || is_plural || is_label || is_hint {
            found.push(text.to_owned());
        }
    }
    found
}

/// Start and end of what stands between double quotes inside of `{{ }}` and `{% %}`.
fn literals(template: &str) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(open) = template[at..].find(['{']).map(|offset| at + offset) {
        let close = match template.get(open..open + 2) {
            Some("{{") => "}}",
            Some("{%") => "%}",
            _ => {
                at = open + 1;
                continue;
            }
        };
        let mut quote = None;
        let mut end = template.len();
        for (offset, character) in template[open..].char_indices() {
            let here = open + offset;
            match (character, quote) {
                ('"', None) => quote = Some(here + 1),
                ('"', Some(start)) => {
                    found.push((start, here));
                    quote = None;
                }
                _ if quote.is_none() && template[here..].starts_with(close) => {
                    end = here;
                    break;
                }
                _ => {}
            }
        }
        at = end;
    }
    found
}
