//! A secret that is shown this once: the answer to the form that made it, kept by nobody.

use askama::Template;

use crate::web::console::shell::Shell;
use crate::web::filters;

/// The page with the secret.
#[derive(Template)]
#[template(path = "console/shown_once.html")]
pub struct ShownOncePage<'a> {
    pub shell: Shell,
    /// What it is.
    pub title: &'static str,
    /// Whose it is.
    pub name: &'a str,
    /// What it is good for.
    pub text: &'static str,
    pub secret: &'a str,
    /// Label and address of the list it belongs to.
    pub back: (&'static str, &'static str),
}

#[cfg(test)]
mod tests {
    //! The texts that handlers hand over are in every language.

    use crate::web::language::Language;

    #[test]
    fn every_text_is_said_in_german() {
        for text in [
            "One-time link",
            "Whoever opens this link within 24 hours sets the password of this account. Hand it over now: it is not shown again.",
            "Whoever opens this link within 30 minutes sets the password of this account. Hand it over now: it is not shown again.",
            "New API token",
            "Programs send it in the header Authorization: Bearer. Copy it now: it is not shown again.",
        ] {
            assert_ne!(Language::German.say(text), text);
        }
    }
}
