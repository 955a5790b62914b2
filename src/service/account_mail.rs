//! Mail to people about their own account: a one-time link, and word that the password was changed or
//! the second factors were taken away.
//! Without a mail server none is written, since nobody would want it later.

use chrono::{DateTime, Utc};

use crate::service::environment::Environment;
use crate::service::error::ServiceError;
use crate::service::letter::{Letter, SIGN_IN};
use crate::service::notifications::message_id;
use crate::service::organisation::house_name;
use crate::service::stored_settings::StoredSettings;
use crate::store::accounts::{Account, AccountHolder};
use crate::store::connection::DbConnection;
use crate::store::mail_outbox::{self, LINK_PLACE, NewMail};
use crate::store::{administrators, users};

/// What a link is mailed for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Occasion {
    /// A new account has no password yet.
    Invited,
    /// Somebody asked, here or at the help desk.
    Forgotten,
}

/// What these mails need beside the account; taken out of the environment, since transactions
/// outlive their caller.
#[derive(Debug, Clone)]
pub struct AccountMail {
    base_url: String,
    /// Whose house this is, as people know it.
    house: String,
    has_server: bool,
    now: DateTime<Utc>,
}

impl AccountMail {
    /// Mail of what happens now.
    pub fn new(env: &Environment) -> Result<Self, ServiceError> {
        let settings = StoredSettings::read(env)?;
        Ok(Self {
            base_url: env.settings.base_url.clone(),
            house: house_name(settings.organisation_name()).to_owned(),
            has_server: !settings.mail_server()?.value.is_empty(),
            now: env.now(),
        })
    }

    /// Whether mail goes out at all.
    pub const fn has_server(&self) -> bool {
        self.has_server
    }

    /// Queues a mail with a link, which stands sealed beside it; false: no mail goes out.
    pub fn link(
        &self,
        conn: &mut DbConnection,
        account: &Account,
        (occasion, sealed): (Occasion, &[u8]),
    ) -> Result<bool, ServiceError> {
        let (subject, letter) = self.link_letter(account, occasion);
        self.queue(conn, account, (subject, &letter, Some(sealed)))
    }

    /// Queues the word that the password was changed.
    pub fn password_changed(
        &self,
        conn: &mut DbConnection,
        account: &Account,
    ) -> Result<(), ServiceError> {
        let letter = Letter {
            opening: format!(
                "The password of your account {} at {} was changed, and you were signed out \
                 everywhere else.",
                account.username, self.house
            ),
            lines: vec![format!("When: {}", self.now.format("%Y-%m-%d %H:%M UTC"))],
            link: "It was not you? Set a new password",
            address: format!("{}/forgot", self.base_url),
            closing: "If it was you, there is nothing to do.",
        };
        let subject = format!("Your password at {} was changed", self.house);
        self.queue(conn, account, (subject, &letter, None))?;
        Ok(())
    }

    /// Queues the word that an administrator took the second factors away.
    pub fn factors_removed(
        &self,
        conn: &mut DbConnection,
        account: &Account,
    ) -> Result<(), ServiceError> {
        let letter = Letter {
            opening: format!(
                "An administrator has removed the second factors of your account {}, and you are \
                 signed out everywhere. If you did not ask for this, tell your administrator at \
                 once.",
                account.username
            ),
            lines: Vec::new(),
            link: "Set up a new second factor",
            address: format!("{}/account", self.base_url),
            closing: SIGN_IN,
        };
        let subject = "Your second factors were removed".to_owned();
        self.queue(conn, account, (subject, &letter, None))?;
        Ok(())
    }

    fn link_letter(&self, account: &Account, occasion: Occasion) -> (String, Letter) {
        let (name, house) = (&account.username, &self.house);
        let until = "The link works once, for 30 minutes.".to_owned();
        let again = format!(
            "Later, ask for another one with your username at {}/forgot.",
            self.base_url
        );
        match occasion {
            Occasion::Invited => (
                format!("Your account at {house}"),
                Letter {
                    opening: format!(
                        "An account was made for you at {house}. Your username is {name}. Set \
                         your password, and sign in with it."
                    ),
                    lines: vec![until, again],
                    link: "Set Your Password",
                    address: LINK_PLACE.to_owned(),
                    closing: "You do not expect an account? Then leave this mail alone.",
                },
            ),
            Occasion::Forgotten => (
                format!("Your new password at {house}"),
                Letter {
                    opening: format!(
                        "A new password was asked for, for your account {name} at {house}. Until \
                         you set one, the present one counts."
                    ),
                    lines: vec![until, again],
                    link: "Set a New Password",
                    address: LINK_PLACE.to_owned(),
                    closing: "You did not ask for it? Then leave this mail alone: nothing changes.",
                },
            ),
        }
    }

    fn queue(
        &self,
        conn: &mut DbConnection,
        account: &Account,
        (subject, letter, sealed): (String, &Letter, Option<&[u8]>),
    ) -> Result<bool, ServiceError> {
        let recipient = address_of(conn, account)?.filter(|_| self.has_server);
        let Some(recipient) = recipient else {
            return Ok(false);
        };
        let mail = NewMail {
            message_id: message_id(&self.base_url),
            recipient,
            subject,
            text_body: letter.text(),
            html_body: letter.html()?,
            group: None,
            created_at: self.now,
            next_attempt_at: self.now,
        };
        mail_outbox::insert_with_link(conn, &mail, sealed)?;
        Ok(true)
    }
}

/// The e-mail address of whoever the account belongs to.
pub fn address_of(
    conn: &mut DbConnection,
    account: &Account,
) -> Result<Option<String>, ServiceError> {
    Ok(match account.holder {
        AccountHolder::User { id, .. } => users::find(conn, id)?.map(|user| user.email),
        AccountHolder::Administrator { id, .. } => {
            administrators::find(conn, id)?.map(|administrator| administrator.email)
        }
    })
}
