//! Rules of `post_binding`.
