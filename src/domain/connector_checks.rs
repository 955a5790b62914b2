//! What a service provider is known to insist on, as data, and what a release breaks of it. The
//! outcome is warnings with the offending value: they are shown before the service provider would
//! fail in the field. Nothing here refuses anything; the settings' half is `settings_checks`.

use serde::{Deserialize, Serialize};

use crate::domain::release::{Release, ReleasedAttribute};
use crate::domain::text;
use crate::domain::violation::Warning;

/// One thing a service provider insists on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    tag = "kind",
    rename_all = "SCREAMING_SNAKE_CASE",
    rename_all_fields = "camelCase",
    deny_unknown_fields
)]
pub enum Check {
    /// Its entity ID, which is the audience.
    Audience {
        /// See [`matches_pattern`].
        patterns: Vec<String>,
        expects: String,
    },
    /// The URLs at which it takes assertions.
    Acs {
        /// See [`matches_pattern`].
        patterns: Vec<String>,
        expects: String,
    },
    /// What has to be signed whatever else is.
    Signed { part: SignedPart },
    /// Signature algorithms it can verify, in the API's spelling.
    Signature { algorithms: Vec<String> },
    /// NameID formats it takes, as URIs.
    NameId { formats: Vec<String> },
    /// The assertion's length.
    AssertionSize { max_characters: usize },
    /// An attribute by its exact name.
    Attribute {
        name: String,
        #[serde(default)]
        required: bool,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        max_values: Option<usize>,
        values: TextRule,
    },
    /// All attributes whose names begin with `prefix`; what follows it is the key.
    AttributeFamily {
        prefix: String,
        max_attributes: usize,
        max_values: usize,
        key: TextRule,
        values: TextRule,
    },
}

/// A part of the response that is signed by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum SignedPart {
    Assertion,
    Response,
}

/// What a text has to look like. What is left out is not asked.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TextRule {
    /// In characters, like `max_length`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min_length: Option<usize>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_length: Option<usize>,
    /// With `others` the permitted characters; both empty permit all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub classes: Vec<CharacterClass>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub others: String,
    /// A whole number, bounds included, like `maximum`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minimum: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub maximum: Option<u64>,
    /// One of these; see [`matches_pattern`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub patterns: Vec<String>,
    /// The key of a released attribute whose name begins with this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key_of: Option<String>,
    /// The whole rule in words.
    pub expects: String,
}

/// Characters by kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum CharacterClass {
    AsciiLetter,
    AsciiDigit,
    /// Of any script, as `digit` and `blank`.
    Letter,
    Digit,
    Blank,
}

impl CharacterClass {
    fn holds(self, c: char) -> bool {
        match self {
            Self::AsciiLetter => c.is_ascii_alphabetic(),
            Self::AsciiDigit => c.is_ascii_digit(),
            Self::Letter => c.is_alphabetic(),
            Self::Digit => c.is_numeric(),
            Self::Blank => c.is_whitespace() && !c.is_control(),
        }
    }
}

/// What of `checks` a release breaks. `assertion_chars` is the length of the assertion's XML.
pub fn on_release(checks: &[Check], release: &Release, assertion_chars: usize) -> Vec<Warning> {
    let mut warnings = Vec::new();
    for check in checks {
        match check {
            Check::AssertionSize { max_characters } if assertion_chars > *max_characters => {
                warnings.push(Warning::new(
                    "/attributeMappings",
                    format!(
                        "The assertion has {assertion_chars} characters; the service provider takes at \
                         most {max_characters}. Release less."
                    ),
                ));
            }
            Check::Attribute {
                name,
                required,
                max_values,
                values,
            } => {
                let found = release.attributes.iter().find(|a| a.name == *name);
                match found {
                    Some(attribute) => {
                        on_count(attribute, *max_values, &mut warnings);
                        on_values(attribute, values, release, &mut warnings);
                    }
                    None if *required => warnings.push(Warning::new(
                        "/attributeMappings",
                        format!("The service provider needs the attribute {name}. This user would be sent none."),
                    )),
                    None => {}
                }
                let differing = |a: &&ReleasedAttribute| differs_in_case(&a.name, name);
                for attribute in release.attributes.iter().filter(differing) {
                    warnings.push(misspelled(attribute, name));
                }
            }
            Check::AttributeFamily { .. } => on_family(check, release, &mut warnings),
            Check::AssertionSize { .. }
            | Check::Audience { .. }
            | Check::Acs { .. }
            | Check::Signed { .. }
            | Check::Signature { .. }
            | Check::NameId { .. } => {}
        }
    }
    warnings
}

fn on_family(check: &Check, release: &Release, warnings: &mut Vec<Warning>) {
    let Check::AttributeFamily {
        prefix,
        max_attributes,
        max_values,
        key,
        values,
    } = check
    else {
        return;
    };
    let mut count = 0;
    for attribute in &release.attributes {
        let Some(name) = attribute.name.strip_prefix(prefix.as_str()) else {
            if begins_in_other_case(&attribute.name, prefix) {
                warnings.push(misspelled(attribute, prefix));
            }
            continue;
        };
        count += 1;
        if !key.permits(name, release) {
            let name = text::quoted(&attribute.name);
            let detail = format!(
                "The name {name} is not accepted. Expected: {}.",
                key.expects
            );
            warnings.push(at(attribute, 0, detail));
        }
        on_count(attribute, Some(*max_values), warnings);
        on_values(attribute, values, release, warnings);
    }
    if count > *max_attributes {
        let detail = format!(
            "{count} attributes begin with {prefix}; the service provider takes at most {max_attributes}."
        );
        warnings.push(Warning::new("/attributeMappings", detail));
    }
}

