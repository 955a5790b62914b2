//! Settings: the organisation, the nightly run, mail. What file or environment sets is shown and not
//! changed here.

pub mod form;
pub mod logo;
pub mod page;
pub mod test_mail;
