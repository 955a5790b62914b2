//! Where the master key comes from: its file, the environment, or a command that asks a vault for it. Never kept
//! anywhere but in memory, and never told.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use zeroize::Zeroizing;

use crate::service::secrets::{MasterKey, SecretsError};

/// A vault that has not answered by then does not answer.
const PATIENCE: Duration = Duration::from_secs(10);
/// More than any key in base64 needs.
const LONGEST_ANSWER: u64 = 1_024;

/// What the settings name.
#[derive(Debug, Clone)]
pub enum MasterKeySource {
    /// `master.key` in the key directory; made there at the first start.
    File,
    /// 32 bytes in base64.
    Given(SecretString),
    /// A command for the shell that writes the same to its standard output.
    Command(String),
}

/// The master key of this process. `None`: there is no file yet.
pub fn read(source: &MasterKeySource, directory: &Path) -> Result<Option<MasterKey>, SecretsError> {
    match source {
        MasterKeySource::File => MasterKey::load(&file(directory)),
        MasterKeySource::Given(text) => MasterKey::parse(text.expose_secret())
            .ok_or(SecretsError::MasterKeyText {
                from: "VESTIBULE_MASTER_KEY",
            })
            .map(Some),
        MasterKeySource::Command(command) => {
            let answer = answer_of(command)?;
            let text = std::str::from_utf8(&answer).ok().map(str::trim);
            text.and_then(MasterKey::parse)
                .ok_or(SecretsError::MasterKeyText {
                    from: "VESTIBULE_MASTER_KEY_COMMAND",
                })
                .map(Some)
        }
    }
}

/// The file of the key that is in use.
pub fn file(directory: &Path) -> PathBuf {
    directory.join("master.key")
}

/// The file of the key that comes next: while it is there, everything is re-sealed under it.
pub fn next_file(directory: &Path) -> PathBuf {
    directory.join("master.key.next")
}

/// The file of the key that was in use before: what was sealed under it still opens.
pub fn former_file(directory: &Path) -> PathBuf {
    directory.join("master.key.old")
}

/// What a command writes until it ends well.
fn answer_of(command: &str) -> Result<Zeroizing<Vec<u8>>, SecretsError> {
    let mut child = Command::new("/bin/sh")
        .args(["-c", command])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(SecretsError::Command)?;
    let outcome = listen(&mut child);
    if outcome.is_err() {
        // It may have ended by itself meanwhile.
        let _ended_or_not = child.kill();
    }
    let status = child.wait().map_err(SecretsError::Command)?;
    let answer = outcome?;
    if status.success() {
        Ok(answer)
    } else {
        Err(SecretsError::CommandFailed)
    }
}

fn listen(child: &mut Child) -> Result<Zeroizing<Vec<u8>>, SecretsError> {
    let stdout = child.stdout.take().ok_or(SecretsError::CommandFailed)?;
    let (sender, answer) = sync_channel(1);
    std::thread::Builder::new()
        .name("master key command".to_owned())
        .spawn(move || {
            let mut octets = Zeroizing::new(Vec::new());
            let read = stdout.take(LONGEST_ANSWER).read_to_end(&mut octets);
            // Nobody listens any more when it came too late.
            let _heard = sender.send(read.map(|_length| octets));
        })
        .map_err(SecretsError::Command)?;
    match answer.recv_timeout(PATIENCE) {
        Ok(answer) => answer.map_err(SecretsError::Command),
        Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {
            Err(SecretsError::CommandFailed)
        }
    }
}

#[cfg(test)]
mod tests;
