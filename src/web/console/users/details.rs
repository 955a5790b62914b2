//! The tab Details of a user: identity, the nine attributes, the state. A save that changes
//! memberships, access or sessions says so first and asks.

use actix_web::HttpResponse;
use askama::Template;

use crate::domain::user::User;
use crate::service::error::ServiceError;
use crate::service::user_consequences::{self, Consequences};
use crate::service::users;
use crate::web::console::access::Console;
use crate::web::console::faults::Faults;
use crate::web::console::notices::{Done, see_other_after};
use crate::web::console::overtaken::Overtaken;
use crate::web::console::shell::{Place, Shell};
use crate::web::console::submitted::Submitted;
use crate::web::console::users::form::UserForm;
use crate::web::console::users::head::{Head, Tab, path_of};
use crate::web::console::users::new::managers;
use crate::web::error::WebError;
use crate::web::filters;
use crate::web::path_part::PathPart;

/// `GET /admin/users/{id}`
pub async fn show(console: Console, PathPart(id): PathPart) -> Result<HttpResponse, WebError> {
    let user = console.run(move |env, _| users::get(env, &id)).await?.user;
    let form = UserForm::from_view(&user);
    console.page(&DetailsPage::new(&console, &user, &form)?)
}

/// `POST /admin/users/{id}`
pub async fn submit(
    console: Console,
    PathPart(id): PathPart,
    Submitted(fields): Submitted,
) -> Result<HttpResponse, WebError> {
    let form = UserForm::from_fields(&fields);
    match fields.button().0 {
        "suggest" => {
            let managers = managers(&console, &form).await?;
            again(&console, id, (&form, &managers)).await
        }
        // Back from the question: the form as it was typed.
        "edit" => again(&console, id, (&form, &[])).await,
        "confirm" => save(&console, id, form).await,
        _ => ask_or_save(&console, id, form).await,
    }
}

/// The form as it was typed, with managers to choose from.
async fn again(
    console: &Console,
    id: String,
    (form, managers): (&UserForm, &[User]),
) -> Result<HttpResponse, WebError> {
    let user = console.run(move |env, _| users::get(env, &id)).await?.user;
    console.page(&DetailsPage {
        managers,
        is_changed: true,
        ..DetailsPage::new(console, &user, form)?
    })
}

/// Saves what changes nothing but the values, and asks before anything else.
async fn ask_or_save(
    console: &Console,
    id: String,
    form: UserForm,
) -> Result<HttpResponse, WebError> {
    let (of, draft) = (id.clone(), (form.draft(), form.version));
    let ahead = console
        .submit(move |env, _| user_consequences::of_change(env, &of, draft))
        .await?;
    match ahead {
        Ok(consequences) if consequences.is_empty() => save(console, id, form).await,
        Ok(consequences) => ask(console, (&id, &form), &consequences).await,
        Err(fault) => refused(console, (id, form), &fault).await,
    }
}

async fn save(console: &Console, id: String, form: UserForm) -> Result<HttpResponse, WebError> {
    let (of, draft) = (id.clone(), (form.draft(), form.version));
    let saved = console
        .submit(move |env, actor| users::update(env, actor, &of, draft))
        .await?;
    match saved {
        Ok(_) => Ok(see_other_after(&path_of(&id), Done::UserUpdated)),
        Err(fault) => refused(console, (id, form), &fault).await,
    }
}

/// Says what the save would do; nothing is saved yet.
async fn ask(
    console: &Console,
    (id, form): (&str, &UserForm),
    consequences: &Consequences,
) -> Result<HttpResponse, WebError> {
    let id = id.to_owned();
    let user = console.run(move |env, _| users::get(env, &id)).await?.user;
    console.page(&SavingPage {
        shell: console.shell(Place::Users)?,
        head: Head::new(console, &user, Tab::Details),
        form,
        consequences,
    })
}

/// The form with what was typed and what is wrong with it. After another's save it carries the new
/// version, so that saving again is a decision.
async fn refused(
    console: &Console,
    (id, mut form): (String, UserForm),
    fault: &ServiceError,
) -> Result<HttpResponse, WebError> {
    let user = console.run(move |env, _| users::get(env, &id)).await?.user;
    let overtaken = matches!(fault, ServiceError::Stale).then(|| {
        let stored = UserForm::from_view(&user).said();
        Overtaken::between(&stored, &form.said(), path_of(user.public_id.as_str()))
    });
    form.version = Some(user.version);
    let page = DetailsPage {
        faults: Faults::of(fault),
        overtaken,
        is_changed: true,
        ..DetailsPage::new(console, &user, &form)?
    };
    console.refused(fault, &page)
}

/// The tab.
#[derive(Template)]
#[template(path = "console/users/details.html")]
struct DetailsPage<'a> {
    shell: Shell,
    head: Head,
    form: &'a UserForm,
    faults: Faults,
    overtaken: Option<Overtaken>,
    managers: &'a [User],
    /// What is in the form is not what is stored.
    is_changed: bool,
}

impl<'a> DetailsPage<'a> {
    fn new(console: &Console, user: &User, form: &'a UserForm) -> Result<Self, WebError> {
        Ok(Self {
            shell: console.shell(Place::Users)?,
            head: Head::new(console, user, Tab::Details),
            form,
            faults: Faults::default(),
            overtaken: None,
            managers: &[],
            is_changed: false,
        })
    }
}

/// The question before a save that changes more than the values.
#[derive(Template)]
#[template(path = "console/users/saving.html")]
struct SavingPage<'a> {
    shell: Shell,
    head: Head,
    form: &'a UserForm,
    consequences: &'a Consequences,
}
