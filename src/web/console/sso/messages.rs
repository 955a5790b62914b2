//! `/admin/connectors/{id}/messages`: the last messages from and to an application with the verdict of
//! each check, the switch by which documents are recorded for a while, and the check of a message
//! that somebody pastes. Nothing is judged here.

use actix_web::HttpResponse;
use askama::Template;
use chrono::{DateTime, Utc};

use crate::domain::connector::Connector;
use crate::domain::exchange::{Exchange, ExchangeOutcome, MessageType};
use crate::domain::verdict::{Check, Finding, Verdict, Verdicts};
use crate::service::exchanges::{self, FlightLog, RecordingDraft};
use crate::service::message_check::{self, CheckedMessage};
use crate::web::console::access::Console;
use crate::web::console::listing::ListState;
use crate::web::console::notices::{self, Done};
use crate::web::console::shell::{Place, Shell};
use crate::web::console::sso::frame::{self, Head, Tab};
use crate::web::console::submitted::Submitted;
use crate::web::error::{WebError, sentence};
use crate::web::filters;
use crate::web::path_part::PathPart;

/// For how long documents can be recorded, in minutes.
const MINUTES: [(&str, &str); 3] = [
    ("15", "15 minutes"),
    ("30", "30 minutes"),
    ("60", "One hour"),
];

/// `GET /admin/connectors/{id}/messages?message=&outcome=`
pub async fn show(console: Console, PathPart(id): PathPart) -> Result<HttpResponse, WebError> {
    let state = ListState::of_address(&console.address, &["message", "outcome"]);
    let log = console.run(move |env, _| exchanges::list(env, &id)).await?;
    console.page(&MessagesPage::new(&console, log, (&state, "", None))?)
}

/// `POST /admin/connectors/{id}/messages`: checks what was pasted.
pub async fn check(
    console: Console,
    PathPart(id): PathPart,
    Submitted(fields): Submitted,
) -> Result<HttpResponse, WebError> {
    let pasted = fields.text("message").to_owned();
    let text = pasted.clone();
    let (log, checked) = console
        .run(move |env, _| {
            let checked = message_check::check(env, &id, &text)?;
            Ok((exchanges::list(env, &id)?, checked))
        })
        .await?;
    let state = ListState::default();
    let checked = Some(Checked::from(checked));
    console.page(&MessagesPage::new(
        &console,
        log,
        (&state, &pasted, checked),
    )?)
}

/// `POST /admin/connectors/{id}/recording`: records documents for a while, or no more.
pub async fn record(
    console: Console,
    PathPart(id): PathPart,
    Submitted(fields): Submitted,
) -> Result<HttpResponse, WebError> {
    let page = frame::address(&id, Tab::Messages);
    if fields.button().0 == "stop" {
        console
            .run(move |env, actor| exchanges::stop_recording(env, actor, &id))
            .await?;
        return Ok(notices::see_other_after(&page, Done::RecordingEnded));
    }
    let draft = RecordingDraft {
        minutes: fields.text("minutes").parse().ok(),
    };
    console
        .run(move |env, actor| exchanges::start_recording(env, actor, (&id, &draft)))
        .await?;
    Ok(notices::see_other_after(&page, Done::RecordingStarted))
}

/// One message as the page shows it.
struct Shown {
    message: &'static str,
    outcome: &'static str,
    tone: &'static str,
    /// The check at which it failed.
    failed: Option<&'static str>,
    exchange: Exchange,
}

impl From<Exchange> for Shown {
    fn from(exchange: Exchange) -> Self {
        Self {
            message: exchange.message.as_str(),
            outcome: exchange.outcome.label(),
            tone: match exchange.outcome {
                ExchangeOutcome::Accepted | ExchangeOutcome::Sent => "good",
                ExchangeOutcome::Refused => "bad",
            },
            failed: exchange.verdicts.failed().map(Check::label),
            exchange,
        }
    }
}

/// What was found of a pasted message.
struct Checked {
    message: Option<&'static str>,
    is_good: bool,
    verdicts: Verdicts,
    xml: String,
}

impl From<CheckedMessage> for Checked {
    fn from(checked: CheckedMessage) -> Self {
        Self {
            message: checked.message.map(MessageType::as_str),
            is_good: checked.is_good(),
            verdicts: checked.verdicts,
            xml: checked.xml,
        }
    }
}

/// The page.
#[derive(Template)]
#[template(path = "console/sso/messages.html")]
struct MessagesPage<'a> {
    shell: Shell,
    head: Head,
    pasted: &'a str,
    checked: Option<Checked>,
    recorded_until: Option<DateTime<Utc>>,
    minutes: Vec<(&'static str, &'static str)>,
    messages: Vec<(&'static str, &'static str)>,
    outcomes: Vec<(&'static str, &'static str)>,
    message: &'a str,
    outcome: &'a str,
    is_narrowed: bool,
    exchanges: Vec<Shown>,
}

impl<'a> MessagesPage<'a> {
    fn new(
        console: &Console,
        log: FlightLog,
        (state, pasted, checked): (&'a ListState, &'a str, Option<Checked>),
    ) -> Result<Self, WebError> {
        let connector: &Connector = &log.connector;
        let (message, outcome) = (state.filter("message"), state.filter("outcome"));
        let wanted = |one: &Exchange| {
            (message.is_empty() || one.message.as_str() == message)
                && (outcome.is_empty() || one.outcome.as_str() == outcome)
        };
        let messages = MessageType::ALL.map(|one| (one.as_str(), one.as_str()));
        let outcomes = ExchangeOutcome::ALL.map(|one| (one.as_str(), one.label()));
        let all = ("", "All");
        Ok(Self {
            shell: console.shell(Place::Sso)?,
            head: Head::of(connector, Tab::Messages, console.rights()),
            pasted,
            checked,
            recorded_until: log.recorded_until,
            minutes: MINUTES.to_vec(),
            messages: std::iter::once(all).chain(messages).collect(),
            outcomes: std::iter::once(all).chain(outcomes).collect(),
            message,
            outcome,
            is_narrowed: !message.is_empty() || !outcome.is_empty(),
            exchanges: log
                .exchanges
                .into_iter()
                .filter(wanted)
                .map(Shown::from)
                .collect(),
        })
    }

    /// The colour of a finding.
    fn tone(finding: Finding) -> &'static str {
        match finding {
            Finding::Passed => " good",
            Finding::Failed => " bad",
            Finding::NotUsed => "",
        }
    }

    /// The detail as a sentence, unless it is a value.
    fn told(verdict: &Verdict) -> String {
        let detail = verdict.detail.as_ref();
        if detail.contains(' ') {
            sentence(detail)
        } else {
            detail.to_owned()
        }
    }
}
