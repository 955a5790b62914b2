//! What the hot paths cost in statements, and that none of these reads a whole table: the change of
//! a user, the decision of a sign-on, the list of members.

use std::sync::{Arc, Mutex};

use diesel::connection::{Instrumentation, InstrumentationEvent, SimpleConnection};
use diesel::prelude::*;
use diesel::sql_types::Text;
use diesel::{PgConnection, SqliteConnection};
use vestibule::domain::ids::{ConnectorId, GroupId, UserId};
use vestibule::service::audit_trail::Trail;
use vestibule::service::caller::system;
use vestibule::service::user_evaluation;
use vestibule::store::connection::DbConnection;
use vestibule::store::paging::PageRequest;
use vestibule::store::{connectors, member_list, rule_members, sign_on_view, users};

use crate::engine::world::{World, denver, rule};
use crate::operations::time::Hands;
use crate::store::databases::Database;
use crate::store::samples;

/// A connection of its own that writes down every statement.
struct Watched {
    db: DbConnection,
    url: String,
    seen: Arc<Mutex<Vec<String>>>,
}

impl Watched {
    fn over(database: &Database) -> Self {
        let seen = Arc::new(Mutex::new(Vec::new()));
        let url = database.url.clone();
        let db = match url.strip_prefix("sqlite:") {
            Some(path) => {
                let mut lite = SqliteConnection::establish(path).unwrap();
                lite.set_instrumentation(noting(&seen));
                DbConnection::Sqlite(lite)
            }
            None => {
                let mut pg = PgConnection::establish(&url).unwrap();
                pg.set_instrumentation(noting(&seen));
                DbConnection::Postgres(pg)
            }
        };
        Self { db, url, seen }
    }

    /// The statements of `work`.
    fn statements<T>(&mut self, work: impl FnOnce(&mut DbConnection) -> T) -> Vec<String> {
        self.seen.lock().unwrap().clear();
        work(&mut self.db);
        std::mem::take(&mut *self.seen.lock().unwrap())
    }

    /// Insists that no plan of these statements reads a whole table.
    fn assert_searches(&self, statements: &[String]) {
        for statement in statements.iter().filter(|text| !text.starts_with("INSERT")) {
            let plan = match &self.db {
                DbConnection::Sqlite(_) => lite_plan(&self.url, statement),
                DbConnection::Postgres(_) => pg_plan(&self.url, statement),
            };
            let scans = plan
                .iter()
                .any(|line| line.starts_with("SCAN") || line.contains("Seq Scan"));
            assert!(!plan.is_empty() && !scans, "{statement}\n{plan:#?}");
        }
    }
}

fn noting(seen: &Arc<Mutex<Vec<String>>>) -> impl Instrumentation + use<> {
    let seen = Arc::clone(seen);
    move |event: InstrumentationEvent<'_>| {
        if let InstrumentationEvent::StartQuery { query, .. } = event {
            let text = query.to_string();
            let text = text.split(" -- binds").next().unwrap().to_owned();
            seen.lock().unwrap().push(text);
        }
    }
}

#[derive(QueryableByName)]
struct LiteRow {
    #[diesel(sql_type = Text)]
    detail: String,
}

fn lite_plan(url: &str, statement: &str) -> Vec<String> {
    let path = url.strip_prefix("sqlite:").unwrap();
    let mut lite = SqliteConnection::establish(path).unwrap();
    let rows: Vec<LiteRow> = diesel::sql_query(format!("EXPLAIN QUERY PLAN {statement}"))
        .load(&mut lite)
        .unwrap();
    rows.into_iter().map(|row| row.detail).collect()
}

#[derive(QueryableByName)]
struct PgRow {
    #[diesel(sql_type = Text, column_name = "QUERY PLAN")]
    line: String,
}

/// The plan for any parameters, with scans of whole tables priced out: one that is left has no
/// index to use.
fn pg_plan(url: &str, statement: &str) -> Vec<String> {
    let mut pg = PgConnection::establish(url).unwrap();
    pg.batch_execute(&format!(
        "SET plan_cache_mode = force_generic_plan; SET enable_seqscan = off; \
         PREPARE asked AS {statement}"
    ))
    .unwrap();
    let parameters = (1..=99)
        .take_while(|number| statement.contains(&format!("${number}")))
        .count();
    let nulls = vec!["NULL"; parameters].join(", ");
    let call = if nulls.is_empty() {
        "EXPLAIN EXECUTE asked".to_owned()
    } else {
        format!("EXPLAIN EXECUTE asked ({nulls})")
    };
    let rows: Vec<PgRow> = diesel::sql_query(call).load(&mut pg).unwrap();
    rows.into_iter().map(|row| row.line).collect()
}

