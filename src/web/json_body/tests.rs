//! What is refused and how it is told.

use actix_web::ResponseError;
use actix_web::body::to_bytes;
use actix_web::http::StatusCode;
use actix_web::http::header::HeaderValue;
use serde_json::{Value, json};

use super::*;
use crate::service::connector_draft::ConnectorDraft;
use crate::service::group_draft::{AttributePatch, GroupDraft};
use crate::service::patch::{AttributeDraft, ValueDraft};
use crate::service::user_draft::UserDraft;

/// The problem as clients see it.
async fn wire(problem: Problem) -> Value {
    let body = to_bytes(problem.error_response().into_body())
        .await
        .unwrap();
    serde_json::from_slice(&body).unwrap()
}

async fn check<T: DeserializeOwned>(text: &str, status: u16, wanted: &[(&str, &str)]) {
    let Err(problem) = parse::<T>(text.as_bytes()) else {
        panic!("{text} was taken")
    };
    let seen = wire(problem).await;
    assert_eq!(seen["status"], status, "{text}: {seen}");
    let errors: Vec<Value> = wanted
        .iter()
        .map(|(pointer, detail)| json!({"pointer": pointer, "detail": detail}))
        .collect();
    assert_eq!(seen["errors"], Value::Array(errors), "{text}");
}

#[actix_web::test]
async fn a_field_that_does_not_fit_is_named_by_a_pointer() {
    check::<UserDraft>(
        r#"{"username": 5}"#,
        422,
        &[("/username", "Expected a string, got integer.")],
    )
    .await;
    check::<GroupDraft>(
        r#"{"memberSuggestionsNotify": "a secret in the wrong place, expected nothing"}"#,
        422,
        &[(
            "/memberSuggestionsNotify",
            "Expected a boolean, got string.",
        )],
    )
    .await;
    check::<UserDraft>(
        r#"{"attributes": [{"name": "a", "type": "string", "value": 1}, {"name": "b", "type": "string"}]}"#,
        422,
        &[("/attributes/1/value", "Missing field `value`.")],
    )
    .await;
    check::<UserDraft>(
        r#"{"attributes": {}}"#,
        422,
        &[("/attributes", "Expected a sequence, got map.")],
    )
    .await;
    check::<ConnectorDraft>(
        r#"{"nameId": "email"}"#,
        422,
        &[("/nameId", "Expected an object, got string.")],
    )
    .await;
    check::<ConnectorDraft>(
        r#"{"attributeMappings": [{"spAttributeName": "a", "source": {"type": "CUSTOM"}}]}"#,
        422,
        &[("/attributeMappings/0/source/path", "Missing field `path`.")],
    )
    .await;
    check::<ConnectorDraft>(
        r#"{"spCertificates": [{"pem": "x", "pem2": "y"}]}"#,
        422,
        &[(
            "/spCertificates/0",
            "The value has none of the shapes that are allowed here.",
        )],
    )
    .await;
    check::<ConnectorDraft>(
        r#"{"acsUrls": [{"url": "https://sp/acs", "index": 70000}]}"#,
        422,
        &[("/acsUrls/0/index", "Expected u16, got integer.")],
    )
    .await;
    check::<AttributePatch>(
        r#"{"a/b~c": 1}"#,
        422,
        &[(
            "/a~1b~0c",
            "Unknown field `a/b~c`, expected one of `name`, `type`, `value`.",
        )],
    )
    .await;
}

#[actix_web::test]
async fn broken_json_is_told_by_line_and_column() {
    for (text, place) in [
        ("", "line 1 column 0."),
        ("{\n  \"username\": ,\n}", "line 2 column 15."),
        (
            "{\"no such field\": 1,\n \"username\": \"a\"",
            "line 2 column 16.",
        ),
        ("{} {}", "line 1 column 4."),
        (
            "{\"attributes\": [{\"name\": \"a\", \"type\": \"json\", \"value\": {\"a\": 01}}]}",
            "line 1 column 63.",
        ),
        ("{\"username\": \"\\ud800\"}", "line 1 column 21."),
    ] {
        let Err(problem) = parse::<UserDraft>(text.as_bytes()) else {
            panic!("{text} was taken")
        };
        let seen = wire(problem).await;
        assert_eq!(seen["status"], 400, "{text}");
        assert!(
            seen["detail"].as_str().unwrap().contains(place),
            "{text}: {seen}"
        );
    }
    let Err(problem) = parse::<UserDraft>(b"{\"username\": \"\xff\"}") else {
        panic!("taken")
    };
    assert_eq!(problem.status_code(), StatusCode::BAD_REQUEST);
}

#[actix_web::test]
async fn the_root_is_an_object() {
    for text in ["[]", "5", "\"a\"", "null", " [{}]"] {
        check::<UserDraft>(text, 422, &[("", "The body has to be a JSON object.")]).await;
    }
    parse::<UserDraft>(b" \n {}").unwrap();
}

#[test]
fn b6_b13_values_of_attributes_are_kept_as_they_were_written() {
    let text = br#"{"attributes": [{"name": "n", "type": "number", "value": 1.50},
        {"name": "j", "type": "json", "value": {"a": 1, "a": 12345678901234567890.10}},
        {"name": "z", "type": "json", "value": null}]}"#;
    let drafts = parse::<UserDraft>(text)
        .unwrap()
        .attributes
        .into_set()
        .unwrap();
    let written = |draft: &AttributeDraft| match &draft.value {
        ValueDraft::Json(raw) => raw.get().to_owned(),
        ValueDraft::Typed(typed) => panic!("{typed} was not typed into a form"),
    };
    let raw: Vec<String> = drafts.iter().map(written).collect();
    assert_eq!(
        raw,
        ["1.50", r#"{"a": 1, "a": 12345678901234567890.10}"#, "null"]
    );
}

#[test]
fn media_types_of_json() {
    for (text, wanted) in [
        ("application/json", true),
        ("application/merge-patch+json", true),
        ("application/scim+json; charset=utf-8", true),
        ("Application/JSON;charset=\"UTF-8\"", true),
        ("application/json; charset=iso-8859-1", false),
        ("text/json", false),
        ("application/x-www-form-urlencoded", false),
        ("application/json-seq", false),
        ("", false),
    ] {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_str(text).unwrap());
        assert_eq!(is_json(&headers), wanted, "{text}");
    }
    assert!(!is_json(&HeaderMap::new()));
}

#[test]
fn only_metadata_may_be_larger_than_the_rest() {
    let half_a_mebibyte = "x".repeat(LIMIT);
    let document = "x".repeat(METADATA_LIMIT);
    let fits = |body: Value| check_metadata_size(body.to_string().as_bytes()).is_ok();
    assert!(fits(json!({"name": "a", "metadataXml": document})));
    assert!(fits(
        json!({"userId": "u", "draft": {"metadataXml": document}})
    ));
    assert!(!fits(
        json!({"name": half_a_mebibyte, "metadataXml": "<a/>"})
    ));
    assert!(!fits(json!({"name": "a", "metadataXml": document + "x"})));
    assert!(!fits(json!({"name": "a", "metadataUrl": half_a_mebibyte})));
    let escaped = "\u{e4}".repeat(METADATA_LIMIT / 2);
    let spelled = escaped.replace('\u{e4}', "\\u00e4");
    assert!(spelled.len() + LIMIT <= METADATA_BODY_LIMIT);
    let body = format!("{{\"metadataXml\": \"{spelled}\"}}");
    check_metadata_size(body.as_bytes()).unwrap();
}
