//! Rules of `sp_metadata`.
