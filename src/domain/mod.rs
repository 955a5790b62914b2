//! Floor 0: what is true about people, groups, attributes and access. Pure: no clock, no
//! randomness, no SQL, no HTTP, no XML, and no other floor.

pub mod admin;
pub mod app_access;
pub mod attribute_inheritance;
pub mod attribute_mapping;
pub mod attribute_path;
pub mod attribute_release;
pub mod audit;
pub mod connector;
pub mod connector_checks;
pub mod connector_rules;
pub mod connector_template;
pub mod custom_attribute;
pub mod endpoint_url;
pub mod exemption;
pub mod identity;
pub mod ids;
pub mod json;
pub mod match_pattern;
pub mod membership;
pub mod membership_change;
pub mod membership_rule;
pub mod release;
pub mod rule_index;
pub mod rule_lint;
pub mod samples;
pub mod session;
pub mod settings_checks;
pub mod sign_on;
pub mod signing_key;
pub mod text;
pub mod transformation;
pub mod user;
pub mod user_group;
pub mod value_template;
pub mod violation;
