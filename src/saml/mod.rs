//! Floor 1: SAML documents, signatures and bindings, without I/O. The only floor that names
//! samael and quick-xml; it never sees the store, a clock or a random source.
