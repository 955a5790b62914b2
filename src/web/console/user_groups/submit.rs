//! What happens when the form of a group is sent: its buttons re-draw it, "Preview" shows a dialog,
//! and a save that changes members first says what it would do (rules A12, A27, A29, A38).

use std::sync::Arc;

use actix_web::HttpResponse;

use crate::domain::ids::PublicId;
use crate::domain::violation::Warning;
use crate::service::environment::new_public_id;
use crate::service::error::ServiceError;
use crate::service::group_forecast::{self, GroupForecast};
use crate::service::group_plan::Target;
use crate::service::groups::{self, GroupView};
use crate::service::listing::ListQuery;
use crate::web::console::access::Console;
use crate::web::console::faults::Faults;
use crate::web::console::notices::{self, Done};
use crate::web::console::overtaken::Overtaken;
use crate::web::console::submitted::{Fields, Submitted};
use crate::web::console::user_groups::details::{Beside, DetailsPage, stored};
use crate::web::console::user_groups::form::GroupForm;
use crate::web::console::user_groups::preview::{self, Places, Preview};
use crate::web::error::WebError;
use crate::web::path_part::PathPart;

/// Attributes may hold long texts, and percent-encoding makes them longer.
const LIMIT: usize = 4 * 1024 * 1024;
/// The button that saves after the word on what it would do was read.
const CONFIRMED: &str = "save-confirmed";

/// `POST /admin/groups`
pub async fn create(
    console: Console,
    Submitted(fields): Submitted<LIMIT>,
) -> Result<HttpResponse, WebError> {
    Sent::new(console, None, fields).answer().await
}

/// `POST /admin/groups/{id}`
pub async fn update(
    console: Console,
    PathPart(id): PathPart,
    Submitted(fields): Submitted<LIMIT>,
) -> Result<HttpResponse, WebError> {
    Sent::new(console, Some(id), fields).answer().await
}

/// A form that was sent.
struct Sent {
    console: Console,
    /// `None`: the group is to be created.
    id: Option<String>,
    fields: Fields,
    form: GroupForm,
}

impl Sent {
    fn new(console: Console, id: Option<String>, fields: Fields) -> Self {
        let mut form = GroupForm::of_fields(&fields);
        if !console.rights().demand_factors() {
            // Its form has no such box, so one that is not ticked says nothing.
            form.require_mfa = form.require_mfa.filter(|is_ticked| *is_ticked);
        }
        Self {
            form,
            console,
            id,
            fields,
        }
    }

    async fn answer(self) -> Result<HttpResponse, WebError> {
        let (button, argument) = self.fields.button();
        if GroupForm::is_button(&self.fields) {
            let page = self.page(Beside::default()).await?;
            return self.console.page(&page);
        }
        if button == preview::BUTTON {
            let places = Places::parse(argument);
            return self.preview(places).await;
        }
        if button != CONFIRMED {
            match self.forecast().await? {
                Err(fault) => return self.refuse(&fault).await,
                Ok(forecast) if forecast.changes_members() => {
                    let beside = Beside {
                        confirm: Some(forecast),
                        ..Beside::default()
                    };
                    let page = self.page(beside).await?;
                    return self.console.page(&page);
                }
                Ok(_nobody_is_touched) => {}
            }
        }
        self.save().await
    }

    fn target(&self, if_match: Option<i64>) -> Target {
        match &self.id {
            None => Target::New(new_public_id()),
            Some(id) => Target::Stored {
                id: PublicId::new(id.as_str()),
                if_match,
            },
        }
    }

    /// The form again, with what was typed.
    async fn page(&self, beside: Beside) -> Result<DetailsPage, WebError> {
        let view = match &self.id {
            None => None,
            Some(id) => Some(stored(&self.console, id).await?),
        };
        let beside = Beside {
            is_changed: true,
            ..beside
        };
        DetailsPage::of(&self.console, view, self.form.clone(), beside).await
    }

    async fn preview(self, places: Places) -> Result<HttpResponse, WebError> {
        let (target, draft) = (self.target(None), self.form.rule_draft());
        let shown = self
            .console
            .submit(move |env, _| Preview::of(env, (&target, &draft), places))
            .await?;
        match shown {
            Err(fault) => self.refuse(&fault).await,
            Ok(preview) => {
                let beside = Beside {
                    preview: Some(preview),
                    ..Beside::default()
                };
                let page = self.page(beside).await?;
                self.console.page(&page)
            }
        }
    }

