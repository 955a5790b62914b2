//! What the pages of users stand on, on every database at hand: sessions seen and ended by
//! administrators, several users at once, attributes that groups hand down, and who did what.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use vestibule::domain::user::User;
use vestibule::service::caller::terminal;
use vestibule::service::error::ServiceError;
use vestibule::service::listing::ListQuery;
use vestibule::service::user_sessions::{self, Ending};
use vestibule::service::{audit, user_attributes, user_bulk, users};

use crate::pages::world::user;
use crate::support::test_app::{PASSWORD, Site, TestApp};
use crate::support::visitor::Visitor;

async fn each(test: impl AsyncFn(TestApp)) {
    for site in Site::each() {
        test(TestApp::start_on(site).await).await;
    }
}

async fn made(app: &TestApp, path: &str, body: &Value) -> String {
    let made = app.make(path, body).await;
    made["id"].as_str().unwrap().to_owned()
}

fn events(app: &TestApp, filter: (&str, &str)) -> Vec<String> {
    let (name, value) = filter;
    let query = ListQuery {
        filters: BTreeMap::from([(name.to_owned(), value.to_owned())]),
        ..ListQuery::default()
    };
    let page = audit::list(&app.env, &query).unwrap();
    page.items.into_iter().map(|row| row.event.kind).collect()
}

#[actix_web::test]
async fn an_administrator_sees_and_ends_sessions() {
    each(async |app| {
        let jason = made(&app, "/users", &user("jason")).await;
        let mark = made(&app, "/users", &user("mark")).await;
        let browsers = [Visitor::new(&app), Visitor::new(&app), Visitor::new(&app)];
        for browser in &browsers {
            browser.sign_in("jason", PASSWORD).await;
        }
        let of_mark = Visitor::new(&app);
        of_mark.sign_in("mark", PASSWORD).await;
        let sessions = || user_sessions::list(&app.env, &jason).unwrap();
        assert_eq!(sessions().len(), 3);

        let end = |of: &str, ending| user_sessions::end(&app.env, &terminal(), of, ending).unwrap();
        let one = Ending::One(sessions()[0].id.clone());
        // Another user's page ends nobody else's session.
        assert_eq!(end(&mark, one.clone()), 0);
        assert_eq!(end(&jason, one.clone()), 1);
        assert_eq!(end(&jason, one), 0);
        assert_eq!(sessions().len(), 2);
        assert_eq!(end(&jason, Ending::All), 2);
        assert_eq!(sessions(), []);
        for browser in &browsers {
            browser.get("/account").await.expect(303);
        }
        of_mark.get("/account").await.expect(200);
        let ended = events(&app, ("object", &jason));
        let ended = ended.iter().filter(|kind| *kind == "user.sessions_ended");
        assert_eq!(ended.count(), 2);
        let nobody = user_sessions::list(&app.env, "nobody");
        assert!(matches!(nobody, Err(ServiceError::NotFound { .. })));
    })
    .await;
}

#[actix_web::test]
async fn c7_what_is_about_somebody_is_what_they_did_and_what_was_done_to_them() {
    each(async |app| {
        let jason = made(&app, "/users", &user("jason")).await;
        made(&app, "/users", &user("mark")).await;
        Visitor::new(&app).sign_in("jason", PASSWORD).await;
        assert_eq!(
            events(&app, ("about", &jason)),
            ["session.started", "user.created"]
        );
        assert_eq!(events(&app, ("about", "nobody")), Vec::<String>::new());
    })
    .await;
}

#[actix_web::test]
async fn several_users_are_suspended_and_added_at_once() {
    each(async |app| {
        let jason = made(&app, "/users", &user("jason")).await;
        let mark = made(&app, "/users", &user("mark")).await;
        let group = made(&app, "/groups", &json!({"name": "Team"})).await;
        let rule =
            json!({"filters": [{"field": "location", "operator": "equals", "values": ["x"]}]});
        let ruled =
            json!({"name": "Ruled", "membershipMethod": "DYNAMIC_AUTOMATED", "memberQuery": rule});
        let ruled = made(&app, "/groups", &ruled).await;
        // One that somebody else deleted meanwhile does not keep the others.
        let ids = [jason.clone(), "gone".to_owned(), mark.clone()];

        let choices = user_bulk::static_groups(&app.env).unwrap();
        let choices: Vec<&str> = choices.iter().map(|choice| choice.name.as_str()).collect();
        assert_eq!(choices, ["Team"]);
        for _ in 0..2 {
            user_bulk::add_to_group(&app.env, &terminal(), &group, &ids).unwrap();
        }
        let members = app.get(&format!("/groups/{group}/members")).await.json();
        assert_eq!(members["total"], 2);
        let refused = user_bulk::add_to_group(&app.env, &terminal(), &ruled, &ids);
        assert!(matches!(refused, Err(ServiceError::Conflict(_))));

        for _ in 0..2 {
            user_bulk::suspend(&app.env, &terminal(), &ids).unwrap();
        }
        for id in [&jason, &mark] {
            let state = app.get(&format!("/users/{id}")).await.json()["state"].clone();
            assert_eq!(state, "SUSPENDED");
            let changes = events(&app, ("object", id));
            let changes = changes.iter().filter(|kind| *kind == "user.updated");
            assert_eq!(changes.count(), 1, "who is suspended is not saved again");
        }
    })
    .await;
}

#[actix_web::test]
async fn b17_inherited_attributes_come_newest_first_with_what_overrides_them() {
    each(async |app| {
        let attribute =
            |name: &str, value: &str| json!({"name": name, "type": "string", "value": value});
        let mut jason = user("jason");
        jason["attributes"] = json!([attribute("team", "own")]);
        let jason = made(&app, "/users", &jason).await;
        for (name, attributes) in [
            (
                "Old",
                json!([attribute("team", "a"), attribute("floor", "1")]),
            ),
            ("New", json!([attribute("team", "b")])),
        ] {
            let group = json!({"name": name, "attributes": attributes});
            let group = made(&app, "/groups", &group).await;
            let member = format!("/groups/{group}/members/{jason}");
            app.put(&member).await.expect(204);
        }
        let found = user_attributes::inherited(&app.env, &jason).unwrap();
        let shown: Vec<(&str, &str, bool)> = found
            .iter()
            .map(|one| {
                let attribute = &one.attribute;
                (
                    attribute.group_name.as_str(),
                    attribute.attribute.name.as_str(),
                    one.is_overridden,
                )
            })
            .collect();
        assert_eq!(
            shown,
            [
                ("New", "team", true),
                ("Old", "floor", false),
                ("Old", "team", true)
            ]
        );
    })
    .await;
}

#[actix_web::test]
async fn a_page_of_people_is_the_page_of_users_without_attributes() {
    each(async |app| {
        for name in ["jason", "mark", "stacy"] {
            made(&app, "/users", &user(name)).await;
        }
        let query = ListQuery {
            limit: Some(2),
            ..ListQuery::default()
        };
        let people = users::people(&app.env, &query).unwrap();
        let listed = users::list(&app.env, &query).unwrap();
        assert_eq!((people.total, &people.next), (3, &listed.next));
        let listed = listed.items.into_iter().map(|view| view.user);
        assert_eq!(people.items, listed.collect::<Vec<User>>());
    })
    .await;
}
