//! The tab Security of a user: where the user is signed in, ending that, the second factors and taking
//! them away, and a new password. For
//! everybody who may do one of them; Help Desk works here.

use actix_web::HttpResponse;
use askama::Template;

use crate::domain::ids::PublicId;
use crate::domain::user::User;
use crate::service::account_links::{self, PasswordState};
use crate::service::error::ServiceError;
use crate::service::factor_reset::{self, FactorView};
use crate::service::user_sessions::{self, Ending, SessionView};
use crate::service::users;
use crate::web::console::access::Console;
use crate::web::console::faults::Faults;
use crate::web::console::notices::{Done, see_other_after};
use crate::web::console::shell::{Place, Shell};
use crate::web::console::submitted::Submitted;
use crate::web::console::users::head::{Head, Tab, path_of};
use crate::web::error::WebError;
use crate::web::filters;
use crate::web::path_part::PathPart;

/// `GET /admin/users/{id}/security`
pub async fn show(console: Console, PathPart(id): PathPart) -> Result<HttpResponse, WebError> {
    let (user, sessions, (password, factors)) = load(&console, id).await?;
    console.page(&SecurityPage {
        shell: console.shell(Place::Users)?,
        head: Head::new(&console, &user, Tab::Security),
        sessions: &sessions,
        password,
        factors: &factors,
        faults: Faults::default(),
    })
}

/// `POST /admin/users/{id}/sessions`: ends one session (`end:ID`), or all.
pub async fn end_sessions(
    console: Console,
    PathPart(id): PathPart,
    Submitted(fields): Submitted,
) -> Result<HttpResponse, WebError> {
    let ending = match fields.button() {
        ("end", session) => Ending::One(PublicId::new(session)),
        _ => Ending::All,
    };
    let path = format!("{}/security", path_of(&id));
    console
        .run(move |env, actor| user_sessions::end(env, actor, &id, ending))
        .await?;
    Ok(see_other_after(&path, Done::SessionsEnded))
}

/// `POST /admin/users/{id}/password`
pub async fn set_password(
    console: Console,
    PathPart(id): PathPart,
    Submitted(fields): Submitted,
) -> Result<HttpResponse, WebError> {
    let (of, password) = (id.clone(), fields.text("password").to_owned());
    let set = console
        .submit(move |env, actor| users::set_password(env, actor, &of, &password))
        .await?;
    match set {
        Ok(()) => Ok(see_other_after(
            &format!("{}/security", path_of(&id)),
            Done::PasswordSet,
        )),
        Err(fault) => refused(&console, id, &fault).await,
    }
}

/// The tab with what is wrong.
pub async fn refused(
    console: &Console,
    id: String,
    fault: &ServiceError,
) -> Result<HttpResponse, WebError> {
    let (user, sessions, (password, factors)) = load(console, id).await?;
    console.refused(
        fault,
        &SecurityPage {
            shell: console.shell(Place::Users)?,
            head: Head::new(console, &user, Tab::Security),
            sessions: &sessions,
            password,
            factors: &factors,
            faults: Faults::of(fault),
        },
    )
}

/// `POST /admin/users/{id}/factors`: takes the second factors away.
pub async fn reset_factors(
    console: Console,
    PathPart(id): PathPart,
    _form: Submitted,
) -> Result<HttpResponse, WebError> {
    let path = format!("{}/security", path_of(&id));
    console
        .run(move |env, actor| factor_reset::reset_user(env, actor, &id))
        .await?;
    Ok(see_other_after(&path, Done::FactorsReset))
}

type Loaded = (User, Vec<SessionView>, (PasswordState, Vec<FactorView>));

async fn load(console: &Console, id: String) -> Result<Loaded, WebError> {
    console
        .run(move |env, _| {
            Ok((
                users::get(env, &id)?.user,
                user_sessions::list(env, &id)?,
                (
                    account_links::state(env, &id)?,
                    factor_reset::of_user(env, &id)?,
                ),
            ))
        })
        .await
}

/// The tab.
#[derive(Template)]
#[template(path = "console/users/security.html")]
struct SecurityPage<'a> {
    shell: Shell,
    head: Head,
    sessions: &'a [SessionView],
    password: PasswordState,
    factors: &'a [FactorView],
    faults: Faults,
}
