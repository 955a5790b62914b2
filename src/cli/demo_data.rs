//! The people, groups, attributes and applications of the demonstration, made through the same use
//! cases as everything else: the examples of the documentation, ready to click.

use anyhow::Context;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::cli::output;
use crate::service::administrators::{self, NewAdministrator};
use crate::service::caller::system;
use crate::service::environment::Environment;
use crate::service::listing::ListQuery;
use crate::service::{bindings, connectors, group_members, groups, users};

/// Somebody who can sign in: name and password.
pub type Login = (&'static str, &'static str);

/// Users first; the administrator last.
pub const LOGINS: [Login; 4] = [
    ("jason", "snow-in-denver"),
    ("mark", "rain-in-denver"),
    ("stacy", "heat-in-austin"),
    ("admin", "keys-of-the-demo"),
];

/// Fills an empty instance; one that has people already is left as it is.
pub fn fill(env: &Environment, sp_url: &str) -> anyhow::Result<()> {
    let present = users::list(env, &ListQuery::default()).map_err(output::in_words)?;
    if present.total > 0 {
        return Ok(());
    }
    let people = people(env)?;
    let groups = make_groups(env, &people)?;
    let memberships = [(&groups.team_a, vec![0, 1, 2]), (&groups.team_b, vec![0])];
    for (group, members) in memberships {
        for user in members.into_iter().filter_map(|index| people.get(index)) {
            group_members::add(env, &system(), group, user).map_err(output::in_words)?;
        }
    }
    let all = vec![
        &groups.denver,
        &groups.writers,
        &groups.team_a,
        &groups.team_b,
    ];
    for (body, bound) in [(demonstration(sp_url), all), (aws(), vec![&groups.team_a])] {
        let view = connectors::create(env, &system(), draft(&body)?).map_err(output::in_words)?;
        for group in bound {
            let id = view.connector.public_id.as_str();
            let groups = [group.clone()];
            bindings::bind(env, &system(), id, &groups).map_err(output::in_words)?;
        }
    }
    Ok(())
}

/// Ids of the groups.
struct Groups {
    denver: String,
    writers: String,
    team_a: String,
    team_b: String,
}

fn make_groups(env: &Environment, people: &[String]) -> anyhow::Result<Groups> {
    let group = |body: Value| -> anyhow::Result<String> {
        let view = groups::create(env, &system(), draft(&body)?).map_err(output::in_words)?;
        Ok(view.group.public_id.as_str().to_owned())
    };
    // Jason is listed, so he stays when his location changes; Mark does not.
    let jason: Vec<&String> = people.iter().take(1).collect();
    Ok(Groups {
        denver: group(json!({
            "name": "Denver", "description": "Everybody in the Denver office",
            "membershipMethod": "DYNAMIC_AUTOMATED",
            "memberQuery": { "filters": [
                { "field": "location", "operator": "equals", "values": ["Denver"] }
            ]},
            "memberQueryExemptions": { "include": jason }
        }))?,
        writers: group(json!({
            "name": "FL Technical Writers",
            "description": "Stacy joins when her location is Florida",
            "membershipMethod": "DYNAMIC_AUTOMATED",
            "memberQuery": { "filters": [
                { "field": "jobTitle", "operator": "equals",
                  "values": ["Technical Writer 2", "Technical Writer 3"] },
                { "field": "location", "operator": "equals", "values": ["Florida"] }
            ]}
        }))?,
        // Dynamic groups pass no attributes on, so the group that everybody is in does.
        team_a: group(json!({
            "name": "Team-A",
            "attributes": [
                { "name": "TeamName", "type": "string", "value": "team-a" },
                { "name": "awsRole", "type": "string", "value": aws_role("Developer") },
                { "name": "otherInfo", "type": "json", "value": {
                    "Location": "Denver",
                    "userSettings": {
                        "role": "admin", "permissions": "rw", "description": "Very\nclever"
                    },
                    "buildings": ["Union Station", { "code": "x" }, "RiNo"]
                }}
            ]
        }))?,
        team_b: group(json!({
            "name": "Team-B",
            "attributes": [{ "name": "TeamName", "type": "string", "value": "team-b" }]
        }))?,
    })
}

