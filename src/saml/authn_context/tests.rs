//! Rules of `authn_context`.
