//! What nobody can use any more goes, and nothing else.

use chrono::TimeDelta;
use vestibule::service::housekeeping;
use vestibule::store::leases::{self, LeaseRequest};
use vestibule::store::{mail_outbox, one_time_tokens, sign_in_failures};

use crate::operations::time::Hands;
use crate::store::databases::Database;

#[test]
fn expired_rows_go_and_others_stay() {
    for database in Database::all() {
        let hands = Hands::at("2026-11-25T10:00:00Z");
        let world = hands.node(&database, "one");
        let account = world.person("jason", &[]).id.account();
        let now = hands.now();
        let written = world.env.store.write(move |conn| {
            for (hash, minutes) in [(b"short", 10), (b"later", 120)] {
                let new = one_time_tokens::NewOneTimeToken {
                    token_hash: hash,
                    account,
                    purpose: "setup",
                    created_at: now,
                    expires_at: now + TimeDelta::minutes(minutes),
                };
                one_time_tokens::insert(conn, new)?;
            }
            sign_in_failures::record(conn, "user:jason", now, now).map(|_| ())
        });
        written.unwrap();
        let sweep = || housekeeping::sweep(&world.env).unwrap();
        assert_eq!(sweep(), 0);
        // Links are counted for an hour after their end.
        hands.advance(TimeDelta::minutes(11));
        assert_eq!(sweep(), 0);
        hands.advance(TimeDelta::minutes(60));
        assert_eq!((sweep(), sweep()), (2, 0));
        hands.advance(TimeDelta::minutes(110));
        assert_eq!((sweep(), sweep()), (1, 0));
    }
}

#[test]
fn one_node_at_a_time_sweeps() {
    for database in Database::all() {
        let hands = Hands::at("2026-11-25T10:00:00Z");
        let world = hands.node(&database, "one");
        let now = hands.now();
        let (taken, mail) = world
            .env
            .store
            .write(move |conn| {
                let wanted = LeaseRequest {
                    name: "housekeeping",
                    holder: "another node",
                    now,
                    until: now + TimeDelta::minutes(1),
                };
                let new = mail_outbox::NewMail {
                    message_id: "<1@localhost>".to_owned(),
                    recipient: "ada@example.org".to_owned(),
                    subject: String::new(),
                    text_body: String::new(),
                    html_body: String::new(),
                    group: None,
                    created_at: now - TimeDelta::days(40),
                    next_attempt_at: now,
                };
                mail_outbox::insert(conn, &new)?;
                let due = mail_outbox::list_due(conn, now, 1)?.remove(0).id;
                mail_outbox::mark_sent(conn, due, now - TimeDelta::days(31))?;
                Ok::<_, vestibule::store::error::StoreError>((leases::take(conn, wanted)?, due))
            })
            .unwrap();
        assert!(taken && mail > 0);
        assert_eq!(housekeeping::sweep(&world.env).unwrap(), 0);
        hands.advance(TimeDelta::minutes(1));
        assert_eq!(housekeeping::sweep(&world.env).unwrap(), 1);
    }
}
