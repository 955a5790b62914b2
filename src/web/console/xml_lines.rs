//! XML as it was made, broken into indented lines for people to read. What is shown is never sent.

/// Puts every element on a line of its own, one that holds no other element together with its end.
/// The document is one of ours: well-formed, each element with an end tag, without blanks between
/// elements, and with every `<` in values escaped.
pub fn indented(xml: &str) -> String {
    let mut lines = String::with_capacity(xml.len() * 2);
    let mut depth = 0_usize;
    let mut after_start = false;
    for part in xml.split('<').filter(|part| !part.is_empty()) {
        let is_end = part.starts_with('/');
        if is_end {
            depth = depth.saturating_sub(1);
        }
        let begins_line = !(lines.is_empty() || is_end && after_start);
        if begins_line {
            lines.push('\n');
            lines.push_str(&"  ".repeat(depth));
        }
        lines.push('<');
        lines.push_str(part);
        if !is_end {
            depth += 1;
        }
        after_start = !is_end;
    }
    lines
}

#[cfg(test)]
mod tests;
