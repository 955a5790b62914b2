//! Messages that are made to be dear, each within the caps of what is read (BOUNDED-INPUT), and each to
//! be turned away.

use std::io::Write;

use flate2::Compression;
use flate2::write::DeflateEncoder;
use url::form_urlencoded::byte_serialize;
use vestibule::domain::connector::SignatureAlgorithm;
use vestibule::saml::base64_text;
use vestibule::saml::credentials::SigningCredential;
use vestibule::saml::signature::Signable;

/// The body of a form, and what is wrong with it.
pub struct Hostile {
    pub name: &'static str,
    pub body: Vec<u8>,
}

/// All of them. `request` is a good one, to be signed by a stranger.
pub fn all(request: &Signable, stranger: &SigningCredential) -> anyhow::Result<Vec<Hostile>> {
    let signed_with = |more: &str| {
        let padded = Signable {
            tail: request.tail.replace(
                "</samlp:AuthnRequest>",
                &format!("{more}</samlp:AuthnRequest>"),
            ),
            ..request.clone()
        };
        padded.signed(stranger, SignatureAlgorithm::RsaSha256)
    };
    let wide = "<samlp:Extensions a=\"b\"></samlp:Extensions>".repeat(1_900);
    let text = format!(
        "<samlp:Extensions>{}</samlp:Extensions>",
        "text ".repeat(34_000)
    );
    let deep = format!("{}{}", "<a>".repeat(60), "</a>".repeat(60));
    let attributes: String = (0..60)
        .map(|n| format!(" attribute{n}=\"value\""))
        .collect();
    let attributed = format!("<a{attributes}></a>").repeat(140);
    let declared: String = (0..60)
        .map(|n| format!(" xmlns:n{n}=\"urn:{n}\""))
        .collect();
    let namespaced = format!("<a{declared}></a>").repeat(140);
    let entities = format!("<a>{}</a>", "&#65;".repeat(30_000));
    let plain = |xml: &str| deflated_form(xml.as_bytes());
    Ok(vec![
        Hostile {
            name: "a stranger's signature",
            body: plain(&signed_with("")?)?,
        },
        Hostile {
            name: "a stranger's signature over 1,900 elements",
            body: plain(&signed_with(&wide)?)?,
        },
        Hostile {
            name: "a stranger's signature over 170 KiB of text",
            body: plain(&signed_with(&text)?)?,
        },
        Hostile {
            name: "60 elements deep",
            body: plain(&signed_with(&deep)?)?,
        },
        Hostile {
            name: "140 elements of 60 attributes",
            body: plain(&signed_with(&attributed)?)?,
        },
        Hostile {
            name: "140 elements of 60 namespaces",
            body: plain(&signed_with(&namespaced)?)?,
        },
        Hostile {
            name: "30,000 character references",
            body: plain(&signed_with(&entities)?)?,
        },
        Hostile {
            name: "nested 80,000 deep",
            body: plain(&"<a>".repeat(80_000))?,
        },
        Hostile {
            name: "a bomb of 100 MiB",
            body: deflated_form(&vec![b' '; 100 << 20])?,
        },
        Hostile {
            name: "a form of 256 KiB of percent signs",
            body: [b"SAMLRequest=".as_slice(), "%41".repeat(85_000).as_bytes()].concat(),
        },
    ])
}

/// A message that the sender deflated, as two widespread libraries do: so the form stays small.
fn deflated_form(octets: &[u8]) -> anyhow::Result<Vec<u8>> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(octets)?;
    Ok(form(&base64_text::encode(&encoder.finish()?)))
}

/// The body of a form with this message.
pub fn form(message: &str) -> Vec<u8> {
    let value: String = byte_serialize(message.as_bytes()).collect();
    format!("SAMLRequest={value}").into_bytes()
}
