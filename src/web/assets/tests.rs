//! Addresses change with the content, and what is asked for by its address is kept for good.

use std::io::Read;

use actix_web::http::StatusCode;
use actix_web::http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, IF_NONE_MATCH,
};
use actix_web::test::{TestRequest, call_service, init_service, read_body};
use actix_web::{App, web};
use flate2::read::GzDecoder;

use crate::web::assets::{ASSETS, Files, href, serve};

#[test]
fn every_asset_that_a_template_names_exists() {
    let mut named = 0;
    for folder in ["", "pages", "saml", "demo_sp", "console"] {
        let folder = format!("{}/templates/{folder}", env!("CARGO_MANIFEST_DIR"));
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                continue;
            }
            let text = std::fs::read_to_string(&path).unwrap();
            for rest in text.split("assets::href(\"").skip(1) {
                let name = rest.split('"').next().unwrap();
                assert!(
                    href(name).starts_with(&format!("/assets/{name}?v=")),
                    "{name}"
                );
                named += 1;
            }
        }
    }
    assert!(named >= 4, "{named}");
}

#[test]
fn pages_carry_no_inline_script_or_style() {
    for folder in ["", "pages", "saml", "demo_sp", "console"] {
        let folder = format!("{}/templates/{folder}", env!("CARGO_MANIFEST_DIR"));
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                continue;
            }
            let text = std::fs::read_to_string(&path).unwrap();
            for forbidden in [
                "<style",
                "<script>",
                " style=",
                " onclick=",
                " onload=",
                "|safe",
            ] {
                assert!(
                    !text.contains(forbidden),
                    "{forbidden} in {}",
                    path.display()
                );
            }
        }
    }
}

#[actix_web::test]
async fn assets_are_kept_for_good_under_their_hash_and_known_by_their_tag() {
    let app = init_service(App::new().route("/assets/{name}", web::get().to(serve))).await;
    let get = |uri: &str| call_service(&app, TestRequest::get().uri(uri).to_request());

    let answer = get(href("vestibule.css")).await;
    assert_eq!(answer.status(), StatusCode::OK);
    assert_eq!(
        answer.headers().get(CONTENT_TYPE).unwrap(),
        "text/css; charset=utf-8"
    );
    assert_eq!(
        answer.headers().get(CACHE_CONTROL).unwrap(),
        "public, max-age=31536000, immutable"
    );
    let tag = answer.headers().get(ETAG).unwrap().clone();
    assert_eq!(
        read_body(answer).await,
        Files::get("vestibule.css").unwrap().data.as_ref()
    );

    let compressed = TestRequest::get().uri(href("vestibule.css"));
    let compressed = compressed.insert_header((ACCEPT_ENCODING, "br, gzip"));
    let answer = call_service(&app, compressed.to_request()).await;
    assert_eq!(answer.headers().get(CONTENT_ENCODING).unwrap(), "gzip");
    let mut unpacked = Vec::new();
    GzDecoder::new(read_body(answer).await.as_ref())
        .read_to_end(&mut unpacked)
        .unwrap();
    assert_eq!(unpacked, Files::get("vestibule.css").unwrap().data.as_ref());

    let bare = get("/assets/vestibule.css").await;
    assert_eq!(bare.headers().get(CACHE_CONTROL).unwrap(), "no-cache");

    let asked_again = TestRequest::get().uri("/assets/vestibule.css");
    let asked_again = asked_again.insert_header((IF_NONE_MATCH, tag)).to_request();
    assert_eq!(
        call_service(&app, asked_again).await.status(),
        StatusCode::NOT_MODIFIED
    );

    for unknown in [
        "/assets/nothing.css",
        "/assets/..%2fCargo.toml",
        "/assets/%2e%2e",
    ] {
        assert_eq!(
            get(unknown).await.status(),
            StatusCode::NOT_FOUND,
            "{unknown}"
        );
    }
}

/// The console's first load is small: everything that its pages name, compressed, fits 60 KB.
#[test]
fn all_assets_of_the_console_are_small() {
    let all: usize = ASSETS.values().map(|asset| asset.gzip.len()).sum();
    assert!(all < 40 * 1024, "{all} bytes");
}

#[test]
fn modules_import_each_other_by_versioned_addresses() {
    let console = ASSETS.get("console.js").unwrap();
    let text = std::str::from_utf8(&console.body).unwrap();
    assert!(
        text.contains(&format!("from \"{}\"", href("swap.js"))),
        "{text}"
    );
    assert!(!text.contains("\"./"), "{text}");
}
