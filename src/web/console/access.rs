//! The guard on every page of the console (ONE-DOOR): a live session of an administrator whose role
//! has the right that the route table names. What it found goes with the request, as [`Console`];
//! a handler that takes one cannot be reached past the guard.

use std::future::{Ready, ready};
use std::sync::Arc;

use actix_web::body::BoxBody;
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::middleware::{Next, from_fn};
use actix_web::web::Data;
use actix_web::{Error, FromRequest, HttpMessage, HttpRequest, HttpResponse, Route};
use askama::Template;

use crate::domain::admin::Object;
use crate::domain::audit::Actor;
use crate::domain::second_factor::AdminMfa;
use crate::service::authentication::SignedIn;
use crate::service::caller::Caller;
use crate::service::environment::Environment;
use crate::service::error::ServiceError;
use crate::service::own_factors::{self, MayChange};
use crate::service::role_scopes;
use crate::web::access::named_by;
use crate::web::client_address;
use crate::web::console::rights::Rights;
use crate::web::console::shell::{Place, Shell};
use crate::web::csrf;
use crate::web::endpoint::Need;
use crate::web::error::WebError;
use crate::web::guards::SignedInAdmin;
use crate::web::language::{self, Language};
use crate::web::responses::{self, blocking};
use crate::web::step_up;

/// Puts the guard before the handler of a route.
pub fn guard(route: Route, need: Need) -> Route {
    route.wrap(from_fn(move |request, next| check(need, request, next)))
}

async fn check(
    need: Need,
    request: ServiceRequest,
    next: Next<BoxBody>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    match admit(need, request.request()).await {
        Ok(visitor) => {
            request.extensions_mut().insert(Arc::new(visitor));
            next.call(request).await
        }
        Err(error) => step_up::refused(request, error),
    }
}

async fn admit(need: Need, request: &HttpRequest) -> Result<Visitor, WebError> {
    let env = request.app_data::<Data<Environment>>();
    let env = env.ok_or(WebError::NotSetUp)?;
    // Before the session is looked up: nobody elsewhere learns whether it lives.
    if !env.console.admits(client_address::of(request)) {
        return Err(WebError::ConsoleClosed {
            text: env.console.denied_text.clone(),
            help_url: env.console.help_url.clone(),
        });
    }
    let admin = SignedInAdmin::extract(request).await?;
    let (who, named) = (admin.who.clone(), named_by(request));
    let (caller, here, may_change) = blocking(env, move |env| {
        let caller = role_scopes::caller(env, &who, admin.role)?;
        if let Need::May(action, object) | Need::MayFreshly(action, object) = need {
            role_scopes::check(env, &caller, (action, object), named.as_ref())?;
        }
        let is_reached = role_scopes::reaches(env, &caller, named.as_ref())?;
        let here = named.filter(|_| is_reached).map(|named| named.object());
        let may_change = match need {
            Need::MayFreshly(..) => own_factors::may_change(env, &who)?,
            _ => MayChange::Yes,
        };
        Ok::<_, ServiceError>((caller, here, may_change))
    })
    .await?;
    // The setting may be newer than the session.
    let lacks_factor = !env.admin_mfa.admits(admin.who.session.method);
    if lacks_factor && env.admin_mfa == AdminMfa::Passkey {
        let who = admin.who.clone();
        let has_one = blocking(env, move |env| own_factors::has_passkey(env, &who)).await?;
        return Err(WebError::PasskeyNeeded { has_one });
    }
    let signed_in_at = admin.who.session.authenticated_at;
    if lacks_factor
        || env.console.outdates(signed_in_at, env.now())
        || (matches!(need, Need::MayFreshly(..)) && !step_up::is_fresh(env, &admin.who))
    {
        return Err(WebError::StepUp);
    }
    step_up::refusal(may_change)?;
    Ok(Visitor {
        caller,
        who: admin.who,
        here,
    })
}

/// An administrator whom the guard let in.
#[derive(Debug)]
pub struct Visitor {
    pub caller: Caller,
    pub who: SignedIn,
    /// The page is about one of these, and it is within the reach of the role.
    pub here: Option<Object>,
}

