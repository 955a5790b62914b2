//! API tokens: which programs may call, and in which role. A secret is shown once and kept by nobody.

pub mod ending;
pub mod list;
pub mod new;
