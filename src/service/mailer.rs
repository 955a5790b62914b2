//! Sending one mail by SMTP. The only file that knows the mail library; what is sent when, and what
//! happens if it fails, is `outbox.rs`.

use std::str::FromStr;
use std::time::{Duration, SystemTime};

use lettre::address::AddressError;
use lettre::message::{Mailbox, MultiPart};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Tls, TlsParameters};
use lettre::{Message, SmtpTransport, Transport};
use secrecy::{ExposeSecret, SecretString};
use url::{Host, Url};

use crate::store::mail_outbox::NewMail;

/// How long one step of the conversation with the server may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// Why mail cannot be sent, or one was not.
#[derive(Debug, thiserror::Error)]
pub enum MailerError {
    #[error(
        "the mail server's address has to look like smtp://USER:PASSWORD@HOST:PORT or smtps://.."
    )]
    Url,
    #[error("the sender's address is none")]
    Sender(#[source] AddressError),
    #[error("the recipient's address is none")]
    Recipient(#[source] AddressError),
    #[error("the mail cannot be put together")]
    Message(#[from] lettre::error::Error),
    /// The server's answer, or why there was none.
    #[error("the mail server did not take it")]
    Smtp(#[from] lettre::transport::smtp::Error),
}

/// A mail server and the sender's address.
pub struct Mailer {
    transport: SmtpTransport,
    from: Mailbox,
}

impl Mailer {
    /// `url`: `smtp://` or `smtps://`, with user and password percent-encoded. `smtps` speaks TLS
    /// from the first byte; `smtp` as soon as the server offers it, and a password is never sent to
    /// another machine without it. Nothing is connected yet.
    pub fn new(url: &SecretString, from: &str) -> Result<Self, MailerError> {
        let url =
            Url::parse(url.expose_secret()).map_err(|_bad: url::ParseError| MailerError::Url)?;
        let host = url.host().ok_or(MailerError::Url)?;
        let name = host_name(&host);
        let has_password = !url.username().is_empty();
        let parameters = TlsParameters::new(name.clone())?;
        let (port, tls) = match url.scheme() {
            "smtps" => (465, Tls::Wrapper(parameters)),
            "smtp" if has_password && !is_loopback(&host) => (587, Tls::Required(parameters)),
            "smtp" => (25, Tls::Opportunistic(parameters)),
            _ => return Err(MailerError::Url),
        };
        let mut transport = SmtpTransport::builder_dangerous(name)
            .port(url.port().unwrap_or(port))
            .tls(tls)
            .timeout(Some(PATIENCE));
        if has_password {
            transport = transport.credentials(Credentials::new(
                plain(url.username())?,
                plain(url.password().unwrap_or_default())?,
            ));
        }
        Ok(Self {
            transport: transport.build(),
            from: Mailbox::from_str(from).map_err(MailerError::Sender)?,
        })
    }

    /// Sends a mail with a plain and an HTML part; returns when the server has taken it.
    pub fn send(&self, mail: &NewMail) -> Result<(), MailerError> {
        let to = mail.recipient.parse().map_err(MailerError::Recipient)?;
        let message = Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, to))
            .subject(&mail.subject)
            .date(SystemTime::from(mail.created_at))
            .message_id(Some(mail.message_id.clone()))
            .multipart(MultiPart::alternative_plain_html(
                mail.text_body.clone(),
                mail.html_body.clone(),
            ))?;
        self.transport.send(&message)?;
        Ok(())
    }
}

/// Whether a URL can name a mail server.
pub fn is_server(url: &SecretString) -> bool {
    Mailer::new(url, "vestibule@localhost").is_ok()
}

/// Whether a text can be the sender of mail.
pub fn is_sender(from: &str) -> bool {
    Mailbox::from_str(from).is_ok()
}

/// A literal IPv6 address without the brackets that a URL puts around it.
fn host_name(host: &Host<&str>) -> String {
    match host {
        Host::Domain(name) => (*name).to_owned(),
        Host::Ipv4(address) => address.to_string(),
        Host::Ipv6(address) => address.to_string(),
    }
}

fn is_loopback(host: &Host<&str>) -> bool {
    match host {
        Host::Domain(name) => *name == "localhost",
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => address.is_loopback(),
    }
}

/// User or password as typed, before it was encoded for the URL.
fn plain(encoded: &str) -> Result<String, MailerError> {
    // A plus stands for itself in this part of a URL, and for a blank in a form.
    let as_in_a_form = format!("x={}", encoded.replace('+', "%2B").replace('&', "%26"));
    url::form_urlencoded::parse(as_in_a_form.as_bytes())
        .next()
        .map(|(_, value)| value.into_owned())
        .ok_or(MailerError::Url)
}

#[cfg(test)]
mod tests;
