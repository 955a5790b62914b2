//! A hardware security module, by PKCS#11 (OASIS PKCS#11 2.40): its token found by the label, sessions that
//! are logged in and lent out. What is done with a key in it is in `hsm_key`. No private key ever comes out.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::{Duration, Instant};

use cryptoki::context::{CInitializeArgs, CInitializeFlags, Pkcs11};
use cryptoki::error::{Error, RvError};
use cryptoki::object::ObjectHandle;
use cryptoki::session::{Session, UserType};
use cryptoki::slot::Slot;
use openssl::error::ErrorStack;
use secrecy::SecretString;

/// Sessions for signing at most; modules of hardware have few to give.
const SESSIONS: usize = 16;
/// A module that was begun anew is left alone for so long.
const RESTART_PAUSE: Duration = Duration::from_secs(5);

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

impl HsmError {
    /// Whether the module or its token was out of reach, and may be back soon.
    pub const fn is_outage(&self) -> bool {
        match self {
            Self::Module { .. } | Self::NoToken(_) => true,
            Self::Refused(Error::Pkcs11(code, _)) => matches!(
                code,
                RvError::SessionHandleInvalid
                    | RvError::SessionClosed
                    | RvError::SessionCount
                    | RvError::DeviceError
                    | RvError::DeviceRemoved
                    | RvError::DeviceMemory
                    | RvError::TokenNotPresent
                    | RvError::TokenNotRecognized
                    | RvError::SlotIdInvalid
                    | RvError::UserNotLoggedIn
                    | RvError::CryptokiNotInitialized
                    | RvError::GeneralError
                    | RvError::FunctionFailed
                    | RvError::HostMemory
            ),
            Self::Refused(_) | Self::Pin | Self::NoKey(_) | Self::Unreadable | Self::OpenSsl(_) => {
                false
            }
        }
    }
}

/// One module with one token. Opened at the first use.
pub struct Hsm {
    settings: HsmSettings,
    /// Read while the module works, written while it is begun or begun anew.
    library: RwLock<Option<Pkcs11>>,
    /// When it was begun anew last.
    restarted: Mutex<Option<Instant>>,
    pool: Mutex<Pool>,
    returned: Condvar,
    /// Held while a session is logged in, so that a wrong PIN is tried once, whoever comes at the same moment.
    is_pin_refused: Mutex<bool>,
}

/// The sessions for signing.
struct Pool {
    idle: Vec<HsmSession>,
    /// How many are idle, lent, or being opened.
    count: usize,
}

/// A session that is logged in, used by one thread at a time.
pub struct HsmSession {
    pub(in crate::saml) session: Session,
    /// The private keys that were looked up in it, by their id.
    pub(in crate::saml) private_keys: BTreeMap<String, ObjectHandle>,
}

/// The place of a session in the pool, with the session if one was idle. Given back when it is dropped.
struct Place<'a> {
    hsm: &'a Hsm,
    session: Option<HsmSession>,
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        let mut pool = self.hsm.pool();
        match self.session.take() {
            Some(session) => pool.idle.push(session),
            None => pool.count -= 1,
        }
        self.hsm.returned.notify_one();
    }
}

impl Hsm {
    /// Nothing is opened yet.
    pub const fn new(settings: HsmSettings) -> Self {
        Self {
            settings,
            library: RwLock::new(None),
            restarted: Mutex::new(None),
            pool: Mutex::new(Pool {
                idle: Vec::new(),
                count: 0,
            }),
            returned: Condvar::new(),
            is_pin_refused: Mutex::new(false),
        }
    }

    /// Lends out a session, and waits for one when all are lent. Work that fails is done once more after the
    /// module was begun anew: many notice in no other way that their token is back.
    pub(in crate::saml) fn lend<T>(
        &self,
        work: impl Fn(&mut HsmSession) -> Result<T, HsmError>,
    ) -> Result<T, HsmError> {
        match self.attempt(&work) {
            Err(first) if !matches!(first, HsmError::Pin) && self.begin_anew(&first)? => {
                self.attempt(&work)
            }
            outcome => outcome,
        }
    }

    /// Once in a session that was kept, and if that has ended meanwhile, in a new one.
    fn attempt<T>(
        &self,
        work: impl Fn(&mut HsmSession) -> Result<T, HsmError>,
    ) -> Result<T, HsmError> {
        self.begin()?;
        let library = self.library.read().unwrap_or_else(PoisonError::into_inner);
        let mut place = self.place();
        if let Some(session) = &mut place.session {
            match work(session) {
                Err(error) if error.is_outage() => place.session = None,
                outcome => return outcome,
            }
        }
        let session = self.open(library.as_ref(), Pkcs11::open_ro_session)?;
        work(place.session.insert(session))
    }

    /// Lends out a session that may write to the token, for once.
    pub(in crate::saml) fn write<T>(
        &self,
        work: impl FnOnce(&mut HsmSession) -> Result<T, HsmError>,
    ) -> Result<T, HsmError> {
        self.begin()?;
        let open = || {
            let library = self.library.read().unwrap_or_else(PoisonError::into_inner);
            let session = self.open(library.as_ref(), Pkcs11::open_rw_session)?;
            Ok((library, session))
        };
        let (_library, mut session) = match open() {
            Err(first) if !matches!(first, HsmError::Pin) && self.begin_anew(&first)? => open()?,
            opened => opened?,
        };
        work(&mut session)
    }

    fn open(
        &self,
        library: Option<&Pkcs11>,
        open: impl Fn(&Pkcs11, Slot) -> cryptoki::error::Result<Session>,
    ) -> Result<HsmSession, HsmError> {
        let library = library.ok_or(HsmError::Unreadable)?;
        let session = open(library, self.slot(library)?)?;
        let mut is_refused = self
            .is_pin_refused
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if *is_refused {
            return Err(HsmError::Pin);
        }
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
                *is_refused = true;
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

    /// Ends the module and begins again; false: that was done a moment ago, and did not help.
    fn begin_anew(&self, first: &HsmError) -> Result<bool, HsmError> {
        let library = self.library.write().unwrap_or_else(PoisonError::into_inner);
        let Some(library) = library.as_ref() else {
            return Ok(false);
        };
        let mut restarted = self
            .restarted
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if restarted.is_some_and(|at| at.elapsed() < RESTART_PAUSE) {
            return Ok(false);
        }
        *restarted = Some(Instant::now());
        tracing::warn!(cause = %first, "the hardware security module is begun anew");
        // Nobody works with it while the lock is held.
        let mut pool = self.pool();
        pool.count -= pool.idle.len();
        pool.idle.clear();
        drop(pool);
        if let Err(error) = library.clone().finalize() {
            // What cannot be ended may still be begun.
            tracing::warn!(cause = %error, "the hardware security module could not be ended");
        }
        self.initialize(library)?;
        Ok(true)
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

    fn place(&self) -> Place<'_> {
        let mut pool = self.pool();
        loop {
            if let Some(session) = pool.idle.pop() {
                let session = Some(session);
                return Place { hsm: self, session };
            }
            if pool.count < SESSIONS {
                pool.count += 1;
                let session = None;
                return Place { hsm: self, session };
            }
            pool = self
                .returned
                .wait(pool)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn pool(&self) -> MutexGuard<'_, Pool> {
        // A panic elsewhere leaves it whole: what is lent is given back by `Place`.
        self.pool.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
