//! Every URI that SAML, XML Signature and their friends fix, each with the place that fixes it.
//! Constants only: what they mean for a decision stands where the decision is made.

/// Assertions (SAML Core 1.2).
pub const NS_ASSERTION: &str = "urn:oasis:names:tc:SAML:2.0:assertion";
/// Protocol messages (SAML Core 1.2).
pub const NS_PROTOCOL: &str = "urn:oasis:names:tc:SAML:2.0:protocol";
/// Metadata (SAML Metadata 1.1).
pub const NS_METADATA: &str = "urn:oasis:names:tc:SAML:2.0:metadata";
/// What metadata says to people (sstc-saml-metadata-ui 2.1).
pub const NS_METADATA_UI: &str = "urn:oasis:names:tc:SAML:metadata:ui";
/// Attributes of an entity (sstc-metadata-attr 2.1).
pub const NS_ENTITY_ATTRIBUTES: &str = "urn:oasis:names:tc:SAML:metadata:attribute";
/// XML Signature (xmldsig-core 1.3).
pub const NS_DSIG: &str = "http://www.w3.org/2000/09/xmldsig#";
/// Exclusive canonicalization; also the namespace of InclusiveNamespaces (xml-exc-c14n 2.1, 4).
pub const NS_EXC_C14N: &str = "http://www.w3.org/2001/10/xml-exc-c14n#";
/// XML Schema, for the type names in `xsi:type`.
pub const NS_XS: &str = "http://www.w3.org/2001/XMLSchema";
/// XML Schema instance, for the attribute `xsi:type`.
pub const NS_XSI: &str = "http://www.w3.org/2001/XMLSchema-instance";
/// XML Encryption (xmlenc-core 1.3).
pub const NS_XMLENC: &str = "http://www.w3.org/2001/04/xmlenc#";
/// What XML Encryption 1.1 added (xmlenc-core1 1.3).
pub const NS_XMLENC11: &str = "http://www.w3.org/2009/xmlenc11#";
/// Bound to the prefix `xml` for good (Namespaces in XML 1.0, 3).
pub const NS_XML: &str = "http://www.w3.org/XML/1998/namespace";

/// HTTP-POST binding (SAML Bindings 3.5).
pub const BINDING_POST: &str = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST";
/// HTTP-Redirect binding (SAML Bindings 3.4).
pub const BINDING_REDIRECT: &str = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect";
/// HTTP-Artifact binding (SAML Bindings 3.6).
pub const BINDING_ARTIFACT: &str = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Artifact";
/// Reverse SOAP binding (SAML Bindings 3.3).
pub const BINDING_PAOS: &str = "urn:oasis:names:tc:SAML:2.0:bindings:PAOS";
/// SOAP binding (SAML Bindings 3.2).
pub const BINDING_SOAP: &str = "urn:oasis:names:tc:SAML:2.0:bindings:SOAP";
/// Envelopes of SOAP 1.1 (SOAP 1.1, 4).
pub const NS_SOAP: &str = "http://schemas.xmlsoap.org/soap/envelope/";
/// The next one who takes an envelope in hand (SOAP 1.1, 4.2.2).
pub const SOAP_ACTOR_NEXT: &str = "http://schemas.xmlsoap.org/soap/actor/next";
/// Header blocks of the ECP profile (SAML Profiles 4.2.4).
pub const NS_ECP: &str = "urn:oasis:names:tc:SAML:2.0:profiles:SSO:ecp";
/// The only encoding of the Redirect binding (SAML Bindings 3.4.4.1).
pub const ENCODING_DEFLATE: &str = "urn:oasis:names:tc:SAML:2.0:bindings:URL-Encoding:DEFLATE";

/// The name of a system entity; the only Format an Issuer may have (SAML Profiles 4.1.4.1).
pub const NAMEID_ENTITY: &str = "urn:oasis:names:tc:SAML:2.0:nameid-format:entity";

/// The person who is signed in asked for the logout (SAML Core 3.7.3).
pub const LOGOUT_BY_USER: &str = "urn:oasis:names:tc:SAML:2.0:logout:user";

/// Whoever bears the assertion is its subject (SAML Profiles 3.3).
pub const CONFIRMATION_BEARER: &str = "urn:oasis:names:tc:SAML:2.0:cm:bearer";

/// Attribute names are free text (SAML Core 8.2.3).
pub const ATTRNAME_BASIC: &str = "urn:oasis:names:tc:SAML:2.0:attrname-format:basic";
/// Attribute names are URIs (SAML Core 8.2.2).
pub const ATTRNAME_URI: &str = "urn:oasis:names:tc:SAML:2.0:attrname-format:uri";
/// How attribute names are to be read is not said (SAML Core 8.2.1).
pub const ATTRNAME_UNSPECIFIED: &str = "urn:oasis:names:tc:SAML:2.0:attrname-format:unspecified";

/// Top-level statuses (SAML Core 3.2.2.2).
pub const STATUS_SUCCESS: &str = "urn:oasis:names:tc:SAML:2.0:status:Success";
pub const STATUS_REQUESTER: &str = "urn:oasis:names:tc:SAML:2.0:status:Requester";
pub const STATUS_RESPONDER: &str = "urn:oasis:names:tc:SAML:2.0:status:Responder";
/// Second-level statuses (SAML Core 3.2.2.2).
pub const STATUS_AUTHN_FAILED: &str = "urn:oasis:names:tc:SAML:2.0:status:AuthnFailed";
pub const STATUS_INVALID_NAMEID_POLICY: &str =
    "urn:oasis:names:tc:SAML:2.0:status:InvalidNameIDPolicy";