fn on_count(attribute: &ReleasedAttribute, max: Option<usize>, warnings: &mut Vec<Warning>) {
    let count = attribute.values.len();
    if max.is_some_and(|max| count > max) {
        let listed: Vec<String> = attribute.values.iter().map(|v| text::quoted(v)).collect();
        let detail = format!(
            "{} has {count} values ({}); the service provider takes one. Map one only.",
            attribute.name,
            shortened(&listed)
        );
        warnings.push(at(attribute, 0, detail));
    }
}

fn on_values(
    attribute: &ReleasedAttribute,
    rule: &TextRule,
    release: &Release,
    warnings: &mut Vec<Warning>,
) {
    for (index, value) in attribute.values.iter().enumerate() {
        if !rule.permits(value, release) {
            let value = text::quoted(value);
            let detail = format!(
                "{value} is not accepted as {}. Expected: {}.",
                attribute.name, rule.expects
            );
            warnings.push(at(attribute, index, detail));
        }
    }
}

/// A warning at the mapping that gave the value at `index`.
fn at(attribute: &ReleasedAttribute, index: usize, detail: String) -> Warning {
    let mut before = 0;
    let origin = attribute.origins.iter().find(|origin| {
        before += origin.values.len();
        index < before
    });
    let pointer = origin.map_or_else(
        || "/attributeMappings".to_owned(),
        |origin| format!("/attributeMappings/{}", origin.mapping),
    );
    Warning::new(pointer, detail)
}

fn misspelled(attribute: &ReleasedAttribute, right: &str) -> Warning {
    let name = text::quoted(&attribute.name);
    let detail = format!("{name} differs from {right} in upper and lower case. Write it the same.");
    at(attribute, 0, detail)
}

fn differs_in_case(name: &str, right: &str) -> bool {
    name != right && name.eq_ignore_ascii_case(right)
}

fn begins_in_other_case(name: &str, prefix: &str) -> bool {
    name.get(..prefix.len())
        .is_some_and(|start| differs_in_case(start, prefix))
}

fn shortened(listed: &[String]) -> String {
    const SHOWN: usize = 5;
    let shown: Vec<&str> = listed.iter().take(SHOWN).map(String::as_str).collect();
    let more = if listed.len() > SHOWN { ", …" } else { "" };
    format!("{}{more}", shown.join(", "))
}

impl TextRule {
    fn permits(&self, value: &str, release: &Release) -> bool {
        let length = value.chars().count();
        let any_character = self.classes.is_empty() && self.others.is_empty();
        let permitted =
            |c: char| self.others.contains(c) || self.classes.iter().any(|class| class.holds(c));
        self.min_length.is_none_or(|min| length >= min)
            && self.max_length.is_none_or(|max| length <= max)
            && (any_character || value.chars().all(permitted))
            && self.permits_number(value)
            && (self.patterns.is_empty() || matches_any(&self.patterns, value))
            && self.key_of.as_ref().is_none_or(|prefix| {
                let names = release.attributes.iter().map(|a| a.name.as_str());
                names
                    .filter_map(|name| name.strip_prefix(prefix.as_str()))
                    .any(|key| key == value)
            })
    }

    fn permits_number(&self, value: &str) -> bool {
        if self.minimum.is_none() && self.maximum.is_none() {
            return true;
        }
        let digits = value.bytes().all(|b| b.is_ascii_digit());
        match value.parse::<u64>() {
            Ok(number) if digits => {
                self.minimum.is_none_or(|min| number >= min)
                    && self.maximum.is_none_or(|max| number <= max)
            }
            _ => false,
        }
    }
}

/// Whether one of the patterns fits; see [`matches_pattern`].
pub fn matches_any(patterns: &[String], value: &str) -> bool {
    patterns
        .iter()
        .any(|pattern| matches_pattern(pattern, value))
}

/// Whether `value` as a whole fits `pattern`: `*` stands for one or more characters, `#` for one
/// digit, everything else for itself.
pub fn matches_pattern(pattern: &str, value: &str) -> bool {
    let tokens: Vec<char> = pattern.chars().collect();
    // For each beginning of the pattern, longest last: does it fit what was read so far?
    let mut fits = vec![false; tokens.len()];
    let mut nothing_read = true;
    for c in value.chars() {
        // From the end, so that each place still sees the one before it as it was.
        for place in (0..tokens.len()).rev() {
            let before = match place.checked_sub(1) {
                Some(previous) => fits.get(previous) == Some(&true),
                None => nothing_read,
            };
            let (Some(token), Some(fit)) = (tokens.get(place), fits.get_mut(place)) else {
                continue;
            };
            *fit = match token {
                '*' => before || *fit,
                '#' => before && c.is_ascii_digit(),
                other => before && *other == c,
            };
        }
        nothing_read = false;
    }
    fits.last().copied().unwrap_or(nothing_read)
}

#[cfg(test)]
mod tests;
