//! `/admin/users/new`: a new user, who is in the groups of the rules when the page comes back
//! (rule A8).

use actix_web::HttpResponse;
use askama::Template;

use crate::domain::user::User;
use crate::service::error::ServiceError;
use crate::service::{user_lookup, users};
use crate::web::console::access::Console;
use crate::web::console::faults::Faults;
use crate::web::console::notices::{Done, see_other_after};
use crate::web::console::shell::{Place, Shell};
use crate::web::console::submitted::Submitted;
use crate::web::console::users::form::UserForm;
use crate::web::console::users::head::path_of;
use crate::web::console::users::links;
use crate::web::error::WebError;
use crate::web::filters;

/// As many managers as one can look over.
pub const OFFERED: u32 = 10;

/// `GET /admin/users/new`
pub async fn show(console: Console) -> Result<HttpResponse, WebError> {
    console.page(&NewPage {
        shell: console.shell(Place::Users)?,
        form: &UserForm::blank(),
        faults: &Faults::default(),
        managers: &[],
    })
}

/// `POST /admin/users`
pub async fn submit(
    console: Console,
    Submitted(fields): Submitted,
) -> Result<HttpResponse, WebError> {
    let form = UserForm::from_fields(&fields);
    if fields.button().0 == "suggest" {
        let managers = managers(&console, &form).await?;
        return console.page(&NewPage {
            shell: console.shell(Place::Users)?,
            form: &form,
            faults: &Faults::default(),
            managers: &managers,
        });
    }
    let draft = form.draft();
    match console
        .submit(move |env, actor| users::create(env, actor, draft))
        .await?
    {
        Ok(view) if form.invite && form.password.is_empty() => {
            links::send(&console, view.user.public_id.as_str().to_owned(), true).await
        }
        Ok(view) => {
            let path = path_of(view.user.public_id.as_str());
            Ok(see_other_after(&path, Done::UserCreated))
        }
        Err(fault) => refused(&console, &form, &fault),
    }
}

/// The users whose names contain what is typed as the manager.
pub async fn managers(console: &Console, form: &UserForm) -> Result<Vec<User>, WebError> {
    let typed = form.manager().trim().to_owned();
    if typed.is_empty() {
        return Ok(Vec::new());
    }
    console
        .run(move |env, _| user_lookup::suggest(env, &typed, OFFERED))
        .await
}

fn refused(
    console: &Console,
    form: &UserForm,
    fault: &ServiceError,
) -> Result<HttpResponse, WebError> {
    console.refused(
        fault,
        &NewPage {
            shell: console.shell(Place::Users)?,
            form,
            faults: &Faults::of(fault),
            managers: &[],
        },
    )
}

/// `/admin/users/new`
#[derive(Template)]
#[template(path = "console/users/new.html")]
struct NewPage<'a> {
    shell: Shell,
    form: &'a UserForm,
    faults: &'a Faults,
    managers: &'a [User],
}
