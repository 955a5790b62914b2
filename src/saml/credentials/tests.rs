//! Rules of `credentials`.
