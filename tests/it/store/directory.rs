//! Users, groups and their attributes.

use vestibule::domain::custom_attribute::{AttributeKind, AttributeName};
use vestibule::domain::membership_rule::{ConditionDraft, MembershipRule};
use vestibule::domain::user::{DirectoryAttributes, RuleAttribute, UserField, UserState};
use vestibule::domain::user_group::MembershipMethod;
use vestibule::store::dynamic_rules::{self, DynamicGroup};
use vestibule::store::error::StoreError;
use vestibule::store::handle::Store;
use vestibule::store::paging::{Cursor, PageRequest};
use vestibule::store::user_groups::{self, GroupFilter};
use vestibule::store::user_list::{self, UserFilter};
use vestibule::store::{custom_attributes, epochs, users};

use crate::store::databases::each_database;
use crate::store::samples::{self, at, attribute, new_group, new_user, text};

#[test]
fn a_user_comes_back_as_it_was_saved() {
    each_database(|store| {
        let mut user = samples::user(store, "jason");
        assert_eq!(user.version, 1);
        let read = samples::read(store, |conn| users::find(conn, user.id));
        assert_eq!(read.as_ref(), Some(&user));

        user.username = "Jáson".to_owned();
        user.email = "Jason@Example.org".to_owned();
        user.display_name = "'; DROP TABLE users; --".to_owned();
        user.state = UserState::Suspended;
        user.directory = DirectoryAttributes {
            company: "1".to_owned(),
            cost_center: "2".to_owned(),
            department: "3".to_owned(),
            description: "4 🦊".to_owned(),
            employee_type: "5".to_owned(),
            job_title: "6".to_owned(),
            location: "7".to_owned(),
            manager: "8".to_owned(),
        };
        let new = user.clone();
        let saved = samples::write(store, move |conn| users::save(conn, &new, at(1)));
        user.version = 2;
        assert_eq!(saved, user);
        let by = |find: fn(&mut _, &str) -> Result<Option<_>, StoreError>, key: &str| {
            samples::read(store, |conn| find(conn, key))
        };
        assert_eq!(by(users::find_by_username, "JÁSON"), Some(user.clone()));
        assert_eq!(
            by(users::find_by_email, "jason@example.ORG"),
            Some(user.clone())
        );
        assert_eq!(by(users::find_by_username, "jason"), None);
        let by_id = samples::read(store, |conn| {
            users::find_by_public_id(conn, &user.public_id)
        });
        assert_eq!(by_id, Some(user));
    });
}

#[test]
fn a_deleted_user_frees_the_names() {
    each_database(|store| {
        let user = samples::user(store, "jason");
        let group = samples::group(store, "Writers");
        samples::join(store, &user, &group);
        samples::write(store, move |conn| {
            custom_attributes::replace_of_user(conn, user.id, &[text("a", "b")])
        });
        let delete = move |conn: &mut _| users::delete(conn, user.id);
        assert!(samples::write(store, delete));
        assert!(!samples::write(store, delete));
        assert!(!samples::write(store, move |conn| users::lock(
            conn, user.id
        )));
        let gone: Result<_, StoreError> = store.change_user({
            let user = user.clone();
            move |conn| users::save(conn, &user, at(1))
        });
        assert!(matches!(gone, Err(StoreError::ParentGone)));
        samples::user(store, "jason");
    });
}

/// Every page of a list, by names, following the cursors as a client does.
fn walk<T>(
    limit: u32,
    load: impl Fn(&PageRequest) -> vestibule::store::paging::Page<T>,
    name: impl Fn(&T) -> String,
) -> Vec<String> {
    let mut names = Vec::new();
    let mut page = PageRequest::first(limit);
    loop {
        let answer = load(&page);
        assert!(answer.items.len() <= usize::try_from(limit).unwrap());
        names.extend(answer.items.iter().map(&name));
        match answer.next {
            None => {
                assert_eq!(answer.total, i64::try_from(names.len()).unwrap());
                return names;
            }
            Some(next) => page.after = Cursor::parse(&next.encode()),
        }
    }
}

fn usernames(store: &Store, filter: &UserFilter) -> Vec<String> {
    let load =
        |page: &PageRequest| samples::read(store, |conn| user_list::list(conn, filter, page));
    walk(2, load, |user| user.username.clone())
}

/// Rule A46: by display name, then username, ignoring case.
#[test]
fn a46_users_are_listed_in_alphabetical_order() {
    each_database(|store| {
        for (username, display_name) in [
            ("d", "mark"),
            ("a", "Émile"),
            ("c", "Mark"),
            ("b", "MARK Two"),
            ("e", "jason"),
        ] {
            let mut new = new_user(username);
            new.display_name = display_name.to_owned();
            samples::write(store, move |conn| users::insert(conn, &new));
        }
        assert_eq!(
            usernames(store, &UserFilter::default()),
            ["e", "c", "d", "b", "a"]
        );
    });
}

