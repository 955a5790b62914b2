//! Pictures are known by their content.

use super::{LIMIT, check};

#[test]
fn three_kinds_of_pictures_are_taken_by_their_first_bytes() {
    assert_eq!(check(b"\x89PNG\r\n\x1a\n...").unwrap(), "image/png");
    assert_eq!(check(b"\xff\xd8\xff\xe0").unwrap(), "image/jpeg");
    assert_eq!(check(b"RIFF\x10\0\0\0WEBPVP8 ").unwrap(), "image/webp");
    for other in [
        &b""[..],
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"GIF89a",
        b"RIFF\x10\0\0\0WAVE",
        b"<html>",
    ] {
        assert!(check(other).unwrap_err().contains("PNG, JPEG or WebP"));
    }
}

#[test]
fn a_picture_over_the_cap_is_refused() {
    let mut picture = b"\x89PNG\r\n\x1a\n".to_vec();
    picture.resize(LIMIT, 0);
    assert!(check(&picture).is_ok());
    picture.push(0);
    assert!(check(&picture).unwrap_err().contains("64 KiB"));
}
