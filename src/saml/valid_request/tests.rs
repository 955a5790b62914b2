//! Rules of `valid_request`.
