//! Rules of `response`.
