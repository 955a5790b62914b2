//! What browsers send is read, byte by byte; anything else is refused.

use super::*;

const BODY: &[u8] = b"--x\r\nContent-Disposition: form-data; name=\"csrf_token\"\r\n\r\nabc\r\n\
    --x\r\nContent-Disposition: form-data; name=\"logo\"; filename=\"a;b.png\"\r\n\
    Content-Type: image/png\r\n\r\n\x89PNG\r\n\x1a\n--x\0\r\n--x--\r\n";

#[test]
fn parts_come_with_their_names_and_all_their_bytes() {
    let found = parts(BODY, "x").unwrap();
    let found: Vec<(&str, &[u8])> = found
        .iter()
        .map(|part| (part.name.as_str(), part.bytes))
        .collect();
    assert_eq!(
        found,
        [
            ("csrf_token", &b"abc"[..]),
            ("logo", &b"\x89PNG\r\n\x1a\n--x\0"[..]),
        ]
    );
    assert_eq!(parts(b"--x--\r\n", "x"), Some(Vec::new()));
}

#[test]
fn what_is_cut_off_or_of_another_shape_is_refused() {
    for length in 0..BODY.len() - 4 {
        assert_eq!(parts(&BODY[..length], "x"), None, "{length}");
    }
    assert_eq!(parts(BODY, "y"), None);
    assert_eq!(parts(b"--x\r\n\r\n\r\nno name\r\n--x--", "x"), None);
}

#[test]
fn the_boundary_is_found_in_the_content_type() {
    let found = |text: &str| boundary(text);
    assert_eq!(
        found("multipart/form-data; boundary=x").as_deref(),
        Some("x")
    );
    assert_eq!(
        found("Multipart/Form-Data; charset=utf-8; Boundary=\"--a b\"").as_deref(),
        Some("--a b")
    );
    assert_eq!(found("multipart/form-data"), None);
    assert_eq!(found("multipart/form-data; boundary="), None);
    assert_eq!(found("application/x-www-form-urlencoded; boundary=x"), None);
}

#[test]
fn the_file_at_the_end_of_a_form_is_found_without_reading_it() {
    let body = b"--b\r\nContent-Disposition: form-data; name=\"q\"\r\n\r\nwiki\r\n--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"x\"\r\n\r\n<xml/>\r\n--b--\r\n";
    let (parts, at) = before_file(body, ("b", "file")).unwrap();
    assert_eq!(parts.len(), 1);
    assert_eq!(
        (parts[0].name.as_str(), parts[0].bytes),
        ("q", &b"wiki"[..])
    );
    let rest = &body[at..];
    assert_eq!(
        rest.strip_suffix(ending("b").as_bytes()),
        Some(&b"<xml/>"[..])
    );
    assert_eq!(before_file(body, ("b", "other")), None);
    assert_eq!(before_file(&body[..60], ("b", "file")), None);
}
