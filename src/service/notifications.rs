//! The mail that tells administrators of suggestions which wait for them (rules A15, A32): who and
//! how many, a link that needs sign-in, and no other personal data. One mail per group and
//! evaluation; repeats are folded into one an hour.

use chrono::{DateTime, TimeDelta, Utc};

use crate::domain::admin::{Action, Administrator, Object, authorize};
use crate::domain::ids::GroupId;
use crate::domain::membership_change::SuggestionOp;
use crate::domain::user_group::{MembershipMethod, UserGroup};
use crate::service::environment::{Environment, new_public_id};
use crate::service::error::ServiceError;
use crate::service::letter::{Letter, SIGN_IN};
use crate::store::connection::DbConnection;
use crate::store::mail_outbox::{self, NewMail, QueuedMail};
use crate::store::paging::PageRequest;
use crate::store::suggestions::{self, PendingSuggestion};
use crate::store::{administrators, user_groups};

/// At most one mail about a group in this time.
const FOLD: TimeDelta = TimeDelta::hours(1);
/// Users that are named; the rest is a number.
const NAMED: u32 = 20;
/// The words of the link (rule A32).
const LINK: &str = "Review Suggestions";

/// What a mail needs beside the suggestions; taken out of the environment, since transactions
/// outlive their caller.
#[derive(Debug, Clone)]
pub struct Notice {
    base_url: String,
    now: DateTime<Utc>,
}

impl Notice {
    /// A notice of what happens now.
    pub fn new(env: &Environment) -> Self {
        Self {
            base_url: env.settings.base_url.clone(),
            now: env.now(),
        }
    }
}

/// Tells of groups that got new suggestions in this transaction; call at its end. Groups that are
/// not under review, or whose administrators asked for no mail, are passed over.
pub fn suggestions_waiting(
    conn: &mut DbConnection,
    notice: &Notice,
    groups: impl IntoIterator<Item = GroupId>,
) -> Result<(), ServiceError> {
    for group in groups {
        let group = user_groups::find(conn, group)?;
        let wants_mail = |group: &UserGroup| {
            group.notify && group.method == MembershipMethod::DynamicReviewRequired
        };
        if let Some(group) = group.filter(wants_mail) {
            tell(conn, notice, &group)?;
        }
    }
    Ok(())
}

fn tell(conn: &mut DbConnection, notice: &Notice, group: &UserGroup) -> Result<(), ServiceError> {
    let waiting =
        suggestions::list_pending(conn, (group.id, None), None, &PageRequest::first(NAMED))?;
    if waiting.total == 0 {
        return Ok(());
    }
    let address = format!(
        "{}/admin/groups/{}/review",
        notice.base_url, group.public_id
    );
    let letter = letter(&group.name, address, (waiting.total, &waiting.items));
    let (text, html) = (letter.text(), letter.html()?);
    let recent = mail_outbox::list_of_group(conn, group.id, notice.now - FOLD)?;
    for administrator in reviewers(conn)? {
        let to = administrator.email.as_str();
        let last = recent.iter().find(|queued| queued.mail.recipient == to);
        if let Some(last) = last
            && mail_outbox::rewrite(conn, (last.id, notice.now), (&text, &html))?
        {
            continue;
        }
        let new = NewMail {
            message_id: message_id(&notice.base_url),
            recipient: to.to_owned(),
            subject: format!("Membership suggestions for {} wait for review", group.name),
            text_body: text.clone(),
            html_body: html.clone(),
            group: Some(group.id),
            created_at: notice.now,
            next_attempt_at: last.map_or(notice.now, an_hour_after),
        };
        mail_outbox::insert(conn, &new)?;
    }
    Ok(())
}

/// All who may review (rule A31).
fn reviewers(conn: &mut DbConnection) -> Result<Vec<Administrator>, ServiceError> {
    let mut all = administrators::list(conn)?;
    all.retain(|one| authorize(one.role, Action::Review, Object::Group).is_ok());
    Ok(all)
}

fn an_hour_after(last: &QueuedMail) -> DateTime<Utc> {
    last.mail.created_at + FOLD
}

/// Unique under the name that the service goes by (RFC 5322 3.6.4).
pub(in crate::service) fn message_id(base_url: &str) -> String {
    let host = url::Url::parse(base_url)
        .ok()
        .and_then(|url| url.host_str().map(str::to_owned))
        .unwrap_or_else(|| "localhost".to_owned());
    format!("<{}@{host}>", new_public_id())
}

/// What the mail says: one line for each user that is named, and how many more there are.
fn letter(name: &str, address: String, (total, named): (i64, &[PendingSuggestion])) -> Letter {
    let changes = if total == 1 {
        "1 change of its members waits".to_owned()
    } else {
        format!("{total} changes of its members wait")
    };
    let mut lines: Vec<String> = named.iter().map(line).collect();
    let rest = total - i64::try_from(lines.len()).unwrap_or(total);
    if rest > 0 {
        lines.push(format!("and {rest} more"));
    }
    Letter {
        opening: format!("The group {name} is under review: {changes} for you."),
        lines,
        link: LINK,
        address,
        closing: SIGN_IN,
    }
}

fn line(suggestion: &PendingSuggestion) -> String {
    let what = match suggestion.op {
        SuggestionOp::Add => "joins",
        SuggestionOp::Remove => "leaves",
    };
    format!("{} {what}", suggestion.display_name)
}
