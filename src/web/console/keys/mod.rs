//! Signing keys: which there are, which signs, and the switch from one to the next. A private half may
//! be typed in, and is never shown.

pub mod certificate;
pub mod details;
pub mod list;
