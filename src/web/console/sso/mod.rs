//! USER AUTHENTICATION > SSO: the applications, what each of them receives and who may open it.
//! Pages read and save through the use cases; what is right is decided there.

pub mod activity;
pub mod aggregate;
pub mod bindings;
pub mod catalogue;
pub mod certificate;
pub mod delete;
pub mod endpoint_rows;
pub mod frame;
pub mod general;
pub mod general_form;
pub mod list;
pub mod mapping_row;
pub mod messages;
pub mod metadata;
pub mod metadata_view;
pub mod new_form;
pub mod preview;
pub mod sso_form;
pub mod sso_tab;
pub mod step_row;
