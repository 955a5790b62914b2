//! Rule A10: who is in which group, why and since when, as JSON and as CSV.

use actix_web::http::Method;
use serde_json::{Value, json};
use vestibule::domain::admin::AdminRole;
use vestibule::service::listing::ListQuery;
use vestibule::service::reports;

use crate::engine::world::{World, denver};
use crate::support::test_app::{Answer, TestApp};

async fn csv(app: &TestApp, role: AdminRole, path: &str) -> Answer {
    let request = app.request_as(role, &Method::GET, path);
    app.send(request.insert_header(("accept", "text/csv")))
        .await
}

fn rows(answer: &Answer) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .from_reader(answer.body.as_slice());
    let records = reader.records().map(|record| {
        let record = record.unwrap();
        record.iter().map(str::to_owned).collect()
    });
    records.collect()
}

/// Two static groups, the second with a name that a spreadsheet would calculate.
async fn filled() -> TestApp {
    let app = TestApp::start().await;
    let mut people = Vec::new();
    for name in ["jason", "mark", "@stacy"] {
        let email = format!("{}@example.com", name.trim_start_matches('@'));
        let body = json!({ "username": name, "email": email,
            "attributes": [{ "name": "n", "type": "number", "value": 7 }] });
        people.push(app.make("/users", &body).await);
    }
    for (group, members) in [("Team-A", vec![0, 1, 2]), ("=1+1", vec![0])] {
        let group = app.make("/groups", &json!({ "name": group })).await;
        for member in members {
            let path = format!(
                "/groups/{}/members/{}",
                group["id"].as_str().unwrap(),
                people[member]["id"].as_str().unwrap()
            );
            app.put(&path).await.expect(204);
        }
    }
    app
}

#[actix_web::test]
async fn a10_memberships_are_reported_as_json() {
    let app = filled().await;
    let all = app.get("/reports/memberships").await.expect(200).json();
    assert_eq!(all["total"], 4);
    let first = &all["items"][0];
    assert_eq!(first["group"]["name"], "Team-A");
    assert_eq!(first["method"], "STATIC");
    assert_eq!(first["user"]["username"], "jason");
    assert_eq!(first["source"], "DIRECT");
    assert_eq!(first["cause"]["event"], "group.member_added");
    assert!(
        first["since"]
            .as_str()
            .is_some_and(|text| text.ends_with('Z'))
    );

    let mut seen = Vec::new();
    let mut path = "/reports/memberships?limit=1".to_owned();
    loop {
        let page = app.get(&path).await.expect(200).json();
        let items = page["items"].as_array().unwrap();
        seen.extend(items.iter().map(|item| {
            let name = |part: &Value, field: &str| part[field].as_str().unwrap().to_owned();
            (
                name(&item["group"], "name"),
                name(&item["user"], "username"),
            )
        }));
        match page["next"].as_str() {
            Some(next) => path = format!("/reports/memberships?limit=1&cursor={next}"),
            None => break,
        }
    }
    let wanted = [
        ("Team-A", "jason"),
        ("Team-A", "mark"),
        ("Team-A", "@stacy"),
        ("=1+1", "jason"),
    ];
    let wanted = wanted.map(|(group, user)| (group.to_owned(), user.to_owned()));
    assert_eq!(seen, wanted);
}

#[actix_web::test]
async fn a10_the_report_is_filtered() {
    let app = filled().await;
    let jason = &app.get("/users?username=jason").await.json()["items"][0];
    let team = &app.get("/groups?name=Team-A").await.json()["items"][0];
    let (jason, team) = (jason["id"].as_str().unwrap(), team["id"].as_str().unwrap());
    for (filter, total) in [
        (format!("group={team}"), 3),
        ("group=team-a".to_owned(), 3),
        (format!("user={jason}"), 2),
        ("user=JASON&group=Team-A".to_owned(), 1),
        ("method=STATIC".to_owned(), 4),
        ("method=DYNAMIC_AUTOMATED".to_owned(), 0),
        ("source=DIRECT".to_owned(), 4),
        ("source=RULE".to_owned(), 0),
        ("q=mar".to_owned(), 1),
        ("user=nobody".to_owned(), 0),
    ] {
        let path = format!("/reports/memberships?{filter}");
        assert_eq!(app.total(&path).await, total, "{filter}");
    }
    for filter in ["method=static", "source=Direct", "cursor=x", "since=now"] {
        let path = format!("/reports/memberships?{filter}");
        app.get(&path).await.expect_problem(422, "");
    }
}

