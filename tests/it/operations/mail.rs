//! Rules A15, A16 and A32: who is told of suggestions, how often, and what the mail holds; and the
//! outbox, from which no mail is lost.

use chrono::TimeDelta;
use vestibule::domain::ids::GroupId;
use vestibule::domain::membership_rule::MembershipRule;
use vestibule::service::administrators::{self, NewAdministrator};
use vestibule::service::caller::system;
use vestibule::service::listing::ListQuery;
use vestibule::service::{key_rewrap, outbox, reconcile};
use vestibule::store::mail_outbox::{self, LINK_PLACE, NewMail, QueuedMail};
use vestibule::store::passkey_ceremonies::{self, PasskeyCeremony};
use vestibule::store::suggestions;

use crate::engine::world::{World, denver};
use crate::operations::smtp::MailServer;
use crate::operations::time::Hands;
use crate::store::databases::Database;

fn mails(world: &World) -> Vec<QueuedMail> {
    outbox::list(&world.env, &ListQuery::default())
        .unwrap()
        .items
}

fn administrator(world: &World, username: &str, role: &str) {
    let new = NewAdministrator {
        username: username.to_owned(),
        email: format!("{username}@example.org"),
        role: role.to_owned(),
        password: None,
    };
    administrators::create(&world.env, &system(), &new).unwrap();
}

/// A group under review whose reviewers want mail.
fn notifying(world: &World, name: &str, rule: MembershipRule) -> GroupId {
    let group = world.reviewed(name, rule);
    world.save(group, |after, _| after.notify = true);
    group
}

fn with_each_node(test: impl Fn(&Hands, &World)) {
    for database in Database::all() {
        let hands = Hands::at("2026-11-25T10:00:00Z");
        let world = hands.node(&database, "one");
        test(&hands, &world);
    }
}

#[test]
fn a15_all_who_may_review_are_told_and_nobody_else() {
    with_each_node(|_, world| {
        for (name, role) in [
            ("ada", "administrator"),
            ("max", "manager"),
            ("hal", "help-desk"),
            ("rob", "read-only"),
        ] {
            administrator(world, name, role);
        }
        notifying(world, "Denver", denver());
        world.person("jason", &[("location", "Denver")]);
        let mut recipients: Vec<String> = mails(world)
            .into_iter()
            .map(|queued| queued.mail.recipient)
            .collect();
        recipients.sort();
        assert_eq!(recipients, ["ada@example.org", "max@example.org"]);
    });
}

#[test]
fn a16_no_mail_without_review_or_without_the_check_box() {
    with_each_node(|_, world| {
        administrator(world, "ada", "administrator");
        world.reviewed("Reviewed", denver());
        let automated = world.dynamic("Automated", denver());
        world.save(automated, |after, _| after.notify = true);
        world.person("jason", &[("location", "Denver")]);
        assert!(mails(world).is_empty());
    });
}

/// What a full recompute finds to be suggested is told like everything else.
#[test]
fn a15_a_suggestion_that_a_recompute_found_is_told() {
    with_each_node(|hands, world| {
        administrator(world, "ada", "administrator");
        let group = notifying(world, "Denver", denver());
        let jason = world.person("jason", &[("location", "Denver")]).id;
        let lose = move |conn: &mut _| suggestions::delete(conn, group, jason);
        assert!(world.env.store.write(lose).unwrap());
        hands.advance(TimeDelta::hours(2));
        let told = mails(world).len();
        let report = reconcile::run(&world.env, "nightly", |_, _| {}).unwrap();
        assert_eq!(report.suggestions, 1);
        assert_eq!((told, mails(world).len()), (1, 2));
    });
}

#[test]
fn a32_the_mail_names_users_and_counts_and_no_other_personal_data() {
    with_each_node(|_, world| {
        administrator(world, "ada", "administrator");
        let group = notifying(world, "R&D <Denver>", denver());
        world.person(
            "jason",
            &[
                ("displayName", "<b>Jason</b> & Lee"),
                ("location", "Denver"),
                ("jobTitle", "Plumber"),
                ("department", "Basement"),
            ],
        );
        let queued = mails(world).remove(0);
        let mail = &queued.mail;
        let link = format!(
            "http://localhost:8080/admin/groups/{}/review",
            world.public_id(group)
        );
        assert_eq!(
            mail.subject,
            "Membership suggestions for R&D <Denver> wait for review"
        );
        assert!(mail.text_body.contains("<b>Jason</b> & Lee joins"));
        assert!(
            mail.text_body
                .contains(&format!("Review Suggestions: {link}"))
        );
        assert!(mail.text_body.contains("1 change of its members waits"));
        assert!(
            mail.html_body
                .contains(&format!("<a href=\"{link}\">Review Suggestions</a>"))
        );
        assert!(
            mail.html_body
                .contains("<li>&lt;b&gt;Jason&lt;/b&gt; &amp; Lee joins</li>")
        );
        for body in [&mail.text_body, &mail.html_body] {
            for secret in ["jason@", "Plumber", "Basement"] {
                assert!(!body.contains(secret), "{body}");
            }
        }
        assert!(mail.message_id.starts_with('<') && mail.message_id.ends_with("@localhost>"));
    });
}

