//! Rules of `acs_choice`.
