//! What a rule may look like and whom it matches (rules A18, A20-A26), over REST.

use serde_json::{Value, json};

use crate::dynamic::world::{automated, each, rule};

const FIELDS: [&str; 9] = [
    "company",
    "costCenter",
    "department",
    "description",
    "employeeType",
    "jobTitle",
    "location",
    "manager",
    "userState",
];

#[actix_web::test]
async fn a20_a21_each_operator_for_each_attribute_comes_back_as_it_was_sent() {
    each(async |world| {
        for field in FIELDS {
            let conditions: Vec<(&str, &str, &[&str])> = vec![
                (field, "equals", &["STAGED", "x"]),
                (field, "notEquals", &["y"]),
                (field, "startsWith", &["S"]),
            ];
            let sent = rule(&conditions);
            let made = world.app.make("/groups", &automated(field, &sent)).await;
            assert_eq!(made["memberQuery"], sent);
            let id = made["id"].as_str().unwrap();
            let read = world.app.get(&format!("/groups/{id}")).await.json();
            assert_eq!(read["memberQuery"], sent);
        }
    })
    .await;
}

#[actix_web::test]
async fn a22_to_a26_who_matches() {
    each(async |world| {
        for (name, location) in [
            ("ann", "Miami"),
            ("ben", "Ft. Lauderdale"),
            ("cleo", "Fort Lauderdale"),
            ("dan", ""),
            ("eve", "miami"),
            ("fay", "Boca Raton "),
        ] {
            world.person_in(name, location).await;
        }
        let three: &[&str] = &["Miami", "Ft. Lauderdale", "Boca Raton"];
        type Case<'a> = (&'a [(&'a str, &'a str, &'a [&'a str])], &'a [&'a str]);
        let cases: [Case<'_>; 7] = [
            (&[("location", "equals", three)], &["ann", "ben"]),
            (
                &[("location", "notEquals", three)],
                &["cleo", "dan", "eve", "fay"],
            ),
            (&[("location", "startsWith", &["F"])], &["ben", "cleo"]),
            (&[("location", "startsWith", &["Boca Raton"])], &["fay"]),
            (
                &[
                    ("location", "startsWith", &["F"]),
                    ("location", "notEquals", &["Ft. Lauderdale"]),
                ],
                &["cleo"],
            ),
            (
                &[
                    ("location", "equals", &["Miami"]),
                    ("location", "equals", &["miami"]),
                ],
                &[],
            ),
            (&[], &[]),
        ];
        for (number, (conditions, expected)) in cases.iter().enumerate() {
            let name = format!("case {number}");
            let group = world.group(&automated(&name, &rule(conditions))).await;
            let expected: Vec<String> = expected.iter().map(|who| format!("{who} RULE")).collect();
            assert_eq!(world.members(&group).await, expected, "{conditions:?}");
        }
    })
    .await;
}

#[actix_web::test]
async fn a20_a22_a26_what_is_refused_is_named_by_its_place() {
    each(async |world| {
        let condition = |field: &str, operator: &str, values: Value| {
            json!({"filters": [
                {"field": "location", "operator": "equals", "values": ["Denver"]},
                {"field": field, "operator": operator, "values": values}]})
        };
        let many = |number: usize| json!(vec!["x"; number]);
        let one = json!({"field": "company", "operator": "equals", "values": ["x"]});
        for (query, pointer) in [
            (
                condition("city", "equals", json!(["x"])),
                "/filters/1/field",
            ),
            (
                condition("Location", "equals", json!(["x"])),
                "/filters/1/field",
            ),
            (
                condition("location", "contains", json!(["x"])),
                "/filters/1/operator",
            ),
            (
                condition("location", "equals", json!([])),
                "/filters/1/values",
            ),
            (
                condition("location", "equals", json!(["x", ""])),
                "/filters/1/values/1",
            ),
            (
                condition("location", "equals", many(201)),
                "/filters/1/values",
            ),
            (
                condition("location", "startsWith", json!(["a", "b"])),
                "/filters/1/values",
            ),
            (
                condition("location", "equals", json!(["x", "y".repeat(513)])),
                "/filters/1/values/1",
            ),
            (
                condition("location", "equals", json!(["a\u{0}b"])),
                "/filters/1/values/0",
            ),
            (json!({"filters": vec![one.clone(); 51]}), "/filters"),
            (json!({}), "/filters"),
        ] {
            let pointer = format!("/memberQuery{pointer}");
            let answer = world.app.post("/groups", &automated("g", &query)).await;
            answer.expect_problem(422, &pointer);
            let preview = json!({"memberQuery": query});
            let answer = world.app.post("/groups/preview", &preview).await;
            answer.expect_problem(422, &pointer);
        }
        assert_eq!(world.app.total("/groups").await, 0);
        let most = json!({"filters": vec![one; 50]});
        world.group(&automated("most conditions", &most)).await;
        let most = json!({"filters": [
            {"field": "company", "operator": "equals", "values": many(200)}]});
        world.group(&automated("most values", &most)).await;
    })
    .await;
}

