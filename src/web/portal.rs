//! `/`: a user's applications as tiles. An administrator is sent on to the console.

use actix_web::{HttpResponse, http::StatusCode, web};
use serde::Deserialize;

use crate::domain::ids::UserId;
use crate::domain::text::fold;
use crate::service::environment::Environment;
use crate::service::error::ServiceError;
use crate::service::organisation;
use crate::service::portal::{self, Tile};
use crate::web::arch::Arch;
use crate::web::error::WebError;
use crate::web::guards::SignedInAccount;
use crate::web::language::Language;
use crate::web::pages::{Brand, PortalPage, TileView};
use crate::web::responses::{blocking, html, see_other};

/// With fewer tiles than this, eyes are faster than a search field.
const SEARCH_FROM: usize = 7;
/// What stands in the address.
#[derive(Debug, Default, Deserialize)]
pub struct PortalQuery {
    #[serde(default)]
    q: String,
}

/// `GET /`
pub async fn show(
    env: web::Data<Environment>,
    query: web::Query<PortalQuery>,
    account: SignedInAccount,
    language: Language,
) -> Result<HttpResponse, WebError> {
    if account.who.role.is_some() {
        return Ok(see_other("/admin"));
    }
    let user = UserId::new(account.who.session.account.get());
    let (all, organisation) = blocking(&env, move |env| -> Result<_, ServiceError> {
        Ok((portal::tiles(env, user)?, organisation::find(env)?))
    })
    .await?;
    let tiles: Vec<TileView> = all
        .iter()
        .filter(|tile| matches(tile, &query.q))
        .map(view)
        .collect();
    let page = PortalPage {
        brand: &Brand::from(organisation),
        display_name: &account.who.display_name,
        tiles: &tiles,
        query: &query.q,
        searchable: all.len() >= SEARCH_FROM || !query.q.is_empty(),
    };
    html(language, StatusCode::OK, &page)
}

fn matches(tile: &Tile, query: &str) -> bool {
    fold(&tile.name).contains(fold(query.trim()).as_str())
}

fn view(tile: &Tile) -> TileView {
    TileView {
        name: tile.name.clone(),
        url: tile.url.clone(),
        arch: Arch::of(&tile.name, &tile.slug),
    }
}
