//! The pages of people, as askama structs: plain strings in, no logic. Every value is escaped by
//! the template.

use askama::Template;

use crate::domain::ids::PublicId;
use crate::service::delivery::PostForm;
use crate::service::organisation::Organisation;
use crate::service::own_factors::OwnFactors;
use crate::service::user_sessions::SessionView;
use crate::web::arch::Arch;
use crate::web::console::faults::Faults;
use crate::web::filters;
use crate::web::logo;
use crate::web::qr::QrImage;

/// Whose house it is, above the pages that people see first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Brand {
    pub name: String,
    /// Address of the logo.
    pub logo: Option<String>,
}

impl From<Organisation> for Brand {
    fn from(organisation: Organisation) -> Self {
        Self {
            name: organisation.house().to_owned(),
            logo: organisation.logo.as_deref().map(logo::address),
        }
    }
}

/// A message above a form. `tone` is `good`, `warn` or `bad`.
#[derive(Debug, Clone, Copy)]
pub struct Notice<'a> {
    pub tone: &'static str,
    pub text: &'a str,
}

/// `/login`
#[derive(Template)]
#[template(path = "pages/login.html")]
pub struct LoginPage<'a> {
    pub brand: &'a Brand,
    /// Where the form is posted to.
    pub action: &'a str,
    pub csrf_token: &'a str,
    pub username: &'a str,
    /// The application that waits for the sign-in.
    pub application: Option<&'a str>,
    /// Of the sign-out that led here.
    pub signed_out: Option<&'a SignedOutView>,
    /// Where a passkey is posted to; `None`: there can be none here.
    pub passkey_action: Option<&'a str>,
    pub notice: Option<Notice<'a>>,
}

/// `/forgot`
#[derive(Template)]
#[template(path = "pages/forgot.html")]
pub struct ForgotPage<'a> {
    pub brand: &'a Brand,
    pub csrf_token: &'a str,
    /// Whether a link can be mailed; else `contact` is whom to ask, if anybody is named.
    pub can_mail: bool,
    pub contact: &'a str,
    /// The question was asked.
    pub is_sent: bool,
    pub notice: Option<Notice<'a>>,
}

/// `/login/code`
#[derive(Template)]
#[template(path = "pages/second_step.html")]
pub struct SecondStepPage<'a> {
    pub brand: &'a Brand,
    /// Where the form is posted to.
    pub action: &'a str,
    /// The same page for a recovery code, and back.
    pub other_way: &'a str,
    pub csrf_token: &'a str,
    pub username: &'a str,
    /// A recovery code is asked for.
    pub by_recovery_code: bool,
    pub has_totp: bool,
    pub has_passkeys: bool,
    /// Whether there are any.
    pub has_recovery_codes: bool,
    /// The account has no factor yet, and sets one up here.
    pub enrolment: Option<EnrolmentView<'a>>,
    pub notice: Option<Notice<'a>>,
}

/// A secret to be taken into an authenticator app.
#[derive(Debug, Clone, Copy)]
pub struct EnrolmentView<'a> {
    pub secret: &'a str,
    /// `None`: the address is too long for one; the secret can still be typed.
    pub qr: Option<&'a QrImage>,
}

/// `/account/passkeys`
#[derive(Template)]
#[template(path = "pages/account_passkeys.html")]
pub struct AccountPasskeysPage<'a> {
    pub display_name: &'a str,
    pub csrf_token: &'a str,
    pub is_refused: bool,
    /// The console asks for one.
    pub is_needed: bool,
}

/// Recovery codes, this once.
#[derive(Template)]
#[template(path = "pages/recovery_codes.html")]
pub struct RecoveryCodesPage<'a> {
    pub display_name: &'a str,
    pub codes: &'a [String],
}

/// `/account/totp`
#[derive(Template)]
#[template(path = "pages/account_totp.html")]
pub struct AccountTotpPage<'a> {
    pub display_name: &'a str,
    pub csrf_token: &'a str,
    pub enrolment: EnrolmentView<'a>,
    pub fault: Option<&'a str>,
}

/// One application on the portal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TileView {
    pub name: String,
    pub url: String,
    pub arch: Arch,
}

/// `/` of a user
#[derive(Template)]
#[template(path = "pages/portal.html")]
pub struct PortalPage<'a> {
    pub brand: &'a Brand,
    pub display_name: &'a str,
    pub tiles: &'a [TileView],
    pub query: &'a str,
    /// Whether a search field is worth its place.
    pub searchable: bool,
}

/// No access to an application (rule C1).
#[derive(Template)]
#[template(path = "pages/denied.html")]
pub struct DeniedPage<'a> {
    pub application: &'a str,
    pub reason: &'a str,
    /// Whom to ask.
    pub help: &'a str,
    /// `""`: nowhere.
    pub help_url: &'a str,
    pub incident: &'a str,
}

