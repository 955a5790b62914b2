//! Templates for known service providers: defaults in the REST shape of a connector, and checks.
//! A template is a data file under `templates/connectors/`; adding one needs no code beyond its
//! line in the list below. Nothing is read at run time.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::domain::connector::ConnectorSettings;
use crate::domain::connector_checks::{self, Check};
use crate::domain::release::Release;
use crate::domain::settings_checks;
use crate::domain::violation::{Violation, Warning};

/// What only the customer knows stands in a default as a word that begins so and goes on in
/// capitals: `https://YOUR-COMPANY.zoom.us`. A connector cannot be saved with it.
const PLACEHOLDER: &str = "YOUR-";

/// An assertion has at most this many characters where the template says nothing else (rule C8).
pub const ASSERTION_LIMIT: usize = 1024 * 1024;

const SOURCES: [&str; 16] = [
    include_str!("../../templates/connectors/atlassian-cloud.json"),
    include_str!("../../templates/connectors/aws-iam.json"),
    include_str!("../../templates/connectors/aws-identity-center.json"),
    include_str!("../../templates/connectors/datadog.json"),
    include_str!("../../templates/connectors/dropbox.json"),
    include_str!("../../templates/connectors/github-enterprise-cloud.json"),
    include_str!("../../templates/connectors/github-enterprise-server.json"),
    include_str!("../../templates/connectors/gitlab.json"),
    include_str!("../../templates/connectors/google-workspace.json"),
    include_str!("../../templates/connectors/grafana.json"),
    include_str!("../../templates/connectors/microsoft-365.json"),
    include_str!("../../templates/connectors/salesforce.json"),
    include_str!("../../templates/connectors/slack.json"),
    include_str!("../../templates/connectors/snowflake.json"),
    include_str!("../../templates/connectors/zendesk.json"),
    include_str!("../../templates/connectors/zoom.json"),
];

// A test reads every source and every file of the folder, so none is dropped here.
static TEMPLATES: LazyLock<Vec<ConnectorTemplate>> = LazyLock::new(|| {
    SOURCES
        .into_iter()
        .filter_map(|source| serde_json::from_str(source).ok())
        .collect()
});

/// One template; serialises to what the API answers.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConnectorTemplate {
    pub id: String,
    pub name: String,
    /// Pages that defaults and checks are taken from.
    pub documentation: Vec<String>,
    defaults: Box<RawValue>,
    pub checks: Vec<Check>,
}

impl ConnectorTemplate {
    /// The JSON text of a connector that has some of its fields.
    pub fn defaults(&self) -> &str {
        self.defaults.get()
    }
}

/// All templates in the order of the catalogue.
pub fn all() -> &'static [ConnectorTemplate] {
    &TEMPLATES
}

/// The template with this id.
pub fn find(id: &str) -> Option<&'static ConnectorTemplate> {
    all().iter().find(|template| template.id == id)
}

/// The number of characters above which an assertion is refused whole (rule C8).
pub fn assertion_limit(template: Option<&str>) -> usize {
    checks_of(template)
        .iter()
        .find_map(|check| match check {
            Check::AssertionSize { max_characters } => Some(*max_characters),
            _ => None,
        })
        .unwrap_or(ASSERTION_LIMIT)
}

/// What a release breaks of the template's checks; none without a template. `assertion_chars` is
/// the length of the assertion's XML.
pub fn warnings(template: Option<&str>, release: &Release, assertion_chars: usize) -> Vec<Warning> {
    connector_checks::on_release(checks_of(template), release, assertion_chars)
}

/// What a connector's settings break of its template's checks, whoever the user is.
pub fn settings_warnings(settings: &ConnectorSettings) -> Vec<Warning> {
    settings_checks::on_settings(checks_of(settings.template.as_deref()), settings)
}

/// The word in a default that is to be replaced, if there is one.
pub fn placeholder(text: &str) -> Option<&str> {
    let word = text.get(text.find(PLACEHOLDER)?..)?;
    let end = word.find(|c: char| c != '-' && !c.is_ascii_uppercase());
    word.get(..end.unwrap_or(word.len()))
}

/// What a connector that was made from a template still has of its placeholders.
pub fn unreplaced(settings: &ConnectorSettings) -> Vec<Violation> {
    let entity_id = ("/spEntityId".to_owned(), settings.sp_entity_id.as_str());
    let urls = settings.acs.iter().enumerate();
    let urls = urls.map(|(place, acs)| (format!("/acsUrls/{place}/url"), acs.url.as_str()));
    let texts = std::iter::once(entity_id).chain(urls);
    texts
        .filter(|_| settings.template.is_some())
        .filter_map(|(pointer, text)| {
            let word = placeholder(text)?;
            let detail = format!("Replace {word} by what the application calls it for you.");
            Some(Violation::new(pointer, detail))
        })
        .collect()
}

fn checks_of(template: Option<&str>) -> &'static [Check] {
    template.and_then(find).map_or(&[], |found| &found.checks)
}

#[cfg(test)]
mod tests;