#[test]
fn a15_repeats_are_folded_into_one_an_hour() {
    with_each_node(|hands, world| {
        administrator(world, "ada", "administrator");
        let server = MailServer::start();
        let client = server.client();
        let deliver = || outbox::deliver_due(&world.env, Some(&client)).unwrap();
        notifying(world, "Denver", denver());
        let join = |name: &str| world.person(name, &[("location", "Denver")]);
        join("jason");
        assert_eq!((deliver(), deliver()), (1, 0));
        for name in ["mark", "stacy", "maria"] {
            hands.advance(TimeDelta::minutes(1));
            join(name);
        }
        assert_eq!(deliver(), 0, "within the hour");
        let folded = &mails(world)[0];
        assert_eq!(mails(world).len(), 2);
        assert!(
            folded
                .mail
                .text_body
                .contains("4 changes of its members wait")
        );
        hands.set("2026-11-25T11:00:00Z");
        assert_eq!((deliver(), deliver()), (1, 0));
        hands.set("2026-11-25T13:00:00Z");
        join("bob");
        assert_eq!(deliver(), 1);
        assert_eq!(server.taken().len(), 3);
    });
}

#[test]
fn a15_a_mail_that_is_refused_is_tried_again_under_the_same_id() {
    with_each_node(|hands, world| {
        administrator(world, "ada", "administrator");
        let server = MailServer::start();
        let client = server.client();
        let deliver = || outbox::deliver_due(&world.env, Some(&client)).unwrap();
        notifying(world, "Denver", denver());
        world.person("jason", &[("location", "Denver")]);
        server.refuse("451 later");
        assert_eq!(deliver(), 0);
        let waiting = mails(world).remove(0);
        assert_eq!((waiting.attempts, waiting.sent_at), (1, None));
        assert!(waiting.last_error.unwrap().contains("later"));
        assert_eq!(deliver(), 0, "not before its time");
        hands.advance(TimeDelta::seconds(30));
        assert_eq!(deliver(), 1);
        let sent = mails(world).remove(0);
        assert_eq!((sent.attempts, sent.sent_at), (2, Some(hands.now())));
        assert_eq!(sent.mail.message_id, waiting.mail.message_id);
        let taken = server.taken();
        assert_eq!(taken.len(), 1);
        assert!(taken[0].contains(&format!("Message-ID: {}", sent.mail.message_id)));
        assert!(taken[0].contains("Content-Type: text/plain"));
        assert!(taken[0].contains("Content-Type: text/html"));
    });
}

#[test]
fn a15_without_a_server_mail_waits_and_is_sent_when_there_is_one() {
    with_each_node(|hands, world| {
        administrator(world, "ada", "administrator");
        notifying(world, "Denver", denver());
        world.person("jason", &[("location", "Denver")]);
        assert_eq!(outbox::deliver_due(&world.env, None).unwrap(), 0);
        let waiting = mails(world).remove(0);
        assert_eq!(
            waiting.last_error.as_deref(),
            Some("no mail server is set (smtp_url)")
        );
        hands.advance(TimeDelta::minutes(1));
        let server = MailServer::start();
        let sent = outbox::deliver_due(&world.env, Some(&server.client()));
        assert_eq!(sent.unwrap(), 1);
    });
}

/// A mail whose link was sealed by a key that nobody has.
fn unopenable(world: &World) {
    let now = world.env.now();
    let mail = NewMail {
        message_id: "lost@example.com".to_owned(),
        recipient: "lost@example.com".to_owned(),
        subject: "A link".to_owned(),
        text_body: LINK_PLACE.to_owned(),
        html_body: LINK_PLACE.to_owned(),
        group: None,
        created_at: now,
        next_attempt_at: now,
    };
    let sealed = [7_u8; 64];
    world
        .env
        .store
        .write(move |conn| mail_outbox::insert_with_link(conn, &mail, Some(&sealed)))
        .unwrap();
}

#[test]
fn a_link_that_does_not_open_keeps_no_other_mail() {
    with_each_node(|hands, world| {
        unopenable(world);
        hands.advance(TimeDelta::seconds(1));
        administrator(world, "ada", "administrator");
        notifying(world, "Denver", denver());
        world.person("jason", &[("location", "Denver")]);
        hands.advance(TimeDelta::hours(2));
        let server = MailServer::start();
        let sent = outbox::deliver_due(&world.env, Some(&server.client())).unwrap();
        assert_eq!((sent, server.taken().len()), (1, 1));
        let lost = mails(world).pop().unwrap();
        assert_eq!((lost.attempts, lost.sent_at), (1, None));
        assert!(lost.last_error.unwrap().contains("does not open"));
    });
}

/// Another link is asked for in no time; that a master key cannot be replaced is worse.
#[test]
fn key_at_rest_a_link_that_no_key_opens_does_not_keep_the_master_key_from_being_replaced() {
    with_each_node(|hands, world| {
        unopenable(world);
        let ceremony = PasskeyCeremony {
            token_hash: vec![1],
            browser_hash: vec![2],
            purpose: "enrol",
            sealed: vec![7; 64],
            expires_at: hands.now() + TimeDelta::minutes(5),
        };
        world
            .env
            .store
            .write(move |conn| passkey_ceremonies::insert(conn, &ceremony))
            .unwrap();
        assert_eq!(key_rewrap::rewrap(&world.env, &system()).unwrap(), 0);
        assert!(mails(world).is_empty());
        let left = world.env.store.read(passkey_ceremonies::list).unwrap();
        assert!(left.is_empty());
    });
}
