//! A person's data: all of it in one document, and after the erasure nowhere, while the chains of the
//! audit stay provable (KEY-AT-REST).

use std::collections::BTreeMap;
use std::thread;

use actix_web::http::Method;
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{BigInt, Nullable, Text};
use serde_json::json;
use vestibule::domain::admin::AdminRole;
use vestibule::service::secrets::digest_hex;
use vestibule::store::audit_chain::{self, ChainFinding};
use vestibule::store::audit_walk::{self, Fault};
use vestibule::store::connection::DbConnection;
use vestibule::store::error::StoreError;
use vestibule::store::handle::Store;

use crate::support::test_app::{PASSWORD, Site, TestApp};
use crate::support::visitor::Visitor;

#[derive(QueryableByName)]
struct Counted {
    #[diesel(sql_type = BigInt)]
    n: i64,
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Text)]
    all: String,
    #[diesel(sql_type = Nullable<Text>)]
    before: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    after: Option<String>,
}

/// Waits until every event is linked; on PostgreSQL that takes up to a second.
fn linked(store: &Store) {
    let unlinked = |conn: &mut DbConnection| -> Result<i64, StoreError> {
        let query = "SELECT COUNT(*) AS n FROM audit_events WHERE chain_seq IS NULL";
        Ok(sql_query(query).get_result::<Counted>(conn)?.n)
    };
    while store.read(unlinked).unwrap() > 0 {
        thread::yield_now();
    }
}

fn broken(store: &Store) -> Vec<Fault> {
    linked(store);
    let findings = store.read(|conn| -> Result<Vec<ChainFinding>, StoreError> {
        audit_walk::chains(conn)?
            .iter()
            .map(|chain| audit_chain::verify_chain(conn, chain))
            .collect()
    });
    let broken = findings
        .unwrap()
        .into_iter()
        .filter_map(|finding| match finding {
            ChainFinding::Unbroken { .. } => None,
            ChainFinding::Broken(fault) => Some(fault),
        });
    broken.collect()
}

/// Every text of every event.
fn texts(store: &Store) -> String {
    let rows = store.read(|conn| -> Result<Vec<Row>, StoreError> {
        let query =
            "SELECT actor_name || ' ' || object_name AS \"all\", before, after FROM audit_events";
        Ok(sql_query(query).load(conn)?)
    });
    let rows = rows.unwrap().into_iter();
    rows.map(|row| {
        let (before, after) = (
            row.before.unwrap_or_default(),
            row.after.unwrap_or_default(),
        );
        format!("{} {before} {after}\n", row.all)
    })
    .collect()
}

fn run(store: &Store, statement: &'static str) {
    store
        .write(move |conn| conn.batch_execute(statement).map_err(StoreError::from))
        .unwrap();
}

/// Jason has done and suffered a few things, and others name him.
async fn lived(app: &TestApp) -> String {
    let body = json!({ "username": "jason", "email": "jason@example.com", "firstName": "Jason",
        "lastName": "Lee", "location": "Denver", "password": PASSWORD,
        "attributes": [{ "name": "size", "type": "number", "value": 90210447 }] });
    let jason = app.make("/users", &body).await;
    let id = jason["id"].as_str().unwrap().to_owned();
    let maria = json!({ "username": "maria", "email": "maria@example.com", "manager": "jason" });
    app.make("/users", &maria).await;
    let group = json!({ "name": "Denver", "membershipMethod": "DYNAMIC_AUTOMATED",
        "memberQuery": { "filters": [
            { "field": "location", "operator": "equals", "values": ["Denver"] }] },
        "memberQueryExemptions": { "include": [id], "exclude": [] } });
    app.make("/groups", &group).await;
    let renamed = json!({ "email": "j.lee@example.com" });
    app.patch(&format!("/users/{id}"), &renamed)
        .await
        .expect(200);
    Visitor::new(app).sign_in("jason", PASSWORD).await;
    id
}

#[actix_web::test]
async fn an_export_holds_all_there_is_and_no_secret() {
    let app = TestApp::start().await;
    let id = lived(&app).await;
    let path = format!("/users/{id}/export");
    let export = app.get(&path).await.expect(200).json();
    assert_eq!(export["account"]["username"], "jason");
    assert_eq!(export["account"]["attributes"][0]["value"], 90210447);
    assert_eq!(export["groups"][0]["name"], "Denver");
    assert!(export["groups"][0]["cause"].as_str().unwrap().len() > 5);
    assert_eq!(export["sessions"].as_array().unwrap().len(), 1);
    let kinds: Vec<&str> = export["events"]
        .as_array()
        .unwrap()
        .iter()
        .map(|event| event["kind"].as_str().unwrap())
        .collect();
    assert_eq!(kinds, ["session.started", "user.updated", "user.created"]);
    let text = export.to_string();
    for secret in ["argon2", "token", "salt", "csrf"] {
        assert!(!text.contains(secret), "{secret}: {text}");
    }
    // One's own, by one's own session.
    let visitor = Visitor::new(&app);
    visitor.sign_in("jason", PASSWORD).await;
    let own = visitor.get("/account/data").await.expect(200).json();
    assert_eq!(own["account"], export["account"]);
    app.get(&path).await.expect(200);
    let told = app.get("/audit?kind=user.exported").await.json();
    assert_eq!(told["total"], 3);
}

