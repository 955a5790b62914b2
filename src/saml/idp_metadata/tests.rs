//! Rules of `idp_metadata`.
