//! Rule C5 with scopes: a Manager or Help Desk who is limited to some user groups, on every page and action
//! of the route table, and over REST.

use std::rc::Rc;

use actix_web::http::Method;
use actix_web::test::TestRequest;
use serde_json::{Value, json};
use vestibule::domain::admin::AdminRole;
use vestibule::domain::role_scope::{Reach, reach};
use vestibule::service::caller::terminal;
use vestibule::service::role_scopes::{self, GroupList};
use vestibule::web::endpoint::{Endpoint, Need};
use vestibule::web::routes::{PAGES, REST};

use crate::console::roles::make_admin;
use crate::support::test_app::{PASSWORD, Site, TestApp};
use crate::support::visitor::{Visitor, field};

/// A group in the scope and one outside, each with a member.
struct World {
    app: TestApp,
    inside: (String, String),
    outside: (String, String),
}

impl World {
    async fn new(site: Rc<Site>) -> Self {
        let app = TestApp::start_on(site).await;
        let inside = Self::furnish(&app, "inside").await;
        let outside = Self::furnish(&app, "outside").await;
        Self {
            app,
            inside,
            outside,
        }
    }

    async fn furnish(app: &TestApp, name: &str) -> (String, String) {
        let group = app.make("/groups", &json!({ "name": name })).await;
        let email = format!("{name}@example.com");
        let user = json!({ "username": name, "email": email, "password": PASSWORD });
        let user = app.make("/users", &user).await;
        let id = |one: &Value| one["id"].as_str().unwrap().to_owned();
        let path = format!("/groups/{}/members/{}", id(&group), id(&user));
        app.put(&path).await.expect(204);
        (id(&group), id(&user))
    }

    fn limited(&self, role: AdminRole) -> String {
        let username = make_admin(&self.app, role);
        let groups = GroupList::Ids(vec![self.inside.0.clone()]);
        let all = vestibule::service::administrators::list(&self.app.env, &Default::default());
        let items = all.unwrap().items;
        let made = items.iter().find(|one| one.username == username).unwrap();
        let id = made.public_id.as_str();
        role_scopes::set(&self.app.env, &terminal(), id, Some(&groups)).unwrap();
        username
    }
}

fn address(endpoint: &Endpoint, (group, user): &(String, String)) -> String {
    let of_group = is_about(endpoint, "/groups/{id}");
    let of_user = is_about(endpoint, "/users/{id}");
    let mut parts = Vec::new();
    for part in endpoint.path.split('/') {
        parts.push(match part {
            "{id}" if of_group => group.as_str(),
            "{id}" if of_user => user.as_str(),
            part if part.starts_with('{') => "nothing",
            part => part,
        });
    }
    parts.join("/")
}

fn is_about(endpoint: &Endpoint, what: &str) -> bool {
    let path = endpoint.path;
    let below = path.strip_prefix("/admin").or(path.strip_prefix("/api/v1"));
    below.is_some_and(|path| path.starts_with(what))
}

/// Whether the action reaches what the address is about.
fn may(endpoint: &Endpoint, role: AdminRole, is_inside: bool) -> bool {
    let (Need::May(action, object) | Need::MayFreshly(action, object)) = endpoint.need else {
        return true;
    };
    match reach(role, true, (action, object)) {
        Ok(Reach::Everywhere) => true,
        Ok(Reach::ThisGroup) => is_inside && is_about(endpoint, "/groups/{id}"),
        Ok(Reach::ThisUser) => is_inside && is_about(endpoint, "/users/{id}"),
        Err(_) => false,
    }
}

#[actix_web::test]
async fn c5_a_limited_role_acts_within_its_groups_on_every_route() {
    for site in Site::each() {
        let world = World::new(site).await;
        for role in [AdminRole::Manager, AdminRole::HelpDesk] {
            let visitor = Visitor::new(&world.app);
            visitor.sign_in(&world.limited(role), PASSWORD).await;
            let mut reached = 0;
            for endpoint in PAGES {
                if !endpoint.path.starts_with("/admin") || endpoint.method == Method::GET {
                    continue;
                }
                for (named, is_inside) in [(&world.inside, true), (&world.outside, false)] {
                    let path = address(endpoint, named);
                    // Without its token no form is taken, whoever sends it.
                    let answer = visitor.post(&path, &[]).await.expect(403);
                    let may = may(endpoint, role, is_inside);
                    reached += usize::from(may);
                    let told = if may {
                        "form is no longer valid"
                    } else {
                        "Your role does not permit"
                    };
                    assert!(answer.text().contains(told), "{role:?} {path}");
                }
            }
            assert!(reached > 2, "{role:?}");
        }
    }
}

#[actix_web::test]
async fn c5_pages_show_a_limited_role_what_it_may_do_there_and_nothing_else() {
    let world = World::new(Site::each().remove(0)).await;
    let visitor = Visitor::new(&world.app);
    visitor
        .sign_in(&world.limited(AdminRole::Manager), PASSWORD)
        .await;
    let page = async |path: String| visitor.get(&path).await.expect(200).text();
    let inside = page(format!("/admin/groups/{}/users", world.inside.0)).await;
    let outside = page(format!("/admin/groups/{}/users", world.outside.0)).await;
    // The form that adds somebody.
    assert!(inside.contains("id=\"adding\"") && !outside.contains("id=\"adding\""));
    assert!(
        !page("/admin/groups".to_owned())
            .await
            .contains("/admin/groups/new")
    );
    assert!(
        !page("/admin/users".to_owned())
            .await
            .contains("/admin/users/new")
    );
}

