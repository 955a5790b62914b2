//! Handing a batch of events to a receiver, whole or not at all as far as the receiver lets us know. Nothing is kept
//! between two batches: a file is opened anew (it may have been rotated), a connection too (it may have died unseen).

use std::error::Error;
use std::fs::{File, Metadata, OpenOptions};
use std::io::{self, ErrorKind, Read, Write};
use std::net::{TcpStream, ToSocketAddrs, UdpSocket};
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::os::unix::net::UnixDatagram;
use std::path::Path;
use std::time::Duration;

use chrono::{DateTime, Utc};
use native_tls::{Certificate, TlsConnector};
use secrecy::ExposeSecret;
use ureq::Agent;
use ureq::tls::{PemItem, RootCerts, TlsConfig, TlsProvider, parse_pem};
use url::Url;

use crate::service::audit_target::{StreamSettings, Way};
use crate::service::outbox::in_one_line;
use crate::service::secrets::keyed_hash_hex;

/// Whatever a receiver does, a batch is over by then.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long a receiver over TCP may take to say that it has read everything, by closing.
const GOODBYE: Duration = Duration::from_secs(2);
/// The most that fits into a datagram (RFC 5426, 3.2, over IPv4).
const DATAGRAM: usize = 65_507;

/// Facility "log audit" (13), severities "warning" (4) and "informational" (6): RFC 5424, 6.2.1.
const REFUSED: &str = "108";
const USUAL: &str = "110";

/// An event on its way.
#[derive(Debug, Clone)]
pub struct Outgoing {
    pub at: DateTime<Utc>,
    pub kind: String,
    /// Without its end.
    pub line: String,
}

/// Why a receiver did not take a batch, in one line.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct SinkError(String);

impl SinkError {
    fn of(error: &dyn Error) -> Self {
        Self(in_one_line(error))
    }
}

impl From<serde_json::Error> for SinkError {
    fn from(error: serde_json::Error) -> Self {
        Self::of(&error)
    }
}

impl From<io::Error> for SinkError {
    fn from(error: io::Error) -> Self {
        Self::of(&error)
    }
}

/// Hands a batch over. `now`: the instant that a webhook is told.
pub fn deliver(
    settings: &StreamSettings,
    way: &Way,
    (batch, now): (&[Outgoing], DateTime<Utc>),
) -> Result<(), SinkError> {
    let messages = || batch.iter().map(|event| syslog(event, &settings.host));
    match way {
        Way::File(path) => append(path, batch),
        Way::SyslogTcp(host, port) => {
            let mut connection = connect(host, *port)?;
            connection.write_all(&framed(messages()))?;
            connection.shutdown(std::net::Shutdown::Write)?;
            hear_goodbye(&mut connection)
        }
        Way::SyslogTls(host, port) => over_tls(settings, (host, *port), &framed(messages())),
        Way::SyslogUdp(host, port) => {
            let socket = UdpSocket::bind(local_for(host, *port)?)?;
            socket.connect((host.as_str(), *port))?;
            messages().try_for_each(|text| Ok(socket.send(datagram(&text)).map(drop)?))
        }
        Way::SyslogUnix(path) => {
            let socket = UnixDatagram::unbound()?;
            socket.set_write_timeout(Some(PATIENCE))?;
            messages().try_for_each(|text| Ok(socket.send_to(datagram(&text), path).map(drop)?))
        }
        Way::Webhook(url) => post(settings, url, (batch, now)),
    }
}

fn append(path: &Path, batch: &[Outgoing]) -> Result<(), SinkError> {
    let mut file = OpenOptions::new()
        .create(true)
        .append(true)
        .mode(0o600)
        .open(path)?;
    let mut text = String::new();
    if !ends_a_line(path, &file.metadata()?)? {
        text.push('\n');
    }
    for event in batch {
        text.push_str(&event.line);
        text.push('\n');
    }
    let length = file.metadata()?.len();
    if let Err(error) = file.write_all(text.as_bytes()) {
        // Half a line would spoil the next one, and the batch comes again. What has no length, such as a pipe,
        // cannot be cut; the write's error is the one to tell.
        let _cut = file.set_len(length);
        return Err(error.into());
    }
    Ok(file.sync_data()?)
}

/// Whether what is written next begins a line: a process that died may have left half of one.
fn ends_a_line(path: &Path, metadata: &Metadata) -> io::Result<bool> {
    if !metadata.is_file() || metadata.len() == 0 {
        return Ok(true);
    }
    let mut last = [0_u8];
    File::open(path)?.read_exact_at(&mut last, metadata.len() - 1)?;
    Ok(last == *b"\n")
}

/// RFC 5424, 6: the kind is the message's type; what happened stands in the message.
fn syslog(event: &Outgoing, host: &str) -> String {
    let at = event
        .at
        .to_rfc3339_opts(chrono::SecondsFormat::Millis, true);
    let priority = if event.kind.contains("refused") {
        REFUSED
    } else {
        USUAL
    };
    let kind: String = event.kind.chars().take(32).collect();
    format!(
        "<{priority}>1 {at} {host} vestibule - {kind} - {}",
        event.line
    )
}

