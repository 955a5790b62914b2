//! Rules of `parameters`.
