//! The address of a list says everything about it.

use super::ListState;
use crate::service::listing::Page;

fn page(lines: usize, next: Option<&str>) -> Page<()> {
    Page {
        items: vec![(); lines],
        next: next.map(str::to_owned),
        total: 120,
    }
}

#[test]
fn search_and_filters_come_from_the_address_and_go_on_with_it() {
    let state = ListState::of_address(
        "/admin/users?q=+a%26b+&state=SUSPENDED&department=&evil=1",
        &["state", "department"],
    );
    assert_eq!(state.q, "a&b");
    assert_eq!(state.filter("state"), "SUSPENDED");
    assert_eq!(state.filter("department"), "");
    assert_eq!(state.filter("evil"), "");
    assert!(state.is_narrowed());
    let pager = state.pager(&page(50, Some("abc")));
    assert_eq!((pager.from, pager.to, pager.total), (1, 50, 120));
    assert_eq!(pager.first, None);
    assert_eq!(
        pager.next.as_deref(),
        Some("/admin/users?q=a%26b&state=SUSPENDED&cursor=abc&skipped=50")
    );
    assert_eq!(
        state.elsewhere("/admin/users/export"),
        "/admin/users/export?q=a%26b&state=SUSPENDED"
    );
}

#[test]
fn the_last_page_leads_back_to_the_first() {
    let state = ListState::of_address("/admin/users?cursor=abc&skipped=100", &[]);
    assert_eq!(state.query().cursor.as_deref(), Some("abc"));
    let pager = state.pager(&page(20, None));
    assert_eq!((pager.from, pager.to), (101, 120));
    assert_eq!(pager.first.as_deref(), Some("/admin/users"));
    assert_eq!(pager.next, None);
    assert!(!state.is_narrowed());
}
