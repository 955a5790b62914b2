//! A mail to people, as text and as HTML: what happened, lines that say more, and one link. Who gets it, and when, is decided by whoever writes it.

use crate::saml::xml_writer::{ForbiddenCharacter, XmlWriter};

/// What is said below a link into the console.
pub const SIGN_IN: &str = "You will be asked to sign in.";

/// What a mail says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    pub opening: String,
    /// May be none.
    pub lines: Vec<String>,
    /// The words of the link,
    pub link: &'static str,
    /// and where it leads.
    pub address: String,
    /// The last sentence.
    pub closing: &'static str,
}

impl Letter {
    /// The plain part.
    pub fn text(&self) -> String {
        let lines: String = self
            .lines
            .iter()
            .map(|line| format!("  {line}\n"))
            .collect();
        let gap = if lines.is_empty() { "" } else { "\n" };
        let (opening, link, address) = (&self.opening, self.link, &self.address);
        let closing = self.closing;
        format!("{opening}\n\n{lines}{gap}{link}: {address}\n\n{closing}\n")
    }

    /// The HTML part, through the writer of XML, which escapes whatever names hold.
    pub fn html(&self) -> Result<String, ForbiddenCharacter> {
        let mut html = XmlWriter::new();
        html.start("html", &[]);
        html.start("body", &[]);
        html.leaf("p", &[], &self.opening);
        if !self.lines.is_empty() {
            html.start("ul", &[]);
            for line in &self.lines {
                html.leaf("li", &[], line);
            }
            html.end("ul");
        }
        html.start("p", &[]);
        html.leaf("a", &[("href", &self.address)], self.link);
        html.end("p");
        html.leaf("p", &[], self.closing);
        html.end("body");
        html.end("html");
        html.finish()
    }
}
