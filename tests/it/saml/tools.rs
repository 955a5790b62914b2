//! Other people's programs as judges. A missing one fails the test: a check that silently did not
//! run is worse than none.

use std::io::Write;
use std::process::{Command, Output};

use tempfile::NamedTempFile;

/// Runs a program; a program that is not there fails the test and says what to do.
pub fn run(command: &mut Command) -> Output {
    let program = command.get_program().to_string_lossy().into_owned();
    command
        .output()
        .unwrap_or_else(|error| panic!("{program}: {error}; run scripts/setup --tests"))
}

/// Standard output of a run that has to succeed.
pub fn stdout_of(command: &mut Command) -> Vec<u8> {
    let output = run(command);
    assert!(
        output.status.success(),
        "{command:?} failed: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    output.stdout
}

/// A file with this content, gone at the end of the test.
pub fn file(content: &[u8]) -> NamedTempFile {
    let mut file = NamedTempFile::new().unwrap();
    file.write_all(content).unwrap();
    file
}

/// What xmllint's XPath makes of a document: the string value.
pub fn xpath_string(xml: &NamedTempFile, expression: &str) -> String {
    let output = stdout_of(
        Command::new("xmllint")
            .args(["--nonet", "--xpath", &format!("string({expression})")])
            .arg(xml.path()),
    );
    let text = String::from_utf8(output).unwrap();
    text.strip_suffix('\n').unwrap_or(&text).to_owned()
}
