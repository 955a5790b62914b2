//! Rules of `gate`.