#[actix_web::test]
async fn key_at_rest_an_erased_person_is_nowhere_and_the_chain_is_whole() {
    for site in Site::each() {
        let app = TestApp::start_on(site).await;
        let id = lived(&app).await;
        assert!(broken(&app.env.store).is_empty());
        let before = texts(&app.env.store);
        for trace in ["jason@example.com", "j.lee@example.com", "Lee", "90210447"] {
            assert!(before.contains(trace), "{trace}");
        }
        let path = format!("/users/{id}/erase");
        let answer = app.post(&path, &json!(null)).await.expect(200).json();
        let pseudonym = answer["pseudonym"].as_str().unwrap();
        assert!(
            pseudonym.starts_with("erased-") && pseudonym.len() == 19,
            "{pseudonym}"
        );

        let after = texts(&app.env.store);
        for trace in ["jason", "Jason", "j.lee", "Lee", "90210447", "192.0.2.1"] {
            assert!(!after.contains(trace), "{trace}: {after}");
        }
        assert!(after.contains("maria@example.com"), "{after}");
        assert!(after.contains(pseudonym));
        assert_eq!(broken(&app.env.store), []);
        app.get(&format!("/users/{id}")).await.expect(404);
        app.post(&path, &json!(null)).await.expect(404);
        // What the person did is still told of one person, by the id.
        let about = app.get(&format!("/audit?object={id}")).await.json();
        assert!(about["total"].as_i64().unwrap() >= 3);
        // The names are free again.
        let again = json!({ "username": "jason", "email": "j.lee@example.com" });
        app.make("/users", &again).await;
    }
}

/// An erasure is no way to change a text unseen.
#[actix_web::test]
async fn key_at_rest_a_text_that_was_changed_and_called_erased_is_found() {
    for site in Site::each() {
        let app = TestApp::start_on(site).await;
        let id = lived(&app).await;
        let path = format!("/users/{id}/erase");
        app.post(&path, &json!(null)).await.expect(200);
        assert!(broken(&app.env.store).is_empty());
        let store = &app.env.store;
        // Without its salt, and no erasure.
        run(
            store,
            "UPDATE audit_events SET object_salt = NULL, after = NULL
             WHERE kind = 'token.created' AND object_name = 'test manager'",
        );
        assert_eq!(broken(store).len(), 1);
        // With an erasure that no event tells of.
        run(
            store,
            "INSERT INTO audit_erasures (event_id, part, digest, erased_by)
             SELECT id, 'OBJECT', 'x', 'nobody' FROM audit_events
             WHERE kind = 'token.created' AND object_name = 'test manager'",
        );
        assert_eq!(broken(store).len(), 1);
        // Under the event of another one, which lists what it took.
        run(
            store,
            "UPDATE audit_erasures SET erased_by =
                (SELECT public_id FROM audit_events WHERE kind = 'user.erased')",
        );
        assert_eq!(broken(store).len(), 1);
    }
}

/// Events of before the salts are hashed in clear: they verify as they are, and as links once erased.
#[actix_web::test]
async fn key_at_rest_events_of_before_the_salts_stay_provable_as_links() {
    let app = TestApp::start().await;
    let id = lived(&app).await;
    let store = &app.env.store;
    // As a database of before: linked anew, without salts.
    run(
        store,
        "UPDATE audit_events SET actor_salt = NULL, object_salt = NULL, chain_id = '',
            chain_seq = NULL, prev_hash = NULL, hash = NULL",
    );
    app.make("/groups", &json!({ "name": "Another" })).await;
    assert!(broken(store).is_empty());
    run(
        store,
        "UPDATE audit_events SET object_name = 'x' WHERE object_name = 'maria'",
    );
    assert_eq!(broken(store).len(), 1);
    run(
        store,
        "UPDATE audit_events SET object_name = 'maria' WHERE object_name = 'x'",
    );
    let path = format!("/users/{id}/erase");
    app.post(&path, &json!(null)).await.expect(200);
    assert!(broken(store).is_empty());
    assert!(!texts(store).contains("j.lee"));
}

