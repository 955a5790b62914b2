//! The console of administrators: one folder or file per area. Every page stands in the route table
//! with the right it needs; what is common to all pages is in the files named first.

pub mod access;
pub mod attribute_rows;
pub mod difference;
pub mod events;
pub mod explanation;
pub mod faults;
pub mod keys;
pub mod listing;
pub mod notices;
pub mod overtaken;
pub mod rights;
pub mod shell;
pub mod shown_once;
pub mod sign_on_chart;
pub mod spooled_upload;
pub mod submitted;
pub mod upload;
pub mod user_picker;
pub mod xml_lines;

pub mod administrators;
pub mod audit;
pub mod dashboard;
pub mod explain;
pub mod reports;
pub mod reviews;
pub mod settings;
pub mod sso;
pub mod tokens;
pub mod user_groups;
pub mod users;
