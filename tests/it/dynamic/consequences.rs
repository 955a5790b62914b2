//! What is said before a change of a user is what the change then does: the forecast is compared
//! with the directory after the save, for one kind of change after the other.

use std::collections::BTreeSet;

use serde_json::json;
use vestibule::service::caller::terminal;
use vestibule::service::error::ServiceError;
use vestibule::service::patch::Field;
use vestibule::service::user_consequences::{self, Consequences, Named};
use vestibule::service::user_draft::UserDraft;
use vestibule::service::{group_members, users};

use crate::dynamic::world::{World, automated, denver, each, exempt, reviewed, rule};
use crate::pages::world::connector;
use crate::support::test_app::PASSWORD;
use crate::support::visitor::Visitor;

type Names = BTreeSet<String>;

fn names(those: &[Named]) -> Names {
    those.iter().map(|one| one.name.clone()).collect()
}

/// The names of the user's groups, and of the applications that open.
fn reach(world: &World, user: &str) -> (Names, Names) {
    let env = &world.app.env;
    let groups = users::groups(env, user).unwrap();
    let applications = users::connectors(env, user).unwrap();
    (
        groups.into_iter().map(|group| group.group_name).collect(),
        applications
            .into_iter()
            .filter(|application| application.decision.is_allowed())
            .map(|application| application.name)
            .collect(),
    )
}

/// A change with its forecast, and the proof that it came so.
fn change(world: &World, user: &str, draft: UserDraft) -> Consequences {
    let env = &world.app.env;
    let before = reach(world, user);
    let forecast = user_consequences::of_change(env, user, (draft.clone(), None)).unwrap();
    assert_eq!(reach(world, user), before, "a forecast writes nothing");
    users::update(env, &terminal(), user, (draft, None)).unwrap();
    let after = reach(world, user);
    let minus = |a: &Names, b: &Names| a.difference(b).cloned().collect::<Names>();
    assert_eq!(names(&forecast.joins), minus(&after.0, &before.0));
    assert_eq!(names(&forecast.leaves), minus(&before.0, &after.0));
    assert_eq!(names(&forecast.opens), minus(&after.1, &before.1));
    assert_eq!(names(&forecast.closes), minus(&before.1, &after.1));
    forecast
}

fn location(value: &str) -> UserDraft {
    UserDraft {
        location: Field::Set(value.to_owned()),
        ..UserDraft::default()
    }
}

fn state(value: &str) -> UserDraft {
    UserDraft {
        state: Field::Set(value.to_owned()),
        ..UserDraft::default()
    }
}

async fn bind(world: &World, group: &str, name: &str) {
    let sp = format!("https://{}.example.com", name.to_lowercase());
    let made = world.app.make("/connectors", &connector(name, &sp)).await;
    let id = made["id"].as_str().unwrap();
    let path = format!("/connectors/{id}/groups/{group}");
    world.app.put(&path).await.expect(204);
}

#[actix_web::test]
async fn a7_a_forecast_is_what_the_save_does() {
    each(async |world| {
        let office = world.group_with_wiki(&automated("Office", &denver())).await;
        let away = rule(&[("location", "notEquals", &["Denver"])]);
        let away = world.group(&automated("Away", &away)).await;
        bind(&world, &away, "Mail").await;
        let active = rule(&[("userState", "equals", &["ACTIVATED"])]);
        let active = world.group(&automated("Active", &active)).await;
        bind(&world, &active, "Portal").await;
        bind(&world, &office, "Chat").await;
        let jason = world.person_in("jason", "Chicago").await;

        let moved = change(&world, &jason, location("Denver"));
        assert_eq!(names(&moved.joins), Names::from(["Office".to_owned()]));
        let opens = ["Chat", "Wiki"].map(str::to_owned);
        assert_eq!(names(&moved.opens), Names::from(opens));
        assert!(change(&world, &jason, location("Denver")).is_empty());

        let suspended = change(&world, &jason, state("SUSPENDED"));
        assert_eq!(names(&suspended.leaves), Names::from(["Active".to_owned()]));
        assert_eq!(suspended.closes.len(), 3);
        // Suspended already: groups move, nothing opens or closes.
        let moved = change(&world, &jason, location("Miami"));
        assert!(!moved.joins.is_empty() && moved.opens.is_empty());
        assert!(change(&world, &jason, state("STAGED")).opens.is_empty());
        let back = change(&world, &jason, state("ACTIVATED"));
        let opens = ["Mail", "Portal"].map(str::to_owned);
        assert_eq!(names(&back.opens), Names::from(opens));

        world.change_group(&office, &exempt(&[&jason], &[])).await;
        world.change_group(&away, &exempt(&[], &[&jason])).await;
        assert!(change(&world, &jason, location("Denver")).is_empty());
    })
    .await;
}

