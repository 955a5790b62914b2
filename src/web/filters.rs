//! What templates do to values: say a text in the reader's language, put values into it, count,
//! write an instant. Each gives text; escaping stays the template's.

use std::borrow::Borrow;
use std::fmt::Display;

use askama::{Result, Values, filter_fn, get_value};
use chrono::{DateTime, SecondsFormat, Utc};

use crate::web::language::{Language, fill};

/// Under this name a page's language is handed to its template.
pub const LANGUAGE: &str = "language";

/// A page that was rendered without a language is English.
fn language(values: &dyn Values) -> Language {
    get_value::<Language>(values, LANGUAGE)
        .copied()
        .unwrap_or_default()
}

/// `"Users"|t`: the text in the reader's language.
#[filter_fn]
pub fn t<T: Display>(text: T, values: &dyn Values) -> Result<String> {
    Ok(language(values).say(&text.to_string()).to_owned())
}

/// `violation.detail|retold`: a finished sentence of a lower floor in the reader's language.
#[filter_fn]
pub fn retold<T: Display>(sentence: T, values: &dyn Values) -> Result<String> {
    Ok(language(values).retell(&sentence.to_string()))
}

/// `"Delete {}?"|t|with(name)`: the value in the first free place of the text.
#[filter_fn]
pub fn with<T: Display, V: Display>(text: T, _: &dyn Values, value: V) -> Result<String> {
    Ok(fill(&text.to_string(), &[value.to_string()]))
}

/// `members|count("{} member", "{} members")`: the form that fits the number.
#[filter_fn]
pub fn count<N: Borrow<i64>>(
    number: N,
    values: &dyn Values,
    one: &str,
    many: &str,
) -> Result<String> {
    let number = *number.borrow();
    let form = if number == 1 { one } else { many };
    Ok(fill(language(values).say(form), &[grouped(number)]))
}

/// `total|number`: with thin gaps between thousands.
#[filter_fn]
pub fn number<N: Borrow<i64>>(number: N, _: &dyn Values) -> Result<String> {
    Ok(grouped(*number.borrow()))
}

/// `at|when`: an instant for people.
#[filter_fn]
pub fn when(instant: &DateTime<Utc>, _: &dyn Values) -> Result<String> {
    Ok(instant.format("%Y-%m-%d %H:%M UTC").to_string())
}

/// `at|iso`: an instant for the attribute `datetime`.
#[filter_fn]
pub fn iso(instant: &DateTime<Utc>, _: &dyn Values) -> Result<String> {
    Ok(instant.to_rfc3339_opts(SecondsFormat::Secs, true))
}

/// Groups of three digits, parted by a narrow no-break space, as many languages read them.
fn grouped(number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push('\u{202f}');
        }
        text.push(digit);
    }
    if number < 0 {
        text.insert(0, '−');
    }
    text
}
