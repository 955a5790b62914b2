//! Style sheet, script and pictures: embedded in the binary, served under `/assets/` with the hash
//! of their content in the address, so that browsers keep them and a new version is a new address.
//! Nothing here depends on who asks.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETag, EntityTag, Header, IfNoneMatch};
use actix_web::http::uri::PathAndQuery;
use actix_web::{HttpRequest, HttpResponse, web};
use rust_embed::{EmbeddedFile, RustEmbed};

use crate::web::error::WebError;

const FOR_GOOD: &str = "public, max-age=31536000, immutable";
const ASK_AGAIN: &str = "no-cache";

#[derive(RustEmbed)]
#[folder = "templates/assets"]
struct Files;

/// Addresses by file name; the hash is cut to 64 bits, which tells versions apart well enough.
static HREFS: LazyLock<BTreeMap<String, String>> = LazyLock::new(|| {
    Files::iter()
        .filter_map(|name| Files::get(&name).map(|file| (name.into_owned(), version(&file))))
        .map(|(name, version)| (name.clone(), format!("/assets/{name}?v={version}")))
        .collect()
});

/// The address of an embedded file, for templates; an unknown name gives an address that is 404.
pub fn href(name: &str) -> &str {
    HREFS.get(name).map_or("/assets/", String::as_str)
}

/// `GET, HEAD /assets/{name}`: the file, kept for a year when the address carries its hash.
pub async fn serve(
    request: HttpRequest,
    name: web::Path<String>,
) -> Result<HttpResponse, WebError> {
    let file = Files::get(&name).ok_or(WebError::NoSuchPage)?;
    let tag = EntityTag::new_strong(version(&file));
    let address = request.uri().path_and_query().map(PathAndQuery::as_str);
    let keep = if address == Some(href(&name)) {
        FOR_GOOD
    } else {
        ASK_AGAIN
    };
    let is_known = is_known(&request, &tag);
    let mut answer = if is_known {
        HttpResponse::NotModified()
    } else {
        HttpResponse::Ok()
    };
    answer
        .insert_header((CACHE_CONTROL, keep))
        .insert_header(ETag(tag));
    if is_known {
        return Ok(answer.finish());
    }
    answer.insert_header((CONTENT_TYPE, media_type(&name)));
    Ok(answer.body(file.data.into_owned()))
}

fn is_known(request: &HttpRequest, tag: &EntityTag) -> bool {
    match IfNoneMatch::parse(request) {
        Ok(IfNoneMatch::Any) => true,
        Ok(IfNoneMatch::Items(tags)) => tags.iter().any(|known| known.weak_eq(tag)),
        // An unreadable condition is no condition: the file is sent.
        Err(_unreadable) => false,
    }
}

fn version(file: &EmbeddedFile) -> String {
    file.metadata
        .sha256_hash()
        .iter()
        .take(8)
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

fn media_type(name: &str) -> String {
    let mime = mime_guess::from_path(name).first_or_octet_stream();
    if mime.type_() == mime_guess::mime::TEXT {
        format!("{mime}; charset=utf-8")
    } else {
        mime.to_string()
    }
}

#[cfg(test)]
mod tests;
