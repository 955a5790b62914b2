//! Two nodes over one database, and the words in which the tests are written: people, groups that
//! open an application, who is in them, who is let in.

use std::cell::Cell;

use serde_json::{Value, json};
use vestibule::saml::redirect_binding::request_url;

use crate::pages::sign_on::request;
use crate::pages::world::{connector, user};
use crate::support::test_app::{Answer, BASE_URL, PASSWORD, Site, TestApp};
use crate::support::visitor::{Visitor, field};

const SP: &str = "https://wiki.example.com";

/// What an AuthnRequest leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignOn {
    /// A Response for the application.
    LetIn,
    /// The page that says that the user may not open it.
    Refused,
    /// The sign-in page.
    AskedToSignIn,
}

pub struct World {
    /// Where changes are made.
    pub app: TestApp,
    /// Where people sign on.
    other: TestApp,
    requests: Cell<u32>,
}

/// Runs a test once on each database.
pub async fn each(test: impl AsyncFn(World)) {
    for site in Site::each() {
        let app = TestApp::start_on(site).await;
        let other = app.start_beside().await;
        let requests = Cell::new(0);
        test(World {
            app,
            other,
            requests,
        })
        .await;
    }
}

/// `{"filters": [..]}` of (field, operator, values).
pub fn rule(conditions: &[(&str, &str, &[&str])]) -> Value {
    let filters: Vec<Value> = conditions
        .iter()
        .map(|(field, operator, values)| {
            json!({"field": field, "operator": operator, "values": values})
        })
        .collect();
    json!({ "filters": filters })
}

/// Everybody in Denver.
pub fn denver() -> Value {
    rule(&[("location", "equals", &["Denver"])])
}

/// A group that follows a rule at once.
pub fn automated(name: &str, rule: &Value) -> Value {
    json!({"name": name, "membershipMethod": "DYNAMIC_AUTOMATED", "memberQuery": rule})
}

/// A group whose changes wait for review.
pub fn reviewed(name: &str, rule: &Value) -> Value {
    json!({"name": name, "membershipMethod": "DYNAMIC_REVIEW_REQUIRED", "memberQuery": rule})
}

/// `{"memberQueryExemptions": {..}}`
pub fn exempt(include: &[&str], exclude: &[&str]) -> Value {
    json!({"memberQueryExemptions": {"include": include, "exclude": exclude}})
}

/// `GET /groups/{id}` and what lies below.
pub fn group_path(group: &str, below: &str) -> String {
    format!("/groups/{group}{below}")
}

impl World {
    /// A user who has a password; gives the id.
    pub async fn person(&self, username: &str, fields: Value) -> String {
        let mut body = user(username);
        body.as_object_mut()
            .unwrap()
            .extend(fields.as_object().unwrap().clone());
        self.made("/users", &body).await
    }

    /// A user in a location.
    pub async fn person_in(&self, username: &str, location: &str) -> String {
        self.person(username, json!({"location": location})).await
    }

    /// A group; gives the id.
    pub async fn group(&self, body: &Value) -> String {
        self.made("/groups", body).await
    }

    /// A group that opens the wiki.
    pub async fn group_with_wiki(&self, body: &Value) -> String {
        let group = self.group(body).await;
        let wiki = self.made("/connectors", &connector("Wiki", SP)).await;
        self.app
            .put(&format!("/connectors/{wiki}/groups/{group}"))
            .await
            .expect(204);
        group
    }

    async fn made(&self, path: &str, body: &Value) -> String {
        let made = self.app.make(path, body).await;
        made["id"].as_str().unwrap().to_owned()
    }

    pub async fn change_user(&self, user: &str, patch: Value) {
        self.app
            .patch(&format!("/users/{user}"), &patch)
            .await
            .expect(200);
    }

    pub async fn move_to(&self, user: &str, location: &str) {
        self.change_user(user, json!({"location": location})).await;
    }

    /// Saves a group and gives it as it was answered.
    pub async fn change_group(&self, group: &str, patch: &Value) -> Value {
        let answer = self.app.patch(&group_path(group, ""), patch).await;
        answer.expect(200).json()
    }

    /// `username SOURCE` of each member, in alphabetical order.
    pub async fn members(&self, group: &str) -> Vec<String> {
        let list = self.app.get(&group_path(group, "/members")).await;
        let list = list.expect(200).json();
        let items = list["items"].as_array().unwrap().clone();
        assert_eq!(list["total"], items.len());
        let shown = items.iter().map(|item| {
            let (name, source) = (&item["user"]["username"], &item["source"]);
            format!("{} {}", name.as_str().unwrap(), source.as_str().unwrap())
        });
        shown.collect()
    }

    /// `op username` of each suggestion that waits, in alphabetical order.
    pub async fn waiting(&self, group: &str) -> Vec<String> {
        let list = self.app.get(&group_path(group, "/suggestions")).await;
        let list = list.expect(200).json();
        let items = list["items"].as_array().unwrap().clone();
        let count = self.app.get(&group_path(group, "")).await.json()["suggestionCount"].clone();
        assert_eq!(
            (&list["total"], &count),
            (&json!(items.len()), &json!(items.len()))
        );
        let shown = items.iter().map(|item| {
            let (op, name) = (&item["op"], &item["user"]["username"]);
            format!("{} {}", op.as_str().unwrap(), name.as_str().unwrap())
        });
        shown.collect()
    }

    /// Accepts or rejects, and gives who was found and who was not.
    pub async fn review(&self, group: &str, verdict: &str, users: &[&str]) -> (usize, usize) {
        let path = group_path(group, &format!("/suggestions/{verdict}"));
        let answer = self.app.post(&path, &json!({"userIds": users})).await;
        let answer = answer.expect(200).json();
        let length = |name: &str| answer[name].as_array().unwrap().len();
        (length("suggestionsFound"), length("suggestionsNotFound"))
    }

    /// A browser in which this user has signed in, at the other node.
    pub async fn browser(&self, username: &str) -> Visitor<'_> {
        let browser = Visitor::new(&self.other);
        browser.sign_in(username, PASSWORD).await;
        browser
    }

    /// The very next AuthnRequest of the wiki.
    pub async fn sign_on(&self, browser: &Visitor<'_>) -> SignOn {
        let answer = self.answer_to_sign_on(browser).await;
        match answer.status {
            200 if !field(&answer.text(), "SAMLResponse").is_empty() => SignOn::LetIn,
            403 => SignOn::Refused,
            303 if answer.header("location").starts_with("/login") => SignOn::AskedToSignIn,
            status => panic!("{status}: {}", answer.text()),
        }
    }

    async fn answer_to_sign_on(&self, browser: &Visitor<'_>) -> Answer {
        let number = self.requests.replace(self.requests.get() + 1);
        let xml = request(&format!("_{number}"), &format!("{SP}/metadata"), "");
        let url = request_url("/saml/sso", xml.as_bytes(), None).unwrap();
        browser.get(&url.replacen(BASE_URL, "", 1)).await
    }
}