impl Visitor {
    /// Whom the guard let in with this request.
    pub fn of(request: &HttpRequest) -> Result<Arc<Self>, WebError> {
        let visitor = request.extensions().get::<Arc<Self>>().cloned();
        // Only the guard puts one there; without it nothing is answered.
        visitor.ok_or(WebError::NotSetUp)
    }

    /// The same for a form, which is refused when it was posted from another site; its token is to
    /// be checked as soon as it has been read.
    pub fn of_form(request: &HttpRequest) -> Result<Arc<Self>, WebError> {
        let visitor = Self::of(request)?;
        let env = request.app_data::<Data<Environment>>();
        let env = env.ok_or(WebError::NotSetUp)?;
        csrf::check_origin(request, &env.settings.base_url)?;
        Ok(visitor)
    }

    /// Lets a form pass whose token is of this session.
    pub fn check_token(&self, submitted: &str) -> Result<(), WebError> {
        csrf::check_form(Some(&self.who.session.csrf_secret), submitted)
    }
}

/// A page of the console being answered: who asks, in which language, and the way to the use cases.
pub struct Console {
    pub env: Data<Environment>,
    pub visitor: Arc<Visitor>,
    pub language: Language,
    /// Path and query of the request.
    pub address: String,
}

impl Console {
    /// Runs a use case where it may wait for the store.
    pub async fn run<T, W>(&self, work: W) -> Result<T, WebError>
    where
        T: Send + 'static,
        W: FnOnce(&Environment, &Actor) -> Result<T, ServiceError> + Send + 'static,
    {
        let visitor = Arc::clone(&self.visitor);
        blocking(&self.env, move |env| work(env, &visitor.caller.actor)).await
    }

    /// The same for a form: values that break rules or contradict what is stored come back, to be
    /// told beside their fields; everything else is the failure of the page.
    pub async fn submit<T, W>(&self, work: W) -> Result<Result<T, ServiceError>, WebError>
    where
        T: Send + 'static,
        W: FnOnce(&Environment, &Actor) -> Result<T, ServiceError> + Send + 'static,
    {
        let visitor = Arc::clone(&self.visitor);
        let work = move |env: &Environment| match work(env, &visitor.caller.actor) {
            Err(
                fault
                @ (ServiceError::Invalid(_) | ServiceError::Conflict(_) | ServiceError::Stale),
            ) => Ok(Err(fault)),
            Err(error) => Err(error),
            Ok(done) => Ok(Ok(done)),
        };
        blocking(&self.env, work).await
    }

    /// What the role may do.
    pub fn rights(&self) -> Rights {
        let caller = &self.visitor.caller;
        Rights {
            role: caller.role,
            is_limited: caller.scope.is_limited(),
            here: self.visitor.here,
        }
    }

    /// Whether the role may have metadata fetched, and the operator allows it at all.
    pub fn can_fetch(&self) -> bool {
        self.rights().edit_settings() && !self.env.outbound.is_off()
    }

    /// The frame of a page that stands at `place`.
    pub fn shell(&self, place: Place) -> Result<Shell, WebError> {
        Shell::new(self, place)
    }

    /// A page under 200.
    pub fn page(&self, page: &impl Template) -> Result<HttpResponse, WebError> {
        responses::html(self.language, StatusCode::OK, page)
    }

    /// A page whose form was not taken: 422, or 412 when somebody else was faster.
    pub fn refused(
        &self,
        fault: &ServiceError,
        page: &impl Template,
    ) -> Result<HttpResponse, WebError> {
        responses::html(
            self.language,
            crate::web::error::service_status(fault),
            page,
        )
    }

    /// The value of the hidden field `csrf_token`.
    pub fn form_token(&self) -> Result<String, WebError> {
        csrf::form_token(&self.visitor.who.session.csrf_secret)
    }
}

impl FromRequest for Console {
    type Error = WebError;
    type Future = Ready<Result<Self, WebError>>;

    fn from_request(request: &HttpRequest, _payload: &mut Payload) -> Self::Future {
        let env = request.app_data::<Data<Environment>>().cloned();
        ready(env.ok_or(WebError::NotSetUp).and_then(|env| {
            Ok(Self {
                env,
                visitor: Visitor::of(request)?,
                language: language::of_request(request),
                address: request.uri().to_string(),
            })
        }))
    }
}
