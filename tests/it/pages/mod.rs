//! The pages as a browser without scripts sees them.

pub mod account;
pub mod demo_sp;
pub mod encryption;
mod first_run;
pub mod frame;
pub mod setup;
pub mod sign_in;
pub mod sign_on;
pub mod world;
