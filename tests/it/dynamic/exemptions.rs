//! Exemptions over REST (rules A42-A44, A46, A49): how many, whom, and what is refused.

use serde_json::{Value, json};

use crate::dynamic::world::{World, automated, denver, each, exempt, group_path};

/// The exact text, which has no full stop.
const LIMIT: &str = "This group has reached its exemption limit";

async fn people(world: &World, number: usize) -> Vec<String> {
    let mut ids = Vec::new();
    for index in 0..number {
        let name = format!("person-{index:02}");
        let body = json!({"username": name, "email": format!("{name}@example.com")});
        let made = world.app.make("/users", &body).await;
        ids.push(made["id"].as_str().unwrap().to_owned());
    }
    ids
}

#[actix_web::test]
async fn a42_a43_the_26th_exemption_is_refused_with_the_exact_text() {
    each(async |world| {
        let ids = people(&world, 26).await;
        let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
        let group = world.group(&automated("Denver", &denver())).await;
        let path = group_path(&group, "");
        for (include, exclude) in [(26, 0), (0, 26), (13, 13)] {
            let all = exempt(&ids[..include], &ids[include..include + exclude]);
            let answer = world.app.patch(&path, &all).await;
            let problem = answer.expect_problem(422, "/memberQueryExemptions");
            assert_eq!(problem["detail"], LIMIT);
        }
        // A list that is not named counts, too.
        world.change_group(&group, &exempt(&ids[..20], &[])).await;
        let six = json!({"memberQueryExemptions": {"exclude": ids[20..]}});
        let problem = world.app.patch(&path, &six).await.expect_problem(422, "");
        assert_eq!(problem["detail"], LIMIT);
        let mut five = ids[20..25].to_vec();
        five.push(ids[20]);
        let five = json!({"memberQueryExemptions": {"exclude": five}});
        let saved = world.change_group(&group, &five).await;
        let exemptions = &saved["memberQueryExemptions"];
        let length = |list: &Value| list.as_array().unwrap().len();
        assert_eq!(
            (
                length(&exemptions["include"]),
                length(&exemptions["exclude"])
            ),
            (20, 5)
        );
        assert_eq!(world.members(&group).await.len(), 20);
    })
    .await;
}

#[actix_web::test]
async fn a44_a_user_in_both_lists_is_refused_and_an_unknown_one_named() {
    each(async |world| {
        let ids = people(&world, 2).await;
        let (one, two) = (ids[0].as_str(), ids[1].as_str());
        let group = world.group(&automated("Denver", &denver())).await;
        let path = group_path(&group, "");
        for (exemptions, pointer) in [
            (exempt(&[one, two], &[two]), "/exclude/0"),
            (exempt(&[one, "nobody"], &[two]), "/include/1"),
            (exempt(&[one], &["no\u{0}body"]), "/exclude/0"),
        ] {
            let pointer = format!("/memberQueryExemptions{pointer}");
            let answer = world.app.patch(&path, &exemptions).await;
            answer.expect_problem(422, &pointer);
        }
        world.change_group(&group, &exempt(&[one], &[two])).await;
        let moved = json!({"memberQueryExemptions": {"include": [one, two]}});
        let answer = world.app.patch(&path, &moved).await;
        answer.expect_problem(422, "/memberQueryExemptions/include/1");
        let mut body = automated("other", &denver());
        body["memberQueryExemptions"] = json!({"include": [one], "exclude": [one]});
        let answer = world.app.post("/groups", &body).await;
        answer.expect_problem(422, "/memberQueryExemptions/exclude/0");
        assert_eq!(world.app.total("/groups").await, 1);
    })
    .await;
}

#[actix_web::test]
async fn a42_of_two_administrators_at_once_only_one_passes_the_limit() {
    each(async |world| {
        let ids = people(&world, 26).await;
        let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
        let group = world.group(&automated("Denver", &denver())).await;
        let path = group_path(&group, "");
        let include = json!({"memberQueryExemptions": {"include": ids[..13]}});
        let exclude = json!({"memberQueryExemptions": {"exclude": ids[13..]}});
        let (first, second) = futures_util::future::join(
            world.app.patch(&path, &include),
            world.app.patch(&path, &exclude),
        )
        .await;
        let mut statuses = [first.status, second.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 422]);
    })
    .await;
}

#[actix_web::test]
async fn a46_a49_exempted_users_come_in_alphabetical_order_and_excluded_ones_are_no_members() {
    each(async |world| {
        let mut ids = Vec::new();
        for name in ["cleo", "Ann", "ben"] {
            ids.push(world.person_in(name, "Denver").await);
        }
        let group = world.group(&automated("Denver", &denver())).await;
        let saved = world
            .change_group(&group, &exempt(&[&ids[0], &ids[1]], &[&ids[2]]))
            .await;
        assert_eq!(
            saved["memberQueryExemptions"],
            json!({"include": [ids[1], ids[0]], "exclude": [ids[2]]})
        );
        assert_eq!(
            world.members(&group).await,
            ["Ann MANUAL_INCLUDE", "cleo MANUAL_INCLUDE"]
        );
        // Whoever is deleted leaves the lists.
        world
            .app
            .delete(&format!("/users/{}", ids[2]))
            .await
            .expect(204);
        let read = world.app.get(&group_path(&group, "")).await.json();
        assert_eq!(read["memberQueryExemptions"]["exclude"], json!([]));
    })
    .await;
}
