//! Violations are found by their pointers.

use super::Faults;
use crate::domain::violation::Violation;
use crate::service::error::ServiceError;

#[test]
fn a_violation_is_found_at_its_field_and_above_it() {
    let faults = Faults::of(&ServiceError::Invalid(vec![
        Violation::new("/attributes/1/value", "Too long."),
        Violation::new("/name", "Empty."),
    ]));
    assert_eq!(faults.at("/name"), Some("Empty."));
    assert_eq!(faults.at("/attributes"), None);
    assert_eq!(faults.under("/attributes/1"), Some("Too long."));
    assert_eq!(faults.under("/attributes/10"), None);
    assert_eq!(faults.under("/nam"), None);
    assert_eq!(faults.number(), 2);
    assert!(Faults::of(&ServiceError::Stale).is_empty());
}
