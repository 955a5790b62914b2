//! The integration tests, one crate so that everything is linked once.

#[cfg(test)]
mod saml;
