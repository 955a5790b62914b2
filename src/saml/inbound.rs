//! A protocol message as a binding delivered it: octets and RelayState, nothing read out of it yet.

use crate::domain::connector::EndpointBinding;
use crate::saml::detached_signature::DetachedSignature;

/// Whether a message asks or answers; each travels in a parameter of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MessageKind {
    Request,
    Response,
}

impl MessageKind {
    /// The name of the parameter or form field (SAML Bindings 3.4.4.1, 3.5.4).
    pub const fn parameter(self) -> &'static str {
        match self {
            Self::Request => "SAMLRequest",
            Self::Response => "SAMLResponse",
        }
    }
}

/// A message that arrived, decoded and within the caps, not yet looked into.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InboundMessage {
    pub kind: MessageKind,
    pub binding: EndpointBinding,
    /// The message, inflated; at most 256 KiB.
    pub xml: Vec<u8>,
    /// Unchanged, to be returned unchanged; at most 2,048 bytes.
    pub relay_state: Option<String>,
    /// Beside the message, in a query only.
    pub signature: Option<DetachedSignature>,
}

/// Why a query or a form is not a message. All are answered by a local page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BindingError {
    #[error("the message is larger than 256 KiB")]
    TooLarge,
    #[error("the parameter SAMLRequest is missing")]
    Missing,
    #[error("there is neither a SAMLRequest nor a SAMLResponse")]
    NoMessage,
    #[error("a SAMLRequest and a SAMLResponse were sent together")]
    TwoMessages,
    #[error("the parameter {0} occurs more than once")]
    Duplicate(&'static str),
    #[error("the parameter name {0} is written with percent-encoding")]
    EncodedName(&'static str),
    #[error("a SAMLResponse was sent where a SAMLRequest belongs")]
    UnexpectedResponse,
    #[error("a message in a form carries its signature inside, and this one carries it beside it")]
    SignatureBeside,
    #[error("SigAlg and Signature belong together, one of them is missing")]
    HalfSignature,
    #[error("a percent-encoded octet is malformed, or the parameter is not UTF-8")]
    Encoding,
    #[error("the value of SAMLEncoding is not the DEFLATE encoding")]
    UnknownSamlEncoding,
    #[error("the message is not base64")]
    Base64,
    #[error("the message is not DEFLATE-compressed data")]
    Inflate,
    #[error("RelayState is longer than 2,048 bytes")]
    RelayStateTooLong,
}
