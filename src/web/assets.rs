//! Style sheet, script and pictures: embedded in the binary, served under `/assets/` with the hash
//! of their content in the address, so that browsers keep them and a new version is a new address.
//! Nothing here depends on who asks.

use std::collections::BTreeMap;
use std::io::Write;
use std::sync::LazyLock;

use actix_web::http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETag, EntityTag, Header,
    IfNoneMatch, VARY,
};
use actix_web::http::uri::PathAndQuery;
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse, web};
use flate2::Compression;
use flate2::write::GzEncoder;
use rust_embed::RustEmbed;

use crate::service::secrets::digest_hex;
use crate::web::error::WebError;

const FOR_GOOD: &str = "public, max-age=31536000, immutable";
const ASK_AGAIN: &str = "no-cache";

#[derive(RustEmbed)]
#[folder = "templates/assets"]
struct Files;

/// An asset as it is sent.
struct Asset {
    href: String,
    tag: EntityTag,
    body: Bytes,
    /// The same, compressed; pictures and texts alike are sent so to whoever takes it.
    gzip: Bytes,
}

/// One version for all: modules import each other by address, so each would change with the others
/// anyway. The hash is cut to 64 bits, which tells versions apart well enough.
static VERSION: LazyLock<String> = LazyLock::new(|| {
    let mut hashes: Vec<[u8; 32]> = Files::iter()
        .filter_map(|name| Files::get(&name))
        .map(|file| file.metadata.sha256_hash())
        .collect();
    hashes.sort_unstable();
    let all = digest_hex(hashes.as_flattened());
    all.chars().take(16).collect()
});

static ASSETS: LazyLock<BTreeMap<String, Asset>> = LazyLock::new(|| {
    Files::iter()
        .filter_map(|name| Files::get(&name).map(|file| (name.into_owned(), file.data)))
        .map(|(name, data)| {
            let body = body(&name, &data);
            let asset = Asset {
                href: address(&name),
                tag: EntityTag::new_strong(VERSION.clone()),
                gzip: gzip(&body),
                body,
            };
            (name, asset)
        })
        .collect()
});

fn address(name: &str) -> String {
    format!("/assets/{name}?v={}", *VERSION)
}

/// The bytes of a file; a module names the others by their full addresses.
fn body(name: &str, data: &[u8]) -> Bytes {
    match std::str::from_utf8(data) {
        Ok(text) if name.ends_with(".js") => {
            let mut text = text.to_owned();
            for other in Files::iter() {
                text = text.replace(
                    &format!("\"./{other}\""),
                    &format!("\"{}\"", address(&other)),
                );
            }
            text.into()
        }
        _ => Bytes::copy_from_slice(data),
    }
}

/// Writing into memory does not fail; if it did, nobody would be sent the compressed form.
fn gzip(body: &[u8]) -> Bytes {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    match encoder.write_all(body).and_then(|()| encoder.finish()) {
        Ok(compressed) => compressed.into(),
        Err(_out_of_memory) => Bytes::new(),
    }
}

/// The address of an embedded file, for templates; an unknown name gives an address that is 404.
pub fn href(name: &str) -> &str {
    ASSETS.get(name).map_or("/assets/", |asset| &asset.href)
}

/// `GET, HEAD /assets/{name}`: the file, kept for a year when the address carries its version.
pub async fn serve(
    request: HttpRequest,
    name: web::Path<String>,
) -> Result<HttpResponse, WebError> {
    let asset = ASSETS.get(name.as_str()).ok_or(WebError::NoSuchPage)?;
    let address = request.uri().path_and_query().map(PathAndQuery::as_str);
    let keep = if address == Some(asset.href.as_str()) {
        FOR_GOOD
    } else {
        ASK_AGAIN
    };
    let is_known = is_known(&request, &asset.tag);
    let mut answer = if is_known {
        HttpResponse::NotModified()
    } else {
        HttpResponse::Ok()
    };
    answer
        .insert_header((CACHE_CONTROL, keep))
        .insert_header((VARY, "Accept-Encoding"))
        .insert_header(ETag(asset.tag.clone()));
    if is_known {
        return Ok(answer.finish());
    }
    answer.insert_header((CONTENT_TYPE, media_type(&name)));
    if takes_gzip(&request) && !asset.gzip.is_empty() {
        answer.insert_header((CONTENT_ENCODING, "gzip"));
        return Ok(answer.body(asset.gzip.clone()));
    }
    Ok(answer.body(asset.body.clone()))
}

fn takes_gzip(request: &HttpRequest) -> bool {
    let sent = request.headers().get(ACCEPT_ENCODING);
    let sent = sent
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    sent.split(',').any(|part| part.trim() == "gzip")
}

fn is_known(request: &HttpRequest, tag: &EntityTag) -> bool {
    match IfNoneMatch::parse(request) {
        Ok(IfNoneMatch::Any) => true,
        Ok(IfNoneMatch::Items(tags)) => tags.iter().any(|known| known.weak_eq(tag)),
        // An unreadable condition is no condition: the file is sent.
        Err(_unreadable) => false,
    }
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
