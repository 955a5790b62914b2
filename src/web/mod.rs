//! Floor 3: HTTP. Never names the store, SAML, diesel or openssl.
