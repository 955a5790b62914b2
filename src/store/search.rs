//! The pattern of a search: what a client types is text to be found, never a pattern of its own.

/// A LIKE pattern, with `\` as escape, for texts that contain `part` anywhere.
pub(in crate::store) fn containing(part: &str) -> String {
    let mut pattern = String::with_capacity(part.len() + 2);
    pattern.push('%');
    for c in part.chars() {
        if matches!(c, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern.push('%');
    pattern
}
