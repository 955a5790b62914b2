//! A form for a browser in which nobody is signed in: its token belongs to the pre-session cookie,
//! which goes along with every page that carries one.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;

use crate::service::secrets::random_token;
use crate::web::cookies::CookieKind;
use crate::web::csrf;
use crate::web::error::WebError;
use crate::web::guards::Browser;
use crate::web::responses::html;

/// The pre-session of a browser, begun with its first form.
pub struct Visit<'a> {
    browser: &'a Browser,
    pre_session: String,
    /// The value of the hidden field `csrf_token`.
    pub csrf_token: String,
}

impl<'a> Visit<'a> {
    /// The pre-session that the browser brought, or a new one.
    pub fn of(browser: &'a Browser) -> Result<Self, WebError> {
        let pre_session = browser.pre_session.clone().map_or_else(random_token, Ok)?;
        Ok(Self {
            csrf_token: csrf::form_token(&pre_session)?,
            browser,
            pre_session,
        })
    }

    /// The page with its form, and the cookie.
    pub fn answer(
        &self,
        status: StatusCode,
        page: &impl Template,
    ) -> Result<HttpResponse, WebError> {
        let mut answer = html(self.browser.language, status, page)?;
        let cookie = self
            .browser
            .jar
            .set(CookieKind::PreSession, &self.pre_session);
        answer.add_cookie(&cookie)?;
        Ok(answer)
    }
}
