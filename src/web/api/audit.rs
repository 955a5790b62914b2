//! `/audit`: who did what, newest first, each event with its place in the hash chain.

use actix_web::{HttpRequest, HttpResponse};

use crate::service::audit;
use crate::service::audit_document::EventJson;
use crate::service::listing::Page;
use crate::web::access::{Call, List};
use crate::web::api::answer;
use crate::web::csv;
use crate::web::json_items::{self, Shape};
use crate::web::problem::Problem;

/// What the audit can be narrowed to: ids of actor and object, kinds, a span of time (RFC 3339).
pub const FILTERS: &[&str] = &["actor", "object", "objectKind", "kind", "from", "to"];

/// `GET /audit`, as pages of JSON, or all of it as JSON Lines for those who accept that.
pub async fn list(
    call: Call,
    request: HttpRequest,
    List(query): List,
) -> Result<HttpResponse, Problem> {
    if json_items::is_wanted(&request) {
        csv::refuse_paging(&query)?;
        let file = ("audit.jsonl", Shape::Lines);
        let answer = json_items::answer(&call.env, file, move |env, items| {
            audit::all(env, &query, |events| {
                items.add(events.into_iter().map(EventJson::new))
            })
        });
        return Ok(answer.await?);
    }
    let page = call.run(move |env, _| audit::list(env, &query)).await?;
    let (next, total) = (page.next, page.total);
    let items: Result<Vec<EventJson>, _> = page.items.into_iter().map(EventJson::new).collect();
    // The audit writes JSON only; anything else is a broken row.
    let items = items.map_err(|_broken_row| Problem::internal())?;
    answer::page(Page { items, next, total })
}