    async fn forecast(&self) -> Result<Result<GroupForecast, ServiceError>, WebError> {
        let (target, draft) = (self.target(self.form.version), self.form.draft());
        let nobody = ListQuery {
            limit: Some(1),
            ..ListQuery::default()
        };
        let work = move |env: &_, _: &_| group_forecast::of_save(env, &target, draft, &nobody);
        self.console.submit(work).await
    }

    async fn save(self) -> Result<HttpResponse, WebError> {
        let (id, draft) = (self.id.clone(), self.form.draft());
        let version = self.form.version;
        let visitor = Arc::clone(&self.console.visitor);
        let saved = self
            .console
            .submit(move |env, actor| match &id {
                None => groups::create(env, actor, draft),
                Some(id) => {
                    let demands = || Ok(groups::get(env, id)?.group.require_mfa);
                    let draft = draft.within_reach(&visitor.caller, demands)?;
                    groups::update(env, actor, id, (draft, version))
                }
            })
            .await?;
        let done = match self.id {
            None => Done::GroupCreated,
            Some(_) => Done::GroupUpdated,
        };
        match saved {
            Err(fault) => self.refuse(&fault).await,
            Ok(view) => {
                let dropped = dropped(&self.form, &view.warnings);
                if dropped.is_empty() {
                    let path = format!("/admin/groups/{}", view.group.public_id.as_str());
                    return Ok(notices::see_other_after(&path, done));
                }
                self.tell_dropped(view, dropped, done).await
            }
        }
    }

    /// What was dropped is known now and never again, so it is told in the answer itself.
    async fn tell_dropped(
        self,
        view: GroupView,
        dropped: Vec<String>,
        done: Done,
    ) -> Result<HttpResponse, WebError> {
        let form = GroupForm::of_view(&view);
        let beside = Beside {
            dropped,
            ..Beside::default()
        };
        let page = DetailsPage::of(&self.console, Some(view), form, beside).await?;
        self.console.page(&page.saying(done))
    }

    async fn refuse(mut self, fault: &ServiceError) -> Result<HttpResponse, WebError> {
        let overtaken = match (&self.id, fault) {
            (Some(id), ServiceError::Stale) => Some(self.overtaken(id).await?),
            _ => None,
        };
        let mut beside = Beside {
            faults: Faults::of(fault),
            no_preview: self.fields.button().0 == preview::BUTTON,
            ..Beside::default()
        };
        if let Some((overtaken, version)) = overtaken {
            beside.overtaken = Some(overtaken);
            self.form.version = Some(version);
        }
        let page = self.page(beside).await?;
        self.console.refused(fault, &page)
    }

    /// What somebody else saved, compared with what was sent; and the version to save over.
    async fn overtaken(&self, id: &str) -> Result<(Overtaken, i64), WebError> {
        let theirs = stored(&self.console, id).await?;
        let version = theirs.group.version;
        let (mut theirs, mine) = (GroupForm::of_view(&theirs), self.form.clone());
        theirs.require_mfa = theirs.require_mfa.filter(|_| mine.require_mfa.is_some());
        let (theirs, mine) = self
            .console
            .run(move |env, _| Ok((theirs.look_up(env)?, mine.look_up(env)?)))
            .await?;
        let reload = format!("/admin/groups/{id}");
        let overtaken = Overtaken::between(&theirs.said(), &mine.said(), reload);
        Ok((overtaken, version))
    }
}

/// Name of the attribute and the place in its JSON of every field that was dropped (rule B13).
fn dropped(form: &GroupForm, warnings: &[Warning]) -> Vec<String> {
    let place = |warning: &Warning| {
        let rest = warning.pointer.strip_prefix("/attributes/")?;
        let (index, field) = rest.split_once("/value")?;
        let row = form.attributes.0.get(index.parse::<usize>().ok()?)?;
        Some(format!("{}: {field}", row.name))
    };
    warnings.iter().filter_map(place).collect()
}
