//! USER MANAGEMENT > User Groups (rule A11): the list, the form, and the tabs of one group. What a
//! save means for members is the use cases' matter; these files read forms and draw pages.

pub mod applications;
pub mod conditions;
pub mod delete;
pub mod details;
pub mod form;
pub mod head;
pub mod history;
pub mod list;
pub mod preview;
pub mod review;
pub mod submit;
pub mod users;
