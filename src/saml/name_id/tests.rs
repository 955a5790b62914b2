//! Rules of `name_id`.
