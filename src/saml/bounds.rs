//! The caps on everything that arrives (requirement BOUNDED-INPUT). Numbers only; they are
//! enforced while decoding, never after.

/// A request body of the HTTP-POST binding, and the query of the HTTP-Redirect binding.
pub const MAX_BODY_BYTES: usize = 256 * 1024;
/// A protocol message, inflated.
pub const MAX_MESSAGE_BYTES: usize = 256 * 1024;
/// RelayState (SAML Bindings 3.4.3 says 80, the field sends more).
pub const MAX_RELAY_STATE_BYTES: usize = 2_048;
/// A metadata document of one entity.
pub const MAX_METADATA_BYTES: usize = 2 * 1024 * 1024;
/// A file of many entities, which is read as a stream.
pub const MAX_AGGREGATE_BYTES: usize = 256 * 1024 * 1024;
/// An entity ID (SAML Metadata 2.2.1).
pub const MAX_ENTITY_ID_CHARS: usize = 1_024;
/// The ID of a message: it is kept until it is consumed, so it cannot be of any length.
pub const MAX_MESSAGE_ID_CHARS: usize = 256;
/// A value of a request that is kept while somebody signs in.
pub const MAX_VALUE_CHARS: usize = 1_024;
/// SessionIndex elements of one logout request.
pub const MAX_SESSION_INDEXES: usize = 64;
/// AuthnContextClassRef elements of one request.
pub const MAX_CLASS_REFS: usize = 32;

/// How large and how deep an XML document may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct XmlBounds {
    pub bytes: usize,
    pub depth: usize,
    pub elements: usize,
    /// Attributes of one tag, without namespace declarations.
    pub attributes_per_tag: usize,
    /// Namespace declarations of one tag.
    pub namespaces_per_tag: usize,
    /// Namespace declarations in force at one place: every prefix is looked up among them, so
    /// depth times declarations would be work without bounds.
    pub namespaces_in_scope: usize,
}

impl XmlBounds {
    /// For protocol messages, which anybody may send.
    pub const MESSAGE: Self = Self {
        bytes: MAX_MESSAGE_BYTES,
        depth: 64,
        elements: 2_048,
        attributes_per_tag: 64,
        namespaces_per_tag: 64,
        namespaces_in_scope: 128,
    };

    /// For metadata, which an administrator brings.
    pub const METADATA: Self = Self {
        bytes: MAX_METADATA_BYTES,
        elements: 32_768,
        ..Self::MESSAGE
    };
}
