//! The tables as the code sees them are the tables that the migrations make, on both databases.

use std::collections::BTreeMap;
use std::fs;

use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{Bool, Text};

use crate::store::databases::Database;
use crate::store::samples;

/// Columns by table, each with whether it may be empty.
type Tables = BTreeMap<String, BTreeMap<String, bool>>;

/// Reads the `table!` blocks: `name (key) {` and lines `column -> Type,`.
fn declared() -> Tables {
    let files = ["src/store/schema.rs", "src/store/factor_schema.rs"];
    let texts = files.map(|file| fs::read_to_string(file).unwrap());
    let mut tables = Tables::new();
    let mut current = String::new();
    let blocks = texts.iter().flat_map(|text| {
        text.lines()
            .map(str::trim)
            .take_while(|line| !line.starts_with("diesel::joinable!"))
    });
    for line in blocks {
        if let Some((column, kind)) = line.split_once(" -> ") {
            if let Some(columns) = tables.get_mut(&current) {
                columns.insert(column.to_owned(), kind.starts_with("Nullable<"));
            }
        } else if let Some((name, _)) = line.strip_suffix(") {").and_then(|l| l.split_once(" (")) {
            current = name.to_owned();
            tables.insert(current.clone(), BTreeMap::new());
        }
    }
    tables
}

#[derive(QueryableByName)]
struct Column {
    #[diesel(sql_type = Text)]
    table_name: String,
    #[diesel(sql_type = Text)]
    column_name: String,
    #[diesel(sql_type = Bool)]
    may_be_empty: bool,
}

const OF_SQLITE: &str = "
    SELECT t.name AS table_name, c.name AS column_name,
           c.\"notnull\" = 0 AND c.pk = 0 AS may_be_empty
    FROM sqlite_schema t, pragma_table_info(t.name) c
    WHERE t.type = 'table' AND t.name NOT LIKE '\\_\\_%' ESCAPE '\\'";

const OF_POSTGRES: &str = "
    SELECT table_name::text, column_name::text, is_nullable = 'YES' AS may_be_empty
    FROM information_schema.columns
    WHERE table_schema = 'public' AND table_name NOT LIKE '\\_\\_%'";

#[test]
fn the_declared_tables_are_the_migrated_ones() {
    let declared = declared();
    assert!(declared.len() > 20);
    for database in Database::all() {
        let store = database.open("chain");
        let question = if database.is_sqlite() {
            OF_SQLITE
        } else {
            OF_POSTGRES
        };
        let columns: Vec<Column> =
            samples::read(&store, |conn| Ok(sql_query(question).load(conn)?));
        let mut migrated = Tables::new();
        for column in columns {
            migrated
                .entry(column.table_name)
                .or_default()
                .insert(column.column_name, column.may_be_empty);
        }
        assert_eq!(migrated, declared, "{}", database.url);
    }
}
