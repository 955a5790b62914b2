//! TLS of the service itself, under a certificate that can be renewed while it runs. The files are looked at again
//! and again; a new pair is taken when it is whole, and used for every connection that begins after that. What is
//! not whole changes nothing: the old pair stays, and log and metrics say so.

use std::path::PathBuf;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use anyhow::{Context, ensure};
use openssl::asn1::{Asn1Time, Asn1TimeRef};
use openssl::pkey::{PKey, Private};
use openssl::ssl::{
    AlpnError, SniError, SslAcceptor, SslAcceptorBuilder, SslContext, SslMethod, select_next_proto,
};
use openssl::x509::X509;

use crate::service::environment::Environment;
use crate::service::secrets::digest;
use crate::service::worker::Worker;

/// How often the files are looked at.
const PAUSE: Duration = Duration::from_secs(2);
/// What is spoken inside, the better one first.
const PROTOCOLS: &[u8] = b"\x02h2\x08http/1.1";

/// The two files.
#[derive(Debug, Clone)]
struct Files {
    certificate: PathBuf,
    key: PathBuf,
}

/// A pair in use.
struct Pair {
    context: SslContext,
    /// Seconds since 1970.
    not_after: i64,
}

/// The pair that new connections get.
#[derive(Clone)]
pub struct Certificates {
    files: Files,
    current: Arc<RwLock<Pair>>,
    /// What was in the files when they were read.
    read: Vec<u8>,
}

impl Certificates {
    /// Reads the files; at start they have to be right.
    pub fn open(certificate: PathBuf, key: PathBuf) -> anyhow::Result<Self> {
        let files = Files { certificate, key };
        let content = files.read()?;
        Ok(Self {
            current: Arc::new(RwLock::new(content.pair()?)),
            read: content.digest(),
            files,
        })
    }

    /// What the listener needs: it asks for the pair at each connection. OpenSSL asks so whether the client names a
    /// host or not.
    pub fn acceptor(&self) -> anyhow::Result<SslAcceptorBuilder> {
        let mut builder = SslAcceptor::mozilla_intermediate_v5(SslMethod::tls_server())?;
        let current = Arc::clone(&self.current);
        builder.set_servername_callback(move |connection, _alert| {
            let current = current.read().unwrap_or_else(PoisonError::into_inner);
            let taken = connection.set_ssl_context(&current.context);
            taken.map_err(|_failed| SniError::ALERT_FATAL)
        });
        Ok(builder)
    }

    /// Looks at the files from now on, until the worker is dropped.
    pub fn watch(self, environment: &Arc<Environment>) -> std::io::Result<Worker> {
        let env = Arc::clone(environment);
        let mut watch = Watch {
            seen: self.read.clone(),
            taken: self.read.clone(),
            certificates: self,
        };
        env.tls.set_end(watch.certificates.end());
        Worker::start("TLS certificate", PAUSE, move || {
            watch.look(&env);
            Ok(())
        })
    }

    fn end(&self) -> i64 {
        let current = self.current.read().unwrap_or_else(PoisonError::into_inner);
        current.not_after
    }
}

/// What the worker remembers between its rounds.
struct Watch {
    certificates: Certificates,
    /// What was in the files at the last look.
    seen: Vec<u8>,
    /// What was in them when it was judged.
    taken: Vec<u8>,
}

impl Watch {
    fn look(&mut self, env: &Environment) {
        let content = self.certificates.files.read();
        let now = content.as_ref().map(Content::digest).unwrap_or_default();
        // Judged once it has been the same at two looks: somebody may be writing still.
        let is_settled = now == self.seen;
        self.seen.clone_from(&now);
        if !is_settled || now == self.taken {
            return;
        }
        self.taken = now;
        match content.and_then(|content| content.pair()) {
            Ok(pair) => {
                env.tls.set_end(pair.not_after);
                env.tls.renewed.increment();
                let mut current = self
                    .certificates
                    .current
                    .write()
                    .unwrap_or_else(PoisonError::into_inner);
                *current = pair;
                tracing::info!("the TLS certificate was renewed");
            }
            Err(error) => {
                env.tls.refused.increment();
                tracing::error!(
                    error = format!("{error:#}"),
                    "the new TLS certificate cannot be used; the old one stays"
                );
            }
        }
    }
}

/// What stands in the two files.
struct Content {
    certificate: Vec<u8>,
    key: zeroize::Zeroizing<Vec<u8>>,
}

impl Files {
    fn read(&self) -> anyhow::Result<Content> {
        let read = |path: &PathBuf| {
            std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))
        };
        Ok(Content {
            certificate: read(&self.certificate)?,
            key: read(&self.key)?.into(),
        })
    }
}

impl Content {
    fn digest(&self) -> Vec<u8> {
        [digest(&self.certificate), digest(&self.key)].concat()
    }

    /// A whole pair: the key is the first certificate's.
    fn pair(&self) -> anyhow::Result<Pair> {
        let chain = X509::stack_from_pem(&self.certificate)
            .context("the certificate file is not a chain in PEM")?;
        let mut chain = chain.into_iter();
        let own = chain
            .next()
            .context("the certificate file holds no certificate")?;
        // An empty passphrase, so that nobody is asked for one on a terminal that is not there.
        let key: PKey<Private> = PKey::private_key_from_pem_passphrase(&self.key, b"")
            .context("the key file is not a private key in PEM without a passphrase")?;
        ensure!(
            own.public_key()?.public_eq(&key),
            "the key does not belong to the certificate"
        );
        let mut builder = SslAcceptor::mozilla_intermediate_v5(SslMethod::tls_server())?;
        builder.set_certificate(&own)?;
        builder.set_private_key(&key)?;
        for issuer in chain {
            builder.add_extra_chain_cert(issuer)?;
        }
        builder.set_alpn_select_callback(|_connection, offered| {
            select_next_proto(PROTOCOLS, offered).ok_or(AlpnError::NOACK)
        });
        Ok(Pair {
            not_after: seconds(own.not_after())?,
            context: builder.build().into_context(),
        })
    }
}

fn seconds(at: &Asn1TimeRef) -> anyhow::Result<i64> {
    let since = Asn1Time::from_unix(0)?.diff(at)?;
    Ok(i64::from(since.days) * 86_400 + i64::from(since.secs))
}
