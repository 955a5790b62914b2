//! Failures of use cases as clients and the log see them.

use actix_web::body::to_bytes;
use serde_json::{Value, json};

use super::*;

async fn check(error: ServiceError, wanted: Value) {
    let problem = Problem::from(error);
    let logged = problem.to_string();
    let response = problem.error_response();
    assert_eq!(response.headers().get(CONTENT_TYPE).unwrap(), PROBLEM_JSON);
    let retries = response.headers().contains_key(RETRY_AFTER);
    assert_eq!(
        retries,
        response.status() == StatusCode::SERVICE_UNAVAILABLE
    );
    let body = to_bytes(response.into_body()).await.unwrap();
    assert_eq!(serde_json::from_slice::<Value>(&body).unwrap(), wanted);
    assert!(!logged.contains("secret"), "{logged}");
}

#[actix_web::test]
async fn every_failure_of_a_use_case_has_its_status() {
    let what = "user";
    check(
        ServiceError::NotFound { what },
        json!({"type": "about:blank", "title": "Not Found", "status": 404,
               "detail": "There is no user with this id.", "errors": []}),
    )
    .await;
    check(
        ServiceError::Conflict(Violation::new("/username", "secret is taken")),
        json!({"type": "about:blank", "title": "Conflict", "status": 409, "detail": "secret is taken",
               "errors": [{"pointer": "/username", "detail": "secret is taken"}]}),
    )
    .await;
    check(
        ServiceError::Invalid(vec![Violation::new("/a", "x"), Violation::new("/b", "y")]),
        json!({"type": "about:blank", "title": "Unprocessable Entity", "status": 422,
               "detail": "2 values break a rule; `errors` names each.",
               "errors": [{"pointer": "/a", "detail": "x"}, {"pointer": "/b", "detail": "y"}]}),
    )
    .await;
    check(
        ServiceError::Stale,
        json!({"type": "about:blank", "title": "Precondition Failed", "status": 412, "errors": [],
               "detail": "Somebody else changed it since you read it. Read it again and repeat the change."}),
    )
    .await;
    check(
        ServiceError::Forbidden { detail: "no".to_owned() },
        json!({"type": "about:blank", "title": "Forbidden", "status": 403, "detail": "no", "errors": []}),
    )
    .await;
}