pub const STATUS_NO_AUTHN_CONTEXT: &str = "urn:oasis:names:tc:SAML:2.0:status:NoAuthnContext";
pub const STATUS_NO_PASSIVE: &str = "urn:oasis:names:tc:SAML:2.0:status:NoPassive";
pub const STATUS_PARTIAL_LOGOUT: &str = "urn:oasis:names:tc:SAML:2.0:status:PartialLogout";
pub const STATUS_REQUEST_DENIED: &str = "urn:oasis:names:tc:SAML:2.0:status:RequestDenied";
pub const STATUS_REQUEST_UNSUPPORTED: &str =
    "urn:oasis:names:tc:SAML:2.0:status:RequestUnsupported";
pub const STATUS_UNKNOWN_PRINCIPAL: &str = "urn:oasis:names:tc:SAML:2.0:status:UnknownPrincipal";
pub const STATUS_UNSUPPORTED_BINDING: &str =
    "urn:oasis:names:tc:SAML:2.0:status:UnsupportedBinding";

/// Authentication context classes (SAML Authentication Context 3.4).
pub const AC_UNSPECIFIED: &str = "urn:oasis:names:tc:SAML:2.0:ac:classes:unspecified";
pub const AC_PASSWORD: &str = "urn:oasis:names:tc:SAML:2.0:ac:classes:Password";
pub const AC_PASSWORD_PROTECTED_TRANSPORT: &str =
    "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport";
pub const AC_X509: &str = "urn:oasis:names:tc:SAML:2.0:ac:classes:X509";
pub const AC_TLS_CLIENT: &str = "urn:oasis:names:tc:SAML:2.0:ac:classes:TLSClient";
pub const AC_SMARTCARD: &str = "urn:oasis:names:tc:SAML:2.0:ac:classes:Smartcard";
pub const AC_SMARTCARD_PKI: &str = "urn:oasis:names:tc:SAML:2.0:ac:classes:SmartcardPKI";
pub const AC_SOFTWARE_PKI: &str = "urn:oasis:names:tc:SAML:2.0:ac:classes:SoftwarePKI";
pub const AC_TIME_SYNC_TOKEN: &str = "urn:oasis:names:tc:SAML:2.0:ac:classes:TimeSyncToken";
pub const AC_MOBILE_TWO_FACTOR_CONTRACT: &str =
    "urn:oasis:names:tc:SAML:2.0:ac:classes:MobileTwoFactorContract";
pub const AC_MOBILE_TWO_FACTOR_UNREGISTERED: &str =
    "urn:oasis:names:tc:SAML:2.0:ac:classes:MobileTwoFactorUnregistered";
/// Two factors of different kinds (REFEDS MFA Profile 1.2).
pub const AC_REFEDS_MFA: &str = "https://refeds.org/profile/mfa";

/// The signature covers its parent, less itself (xmldsig-core 6.6.4).
pub const TRANSFORM_ENVELOPED: &str = "http://www.w3.org/2000/09/xmldsig#enveloped-signature";
/// Digests: SHA-256 and SHA-512 (xmlenc-core 5.7), SHA-384 (RFC 4051 2.1.3).
pub const DIGEST_SHA256: &str = "http://www.w3.org/2001/04/xmlenc#sha256";
pub const DIGEST_SHA384: &str = "http://www.w3.org/2001/04/xmldsig-more#sha384";
pub const DIGEST_SHA512: &str = "http://www.w3.org/2001/04/xmlenc#sha512";
/// Signatures (RFC 4051 2.3).
pub const SIGNATURE_RSA_SHA256: &str = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256";
pub const SIGNATURE_RSA_SHA384: &str = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha384";
pub const SIGNATURE_RSA_SHA512: &str = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha512";
pub const SIGNATURE_ECDSA_SHA256: &str = "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256";
pub const SIGNATURE_ECDSA_SHA384: &str = "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384";
pub const SIGNATURE_ECDSA_SHA512: &str = "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha512";

/// The plain text is one whole element (xmlenc-core 3.1).
pub const ENCRYPTION_TYPE_ELEMENT: &str = "http://www.w3.org/2001/04/xmlenc#Element";
/// Block encryption: CBC (xmlenc-core 5.2), GCM (xmlenc-core1 5.2.4).
pub const ENCRYPTION_AES128_CBC: &str = "http://www.w3.org/2001/04/xmlenc#aes128-cbc";
pub const ENCRYPTION_AES256_CBC: &str = "http://www.w3.org/2001/04/xmlenc#aes256-cbc";
pub const ENCRYPTION_AES128_GCM: &str = "http://www.w3.org/2009/xmlenc11#aes128-gcm";
pub const ENCRYPTION_AES256_GCM: &str = "http://www.w3.org/2009/xmlenc11#aes256-gcm";
/// Key transport: RSA-OAEP with MGF1 over SHA-1 (xmlenc-core 5.4.2), with a mask of its own choice
/// (xmlenc-core1 5.5.2).
pub const KEY_TRANSPORT_OAEP_MGF1P: &str = "http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p";
pub const KEY_TRANSPORT_OAEP: &str = "http://www.w3.org/2009/xmlenc11#rsa-oaep";
/// The mask generation function over SHA-256 (xmlenc-core1 5.5.2).
pub const MGF1_SHA256: &str = "http://www.w3.org/2009/xmlenc11#mgf1sha256";
/// The hash inside RSA-OAEP where it is not another (xmlenc-core 5.4.2). Nothing is signed with it.
pub const DIGEST_SHA1: &str = "http://www.w3.org/2000/09/xmldsig#sha1";