#[actix_web::test]
async fn a24_values_are_kept_in_nfc_and_not_trimmed() {
    each(async |world| {
        world.person_in("ann", "Zu\u{308}rich").await;
        world.person_in("ben", " Zürich").await;
        let composed = automated("composed", &rule(&[("location", "equals", &["Zürich"])]));
        let group = world.group(&composed).await;
        assert_eq!(world.members(&group).await, ["ann RULE"]);
        let spaced = rule(&[("location", "equals", &[" Zu\u{308}rich"])]);
        let group = world.group(&automated("spaced", &spaced)).await;
        assert_eq!(world.members(&group).await, ["ben RULE"]);
    })
    .await;
}

#[actix_web::test]
async fn a18_an_illogical_rule_is_saved_with_a_warning() {
    each(async |world| {
        for name in ["ann", "ben", "cleo"] {
            world.person_in(name, "Ft. Lauderdale").await;
        }
        for (number, (conditions, pointer, words)) in [
            (
                rule(&[
                    ("location", "equals", &["Denver"]),
                    ("location", "equals", &["Chicago"]),
                ]),
                "/memberQuery/filters/1",
                "No user can ever meet",
            ),
            (
                rule(&[("location", "equals", &["Fort Lauderdale"])]),
                "/memberQuery/filters/0/values/0",
                "0 users have “Fort Lauderdale”; 3 have “Ft. Lauderdale”",
            ),
            (
                rule(&[("company", "equals", &["Nobody's"])]),
                "/memberQuery/filters/0",
                "No user meets this today",
            ),
            (
                rule(&[("company", "notEquals", &["x"])]),
                "/memberQuery",
                "matches every user: 3 of 3",
            ),
            (
                rule(&[("manager", "equals", &["nobody"])]),
                "/memberQuery/filters/0/values/0",
                "No user has the username",
            ),
            (
                rule(&[("userState", "equals", &["Active"])]),
                "/memberQuery/filters/0/values/0",
                "STAGED, ACTIVATED, SUSPENDED",
            ),
            (
                json!({"filters": []}),
                "/memberQuery/filters",
                "matches nobody",
            ),
        ]
        .into_iter()
        .enumerate()
        {
            let body = automated(&format!("case {number}"), &conditions);
            let made = world.app.make("/groups", &body).await;
            let warnings = made["warnings"].as_array().unwrap();
            let found = warnings.iter().any(|warning| {
                warning["pointer"] == pointer && warning["detail"].as_str().unwrap().contains(words)
            });
            assert!(found, "{conditions}: {warnings:?}");
        }
        let sound = rule(&[("location", "equals", &["Ft. Lauderdale"])]);
        world.person_in("dan", "Miami").await;
        let made = world.app.make("/groups", &automated("sound", &sound)).await;
        assert_eq!(made["warnings"], json!([]));
    })
    .await;
}
