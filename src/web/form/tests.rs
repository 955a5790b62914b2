//! Forms are read whole or refused.

use actix_web::FromRequest;
use actix_web::ResponseError;
use actix_web::http::StatusCode;
use actix_web::http::header::CONTENT_TYPE;
use actix_web::test::TestRequest;
use serde::Deserialize;

use crate::web::form::Form;

#[derive(Debug, Deserialize, PartialEq, Eq)]
struct Fields {
    username: String,
    #[serde(default)]
    note: String,
}

async fn read(media_type: &'static str, body: impl Into<Vec<u8>>) -> Result<Fields, StatusCode> {
    let request = TestRequest::post().insert_header((CONTENT_TYPE, media_type));
    let (request, mut payload) = request.set_payload(body.into()).to_http_parts();
    match Form::<Fields>::from_request(&request, &mut payload).await {
        Ok(Form(fields)) => Ok(fields),
        Err(error) => Err(error.status_code()),
    }
}

#[actix_web::test]
async fn a_form_is_read_whole_or_refused() {
    const FORM: &str = "application/x-www-form-urlencoded";
    let jason = |note: &str| {
        Ok(Fields {
            username: "jason".to_owned(),
            note: note.to_owned(),
        })
    };
    let cases: [(&'static str, &[u8], Result<Fields, StatusCode>); 8] = [
        (FORM, b"username=jason", jason("")),
        (
            "Application/X-WWW-Form-Urlencoded; charset=UTF-8",
            b"username=jason",
            jason(""),
        ),
        (
            FORM,
            b"username=jason&note=a%2Bb+c%C3%A4&other=1",
            jason("a+b c\u{e4}"),
        ),
        (FORM, b"note=x", Err(StatusCode::BAD_REQUEST)),
        (
            FORM,
            b"username=jason&username=mark",
            Err(StatusCode::BAD_REQUEST),
        ),
        (FORM, b"username=jason%00", Err(StatusCode::BAD_REQUEST)),
        (FORM, b"username=\xff", Err(StatusCode::BAD_REQUEST)),
        (
            "application/json",
            b"{}",
            Err(StatusCode::UNSUPPORTED_MEDIA_TYPE),
        ),
    ];
    for (media_type, body, expected) in cases {
        assert_eq!(
            read(media_type, body).await,
            expected,
            "{}",
            String::from_utf8_lossy(body)
        );
    }
}

#[actix_web::test]
async fn a_form_has_at_most_512_kib() {
    let form = |length: usize| {
        let mut body = b"username=".to_vec();
        body.resize(length, b'x');
        read("application/x-www-form-urlencoded", body)
    };
    assert!(form(512 * 1024).await.is_ok());
    assert_eq!(
        form(512 * 1024 + 1).await,
        Err(StatusCode::PAYLOAD_TOO_LARGE)
    );
}