/// A user, a group of theirs, a group under review, and an application bound to the first.
fn furnish(world: &World) -> (UserId, GroupId, ConnectorId) {
    let group = world.dynamic("Group", denver());
    world.reviewed("Under review", rule(&[("location", "equals", &["Austin"])]));
    let user = world.person("jason", &[("location", "Denver")]);
    let connector = world.env.store.write(move |conn| {
        let settings = samples::settings("aws");
        let new = connectors::insert(conn, &samples::id("c-1"), &settings, samples::at(0))?;
        vestibule::store::app_bindings::bind(conn, new.id, group)?;
        Ok::<_, vestibule::store::error::StoreError>(new.id)
    });
    (user.id, group, connector.unwrap())
}

#[test]
fn a_change_of_a_user_searches_and_never_scans() {
    for database in Database::all() {
        let world = World::over(&database, "chain");
        let (id, _, _) = furnish(&world);
        let mut watched = Watched::over(&database);
        let rules = Arc::clone(&world.env.rules);
        let mut change = |field: fn(&mut vestibule::domain::user::User)| {
            watched.statements(|conn| {
                users::lock(conn, id).unwrap();
                let before = users::find(conn, id).unwrap().unwrap();
                let mut after = before.clone();
                field(&mut after);
                let event = Trail::new(&world.env, &system()).announce();
                user_evaluation::save(conn, &rules, (&before, &after), &event).unwrap();
            })
        };
        // Warm: another node's copy of the rules is compiled.
        change(|_| {});
        // Lock, stamp, read; save account and user; epoch, memberships, exemptions, suggestions.
        let unchanged = change(|user| user.first_name = "Jay".to_owned());
        assert_eq!(unchanged.len(), 9, "{unchanged:#?}");
        // One membership ends, one suggestion begins: a statement each.
        let moved = change(|user| user.directory.location = "Austin".to_owned());
        assert_eq!(moved.len(), 11, "{moved:#?}");
        watched.assert_searches(&unchanged);
        watched.assert_searches(&moved);
    }
}

#[test]
fn decisions_and_member_lists_search_and_never_scan() {
    for database in Database::all() {
        let world = World::over(&database, "chain");
        let (user, group, connector) = furnish(&world);
        let mut watched = Watched::over(&database);
        let decision = watched.statements(|conn| {
            let view = sign_on_view::load(conn, user, connector).unwrap().unwrap();
            assert_eq!(view.memberships.len(), 1);
        });
        assert_eq!(decision.len(), 4, "{decision:#?}");
        watched.assert_searches(&decision);
        let list = watched.statements(|conn| {
            let page = member_list::list(conn, group, None, &PageRequest::first(50)).unwrap();
            assert_eq!(page.total, 1);
        });
        assert_eq!(list.len(), 2, "{list:#?}");
        watched.assert_searches(&list);
    }
}

/// SQLite keeps no figures of the values: without help it begins at the company that everybody has.
#[test]
fn a_search_for_a_rule_begins_at_the_condition_that_the_fewest_users_meet() {
    for database in Database::all() {
        if !database.url.starts_with("sqlite:") {
            continue;
        }
        let world = World::over(&database, "chain");
        for number in 0..70 {
            let title = if number < 2 { "Pilot" } else { "Steward" };
            let fields = [("company", "Acme"), ("jobTitle", title)];
            world.person(&format!("p{number}"), &fields);
        }
        let pilots = rule(&[
            ("company", "equals", &["Acme"]),
            ("userState", "notEquals", &["SUSPENDED"]),
            ("jobTitle", "equals", &["Pilot", "Captain"]),
        ]);
        let mut watched = Watched::over(&database);
        let statements = watched.statements(|conn| {
            let counts = rule_members::count(conn, &pilots, None).unwrap();
            assert_eq!(counts.matching, 2);
        });
        let search = statements.last().unwrap();
        let plan = lite_plan(&database.url, search);
        assert!(plan[0].contains("users_job_title"), "{search}\n{plan:#?}");
        // Of 70, and of 2, are there more than 64?
        assert_eq!(statements.len(), 3, "{statements:#?}");
    }
}

/// Asked every few seconds, of any number of users.
#[test]
fn the_users_whose_date_has_come_are_searched_and_never_scanned() {
    for database in Database::all() {
        let hands = Hands::at("2026-11-25T10:00:00Z");
        let world = hands.node(&database, "chain");
        let dates = [
            ("activateAt", "2026-11-26T10:00:00Z"),
            ("suspendAt", "2026-11-27T10:00:00Z"),
        ];
        let jason = world.person("jason", &dates);
        hands.set("2026-11-28T10:00:00Z");
        let mut watched = Watched::over(&database);
        let statements = watched.statements(|conn| {
            let due = users::due(conn, world.env.now(), 50).unwrap();
            assert_eq!(due, std::slice::from_ref(&jason.public_id));
        });
        assert_eq!(statements.len(), 2, "{statements:#?}");
        watched.assert_searches(&statements);
    }
}
