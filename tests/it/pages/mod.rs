//! The pages as a browser without scripts sees them.

mod access_conditions;
pub mod account;
pub mod console_conditions;
mod demo_sp;
pub mod encryption;
pub mod factor_changes;
mod factor_demand;
mod factor_reset;
pub mod factor_stage;
mod first_run;
pub mod frame;
mod second_factor;
pub mod setup;
pub mod sign_in;
pub mod sign_on;
mod step_up;
pub mod world;
