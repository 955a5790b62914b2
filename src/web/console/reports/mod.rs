//! Reports: who is in which group (rule A10), and who can open what (rule C2), as pages and as
//! files.

pub mod access;
pub mod memberships;
pub mod start;
