//! Rules of `signature`.
