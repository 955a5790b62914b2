//! A hardware security module, by PKCS#11 (OASIS PKCS#11 2.40): its token found by the label, sessions that
//! are logged in and lent out. What is done with a key in it is in `hsm_key`. No private key ever comes out.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError, RwLock};

use cryptoki::context::{CInitializeArgs, CInitializeFlags, Pkcs11};
use cryptoki::error::{Error, RvError};
use cryptoki::object::ObjectHandle;
use cryptoki::session::{Session, UserType};
use cryptoki::slot::Slot;
use openssl::error::ErrorStack;
use secrecy::SecretString;

/// Where the module is, and how it is opened.
#[derive(Debug, Clone)]
pub struct HsmSettings {
    /// The library that the maker of the module supplies.
    pub module: PathBuf,
    /// Label of the token.
    pub label: String,
    /// Of the token's user.
    pub pin: SecretString,
}

/// Why the module did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum HsmError {
    #[error("the PKCS#11 module {module} cannot be used")]
    Module {
        module: PathBuf,
        #[source]
        source: Error,
    },
    #[error("the PKCS#11 module has no token with the label {0:?}")]
    NoToken(String),
    /// Not tried again by this process: a few wrong ones lock a token.
    #[error("the token refuses the PIN")]
    Pin,
    #[error("the token holds no key with the id {0}")]
    NoKey(String),
    #[error("the token did not do what was asked")]
    Refused(#[from] Error),
    #[error("what the token tells of a key cannot be read")]
    Unreadable,
    #[error(transparent)]
    OpenSsl(#[from] ErrorStack),
}

/// One module with one token. Opened at the first use.
pub struct Hsm {
    settings: HsmSettings,
    /// Read while the module works, written while it is begun or begun anew.
    library: RwLock<Option<Pkcs11>>,
    /// How often it was begun anew.
    restarts: AtomicU64,
    idle: Mutex<Vec<HsmSession>>,
    is_pin_refused: AtomicBool,
}

/// A session that is logged in, used by one thread at a time.
pub struct HsmSession {
    pub(in crate::saml) session: Session,
    /// The private keys that were looked up in it, by their id.
    pub(in crate::saml) private_keys: BTreeMap<String, ObjectHandle>,
}

impl Hsm {
    /// Nothing is opened yet.
    pub const fn new(settings: HsmSettings) -> Self {
        Self {
            settings,
            library: RwLock::new(None),
            restarts: AtomicU64::new(0),
            idle: Mutex::new(Vec::new()),
            is_pin_refused: AtomicBool::new(false),
        }
    }

    /// Lends out a session; as many are kept as ever worked at the same moment. Work that fails is done once
    /// more after the module was begun anew: many notice in no other way that their token is back.
    pub(in crate::saml) fn lend<T>(
        &self,
        work: impl Fn(&mut HsmSession) -> Result<T, HsmError>,
    ) -> Result<T, HsmError> {
        let seen = self.restarts.load(Ordering::SeqCst);
        match self.attempt(&work) {
            Err(HsmError::Pin) => Err(HsmError::Pin),
            Err(_first) => {
                self.begin_anew(seen)?;
                self.attempt(&work)
            }
            done => done,
        }
    }

    /// Once in a session that was kept, and if that has ended meanwhile, in a new one.
    fn attempt<T>(
        &self,
        work: impl Fn(&mut HsmSession) -> Result<T, HsmError>,
    ) -> Result<T, HsmError> {
        self.begin()?;
        let library = self.library.read().unwrap_or_else(PoisonError::into_inner);
        let kept = self.idle().pop();
        if let Some(mut session) = kept {
            if let Ok(done) = work(&mut session) {
                self.idle().push(session);
                return Ok(done);
            }
            self.idle().clear();
        }
        let mut session = self.open(library.as_ref(), Pkcs11::open_ro_session)?;
        let done = work(&mut session)?;
        self.idle().push(session);
        Ok(done)
    }

    /// Lends out a session that may write to the token, for once.
    pub(in crate::saml) fn write<T>(
        &self,
        work: impl FnOnce(&mut HsmSession) -> Result<T, HsmError>,
    ) -> Result<T, HsmError> {
        self.begin()?;
        let library = self.library.read().unwrap_or_else(PoisonError::into_inner);
        work(&mut self.open(library.as_ref(), Pkcs11::open_rw_session)?)
    }

    fn open(
        &self,
        library: Option<&Pkcs11>,
        open: impl Fn(&Pkcs11, Slot) -> cryptoki::error::Result<Session>,
    ) -> Result<HsmSession, HsmError> {
        if self.is_pin_refused.load(Ordering::SeqCst) {
            return Err(HsmError::Pin);
        }
        let library = library.ok_or(HsmError::Unreadable)?;
        let session = open(library, self.slot(library)?)?;
        // All sessions of a process are logged in or none (PKCS#11 2.40, 5.6).
        match session.login(UserType::User, Some(&self.settings.pin)) {
            Ok(()) | Err(Error::Pkcs11(RvError::UserAlreadyLoggedIn, _)) => {}
            Err(Error::Pkcs11(
                RvError::PinIncorrect
                | RvError::PinInvalid
                | RvError::PinLenRange
                | RvError::PinLocked
                | RvError::PinExpired,
                _,
            )) => {
                self.is_pin_refused.store(true, Ordering::SeqCst);
                return Err(HsmError::Pin);
            }
            Err(other) => return Err(other.into()),
        }
        Ok(HsmSession {
            session,
            private_keys: BTreeMap::new(),
        })
    }

    /// Loads the module and begins, if that was not done yet.
    fn begin(&self) -> Result<(), HsmError> {
        let is_open = self
            .library
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .is_some();
        if is_open {
            return Ok(());
        }
        let mut library = self.library.write().unwrap_or_else(PoisonError::into_inner);
        if library.is_none() {
            let loaded = Pkcs11::new(&self.settings.module);
            let loaded = loaded.map_err(|source| self.unusable(source))?;
            self.initialize(&loaded)?;
            *library = Some(loaded);
        }
        Ok(())
    }

    /// Ends the module and begins again, unless somebody has since `seen` was read.
    fn begin_anew(&self, seen: u64) -> Result<(), HsmError> {
        let library = self.library.write().unwrap_or_else(PoisonError::into_inner);
        let Some(library) = library.as_ref() else {
            return Ok(());
        };
        if self.restarts.load(Ordering::SeqCst) != seen {
            return Ok(());
        }
        // Nobody works with it while the lock is held.
        self.idle().clear();
        // What cannot be ended may still be begun.
        let _ended = library.clone().finalize();
        self.restarts.fetch_add(1, Ordering::SeqCst);
        self.initialize(library)
    }

    fn initialize(&self, library: &Pkcs11) -> Result<(), HsmError> {
        let arguments = CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK);
        match library.initialize(arguments) {
            Ok(()) | Err(Error::Pkcs11(RvError::CryptokiAlreadyInitialized, _)) => Ok(()),
            Err(source) => Err(self.unusable(source)),
        }
    }

    fn unusable(&self, source: Error) -> HsmError {
        HsmError::Module {
            module: self.settings.module.clone(),
            source,
        }
    }

    fn slot(&self, library: &Pkcs11) -> Result<Slot, HsmError> {
        for slot in library.get_slots_with_token()? {
            if library.get_token_info(slot)?.label() == self.settings.label {
                return Ok(slot);
            }
        }
        Err(HsmError::NoToken(self.settings.label.clone()))
    }

    fn idle(&self) -> MutexGuard<'_, Vec<HsmSession>> {
        // A panic elsewhere leaves the list whole: it is only pushed to, taken from and emptied.
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