/// Any failure.
#[derive(Template)]
#[template(path = "pages/error.html")]
pub struct ErrorPage<'a> {
    pub status: u16,
    /// `warn` or `bad`
    pub tone: &'static str,
    pub title: &'static str,
    pub text: &'a str,
    /// What to do now.
    pub next: &'a str,
    /// `""`: nowhere.
    pub help_url: &'a str,
    pub incident: &'a str,
}

/// `GET /logout`
#[derive(Template)]
#[template(path = "pages/logout.html")]
pub struct LogoutPage<'a> {
    pub display_name: &'a str,
    /// Names of the applications that are told.
    pub told: &'a [String],
    /// And of those that cannot be.
    pub untold: &'a [String],
    pub csrf_token: &'a str,
}

/// `/setup/{token}`
#[derive(Template)]
#[template(path = "pages/setup.html")]
pub struct SetupPage<'a> {
    pub action: &'a str,
    pub csrf_token: &'a str,
    pub username: &'a str,
    /// Why the last password was not taken.
    pub fault: Option<&'a str>,
}

/// `/first-run/{token}`
#[derive(Template)]
#[template(path = "pages/first_run.html")]
pub struct FirstRunPage<'a> {
    pub action: &'a str,
    pub csrf_token: &'a str,
    pub username: &'a str,
    pub email: &'a str,
    pub faults: &'a Faults,
}

/// `/account`
#[derive(Template)]
#[template(path = "pages/account.html")]
pub struct AccountPage<'a> {
    pub display_name: &'a str,
    pub csrf_token: &'a str,
    pub username: &'a str,
    pub email: &'a str,
    /// Of administrators.
    pub role: Option<&'a str>,
    pub factors: &'a OwnFactors,
    pub sessions: &'a [SessionView],
    /// How long the session that asks lives without use, and at most, in words.
    pub session_idle: &'a str,
    pub session_absolute: &'a str,
    /// The session that asks.
    pub this_session: &'a PublicId,
    pub notice: Option<Notice<'a>>,
    /// What is wrong with the present and with the new password.
    pub current_fault: Option<&'a str>,
    pub new_fault: Option<&'a str>,
}

/// The form that carries a message to a service provider (SAML Bindings 3.5.4).
#[derive(Template)]
#[template(path = "saml/post_binding.html")]
pub struct PostBindingPage<'a> {
    pub title: &'static str,
    /// With a place for the application's name, as has the button.
    pub heading: &'static str,
    pub button: &'static str,
    pub form: &'a PostForm,
}

/// The same in a frame, where there is room for the button alone.
#[derive(Template)]
#[template(path = "saml/framed_form.html")]
pub struct FramedFormPage<'a> {
    pub button: &'static str,
    pub form: &'a PostForm,
}

/// One application of a logout.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogoutRow {
    pub name: String,
    /// What is known of it, as a text of the catalogue.
    pub text: &'static str,
    /// Names it to the page's script.
    pub place: i64,
    /// Where its frame leads, if it can be told.
    pub frame: Option<String>,
}

/// `/logout/{id}`
#[derive(Template)]
#[template(path = "pages/logout_run.html")]
pub struct LogoutRunPage<'a> {
    /// Of this page; the progress lies below it.
    pub address: &'a str,
    pub rows: &'a [LogoutRow],
    /// The application that waits for the result.
    pub asker: Option<&'a str>,
}

/// What an application answered, in its frame.
#[derive(Template)]
#[template(path = "saml/logout_answer.html")]
pub struct LogoutAnswerPage<'a> {
    pub application: &'a str,
    pub text: &'static str,
    /// `good` or `warn`
    pub tone: &'static str,
}

/// Where a sign-out reached, as the names of applications in one text each.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SignedOutView {
    pub confirmed: String,
    pub unconfirmed: String,
}

/// A name and a value, for tables and lists of facts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NameValue {
    pub name: String,
    pub value: String,
}

/// `/` of the demonstration service provider
#[derive(Template)]
#[template(path = "demo_sp/start.html")]
pub struct StartPage<'a> {
    pub idp_url: &'a str,
    pub entity_id: &'a str,
    pub acs_url: &'a str,
}

/// The form that carries an AuthnRequest of the demonstration service provider.
#[derive(Template)]
#[template(path = "demo_sp/post_request.html")]
pub struct PostRequestPage<'a> {
    pub destination: &'a str,
    pub saml_request: &'a str,
    pub relay_state: &'a str,
}

/// What the demonstration service provider read from a response that it believes.
#[derive(Template)]
#[template(path = "demo_sp/verified.html")]
pub struct VerifiedPage<'a> {
    pub subject: &'a str,
    pub rows: &'a [NameValue],
    pub facts: &'a [NameValue],
    pub xml: &'a str,
}

/// Why the demonstration service provider does not believe a response.
#[derive(Template)]
#[template(path = "demo_sp/refused.html")]
pub struct RefusedPage<'a> {
    pub reason: &'a str,
    pub xml: &'a str,
}
