//! USER MANAGEMENT > Users: the list with its bulk actions, and one file for each tab of a user.

pub mod activity;
pub mod applications;
pub mod attributes;
pub mod bulk;
pub mod details;
pub mod ending;
pub mod form;
pub mod groups;
pub mod head;
pub mod links;
pub mod list;
pub mod new;
pub mod person;
pub mod security;
