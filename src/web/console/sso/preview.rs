//! `/admin/connectors/{id}/preview`: what a person would get from the application, and why. The person
//! stands in the address, so that the page can be sent to a colleague.

use actix_web::HttpResponse;
use askama::Template;

use crate::domain::connector::Connector;
use crate::domain::user::User;
use crate::service::connector_draft::ConnectorDraft;
use crate::service::connectors;
use crate::service::environment::Environment;
use crate::service::error::ServiceError;
use crate::service::preview;
use crate::service::user_lookup;
use crate::web::console::access::Console;
use crate::web::console::explanation::Explanation;
use crate::web::console::shell::{Place, Shell};
use crate::web::console::sso::frame::{Head, Tab};
use crate::web::error::WebError;
use crate::web::filters;
use crate::web::path_part::PathPart;

/// So many people are suggested, or offered to choose from.
const SUGGESTED: u32 = 10;
/// The longest text that is looked for, in characters.
const LONGEST: usize = 256;

/// What became of the field "User".
#[derive(Debug, Default)]
pub enum Picked {
    /// Nothing was typed.
    #[default]
    Nobody,
    /// Nobody is called so.
    Unknown,
    /// Several are.
    Several(Vec<Suggestion>),
    One(Box<Explanation>),
}

/// A person as the list below the field shows one.
#[derive(Debug, Clone)]
pub struct Suggestion {
    pub id: String,
    pub username: String,
    pub name: String,
}

impl From<User> for Suggestion {
    fn from(user: User) -> Self {
        Self {
            id: user.public_id.as_str().to_owned(),
            username: user.username,
            name: user.display_name,
        }
    }
}

/// Finds the person and previews the application, as it is stored or as the draft has it.
pub fn pick(
    env: &Environment,
    connector: &str,
    typed: &str,
    draft: Option<&ConnectorDraft>,
) -> Result<Picked, ServiceError> {
    let Some(text) = wanted(typed) else {
        return Ok(Picked::Nobody);
    };
    let mut found = user_lookup::find(env, &text, SUGGESTED)?;
    match (found.pop(), found.is_empty()) {
        (None, _) => Ok(Picked::Unknown),
        (Some(user), true) => {
            let shown = preview::preview(env, connector, user.public_id.as_str(), draft)?;
            Ok(Picked::One(Box::new(Explanation::from(shown))))
        }
        (Some(last), false) => {
            found.push(last);
            Ok(Picked::Several(
                found.into_iter().map(Suggestion::from).collect(),
            ))
        }
    }
}

/// Who may be meant by what is typed so far.
pub fn suggest(env: &Environment, typed: &str) -> Result<Vec<Suggestion>, ServiceError> {
    let Some(text) = wanted(typed) else {
        return Ok(Vec::new());
    };
    let found = user_lookup::suggest(env, &text, SUGGESTED)?;
    Ok(found.into_iter().map(Suggestion::from).collect())
}

fn wanted(typed: &str) -> Option<String> {
    let text: String = typed.trim().chars().take(LONGEST).collect();
    Some(text).filter(|text| !text.is_empty())
}

/// `GET /admin/connectors/{id}/preview?user=`
pub async fn show(console: Console, PathPart(id): PathPart) -> Result<HttpResponse, WebError> {
    let (_, query) = console.address.split_once('?').unwrap_or_default();
    let parameter = |wanted: &str| {
        let mut pairs = url::form_urlencoded::parse(query.as_bytes());
        let found = pairs.find(|(name, _)| name == wanted);
        found
            .map(|(_, value)| value.into_owned())
            .unwrap_or_default()
    };
    let typed = parameter("user");
    let only_suggests = parameter("do") == "suggest";
    let text = typed.clone();
    let (connector, picked, suggestions) = console
        .run(move |env, _| {
            let connector = connectors::get(env, &id)?.connector;
            if only_suggests {
                return Ok((connector, Picked::Nobody, suggest(env, &text)?));
            }
            let picked = pick(env, &id, &text, None)?;
            Ok((connector, picked, Vec::new()))
        })
        .await?;
    console.page(&PreviewPage::new(
        &console,
        &connector,
        (&typed, &picked, &suggestions),
    )?)
}

/// The page.
#[derive(Template)]
#[template(path = "console/sso/preview.html")]
struct PreviewPage<'a> {
    shell: Shell,
    head: Head,
    typed: &'a str,
    picked: &'a Picked,
    suggestions: &'a [Suggestion],
}

impl<'a> PreviewPage<'a> {
    fn new(
        console: &Console,
        connector: &Connector,
        (typed, picked, suggestions): (&'a str, &'a Picked, &'a [Suggestion]),
    ) -> Result<Self, WebError> {
        Ok(Self {
            shell: console.shell(Place::Sso)?,
            head: Head::of(connector, Tab::Preview, console.rights()),
            typed,
            picked,
            suggestions,
        })
    }
}
