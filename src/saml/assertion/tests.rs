//! Rules of `assertion`.
