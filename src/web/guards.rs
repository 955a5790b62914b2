//! What a request shows of its sender: the cookies of the browser, and the account behind them. The
//! session is read from the store on every request (rules C1, C6); a handler that takes
//! [`SignedInUser`] or [`SignedInAdmin`] cannot be reached by anybody else.

use std::future::{Future, Ready, ready};
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::http::header::USER_AGENT;
use actix_web::{FromRequest, HttpRequest, web};

use crate::domain::admin::AdminRole;
use crate::domain::ids::UserId;
use crate::domain::secret::shown_by_name;
use crate::service::authentication::{self, SignInAttempt, SignedIn};
use crate::service::client::Client;
use crate::service::environment::Environment;
use crate::service::sign_on;
use crate::web::client_address;
use crate::web::cookies::{CookieJar, CookieKind};
use crate::web::csrf;
use crate::web::error::WebError;
use crate::web::language::{self, Language};
use crate::web::responses::blocking;
use crate::web::step_up;

/// The browser, signed in or not.
#[derive(Debug, Clone)]
pub struct Browser {
    pub jar: CookieJar,
    /// Token of the pre-session cookie.
    pub pre_session: Option<String>,
    /// Token of the session cookie; whether a session lives behind it is not known here.
    pub session: Option<String>,
    /// Token of a sign-in between its two steps.
    pub half: Option<String>,
    /// Token of a remembered browser.
    pub device: Option<String>,
    /// Path of the page that it wanted to see before it was led to the sign-in page.
    pub wanted: Option<String>,
    /// Network address of the client.
    pub address: String,
    pub user_agent: String,
    /// The language it asks for.
    pub language: Language,
}

impl Browser {
    /// What the sign-on service needs to know of it.
    pub fn for_sign_on(&self) -> sign_on::Browser {
        sign_on::Browser {
            pre_session: self.pre_session.clone(),
            session: self.session.clone(),
            source: self.address.clone(),
        }
    }
}

impl Browser {
    /// Somebody's wish to sign in with it.
    pub fn attempt(&self, username: String, password: String) -> SignInAttempt {
        SignInAttempt {
            username,
            password,
            client: self.client(),
        }
    }

    /// What a sign-in needs to know of it.
    pub fn client(&self) -> Client {
        Client {
            source: self.address.clone(),
            user_agent: self.user_agent.clone(),
            pre_session: self.pre_session.clone(),
            previous_session: self.session.clone(),
            device: self.device.clone(),
        }
    }

    /// Lets a form pass that a page of ours sent before anybody was signed in.
    pub fn check_form(
        &self,
        env: &Environment,
        request: &HttpRequest,
        token: &str,
    ) -> Result<(), WebError> {
        let sent = (self.pre_session.as_deref(), token);
        csrf::check(request, &env.settings.base_url, sent)
    }
}

impl FromRequest for Browser {
    type Error = WebError;
    type Future = Ready<Result<Self, WebError>>;

    fn from_request(request: &HttpRequest, _payload: &mut Payload) -> Self::Future {
        ready(environment(request).map(|env| {
            let jar = CookieJar::new(env.settings.is_plain_loopback);
            let agent = request
                .headers()
                .get(USER_AGENT)
                .and_then(|value| value.to_str().ok());
            Self {
                jar,
                pre_session: jar.read(request, CookieKind::PreSession),
                session: jar.read(request, CookieKind::Session),
                half: jar.read(request, CookieKind::Half),
                device: jar.read(request, CookieKind::Device),
                wanted: jar
                    .read(request, CookieKind::Wanted)
                    .filter(|path| step_up::leads_back(path)),
                address: client_address::of(request)
                    .map(|address| address.to_string())
                    .unwrap_or_default(),
                user_agent: agent.unwrap_or_default().to_owned(),
                language: language::of_request(request),
            }
        }))
    }
}

/// Somebody with a live session, of either kind; a stranger is led to the sign-in page.
#[derive(Clone)]
pub struct SignedInAccount {
    pub who: SignedIn,
    /// The session's token, to end it.
    pub token: String,
}

shown_by_name!(SignedInAccount);

impl SignedInAccount {
    /// Lets a form pass that a page of ours sent within this session.
    pub fn check_form(
        &self,
        env: &Environment,
        request: &HttpRequest,
        token: &str,
    ) -> Result<(), WebError> {
        let sent = (Some(self.who.session.csrf_secret.as_str()), token);
        csrf::check(request, &env.settings.base_url, sent)
    }
}

/// A person of the directory.
#[derive(Debug, Clone)]
pub struct SignedInUser {
    pub who: SignedIn,
    pub id: UserId,
}

/// An administrator of any role.
#[derive(Debug, Clone)]
pub struct SignedInAdmin {
    pub who: SignedIn,
    pub role: AdminRole,
}

/// Futures of extractors stay on one thread.
type Extracting<T> = Pin<Box<dyn Future<Output = Result<T, WebError>>>>;

impl FromRequest for SignedInAccount {
    type Error = WebError;
    type Future = Extracting<Self>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let env = environment(request);
        let browser = Browser::from_request(request, payload).into_inner();
        Box::pin(async move {
            let token = browser?.session.ok_or(WebError::Stranger)?;
            let asked = token.clone();
            let who = blocking(&env?, move |env| authentication::session(env, &asked)).await?;
            Ok(Self {
                who: who.ok_or(WebError::Stranger)?,
                token,
            })
        })
    }
}

impl FromRequest for SignedInUser {
    type Error = WebError;
    type Future = Extracting<Self>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let account = SignedInAccount::from_request(request, payload);
        Box::pin(async move {
            let who = account.await?.who;
            match who.role {
                None => Ok(Self {
                    id: UserId::new(who.session.account.get()),
                    who,
                }),
                Some(_) => Err(WebError::OtherAccount),
            }
        })
    }
}

impl FromRequest for SignedInAdmin {
    type Error = WebError;
    type Future = Extracting<Self>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let account = SignedInAccount::from_request(request, payload);
        Box::pin(async move {
            let who = account.await?.who;
            let role = who.role.ok_or(WebError::OtherAccount)?;
            Ok(Self { who, role })
        })
    }
}

fn environment(request: &HttpRequest) -> Result<web::Data<Environment>, WebError> {
    request
        .app_data::<web::Data<Environment>>()
        .cloned()
        .ok_or(WebError::NotSetUp)
}
