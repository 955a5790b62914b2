//! Administrators: who may use the console, and in which role. What protects the last one is the use
//! cases' matter.

pub mod details;
pub mod ending;
pub mod form;
pub mod list;
pub mod new;
pub mod scope;
