//! What may be kept of a message that we sent: all but that by which somebody could use it in another's
//! place. A signed assertion without its signature value, and an encrypted one without its
//! ciphertext, signs nobody in.

/// Elements whose content is taken out, by their local names (xmldsig-core 4.3, xmlenc-core 3.3).
const TAKEN_OUT: [&str; 2] = ["SignatureValue", "CipherValue"];
/// What stands there instead.
const INSTEAD: &str = "redacted";

/// A document of our own writer with those contents taken out. It writes neither blanks in end tags
/// nor character data with `<` in it, so the tags are where they are found.
pub fn redacted(xml: &str) -> String {
    let mut out = String::with_capacity(xml.len());
    let mut rest = xml;
    while let Some((before, tag, after)) = next_tag(rest) {
        out.push_str(before);
        out.push_str(tag);
        rest = after;
        let name = tag.trim_matches(['<', '>']).split(' ').next();
        let local = name.and_then(|name| name.rsplit(':').next());
        if local.is_some_and(|local| TAKEN_OUT.contains(&local)) && !tag.starts_with("</") {
            out.push_str(INSTEAD);
            rest = rest
                .find('<')
                .and_then(|at| rest.get(at..))
                .unwrap_or_default();
        }
    }
    out.push_str(rest);
    out
}

/// The text before the next tag, the tag, and what follows it.
fn next_tag(text: &str) -> Option<(&str, &str, &str)> {
    let (before, from) = text.split_at_checked(text.find('<')?)?;
    let (tag, after) = from.split_at_checked(from.find('>')? + 1)?;
    Some((before, tag, after))
}

#[cfg(test)]
mod tests;