#[actix_web::test]
async fn a30_what_waits_for_review_is_forecast_once() {
    each(async |world| {
        world.group(&reviewed("Reviewed", &denver())).await;
        let jason = world.person_in("jason", "Chicago").await;
        let moved = change(&world, &jason, location("Denver"));
        assert_eq!(
            names(&moved.would_join),
            Names::from(["Reviewed".to_owned()])
        );
        assert!(moved.joins.is_empty());
        let draft = UserDraft {
            first_name: Field::Set("Jason".to_owned()),
            ..UserDraft::default()
        };
        assert!(change(&world, &jason, draft).is_empty());
    })
    .await;
}

#[actix_web::test]
async fn a1_joining_and_leaving_by_hand_is_forecast() {
    each(async |world| {
        let group = world.group_with_wiki(&json!({"name": "Static"})).await;
        let jason = world.person_in("jason", "Denver").await;
        let env = &world.app.env;
        let ahead = |is_member| {
            let pair = (jason.as_str(), group.as_str());
            user_consequences::of_membership(env, pair, is_member).unwrap()
        };
        assert!(ahead(false).is_empty());
        let wiki = Names::from(["Wiki".to_owned()]);
        assert_eq!(names(&ahead(true).opens), wiki);
        group_members::add(env, &terminal(), &group, &jason).unwrap();
        assert_eq!(reach(&world, &jason).1, wiki);
        assert!(ahead(true).is_empty());
        assert_eq!(names(&ahead(false).closes), wiki);
        let all = user_consequences::of_deletion(env, &jason).unwrap();
        assert_eq!(names(&all.leaves), Names::from(["Static".to_owned()]));
        assert_eq!(names(&all.closes), wiki);
    })
    .await;
}

/// Rule C6: a state other than Active ends the sessions for good, whichever door sets it.
#[actix_web::test]
async fn c6_sessions_that_a_suspension_ends_are_counted_and_stay_ended() {
    each(async |world| {
        let jason = world.person_in("jason", "Denver").await;
        let visitor = Visitor::new(&world.app);
        visitor.sign_in("jason", PASSWORD).await;
        visitor.get("/account").await.expect(200);
        assert_eq!(change(&world, &jason, state("SUSPENDED")).sessions, 1);
        visitor.get("/account").await.expect(303);
        assert_eq!(change(&world, &jason, state("ACTIVATED")).sessions, 0);
        visitor.get("/account").await.expect(303);
    })
    .await;
}

#[actix_web::test]
async fn a_forecast_refuses_what_the_save_refuses() {
    each(async |world| {
        let jason = world.person_in("jason", "Denver").await;
        let ahead =
            |draft, version| user_consequences::of_change(&world.app.env, &jason, (draft, version));
        let stale = ahead(location("Miami"), Some(7));
        assert!(matches!(stale, Err(ServiceError::Stale)));
        let broken = ahead(state("GONE"), None);
        assert!(matches!(broken, Err(ServiceError::Invalid(_))));
    })
    .await;
}