/// Makes the people and gives their ids, in the order of [`LOGINS`].
fn people(env: &Environment) -> anyhow::Result<Vec<String>> {
    let mut ids = Vec::new();
    let bodies = [
        json!({ "firstName": "Jason", "lastName": "Lee", "location": "Denver",
            "jobTitle": "Technical Writer 2", "department": "Documentation" }),
        json!({ "firstName": "Mark", "lastName": "Olsen", "location": "Denver",
            "jobTitle": "Engineer", "department": "Platform",
            "attributes": [{ "name": "TeamName", "type": "string", "value": "team-of-mark" }] }),
        json!({ "firstName": "Stacy", "lastName": "Reyes", "location": "Austin",
            "jobTitle": "Technical Writer 3", "department": "Documentation" }),
    ];
    for ((username, password), mut body) in LOGINS.into_iter().zip(bodies) {
        let fields = body.as_object_mut().context("a person is an object")?;
        fields.insert("username".to_owned(), username.into());
        fields.insert("email".to_owned(), format!("{username}@example.com").into());
        fields.insert("password".to_owned(), password.into());
        let view = users::create(env, &system(), draft(&body)?).map_err(output::in_words)?;
        ids.push(view.user.public_id.as_str().to_owned());
    }
    if let Some((username, password)) = LOGINS.last() {
        let new = NewAdministrator {
            username: (*username).to_owned(),
            email: format!("{username}@example.com"),
            role: "administrator".to_owned(),
            password: Some((*password).to_owned()),
        };
        administrators::create(env, &system(), &new).map_err(output::in_words)?;
    }
    Ok(ids)
}

fn demonstration(sp_url: &str) -> Value {
    json!({
        "name": "Demonstration", "slug": "demonstration",
        "spEntityId": format!("{sp_url}/metadata"),
        "acsUrls": [{ "url": format!("{sp_url}/acs"), "binding": "HTTP-POST", "isDefault": true }],
        "attributeMappings": [
            { "spAttributeName": "email", "source": { "type": "USER_FIELD", "field": "email" } },
            { "spAttributeName": "displayName",
              "source": { "type": "USER_FIELD", "field": "displayName" } },
            { "spAttributeName": "team", "source": { "type": "CUSTOM", "path": "TeamName" } },
            { "spAttributeName": "role",
              "source": { "type": "CUSTOM", "path": "otherInfo.userSettings.role" } },
            { "spAttributeName": "location",
              "source": { "type": "CUSTOM", "path": "otherInfo.Location" } },
            { "spAttributeName": "buildings",
              "source": { "type": "CUSTOM", "path": "otherInfo.buildings" } },
            { "spAttributeName": "memberOf", "source": { "type": "GROUPS" } }
        ]
    })
}

fn aws() -> Value {
    json!({
        "name": "AWS", "template": "aws-iam",
        "attributeMappings": [
            { "spAttributeName": "https://aws.amazon.com/SAML/Attributes/Role", "nameFormat": "URI",
              "source": { "type": "CUSTOM", "path": "awsRole" } },
            { "spAttributeName": "https://aws.amazon.com/SAML/Attributes/RoleSessionName",
              "nameFormat": "URI", "source": { "type": "USER_FIELD", "field": "email" } }
        ]
    })
}

fn aws_role(name: &str) -> String {
    format!(
        "arn:aws:iam::123456789012:role/{name},arn:aws:iam::123456789012:saml-provider/Vestibule"
    )
}

/// Through the text, as it would arrive by REST: raw values are read from text only.
fn draft<T: DeserializeOwned>(body: &Value) -> anyhow::Result<T> {
    Ok(serde_json::from_str(&body.to_string())?)
}
