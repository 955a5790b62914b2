//! The master keys that a process holds: the one in use, and while one takes the place of another, the other too.
//! What is sealed does not say by which; opening tries each.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use zeroize::Zeroizing;

use crate::service::master_key_source::{file, former_file, next_file};
use crate::service::secrets::{MasterKey, Sealed, SecretsError};

/// The keys. Cheap to clone.
#[derive(Clone)]
pub struct MasterKeys {
    current: Arc<MasterKey>,
    /// The one that takes over.
    next: Option<Arc<MasterKey>>,
    /// Those that others may seal with.
    others: Vec<Arc<MasterKey>>,
}

impl MasterKeys {
    /// One key and no other.
    pub fn new(current: MasterKey) -> Self {
        Self {
            current: Arc::new(current),
            next: None,
            others: Vec::new(),
        }
    }

    /// The same key in use, with what lies in the key directory now.
    pub fn beside(&self, directory: &Path) -> Result<Self, SecretsError> {
        let load = |path: PathBuf| MasterKey::load(&path).map(|key| key.map(Arc::new));
        let next = load(next_file(directory))?;
        // A process that was started before the files were renamed finds the new key under the usual name; one
        // that has its key from elsewhere finds the one it had before.
        let others = [load(file(directory))?, load(former_file(directory))?];
        Ok(Self {
            current: Arc::clone(&self.current),
            next,
            others: others.into_iter().flatten().collect(),
        })
    }

    /// The key that everything has to be sealed under in the end.
    pub fn target(&self) -> &MasterKey {
        self.next.as_ref().unwrap_or(&self.current)
    }

    /// Seals by the key in use: a node that does not have the next one yet has to open it, too.
    pub fn seal(&self, what: Sealed, plain: &[u8]) -> Result<Vec<u8>, SecretsError> {
        self.current.seal(what, plain)
    }

    /// Opens by whichever key it was sealed.
    pub fn open(&self, what: Sealed, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, SecretsError> {
        let all = std::iter::once(&self.current)
            .chain(&self.next)
            .chain(&self.others);
        for key in all {
            match key.open(what, sealed) {
                Err(SecretsError::WrongMasterKey) => {}
                opened_or_failed => return opened_or_failed,
            }
        }
        Err(SecretsError::WrongMasterKey)
    }
}