#[test]
fn a_very_long_name_can_be_stored_and_listed() {
    each_database(|store| {
        let mut new = new_user("long");
        new.display_name = "𝔘".repeat(512);
        new.directory.description = "𝔘".repeat(512);
        samples::write(store, move |conn| users::insert(conn, &new));
        assert_eq!(usernames(store, &UserFilter::default()), ["long"]);
    });
}

#[test]
fn a_search_finds_parts_and_takes_nothing_for_a_pattern() {
    each_database(|store| {
        for name in ["jason", "mark", "a%b", "a_b", "axb", r"a\b"] {
            samples::user(store, name);
        }
        let found = |q: &str| {
            let filter = UserFilter {
                q: Some(q.to_owned()),
                ..UserFilter::default()
            };
            usernames(store, &filter)
        };
        assert_eq!(found("ASO"), ["jason"]);
        assert_eq!(found("MARK@exam"), ["mark"]);
        assert_eq!(found("display ma"), ["mark"]);
        assert_eq!(found("a%b"), ["a%b"]);
        assert_eq!(found("a_b"), ["a_b"]);
        assert_eq!(found(r"a\b"), [r"a\b"]);
        assert_eq!(found("' OR '1'='1"), [""; 0]);
        assert_eq!(found("").len(), 6);
    });
}

#[test]
fn users_are_filtered_by_every_field() {
    each_database(|store| {
        samples::user(store, "other");
        let mut user = samples::user(store, "jason");
        user.state = UserState::Staged;
        user.directory = DirectoryAttributes {
            company: "company".to_owned(),
            cost_center: "costCenter".to_owned(),
            department: "department".to_owned(),
            description: "description".to_owned(),
            employee_type: "employeeType".to_owned(),
            job_title: "jobTitle".to_owned(),
            location: "location".to_owned(),
            manager: "manager".to_owned(),
        };
        let new = user.clone();
        samples::write(store, move |conn| users::save(conn, &new, at(1)));
        for field in UserField::all() {
            let by = |value: String| UserFilter {
                q: None,
                exact: vec![(field, value)],
            };
            let value = user.field(field).to_owned();
            assert_eq!(usernames(store, &by(value.clone())), ["jason"], "{field:?}");
            assert_eq!(
                usernames(store, &by(format!("{value}x"))),
                [""; 0],
                "{field:?}"
            );
        }
        // Rule A24: case counts, but for the two names that are unique ignoring it.
        let both = UserFilter {
            q: None,
            exact: vec![
                (UserField::Username, "JASON".to_owned()),
                (
                    UserField::Rule(RuleAttribute::Location),
                    "Location".to_owned(),
                ),
            ],
        };
        assert_eq!(usernames(store, &both), [""; 0]);
    });
}

fn rule(conditions: &[(&str, &str, &[&str])]) -> MembershipRule {
    let drafts: Vec<ConditionDraft> = conditions
        .iter()
        .map(|(attribute, operator, values)| ConditionDraft {
            attribute: (*attribute).to_owned(),
            operator: (*operator).to_owned(),
            values: values.iter().map(|value| (*value).to_owned()).collect(),
        })
        .collect();
    MembershipRule::parse(&drafts).unwrap()
}

#[test]
fn a_group_comes_back_with_its_rule() {
    each_database(|store| {
        let mut new = new_group("Writers");
        new.method = MembershipMethod::DynamicReviewRequired;
        new.notify = true;
        new.rule = Some(rule(&[
            (
                "jobTitle",
                "equals",
                &["Writer 2", "Writer 3", "'\"%_\u{10FFFF}"],
            ),
            ("location", "startsWith", &["Flo"]),
            ("location", "notEquals", &["Flop", "Floor"]),
        ]));
        let mut group = samples::write(store, move |conn| {
            let mut new = new.clone();
            new.rule_epoch = epochs::raise_rule(conn)?;
            user_groups::insert(conn, &new)
        });
        assert!(group.rule_epoch > 0);
        let read = |store: &Store| {
            samples::read(store, |conn| {
                user_groups::find_by_public_id(conn, &samples::id("g-Writers"))
            })
        };
        assert_eq!(read(store).as_ref(), Some(&group));

        // Rule A26: a rule without conditions is a rule; none at all is none.
        for rule in [Some(MembershipRule::default()), None] {
            group.rule = rule;
            let new = group.clone();
            group = samples::write(store, move |conn| user_groups::save(conn, &new, at(1)));
            assert_eq!(read(store).as_ref(), Some(&group));
        }
        assert_eq!(group.version, 3);
        let listed = DynamicGroup {
            group: group.id,
            method: group.method,
            rule_epoch: group.rule_epoch,
        };
        assert_eq!(samples::read(store, dynamic_rules::list), [listed]);

        group.method = MembershipMethod::Static;
        group.name = "Authors".to_owned();
        let new = group.clone();
        samples::write(store, move |conn| user_groups::save(conn, &new, at(1)));
        assert!(samples::read(store, dynamic_rules::list).is_empty());
        let by_name =
            |name: &str| samples::read(store, |conn| user_groups::find_by_name(conn, name));
        assert!(by_name("AUTHORS").is_some() && by_name("Writers").is_none());

        assert!(samples::write(store, move |conn| user_groups::lock(
            conn, group.id
        )));
        assert!(samples::write(store, move |conn| user_groups::delete(
            conn, group.id
        )));
        assert!(!samples::write(store, move |conn| user_groups::lock(
            conn, group.id
        )));
        samples::group(store, "Authors");
    });
}

