//! `/admin/connectors/aggregate`: an aggregate of thousands is searched, and one service provider of it picked. The
//! file is read and forgotten; what was found travels with the page.

use std::io::BufReader;

use actix_web::HttpResponse;
use askama::Template;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::domain::violation::Violation;
use crate::service::aggregate::{self, AggregateEntity, Found};
use crate::service::error::ServiceError;
use crate::service::listing::ListQuery;
use crate::web::console::access::Console;
use crate::web::console::faults::Faults;
use crate::web::console::shell::{Place, Shell};
use crate::web::console::spooled_upload::SpooledUpload;
use crate::web::error::WebError;
use crate::web::filters;

/// As many as a person looks through; whoever wants another searches for it.
const SHOWN: u32 = 20;

/// `GET /admin/connectors/aggregate`
pub async fn show(console: Console) -> Result<HttpResponse, WebError> {
    console.page(&AggregatePage {
        shell: console.shell(Place::Sso)?,
        words: "",
        results: None,
        faults: Faults::default(),
    })
}

/// `POST /admin/connectors/aggregate`
pub async fn search(console: Console, upload: SpooledUpload) -> Result<HttpResponse, WebError> {
    let words = upload.fields.text("q").to_owned();
    let query = ListQuery {
        limit: Some(SHOWN),
        q: Some(words.clone()),
        ..ListQuery::default()
    };
    let file = upload.file;
    let found = console
        .submit(move |env, _| {
            if file.limit() == 0 {
                let violation = Violation::new("/file", "Choose a file.");
                return Err(ServiceError::Invalid(vec![violation]));
            }
            aggregate::search(env, BufReader::new(file), &query)
        })
        .await?;
    let mut page = AggregatePage {
        shell: console.shell(Place::Sso)?,
        words: &words,
        results: None,
        faults: Faults::default(),
    };
    match found {
        Ok(found) => {
            page.results = Some(Results::of(found));
            console.page(&page)
        }
        Err(fault) => {
            page.faults = Faults::of(&fault);
            console.refused(&fault, &page)
        }
    }
}

/// What a search found.
struct Results {
    rows: Vec<Row>,
    total: i64,
    shown: i64,
    service_providers: i64,
    others: i64,
}

/// A service provider, with its metadata as the form carries it.
struct Row {
    entity: AggregateEntity,
    source: Option<String>,
}

impl Results {
    fn of(found: Found) -> Self {
        let count = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
        let rows: Vec<Row> = found.page.items.into_iter().map(Row::of).collect();
        Self {
            total: found.page.total,
            shown: count(rows.len()),
            service_providers: count(found.service_providers),
            others: count(found.others),
            rows,
        }
    }
}

impl Row {
    fn of(entity: AggregateEntity) -> Self {
        let source = entity.metadata_xml.as_deref();
        Self {
            source: source.map(|xml| URL_SAFE_NO_PAD.encode(xml)),
            entity,
        }
    }
}

/// The page.
#[derive(Template)]
#[template(path = "console/sso/aggregate.html")]
struct AggregatePage<'a> {
    shell: Shell,
    words: &'a str,
    results: Option<Results>,
    faults: Faults,
}
