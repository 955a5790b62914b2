//! A length of time as people say it: in whole hours, or in minutes.

use chrono::TimeDelta;

use crate::web::language::{Language, fill};

/// `8 hours`, `1 hour`, `90 minutes`.
pub fn words(language: Language, length: TimeDelta) -> String {
    let minutes = length.num_minutes();
    let (number, text) = match (minutes / 60, minutes % 60) {
        (1, 0) => (1, "{} hour"),
        (hours, 0) => (hours, "{} hours"),
        _ => (minutes, "{} minutes"),
    };
    fill(language.say(text), &[number.to_string()])
}

#[cfg(test)]
mod tests {
    //! Both languages.

    use chrono::TimeDelta;

    use crate::web::duration::words;
    use crate::web::language::Language::{English, German};

    #[test]
    fn hours_are_said_where_they_are_whole() {
        for (minutes, english, german) in [
            (480, "8 hours", "8 Stunden"),
            (60, "1 hour", "1 Stunde"),
            (90, "90 minutes", "90 Minuten"),
        ] {
            assert_eq!(words(English, TimeDelta::minutes(minutes)), english);
            assert_eq!(words(German, TimeDelta::minutes(minutes)), german);
        }
    }
}
