//! Line numbers as an editor shows them, and the end of what is too long.

use super::*;

fn check(csv: &str, wanted: &[(u64, &str)]) {
    // One byte at a time: no line may depend on where a buffer ends.
    for chunk in [1, 7, 8192] {
        let mut lines = CsvLines::new(Chunks(csv.as_bytes(), chunk));
        let mut found = Vec::new();
        while let Some(line) = lines.next_line().unwrap() {
            let cells = line.cells.unwrap();
            found.push((line.line, cells.get(0).unwrap().to_owned()));
        }
        let found: Vec<(u64, &str)> = found.iter().map(|(n, cell)| (*n, cell.as_str())).collect();
        assert_eq!(found, wanted, "{csv:?} by {chunk}");
    }
}

struct Chunks<'a>(&'a [u8], usize);

impl Read for Chunks<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let end = buffer.len().min(self.1);
        self.0.read(&mut buffer[..end])
    }
}

#[test]
fn a_line_has_the_number_that_an_editor_shows() {
    check("a\nb\nc", &[(1, "a"), (2, "b"), (3, "c")]);
    check("a\r\nb\r\nc\r\n", &[(1, "a"), (2, "b"), (3, "c")]);
    check("a\n\n\nb\n\r\n\nc\n\n", &[(1, "a"), (4, "b"), (7, "c")]);
    check("\n\na\n", &[(3, "a")]);
    check("\u{feff}a\nb\n", &[(1, "a"), (2, "b")]);
    check("a\n\"x\ny\"\nc\n", &[(1, "a"), (2, "x\ny"), (4, "c")]);
    check("\"x\r\ny\"\r\nc\r\n", &[(1, "x\r\ny"), (3, "c")]);
    check("", &[]);
}

#[test]
fn a_line_that_is_too_long_ends_the_file() {
    let mut csv = b"a\n\"b".to_vec();
    csv.resize(3 * LONGEST_LINE, b'\n');
    let mut lines = CsvLines::new(csv.as_slice());
    assert_eq!(lines.next_line().unwrap().unwrap().line, 1);
    let error = lines.next_line().unwrap_err();
    assert!(matches!(error, CsvError::TooLong { line: 2 }), "{error}");
}

#[test]
fn a_line_that_is_not_utf8_is_told_by_its_number() {
    let mut lines = CsvLines::new(&b"a\n\xFF\nb\n"[..]);
    let mut found = Vec::new();
    while let Some(line) = lines.next_line().unwrap() {
        found.push((line.line, line.cells.is_some()));
    }
    assert_eq!(found, [(1, true), (2, false), (3, true)]);
}
