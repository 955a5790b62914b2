//! `/admin/keys`: all signing keys, and the ways to a new one: made here, or brought along.

use actix_web::HttpResponse;
use askama::Template;
use chrono::{DateTime, Utc};

use crate::domain::signing_key::{KeyAlgorithm, KeyState};
use crate::service::key_views::{self, KeyView};
use crate::service::{key_upload, keys};
use crate::web::console::access::Console;
use crate::web::console::faults::Faults;
use crate::web::console::notices::{Done, see_other_after};
use crate::web::console::shell::{Place, Shell};
use crate::web::console::submitted::Submitted;
use crate::web::error::WebError;
use crate::web::filters;

/// `GET /admin/keys`
pub async fn show(console: Console) -> Result<HttpResponse, WebError> {
    let keys = console.run(|env, _| key_views::list(env)).await?;
    console.page(&page(&console, &keys)?)
}

/// `POST /admin/keys`: makes a key, or takes one.
pub async fn submit(
    console: Console,
    Submitted(fields): Submitted,
) -> Result<HttpResponse, WebError> {
    let text = |name| fields.text(name).to_owned();
    let (algorithm, certificate) = (text("algorithm"), text("certificate"));
    let private_key = text("private-key");
    let is_upload = fields.button().0 == "upload";
    let (typed, chosen) = (certificate.clone(), algorithm.clone());
    let made = console
        .submit(move |env, actor| {
            if is_upload {
                key_upload::upload(env, actor, (&private_key, &certificate))
            } else {
                keys::rotate(env, actor, &algorithm)
            }
        })
        .await?;
    let fault = match made {
        Ok(key) => {
            let here = format!("/admin/keys/{}", key.public_id);
            return Ok(see_other_after(&here, Done::KeyPublished));
        }
        Err(fault) => fault,
    };
    let keys = console.run(|env, _| key_views::list(env)).await?;
    let mut page = page(&console, &keys)?;
    page.faults = Faults::of(&fault);
    page.algorithm = &chosen;
    page.certificate = &typed;
    console.refused(&fault, &page)
}

fn page<'a>(console: &Console, keys: &'a [KeyView]) -> Result<ListPage<'a>, WebError> {
    Ok(ListPage {
        shell: console.shell(Place::Keys)?,
        now: console.env.now(),
        keys,
        faults: Faults::default(),
        algorithm: KeyAlgorithm::Rsa2048.as_str(),
        algorithms: KeyAlgorithm::ALL.map(|one| (one.as_str(), one.as_str())),
        certificate: "",
        has_hsm: console.env.keys.hsm().is_some(),
    })
}

/// `/admin/keys`
#[derive(Template)]
#[template(path = "console/keys/list.html")]
struct ListPage<'a> {
    shell: Shell,
    now: DateTime<Utc>,
    keys: &'a [KeyView],
    faults: Faults,
    algorithm: &'a str,
    algorithms: [(&'static str, &'static str); 4],
    /// What was typed; a private key is never given back.
    certificate: &'a str,
    /// Keys are made in a hardware security module, and none is taken from elsewhere.
    has_hsm: bool,
}

impl ListPage<'_> {
    /// Days until a key that is used ends, when they are few.
    fn ends_soon(&self, key: &KeyView) -> Option<i64> {
        let days = key.days_left(self.now);
        (key.state != KeyState::Retired && days < 60).then_some(days)
    }
}