#[actix_web::test]
async fn a10_memberships_are_reported_as_csv() {
    let app = filled().await;
    let answer = csv(&app, AdminRole::ReadOnly, "/reports/memberships").await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(answer.header("content-type"), "text/csv; charset=utf-8");
    let disposition = "attachment; filename=\"memberships.csv\"";
    assert_eq!(answer.header("content-disposition"), disposition);
    let rows = rows(&answer);
    assert_eq!(
        rows[0],
        ["group", "method", "user", "source", "since", "cause"]
    );
    assert_eq!(rows.len(), 5);
    assert_eq!(rows[1][..4], ["Team-A", "STATIC", "jason", "DIRECT"]);
    assert_eq!(rows[3][2], "'@stacy");
    assert_eq!(rows[4][0], "'=1+1");
    assert!(rows[1][5].starts_with("added by "));
    let filtered = csv(&app, AdminRole::Manager, "/reports/memberships?user=mark").await;
    assert_eq!(self::rows(&filtered).len(), 2);
    csv(&app, AdminRole::Manager, "/reports/memberships?limit=1")
        .await
        .expect_problem(422, "/limit");
    csv(&app, AdminRole::Manager, "/reports/memberships?method=x")
        .await
        .expect_problem(422, "/method");
}

#[actix_web::test]
async fn users_are_listed_as_csv_with_every_field() {
    let app = filled().await;
    let answer = csv(&app, AdminRole::HelpDesk, "/users").await.expect(200);
    let rows = rows(&answer);
    let user = app.get("/users?username=jason").await.json()["items"][0].clone();
    let mut fields: Vec<&String> = user.as_object().unwrap().keys().collect();
    fields.retain(|field| *field != "warnings");
    assert_eq!(rows[0].iter().collect::<Vec<_>>(), fields);
    assert_eq!(rows.len(), 4);
    let jason = rows.iter().find(|row| row[1] == "jason").unwrap();
    for (cell, field) in jason.iter().zip(&fields) {
        match user[field.as_str()].as_str() {
            Some(text) => assert_eq!(cell, text),
            None if user[field.as_str()].is_null() => assert_eq!(cell, ""),
            None => assert_eq!(
                serde_json::from_str::<Value>(cell).unwrap(),
                user[field.as_str()]
            ),
        }
    }
    assert!(rows.iter().any(|row| row[1] == "'@stacy"));
    let filtered = csv(&app, AdminRole::HelpDesk, "/users?q=mark").await;
    assert_eq!(self::rows(&filtered).len(), 2);
}

#[actix_web::test]
async fn reports_are_not_for_the_help_desk() {
    let app = TestApp::start().await;
    for path in ["/reports/memberships", "/reconciliations", "/mail-outbox"] {
        for (role, status) in [
            (AdminRole::Administrator, 200),
            (AdminRole::Manager, 200),
            (AdminRole::ReadOnly, 200),
            (AdminRole::HelpDesk, 403),
        ] {
            let request = app.request_as(role, &Method::GET, path);
            app.send(request).await.expect(status);
        }
    }
}

/// More rows than are read at once, over several groups and in none.
#[test]
fn a10_everything_is_handed_over_once_and_in_order() {
    World::each(|world| {
        let wide = world.dynamic("Wide", denver());
        let narrow = world.group("Narrow");
        let also = world.dynamic("Also", denver());
        let mut csv = "username,email,location\n".to_owned();
        for number in 0..1_100 {
            csv.push_str(&format!("u{number},u{number}@example.com,Denver\n"));
        }
        let source = (csv.as_bytes(), vestibule::service::user_import::Mode::Write);
        let actor = vestibule::service::caller::terminal();
        vestibule::service::user_import::run(&world.env, &actor, source, &mut |_| {}).unwrap();
        let one = world.person("one", &[]);
        world.add_by_hand(narrow, &one);
        let mut seen = Vec::new();
        let mut handfuls = 0;
        reports::all_memberships(&world.env, &ListQuery::default(), |rows| {
            handfuls += 1;
            let places = rows.into_iter().map(|row| {
                let place = row.membership.place();
                (place.sort.parse::<i64>().unwrap(), place.id)
            });
            seen.extend(places);
            true
        })
        .unwrap();
        assert_eq!(seen.len(), 2_201);
        assert!(handfuls > 2 && seen.is_sorted_by(|one, next| one < next));
        for (group, members) in [(wide, 1_100), (narrow, 1), (also, 1_100)] {
            let of_group = seen.iter().filter(|(of, _)| *of == group.get());
            assert_eq!(of_group.count(), members);
        }
        let mut users = 0;
        reports::all_users(&world.env, &ListQuery::default(), |views| {
            users += views.len();
            true
        })
        .unwrap();
        assert_eq!(users, 1_101);
        let mut asked = 0;
        reports::all_users(&world.env, &ListQuery::default(), |_| {
            asked += 1;
            false
        })
        .unwrap();
        assert_eq!(asked, 1, "a reader that went is not read for");
    });
}
