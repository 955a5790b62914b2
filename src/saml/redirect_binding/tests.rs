//! Rules of `redirect_binding`.