#[actix_web::test]
async fn only_an_administrator_erases() {
    let app = TestApp::start().await;
    let id = lived(&app).await;
    let path = format!("/users/{id}/erase");
    let answers: BTreeMap<&str, u16> = {
        let mut answers = BTreeMap::new();
        for role in [AdminRole::Manager, AdminRole::HelpDesk, AdminRole::ReadOnly] {
            let answer = app.send(app.request_as(role, &Method::POST, &path)).await;
            answers.insert(role.as_str(), answer.status);
        }
        answers
    };
    assert!(answers.values().all(|status| *status == 403), "{answers:?}");
    app.get(&format!("/users/{id}")).await.expect(200);
}

/// Changes the object part of an event and calls that erased, with the right digest, as somebody can who writes to
/// the database.
fn call_erased(store: &Store, which: &'static str, after: &str) {
    let row = store.read(|conn| -> Result<Kept, StoreError> {
        let query = format!("SELECT * FROM audit_events WHERE {which}");
        Ok(sql_query(query).get_result(conn)?)
    });
    let row = row.unwrap();
    let part = json!([
        "object",
        row.object_salt,
        row.object_name,
        row.before,
        row.after
    ]);
    let digest = digest_hex(part.to_string().as_bytes());
    let statements = format!(
        "INSERT INTO audit_erasures (event_id, part, digest, erased_by)
         SELECT id, 'OBJECT', '{digest}',
            (SELECT public_id FROM audit_events WHERE kind = 'user.erased')
         FROM audit_events WHERE {which};
         UPDATE audit_events SET object_salt = NULL, after = '{after}' WHERE {which}"
    );
    store
        .write(move |conn| conn.batch_execute(&statements).map_err(StoreError::from))
        .unwrap();
}

#[derive(QueryableByName)]
struct Kept {
    #[diesel(sql_type = Text)]
    object_name: String,
    #[diesel(sql_type = Nullable<Text>)]
    object_salt: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    before: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    after: Option<String>,
}

/// Only what an erasure lists is erased by it, and its list counts as it was hashed.
#[actix_web::test]
async fn key_at_rest_a_text_that_no_erasure_lists_was_changed() {
    for site in Site::each() {
        let app = TestApp::start_on(site).await;
        let id = lived(&app).await;
        let path = format!("/users/{id}/erase");
        app.post(&path, &json!(null)).await.expect(200);
        let store = &app.env.store;
        assert!(broken(store).is_empty());
        let told = app.get("/audit?kind=user.erased").await.json();
        let told = told["items"][0].clone();
        let token = app.get("/audit?kind=token.created").await.json();
        let token = token["items"][0]["id"].clone();
        let mut list = told["after"].clone();
        assert!(!list["erased"].to_string().contains(token.as_str().unwrap()));

        let last = "id = (SELECT MAX(id) FROM audit_events WHERE kind = 'token.created')";
        call_erased(store, last, "{}");
        assert_eq!(broken(store).len(), 1);
        // A list that names it, and calls what it said before erased.
        let own = json!([[token, "OBJECT"], [told["id"], "OBJECT"]]);
        list["erased"]
            .as_array_mut()
            .unwrap()
            .extend(own.as_array().unwrap().clone());
        call_erased(store, "kind = 'user.erased'", &list.to_string());
        assert_eq!(broken(store).len(), 1);
    }
}

/// Others are named by their own names, which an erased person may have shared.
#[actix_web::test]
async fn an_erasure_leaves_to_others_what_they_are_called() {
    for site in Site::each() {
        let app = TestApp::start_on(site).await;
        let body = json!({ "username": r"ACME\jason", "email": "jason@example.com",
            "displayName": "Sales", "location": "Austin" });
        let jason = app.make("/users", &body).await;
        let id = jason["id"].as_str().unwrap();
        // A former name, which is a group's by now.
        app.patch(&format!("/users/{id}"), &json!({ "username": "pilots" }))
            .await
            .expect(200);
        app.patch(&format!("/users/{id}"), &json!({ "username": "jason" }))
            .await
            .expect(200);
        app.make(
            "/groups",
            &json!({ "name": "Pilots", "description": "pilots" }),
        )
        .await;
        let maria = json!({ "username": "maria", "email": "maria@example.com",
            "manager": r"ACME\jason", "department": "Sales", "location": "Austin" });
        app.make("/users", &maria).await;
        let path = format!("/users/{id}/erase");
        let answer = app.post(&path, &json!(null)).await.expect(200).json();

        let after = texts(&app.env.store);
        let of_maria = after.lines().find(|line| line.contains("maria")).unwrap();
        for kept in ["\"department\":\"Sales\"", "\"location\":\"Austin\""] {
            assert!(of_maria.contains(kept), "{kept}: {of_maria}");
        }
        let manager = format!("\"manager\":{}", answer["pseudonym"]);
        assert!(of_maria.contains(&manager), "{of_maria}");
        assert!(after.contains("\"description\":\"pilots\""), "{after}");
        assert_eq!(broken(&app.env.store), []);
    }
}
