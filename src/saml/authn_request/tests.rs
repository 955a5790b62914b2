//! Rules of `authn_request`.
