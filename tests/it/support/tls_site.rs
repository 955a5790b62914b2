//! A web server of one answer over TLS on loopback, for tests that let this service ask it. It counts who came.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use openssl::asn1::Asn1Time;
use openssl::bn::BigNum;
use openssl::ec::{EcGroup, EcKey};
use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::pkey::{PKey, Private};
use openssl::ssl::{SslAcceptor, SslMethod};
use openssl::x509::extension::SubjectAlternativeName;
use openssl::x509::{X509, X509NameBuilder};
use vestibule::service::outbound::{AllowedHost, GivenNetwork, Network, Outbound};

/// The name on its certificate.
pub const HOST: &str = "sp.example.com";

/// What it answers: these octets, then the same piece again until the other side has gone.
#[derive(Clone)]
pub struct Answer {
    pub first: Vec<u8>,
    pub on_and_on: Vec<u8>,
}

impl Answer {
    /// A whole answer.
    pub fn of(status: &str, headers: &str, body: &str) -> Self {
        let length = body.len();
        let text = format!("HTTP/1.1 {status}\r\nContent-Length: {length}\r\n{headers}\r\n{body}");
        Self {
            first: text.into_bytes(),
            on_and_on: Vec::new(),
        }
    }
}

/// The server; dropping it ends it.
pub struct TlsSite {
    pub address: SocketAddr,
    /// Its certificate, which is its own root, PEM.
    pub root: String,
    asked: Arc<AtomicUsize>,
    is_over: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl TlsSite {
    /// Starts one that answers everybody so.
    pub fn start(answer: Answer) -> Self {
        let (key, certificate) = pair();
        let mut acceptor = SslAcceptor::mozilla_intermediate_v5(SslMethod::tls_server()).unwrap();
        acceptor.set_private_key(&key).unwrap();
        acceptor.set_certificate(&certificate).unwrap();
        let acceptor = acceptor.build();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (asked, is_over) = (Arc::<AtomicUsize>::default(), Arc::<AtomicBool>::default());
        let (counter, over) = (Arc::clone(&asked), Arc::clone(&is_over));
        let thread = std::thread::spawn(move || {
            for stream in listener.incoming() {
                if over.load(Ordering::SeqCst) {
                    return;
                }
                counter.fetch_add(1, Ordering::SeqCst);
                if let Ok(mut stream) = acceptor.accept(stream.unwrap()) {
                    // The other side may hang up at any moment.
                    let _asked = stream.read(&mut [0; 4096]);
                    let mut is_there = stream.write_all(&answer.first).is_ok();
                    while is_there && !answer.on_and_on.is_empty() && !over.load(Ordering::SeqCst) {
                        is_there = stream.write_all(&answer.on_and_on).is_ok();
                    }
                    let _hung_up = stream.shutdown();
                }
            }
        });
        Self {
            address,
            root: String::from_utf8(certificate.to_pem().unwrap()).unwrap(),
            asked,
            is_over,
            thread: Some(thread),
        }
    }

    /// An outbound door that leads here and nowhere else.
    pub fn outbound(&self) -> Outbound {
        leading_to(self.address, (HOST, &self.root), Duration::from_secs(2))
    }

    /// How many connections came.
    pub fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }
}

/// An outbound door that leads to one address under one name, and believes one certificate.
pub fn leading_to(address: SocketAddr, (name, root): (&str, &str), patience: Duration) -> Outbound {
    let host = AllowedHost {
        name: name.to_owned(),
        port: address.port(),
    };
    let network = GivenNetwork {
        resolve: Box::new(move |_| vec![address]),
        reachable: address,
        root: root.to_owned(),
        patience,
    };
    Outbound::over(vec![host], Network::Given(Arc::new(network)))
}

impl Drop for TlsSite {
    fn drop(&mut self) {
        self.is_over.store(true, Ordering::SeqCst);
        let _woken = std::net::TcpStream::connect(self.address);
        if let Some(thread) = self.thread.take() {
            thread.join().unwrap();
        }
    }
}

fn pair() -> (PKey<Private>, X509) {
    let group = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1).unwrap();
    let key = PKey::from_ec_key(EcKey::generate(&group).unwrap()).unwrap();
    let mut name = X509NameBuilder::new().unwrap();
    name.append_entry_by_nid(Nid::COMMONNAME, HOST).unwrap();
    let name = name.build();
    let mut builder = X509::builder().unwrap();
    builder.set_version(2).unwrap();
    let serial = BigNum::from_u32(7).unwrap().to_asn1_integer().unwrap();
    builder.set_serial_number(&serial).unwrap();
    builder.set_subject_name(&name).unwrap();
    builder.set_issuer_name(&name).unwrap();
    builder.set_pubkey(&key).unwrap();
    builder
        .set_not_before(&Asn1Time::days_from_now(0).unwrap())
        .unwrap();
    builder
        .set_not_after(&Asn1Time::days_from_now(1).unwrap())
        .unwrap();
    let names = SubjectAlternativeName::new()
        .dns(HOST)
        .build(&builder.x509v3_context(None, None))
        .unwrap();
    builder.append_extension(names).unwrap();
    builder.sign(&key, MessageDigest::sha256()).unwrap();
    (key, builder.build())
}
