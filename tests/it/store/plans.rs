//! What the statements on hot paths cost: how many there are, and that none reads a whole table.

use std::sync::{Arc, Mutex};

use diesel::Connection;
use diesel::connection::InstrumentationEvent;
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::Text;
use vestibule::store::connection::DbConnection;
use vestibule::store::error::StoreError;
use vestibule::store::handle::Store;
use vestibule::store::paging::{Cursor, PageRequest};
use vestibule::store::user_list::{self, UserFilter};
use vestibule::store::{
    accounts, app_bindings, app_users, audit_events, connectors, custom_attributes, member_list,
    memberships, sessions, sign_on_view,
};

use crate::store::databases::{Database, each_database};
use crate::store::samples::{self, at, id, text};

/// The texts of the statements that `work` runs.
fn statements<T>(
    store: &Store,
    work: impl Fn(&mut DbConnection) -> Result<T, StoreError>,
) -> Vec<String> {
    let seen = Arc::new(Mutex::new(Vec::new()));
    samples::read(store, |conn| {
        let log = Arc::clone(&seen);
        conn.set_instrumentation(move |event: InstrumentationEvent<'_>| {
            if let InstrumentationEvent::StartQuery { query, .. } = event {
                log.lock().unwrap().push(query.to_string());
            }
        });
        work(conn)?;
        conn.set_instrumentation(|_: InstrumentationEvent<'_>| {});
        Ok(())
    });
    let texts = seen.lock().unwrap();
    let without_binds = |text: &String| text.split(" -- binds").next().unwrap().to_owned();
    texts.iter().map(without_binds).collect()
}

#[derive(QueryableByName)]
struct Step {
    #[diesel(sql_type = Text)]
    detail: String,
}

/// The steps of a statement, in SQLite's words.
fn steps(store: &Store, statement: &str) -> Vec<String> {
    let explain = format!("EXPLAIN QUERY PLAN {statement}");
    let steps: Vec<Step> = samples::read(store, |conn| Ok(sql_query(explain.clone()).load(conn)?));
    steps.into_iter().map(|step| step.detail).collect()
}

/// The steps that read a table or an index from end to end.
fn scans(store: &Store, statements: &[String]) -> Vec<String> {
    let steps = statements
        .iter()
        .flat_map(|statement| steps(store, statement));
    steps.filter(|step| step.starts_with("SCAN")).collect()
}

#[test]
fn a_sign_on_is_read_by_four_statements() {
    each_database(|store| {
        let user = samples::user(store, "jason").id;
        let aws = samples::write(store, |conn| {
            connectors::insert(conn, &id("c-aws"), &samples::settings("aws"), at(0))
        });
        let load = |conn: &mut _| sign_on_view::load(conn, user, aws.id);
        let few = statements(store, load).len();
        for number in 0..20 {
            let group = samples::group(store, &format!("group-{number}"));
            samples::write(store, move |conn| {
                custom_attributes::insert_of_group(conn, group.id, &text("TeamName", "t"))?;
                app_bindings::bind(conn, aws.id, group.id)
            });
        }
        let many = statements(store, load).len();
        assert_eq!((few, many), (4, 4));
    });
}

/// A page of a list is found in the order of an index: nothing is sorted, however many there are.
#[test]
fn a46_pages_of_users_and_of_many_members_are_not_sorted() {
    let database = Database::sqlite();
    let store = database.open("chain");
    let group = samples::group(&store, "Writers").id;
    let behind = Cursor {
        sort: "display jason".to_owned(),
        id: 1,
    };
    for after in [None, Some(behind)] {
        let page = PageRequest { limit: 50, after };
        let users = statements(&store, |conn| {
            user_list::list(conn, &UserFilter::default(), &page)
        });
        // Nobody is a member, and fewer than none are not many.
        let members = statements(&store, |conn| {
            member_list::list_with(conn, group, (None, &page), -1)
        });
        assert_eq!((users.len(), members.len()), (2, 3));
        for statement in [&users[1], &members[1]] {
            let steps = steps(&store, statement);
            let sorts = |step: &String| step.contains("TEMP B-TREE");
            assert!(!steps.iter().any(sorts), "{statement}: {steps:#?}");
        }
    }
}

#[test]
fn hot_paths_read_no_whole_table() {
    let database = Database::sqlite();
    let store = database.open("chain");
    let user = samples::user(&store, "jason");
    let group = samples::group(&store, "Writers");
    samples::join(&store, &user, &group);
    let (user, group) = (user.id, group.id);
    let aws = samples::write(&store, move |conn| {
        let aws = connectors::insert(conn, &id("c-aws"), &samples::settings("aws"), at(0))?;
        app_bindings::bind(conn, aws.id, group)?;
        Ok(aws.id)
    });
    let check = |name: &str, statements: Vec<String>| {
        assert!(!statements.is_empty(), "{name}");
        assert_eq!(scans(&store, &statements), [""; 0], "{name}");
    };
    check(
        "sign-on",
        statements(&store, |conn| sign_on_view::load(conn, user, aws)),
    );
    check(
        "session",
        statements(&store, |conn| sessions::find_live(conn, b"hash", at(0))),
    );
    check(
        "sign-in",
        statements(&store, |conn| accounts::find_by_username(conn, "jason")),
    );
    check(
        "user change",
        statements(&store, |conn| memberships::of_user(conn, user)),
    );
    check(
        "member list",
        statements(&store, |conn| {
            member_list::list(conn, group, None, &PageRequest::first(50))
        }),
    );
    check(
        "count",
        statements(&store, |conn| memberships::count(conn, group)),
    );
    check(
        "sign-ons of a day",
        statements(&store, |conn| {
            audit_events::count(conn, "assertion.issued", (at(0), at(1)))
        }),
    );
    check(
        "users of an application",
        statements(&store, |conn| {
            app_users::list(conn, (aws, None), &PageRequest::first(50))
        }),
    );
    check(
        "portal",
        statements(&store, |conn| sign_on_view::load_all_for_user(conn, user)),
    );
}

/// A million events are counted without reading one of them.
#[test]
fn sign_ons_are_counted_in_an_index_alone() {
    let database = Database::sqlite();
    let store = database.open("chain");
    let count = |conn: &mut _| audit_events::count(conn, "assertion.issued", (at(0), at(1)));
    for statement in statements(&store, count) {
        let explain = format!("EXPLAIN QUERY PLAN {statement}");
        let steps: Vec<Step> =
            samples::read(&store, |conn| Ok(sql_query(explain.clone()).load(conn)?));
        let reads = steps.into_iter().map(|step| step.detail);
        let reads: Vec<String> = reads.filter(|step| step.contains("audit_events")).collect();
        assert_eq!(reads.len(), 1, "{reads:?}");
        assert!(
            reads[0].contains("COVERING INDEX audit_events_kind_at"),
            "{reads:?}"
        );
    }
}
