//! Forms with a file (RFC 7578), which arrive in parts. Reads what browsers send and nothing more:
//! each part's name and its bytes. What somebody calls a file, and which type they say it has, is
//! not looked at.

use actix_web::http::header::{CONTENT_TYPE, HeaderMap};

/// One field of such a form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormPart<'a> {
    pub name: String,
    pub bytes: &'a [u8],
}

/// The boundary of a Content-Type, if it is that of such a form.
pub fn boundary(content_type: &str) -> Option<String> {
    let mut parameters = content_type.split(';').map(str::trim);
    let essence = parameters.next()?;
    if !essence.eq_ignore_ascii_case("multipart/form-data") {
        return None;
    }
    let boundary = parameters.find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        let is_it = name.eq_ignore_ascii_case("boundary");
        is_it.then(|| value.trim_matches('"').to_owned())
    })?;
    (1..=70).contains(&boundary.len()).then_some(boundary)
}

/// The parts of a body, in their order; `None`: it is cut off or not of this shape.
pub fn parts<'a>(body: &'a [u8], boundary: &str) -> Option<Vec<FormPart<'a>>> {
    let opening = format!("--{boundary}");
    let delimiter = format!("\r\n{opening}");
    let mut rest = body.strip_prefix(opening.as_bytes())?;
    let mut parts = Vec::new();
    while !rest.starts_with(b"--") {
        let part = rest.strip_prefix(b"\r\n")?;
        let (head, content) = split(part, b"\r\n\r\n")?;
        let (bytes, after) = split(content, delimiter.as_bytes())?;
        parts.push(FormPart {
            name: name(std::str::from_utf8(head).ok()?)?,
            bytes,
        });
        rest = after;
    }
    Some(parts)
}

/// The boundary of the form that a request says to carry.
pub fn boundary_of(headers: &HeaderMap) -> Option<String> {
    boundary(headers.get(CONTENT_TYPE)?.to_str().ok()?)
}

/// The parts before the file that a form ends with, and where that file's octets begin. `beginning`: of the body,
/// with all of this in it.
pub fn before_file<'a>(
    beginning: &'a [u8],
    (boundary, file): (&str, &str),
) -> Option<(Vec<FormPart<'a>>, usize)> {
    let opening = format!("--{boundary}");
    let delimiter = format!("\r\n{opening}");
    let mut rest = beginning.strip_prefix(opening.as_bytes())?;
    let mut parts = Vec::new();
    loop {
        let part = rest.strip_prefix(b"\r\n")?;
        let (head, content) = split(part, b"\r\n\r\n")?;
        let name = name(std::str::from_utf8(head).ok()?)?;
        if name == file {
            return Some((parts, beginning.len() - content.len()));
        }
        let (bytes, after) = split(content, delimiter.as_bytes())?;
        parts.push(FormPart { name, bytes });
        rest = after;
    }
}

/// What stands behind the last part.
pub fn ending(boundary: &str) -> String {
    format!("\r\n--{boundary}--\r\n")
}

/// The `name` of a Content-Disposition.
fn name(head: &str) -> Option<String> {
    let disposition = head.split("\r\n").find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-disposition")
            .then_some(value)
    })?;
    let parameters = disposition.split(';').map(str::trim);
    let mut names = parameters.filter_map(|parameter| parameter.strip_prefix("name="));
    Some(names.next()?.trim_matches('"').to_owned())
}

/// What stands before and behind the first `separator`.
fn split<'a>(bytes: &'a [u8], separator: &[u8]) -> Option<(&'a [u8], &'a [u8])> {
    let at = bytes
        .windows(separator.len())
        .position(|window| window == separator)?;
    let (before, rest) = bytes.split_at_checked(at)?;
    Some((before, rest.get(separator.len()..)?))
}

#[cfg(test)]
mod tests;
