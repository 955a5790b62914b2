//! A mail that an administrator sends to see whether mail works: at once and past the outbox, so
//! that the server's answer can be shown.

use crate::domain::audit::Actor;
use crate::domain::violation::Violation;
use crate::service::administrators;
use crate::service::environment::Environment;
use crate::service::error::ServiceError;
use crate::service::notifications::message_id;
use crate::service::outbox::in_one_line;
use crate::service::stored_settings::StoredSettings;
use crate::store::mail_outbox::NewMail;

const SUBJECT: &str = "Vestibule can send mail";
const TEXT: &str = "This is the test mail that you asked for on the settings page of Vestibule.";

/// Sends one to the administrator who asks; a server that does not take it is a conflict with its
/// answer.
pub fn send(env: &Environment, actor: &Actor) -> Result<(), ServiceError> {
    let recipient = administrators::get(env, &actor.id)?.email;
    let Some(mailer) = StoredSettings::read(env)?.mailer()? else {
        return Err(refused("No mail server is set. Save one, then try again."));
    };
    let now = env.now();
    let mail = NewMail {
        message_id: message_id(&env.settings.base_url),
        recipient,
        subject: SUBJECT.to_owned(),
        text_body: TEXT.to_owned(),
        html_body: format!("<p>{TEXT}</p>"),
        group: None,
        created_at: now,
        next_attempt_at: now,
    };
    mailer.send(&mail).map_err(|error| {
        let answer = in_one_line(&error);
        refused(&format!("The test mail was not sent: {answer}"))
    })
}

fn refused(detail: &str) -> ServiceError {
    ServiceError::Conflict(Violation::new("", detail))
}