/// Each message behind its length, so that line ends mean nothing (RFC 6587 3.4.1, RFC 5425 4.3).
fn framed(messages: impl Iterator<Item = String>) -> Vec<u8> {
    let mut octets = Vec::new();
    for message in messages {
        octets.extend_from_slice(format!("{} ", message.len()).as_bytes());
        octets.extend_from_slice(message.as_bytes());
    }
    octets
}

/// What does not fit is cut: the event is found in the store by its id, which stands at the beginning.
fn datagram(text: &str) -> &[u8] {
    let octets = text.as_bytes();
    octets.get(..DATAGRAM).unwrap_or(octets)
}

fn connect(host: &str, port: u16) -> Result<TcpStream, SinkError> {
    let mut last = io::Error::new(ErrorKind::NotFound, "the host's name has no address");
    for address in (host, port).to_socket_addrs()? {
        match TcpStream::connect_timeout(&address, PATIENCE) {
            Ok(connection) => {
                connection.set_write_timeout(Some(PATIENCE))?;
                connection.set_read_timeout(Some(GOODBYE))?;
                return Ok(connection);
            }
            Err(error) => last = error,
        }
    }
    Err(last.into())
}

/// Syslog has no answer. A receiver that closes after our end has read everything; one that waits has at least not
/// refused it; one that breaks off has lost it.
fn hear_goodbye(connection: &mut impl Read) -> Result<(), SinkError> {
    let mut rest = [0_u8; 256];
    loop {
        match connection.read(&mut rest) {
            Ok(0) => return Ok(()),
            Ok(_) => {}
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {
                return Ok(());
            }
            Err(error) => return Err(error.into()),
        }
    }
}

fn over_tls(
    settings: &StreamSettings,
    (host, port): (&str, u16),
    octets: &[u8],
) -> Result<(), SinkError> {
    let mut builder = TlsConnector::builder();
    if let Some(roots) = &settings.roots {
        builder.disable_built_in_roots(true);
        for root in
            Certificate::stack_from_pem(roots.as_bytes()).map_err(|error| SinkError::of(&error))?
        {
            builder.add_root_certificate(root);
        }
    }
    let connector = builder.build().map_err(|error| SinkError::of(&error))?;
    let plain = connect(host, port)?;
    plain.set_read_timeout(Some(PATIENCE))?;
    let mut connection = connector
        .connect(host, plain)
        .map_err(|error| SinkError::of(&error))?;
    connection.write_all(octets)?;
    connection.flush()?;
    connection.get_ref().set_read_timeout(Some(GOODBYE))?;
    connection.shutdown()?;
    hear_goodbye(connection.get_mut())
}

/// A socket of the family that the receiver's address has.
fn local_for(host: &str, port: u16) -> Result<&'static str, SinkError> {
    let address = (host, port).to_socket_addrs()?.next();
    Ok(match address {
        Some(address) if address.is_ipv6() => "[::]:0",
        _ => "0.0.0.0:0",
    })
}

/// The signature is the HMAC of the instant, a full stop and the body: a receiver refuses what is old or not ours.
fn post(
    settings: &StreamSettings,
    url: &Url,
    (batch, now): (&[Outgoing], DateTime<Utc>),
) -> Result<(), SinkError> {
    let mut body = String::new();
    for event in batch {
        body.push_str(&event.line);
        body.push('\n');
    }
    let instant = now.timestamp().to_string();
    let mut request = agent(settings)?
        .post(url.as_str())
        .header("Content-Type", settings.format.media_type())
        .header("Vestibule-Timestamp", &instant);
    if let Some(secret) = &settings.secret {
        let signature = keyed_hash_hex(secret.expose_secret(), &format!("{instant}.{body}"));
        let signature = signature.map_err(|error| SinkError::of(&error))?;
        request = request.header("Vestibule-Signature", format!("v1={signature}"));
    }
    let answer = request.send(&body).map_err(|error| SinkError::of(&error))?;
    let status = answer.status();
    if status.is_success() {
        Ok(())
    } else {
        Err(SinkError(format!(
            "the receiver answered {}",
            status.as_u16()
        )))
    }
}

/// As everywhere that this service asks somebody (`outbound.rs`): no redirects, no proxy out of the environment, an
/// end to patience. The address may be private, since the operator named it.
fn agent(settings: &StreamSettings) -> Result<Agent, SinkError> {
    let roots = match &settings.roots {
        None => RootCerts::PlatformVerifier,
        Some(pem) => {
            let items: Result<Vec<PemItem<'static>>, _> = parse_pem(pem.as_bytes()).collect();
            let items = items.map_err(|error| SinkError::of(&error))?;
            let certificates = items.into_iter().filter_map(|item| match item {
                PemItem::Certificate(certificate) => Some(certificate),
                _ => None,
            });
            RootCerts::from(certificates)
        }
    };
    let tls = TlsConfig::builder()
        .provider(TlsProvider::NativeTls)
        .root_certs(roots)
        .build();
    let config = Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0)
        .proxy(None)
        .max_idle_connections(0)
        .user_agent("vestibule")
        .timeout_global(Some(PATIENCE))
        .tls_config(tls)
        .build();
    Ok(config.new_agent())
}
