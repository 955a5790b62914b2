//! XML as it was made, broken into indented lines for people to read. What is shown is never sent.

/// Puts every element on a line of its own, one that holds no other element together with its end.
/// The document is one of ours: well-formed, without comments, and with every `<` in text escaped.
pub fn indented(xml: &str) -> String {
    let mut lines = String::with_capacity(xml.len() * 2);
    let mut depth = 0_usize;
    let mut after_start = false;
    for part in xml.split('<').filter(|part| !part.is_empty()) {
        let tag = part.split('>').next().unwrap_or_default();
        let is_end = tag.starts_with('/');
        let opens = !is_end && !tag.ends_with('/') && !tag.starts_with('?');
        if is_end {
            depth = depth.saturating_sub(1);
        }
        if !(is_end && after_start) && !lines.is_empty() {
            lines.push('\n');
            lines.push_str(&"  ".repeat(depth));
        }
        lines.push('<');
        // Blanks between elements are made anew; text of an element is left as it is.
        lines.push_str(if part.ends_with('>') || part.trim_end().ends_with('>') {
            part.trim_end()
        } else {
            part
        });
        if opens {
            depth += 1;
        }
        after_start = opens;
    }
    lines
}

#[cfg(test)]
mod tests;