#[actix_web::test]
async fn c5_only_a_manager_or_help_desk_is_limited_and_nobody_changes_their_own_reach() {
    let world = World::new(Site::each().remove(0)).await;
    let app = &world.app;
    let manager =
        json!({"username": "m", "email": "m@example.com", "role": "manager", "password": PASSWORD});
    let manager = app.make("/admins", &manager).await;
    let path = format!("/admins/{}/groups", manager["id"].as_str().unwrap());
    let put = async |body: Value| app.send_text(Method::PUT, &path, &body.to_string()).await;
    assert_eq!(
        app.get(&path).await.expect(200).json(),
        json!({"groups": null})
    );
    let set = put(json!({"groups": [world.inside.0]}))
        .await
        .expect(200)
        .json();
    assert_eq!(set["groups"][0]["name"], "inside");
    assert_eq!(app.get(&path).await.expect(200).json(), set);
    put(json!({"groups": []}))
        .await
        .expect_problem(422, "/groups");
    put(json!({"groups": ["nobody"]}))
        .await
        .expect_problem(422, "/groups/0");
    // When its groups are gone, the role reaches nothing; it does not reach everything.
    app.delete(&format!("/groups/{}", world.inside.0))
        .await
        .expect(204);
    assert_eq!(
        app.get(&path).await.expect(200).json(),
        json!({"groups": []})
    );
    put(json!({"groups": null})).await.expect(200);
    assert_eq!(
        app.get(&path).await.expect(200).json(),
        json!({"groups": null})
    );
    let reader = json!({"username": "r", "email": "r@example.com", "role": "read-only", "password": PASSWORD});
    let reader = app.make("/admins", &reader).await;
    let path = format!("/admins/{}/groups", reader["id"].as_str().unwrap());
    let body = json!({"groups": [world.outside.0]}).to_string();
    app.send_text(Method::PUT, &path, &body)
        .await
        .expect_problem(422, "/groups");
}

#[actix_web::test]
async fn c5_a_limited_token_acts_within_its_groups_on_every_route() {
    let world = World::new(Site::each().remove(0)).await;
    for role in [AdminRole::Manager, AdminRole::HelpDesk] {
        let wish =
            json!({"name": role.as_str(), "role": role.as_str(), "groups": [world.inside.0]});
        let token = world.app.make("/tokens", &wish).await;
        assert_eq!(token["groups"][0]["name"], "inside");
        let bearer = format!("Bearer {}", token["token"].as_str().unwrap());
        for endpoint in REST {
            for (named, is_inside) in [(&world.outside, false), (&world.inside, true)] {
                let path = address(endpoint, named);
                let request = TestRequest::default()
                    .method(endpoint.method.clone())
                    .uri(&path)
                    .insert_header(("authorization", bearer.as_str()));
                let answer = world.app.send(request).await;
                let may = may(endpoint, role, is_inside);
                assert_eq!(
                    answer.status != 403,
                    may,
                    "{role:?} {} {path}",
                    endpoint.method
                );
            }
        }
    }
}

/// What a group demands at sign-in guards more than the group: a limited Manager takes none of it away.
#[actix_web::test]
async fn c5_a_limited_manager_neither_deletes_a_group_nor_lifts_its_second_factor() {
    let world = World::new(Site::each().remove(0)).await;
    let app = &world.app;
    let group = format!("/groups/{}", world.inside.0);
    let demands = json!({"requireMfa": true});
    app.patch(&group, &demands).await.expect(200);
    let stored = async || app.get(&group).await.expect(200).json();

    let wish = json!({"name": "t", "role": "manager", "groups": [world.inside.0]});
    let token = app.make("/tokens", &wish).await;
    let bearer = format!("Bearer {}", token["token"].as_str().unwrap());
    let send = async |method: Method, body: Value| {
        let request = TestRequest::default()
            .method(method)
            .uri(&format!("/api/v1{group}"))
            .insert_header(("authorization", bearer.as_str()))
            .insert_header(("content-type", "application/json"));
        app.send(request.set_payload(body.to_string())).await
    };
    send(Method::DELETE, json!(null))
        .await
        .expect_problem(403, "");
    for lifted in [json!(false), Value::Null] {
        send(Method::PATCH, json!({"requireMfa": lifted}))
            .await
            .expect_problem(403, "");
    }
    // As it is, it may be named.
    send(
        Method::PATCH,
        json!({"requireMfa": true, "description": "a"}),
    )
    .await
    .expect(200);
    assert_eq!(stored().await["requireMfa"], true);

    let visitor = Visitor::new(app);
    visitor
        .sign_in(&world.limited(AdminRole::Manager), PASSWORD)
        .await;
    let path = format!("/admin{group}");
    let page = visitor.get(&path).await.expect(200).text();
    assert!(page.contains("Members need a second factor"));
    assert!(!page.contains("name=\"require-mfa\"") && !page.contains(&format!("{path}/delete")));
    visitor.get(&format!("{path}/delete")).await.expect(403);
    let save = async |more: &[(&str, &str)]| {
        let page = visitor.get(&path).await.expect(200).text();
        let (token, version) = (field(&page, "csrf_token"), field(&page, "version"));
        let fields = [
            ("csrf_token", token.as_str()),
            ("version", version.as_str()),
            ("name", "inside"),
            ("description", "b"),
            ("membership", "static"),
            ("do", "save"),
        ];
        visitor.post(&path, &[&fields, more].concat()).await
    };
    save(&[]).await.expect(303);
    let kept = stored().await;
    assert_eq!(
        (&kept["description"], &kept["requireMfa"]),
        (&json!("b"), &json!(true))
    );
    // Nor is it demanded by a box that the page does not have.
    app.patch(&group, &json!({"requireMfa": false}))
        .await
        .expect(200);
    save(&[("require-mfa", "yes")]).await.expect(403);
    assert_eq!(stored().await["requireMfa"], false);
}
