//! `name=value&...` of a query or a form, over the octets received (requirement RAW-QUERY). Only
//! the names of SAML matter; each occurs at most once, under its literal name, since a second
//! reading of the same text is how one message is checked and another one used.

use crate::saml::base64_text;
use crate::saml::bounds::{MAX_BODY_BYTES, MAX_RELAY_STATE_BYTES};
use crate::saml::detached_signature::DetachedSignature;
use crate::saml::inbound::{BindingError, MessageKind};

const NAMES: [&str; 6] = [
    "SAMLRequest",
    "SAMLResponse",
    "RelayState",
    "SAMLEncoding",
    "SigAlg",
    "Signature",
];

/// The parameters of SAML in one query or form, raw: still percent-encoded.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct SamlParameters<'a> {
    request: Option<&'a [u8]>,
    response: Option<&'a [u8]>,
    pub relay_state: Option<&'a [u8]>,
    pub encoding: Option<&'a [u8]>,
    pub signature_algorithm: Option<&'a [u8]>,
    pub signature: Option<&'a [u8]>,
}

impl<'a> SamlParameters<'a> {
    /// Splits the text; unknown parameters are passed over.
    pub fn parse(raw: &'a [u8]) -> Result<Self, BindingError> {
        if raw.len() > MAX_BODY_BYTES {
            return Err(BindingError::TooLarge);
        }
        let mut found = Self::default();
        for pair in raw.split(|byte| *byte == b'&') {
            let (name, value) = split_pair(pair);
            if let Some(known) = NAMES.into_iter().find(|known| known.as_bytes() == name) {
                if found.slot(known).replace(value).is_some() {
                    return Err(BindingError::Duplicate(known));
                }
            } else if let Some(known) = encoded_name(name) {
                return Err(BindingError::EncodedName(known));
            }
        }
        Ok(found)
    }

    /// The raw SAMLRequest, provided that the parameters are those of a request.
    pub fn request(&self) -> Result<&'a [u8], BindingError> {
        if self.response.is_some() {
            return Err(BindingError::UnexpectedResponse);
        }
        self.request.ok_or(BindingError::Missing)
    }

    /// The one raw message, whichever it is.
    pub fn message(&self) -> Result<(MessageKind, &'a [u8]), BindingError> {
        match (self.request, self.response) {
            (Some(request), None) => Ok((MessageKind::Request, request)),
            (None, Some(response)) => Ok((MessageKind::Response, response)),
            (None, None) => Err(BindingError::NoMessage),
            (Some(_), Some(_)) => Err(BindingError::TwoMessages),
        }
    }

    /// The signature beside the message, over the raw octets (SAML Bindings 3.4.4.1).
    pub fn detached_signature(&self) -> Result<Option<DetachedSignature>, BindingError> {
        let (algorithm, signature) = match (self.signature_algorithm, self.signature) {
            (None, None) => return Ok(None),
            (Some(algorithm), Some(signature)) => (algorithm, signature),
            _ => return Err(BindingError::HalfSignature),
        };
        let (kind, message) = self.message()?;
        let mut signed = [kind.parameter().as_bytes(), b"=", message].concat();
        if let Some(relay_state) = self.relay_state {
            signed.extend([b"&RelayState=", relay_state].concat());
        }
        signed.extend([b"&SigAlg=", algorithm].concat());
        Ok(Some(DetachedSignature {
            algorithm: decode_text(algorithm)?,
            value: base64_text::decode(&decode_text(signature)?).ok_or(BindingError::Base64)?,
            signed,
        }))
    }

    /// RelayState, decoded.
    pub fn decoded_relay_state(&self) -> Result<Option<String>, BindingError> {
        let Some(raw) = self.relay_state else {
            return Ok(None);
        };
        let text = decode_text(raw)?;
        if text.len() > MAX_RELAY_STATE_BYTES {
            return Err(BindingError::RelayStateTooLong);
        }
        Ok(Some(text))
    }

    fn slot(&mut self, name: &str) -> &mut Option<&'a [u8]> {
        match name {
            "SAMLRequest" => &mut self.request,
            "SAMLResponse" => &mut self.response,
            "RelayState" => &mut self.relay_state,
            "SAMLEncoding" => &mut self.encoding,
            "SigAlg" => &mut self.signature_algorithm,
            _ => &mut self.signature,
        }
    }
}

/// Decodes one value of a query or a form: `%HH`, and `+` for a blank, which forms write and
/// which many senders of queries write too.
pub fn decode_text(raw: &[u8]) -> Result<String, BindingError> {
    let decoded = decode_octets(raw).ok_or(BindingError::Encoding)?;
    match String::from_utf8(decoded) {
        Ok(text) => Ok(text),
        Err(_) => Err(BindingError::Encoding),
    }
}

fn split_pair(pair: &[u8]) -> (&[u8], &[u8]) {
    match pair.iter().position(|byte| *byte == b'=') {
        Some(at) => {
            let (name, rest) = pair.split_at(at);
            (name, rest.get(1..).unwrap_or_default())
        }
        None => (pair, &[]),
    }
}

/// The known name that `name` spells only after decoding.
fn encoded_name(name: &[u8]) -> Option<&'static str> {
    let decoded = decode_octets(name)?;
    NAMES
        .into_iter()
        .find(|known| known.as_bytes() == decoded.as_slice())
}

fn decode_octets(raw: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(raw.len());
    let mut octets = raw.iter().copied();
    while let Some(octet) = octets.next() {
        match octet {
            b'%' => out.push((hex(octets.next()?)? << 4) | hex(octets.next()?)?),
            b'+' => out.push(b' '),
            plain => out.push(plain),
        }
    }
    Some(out)
}

const fn hex(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        b'A'..=b'F' => Some(digit - b'A' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
