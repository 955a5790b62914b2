//! The document against the table it is made from.

use std::collections::BTreeSet;

use serde_json::Value;

use super::*;
use crate::web::routes::REST;

fn document() -> Value {
    serde_json::from_str(&describe(REST).text).unwrap()
}

/// All members named `$ref`, wherever they stand.
fn references(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(object) => {
            for (name, member) in object {
                match member.as_str() {
                    Some(reference) if name == "$ref" => {
                        found.insert(reference.to_owned());
                    }
                    _ => references(member, found),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| references(item, found)),
        _ => {}
    }
}

#[test]
fn the_document_has_the_endpoints_of_the_table_and_no_others() {
    let in_table: BTreeSet<String> = REST
        .iter()
        .map(|endpoint| {
            format!(
                "{} {}",
                endpoint.method.as_str().to_ascii_lowercase(),
                endpoint.path
            )
        })
        .collect();
    let document = document();
    let in_document: BTreeSet<String> = document["paths"]
        .as_object()
        .unwrap()
        .iter()
        .flat_map(|(path, item)| {
            item.as_object()
                .unwrap()
                .keys()
                .map(move |method| format!("{method} {path}"))
        })
        .collect();
    assert_eq!(in_document, in_table);
    assert_eq!(in_table.len(), REST.len());
    assert_eq!(document["openapi"], "3.1.0");
}

#[test]
fn every_reference_leads_somewhere_and_every_schema_is_used() {
    let document = document();
    let mut found = BTreeSet::new();
    references(&document, &mut found);
    for reference in &found {
        let pointer = reference.strip_prefix('#').unwrap();
        assert!(document.pointer(pointer).is_some(), "{reference}");
    }
    for name in document["components"]["schemas"]
        .as_object()
        .unwrap()
        .keys()
    {
        assert!(
            found.contains(&format!("#/components/schemas/{name}")),
            "{name}"
        );
    }
}

#[test]
fn an_operation_says_all_that_a_client_has_to_know() {
    let document = document();
    let mut ids = BTreeSet::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let place = format!("{method} {path}");
            assert!(ids.insert(operation["operationId"].to_string()), "{place}");
            assert!(
                operation["summary"]
                    .as_str()
                    .is_some_and(|text| !text.is_empty()),
                "{place}"
            );
            assert_eq!(
                operation["security"][0]["bearer"],
                Value::Array(Vec::new()),
                "{place}"
            );
            let answers = operation["responses"].as_object().unwrap();
            assert!(
                answers.keys().any(|status| status.starts_with('2')),
                "{place}"
            );
            for status in ["401", "403", "503"] {
                assert!(answers.contains_key(status), "{place} {status}");
            }
            let in_path = path.matches('{').count();
            let parameters = operation["parameters"].as_array();
            let described = parameters.map_or(0, |all| {
                all.iter()
                    .filter(|parameter| parameter["in"] == "path")
                    .count()
            });
            assert_eq!(described, in_path, "{place}");
        }
    }
}

#[test]
fn roles_are_those_that_the_one_decision_lets_in() {
    let operations = describe(REST).operations;
    let roles = |method: &str, path: &str| {
        let found = operations
            .iter()
            .find(|one| one.method == method && one.path == path);
        found.unwrap().roles.clone()
    };
    assert_eq!(roles("POST", "/api/v1/tokens"), "Administrator");
    assert_eq!(roles("POST", "/api/v1/groups"), "Administrator, Manager");
    assert_eq!(
        roles("PUT", "/api/v1/users/{id}/password"),
        "Administrator, Manager, Help Desk"
    );
}
