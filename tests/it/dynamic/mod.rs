//! Dynamic groups as clients of REST and people who sign on see them, on every database at hand.
//! Changes are made on one node, and the very next AuthnRequest arrives at another.

mod access;
mod causes;
mod consequences;
mod exemptions;
mod preview;
mod review;
mod rules;
mod saving;
mod stories;
mod world;