#[test]
fn groups_are_listed_and_filtered() {
    each_database(|store| {
        for name in ["beta", "Alpha", "gamma", "Alphabet"] {
            samples::group(store, name);
        }
        let names = |filter: &GroupFilter| {
            let load = |page: &PageRequest| {
                samples::read(store, |conn| user_groups::list(conn, filter, page))
            };
            walk(2, load, |group| group.name.clone())
        };
        let all = GroupFilter::default();
        assert_eq!(names(&all), ["Alpha", "Alphabet", "beta", "gamma"]);
        let part = GroupFilter {
            q: Some("ALPHA".to_owned()),
            ..GroupFilter::default()
        };
        assert_eq!(names(&part), ["Alpha", "Alphabet"]);
        let exact = GroupFilter {
            name: Some("alpha".to_owned()),
            description: Some("About Alpha".to_owned()),
            method: Some(MembershipMethod::Static),
            notify: Some(false),
            ..GroupFilter::default()
        };
        assert_eq!(names(&exact), ["Alpha"]);
        let dynamic = GroupFilter {
            method: Some(MembershipMethod::DynamicAutomated),
            ..GroupFilter::default()
        };
        assert_eq!(names(&dynamic), [""; 0]);
    });
}

/// Rule B3: what was typed is what is shown.
#[test]
fn b3_every_type_of_attribute_comes_back() {
    each_database(|store| {
        let user = samples::user(store, "jason").id;
        let typed = [
            attribute("z", AttributeKind::String, "<&\"' 🦊 \t\n"),
            attribute("number", AttributeKind::Number, "-12.50"),
            attribute("yes", AttributeKind::Boolean, "true"),
            attribute(
                "otherInfo",
                AttributeKind::Json,
                r#"{"a":{"b":[1,2.50,null]}}"#,
            ),
            attribute("empty", AttributeKind::String, ""),
        ];
        let list = typed.clone();
        samples::write(store, move |conn| {
            custom_attributes::replace_of_user(conn, user, &list)
        });
        let read = || samples::read(store, |conn| custom_attributes::list_of_user(conn, user));
        assert_eq!(read(), typed);
        samples::write(store, move |conn| {
            custom_attributes::replace_of_user(conn, user, &[text("one", "1")])
        });
        assert_eq!(read(), [text("one", "1")]);
    });
}

/// Rule B8: "added" is when the attribute was first saved on its group; not edits; deleted and
/// added again is new.
#[test]
fn b8_an_attribute_keeps_its_place_until_it_is_deleted() {
    each_database(|store| {
        let a = samples::group(store, "Team-A").id;
        let b = samples::group(store, "Team-B").id;
        let order = || -> Vec<String> {
            samples::read(store, |conn| {
                custom_attributes::list_of_groups(conn, &[b, a])
            })
            .iter()
            .map(|one| {
                let attribute = &one.attribute;
                format!(
                    "{}:{}={}",
                    one.group_name,
                    attribute.name,
                    attribute.value.as_text()
                )
            })
            .collect()
        };
        samples::write(store, move |conn| {
            custom_attributes::replace_of_group(conn, a, &[text("x", "1"), text("y", "1")])?;
            custom_attributes::insert_of_group(conn, b, &text("x", "1"))
        });
        assert_eq!(order(), ["Team-A:x=1", "Team-A:y=1", "Team-B:x=1"]);

        samples::write(store, move |conn| {
            let number = attribute("x", AttributeKind::Number, "2");
            assert!(custom_attributes::save_of_group(conn, a, &number)?);
            custom_attributes::replace_of_group(conn, a, &[text("z", "1"), text("y", "2"), number])
        });
        assert_eq!(
            order(),
            ["Team-A:x=2", "Team-A:y=2", "Team-B:x=1", "Team-A:z=1"]
        );

        samples::write(store, move |conn| {
            let name = AttributeName::parse("x").unwrap();
            assert!(custom_attributes::delete_of_group(conn, a, &name)?);
            assert!(!custom_attributes::delete_of_group(conn, a, &name)?);
            assert!(!custom_attributes::save_of_group(conn, a, &text("x", "3"))?);
            custom_attributes::insert_of_group(conn, a, &text("x", "3"))?;
            custom_attributes::replace_of_group(conn, b, &[])
        });
        assert_eq!(order(), ["Team-A:y=2", "Team-A:z=1", "Team-A:x=3"]);
    });
}

#[test]
fn epochs_only_grow() {
    each_database(|store| {
        let before = samples::read(store, epochs::read);
        let (rule, config) = samples::write(store, |conn| {
            Ok((epochs::raise_rule(conn)?, epochs::raise_config(conn)?))
        });
        assert!(rule > before.rule && config > before.config);
        let after = samples::read(store, epochs::read);
        assert_eq!((after.rule, after.config), (rule, config));
    });
}
