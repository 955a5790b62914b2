//! Single logout from outside (SAML Core 3.7, Profiles 4.4): what is carried out, what is refused, what
//! goes out, what is made of the answers, and what is told at the end.

pub mod answers;
pub mod messages;
pub mod page;
pub mod refusals;
pub mod requests;
pub mod world;
