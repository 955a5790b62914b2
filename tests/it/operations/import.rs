//! `users import`: rule A7 for the door of CSV, and the contract of the command.

use std::fmt::Write;

use vestibule::domain::audit::AuditEvent;
use vestibule::service::administrators::{self, NewAdministrator};
use vestibule::service::audit;
use vestibule::service::caller::{system, terminal};
use vestibule::service::csv_lines::CsvError;
use vestibule::service::listing::ListQuery;
use vestibule::service::user_import::{self, ImportError, Mode, Note, Tally};
use vestibule::service::user_record::UserView;
use vestibule::service::users;

use crate::engine::world::{World, denver};

/// What an import says: the sums, and each refusal as `line: pointer: reason`.
type Said = (Tally, Vec<String>);

fn try_import(world: &World, csv: &[u8], mode: Mode) -> Result<Said, ImportError> {
    let mut refused = Vec::new();
    let mut note = |note: Note<'_>| {
        if let Note::Refused(refusal) = note {
            for reason in &refusal.reasons {
                let line = refusal.line;
                refused.push(format!("{line}: {}: {}", reason.pointer, reason.detail));
            }
        }
    };
    let source = (csv, mode);
    let tally = user_import::run(&world.env, &terminal(), source, &mut note)?;
    Ok((tally, refused))
}

/// Rehearses, sees that nothing was written, imports, and sees that both said the same.
fn import(world: &World, csv: &[u8]) -> Said {
    let before = format!("{:?}", everybody(world));
    let rehearsed = try_import(world, csv, Mode::Rehearse).unwrap();
    assert_eq!(format!("{:?}", everybody(world)), before);
    let imported = try_import(world, csv, Mode::Write).unwrap();
    assert_eq!(rehearsed, imported);
    imported
}

fn everybody(world: &World) -> Vec<UserView> {
    let query = ListQuery {
        limit: Some(500),
        ..ListQuery::default()
    };
    users::list(&world.env, &query).unwrap().items
}

fn user(world: &World, name: &str) -> UserView {
    let all = everybody(world);
    all.into_iter()
        .find(|view| view.user.username == name)
        .unwrap()
}

fn events(world: &World, kind: &str) -> Vec<AuditEvent> {
    let mut query = ListQuery {
        limit: Some(500),
        ..ListQuery::default()
    };
    query.filters.insert("kind".to_owned(), kind.to_owned());
    audit::list(&world.env, &query).unwrap().items
}

const fn tally(created: u64, updated: u64, unchanged: u64, refused: u64) -> Tally {
    Tally {
        created,
        updated,
        unchanged,
        refused,
    }
}

#[test]
fn a7_an_import_evaluates_in_the_transaction_that_writes() {
    World::each(|world| {
        let group = world.dynamic("Denver", denver());
        let (said, refused) = import(
            world,
            b"username,email,location\njason,jason@example.com,Denver\nstacy,stacy@example.com,Austin\n",
        );
        assert_eq!((said, refused), (tally(2, 0, 0, 0), vec![]));
        assert_eq!(world.members(group), ["jason"]);
        let (said, _) = import(world, b"username,location\njason,Austin\nstacy,Denver\n");
        assert_eq!(said, tally(0, 2, 0, 0));
        assert_eq!(world.members(group), ["stacy"]);
        // A state is a rule attribute, too.
        let suspended = crate::engine::world::rule(&[("userState", "equals", &["SUSPENDED"])]);
        let group = world.dynamic("Suspended", suspended);
        import(world, b"username,state\njason,SUSPENDED\n");
        assert_eq!(world.members(group), ["jason"]);
    });
}

#[test]
fn a_missing_column_is_untouched_and_an_empty_cell_empties() {
    World::each(|world| {
        import(
            world,
            b"username,email,firstName,lastName,department,location,state\n\
              ann,ann@example.com,Ann,Lee,Sales,Denver,STAGED\n",
        );
        let (said, _) = import(world, b"username,department,state\nANN,,\n");
        assert_eq!(said, tally(0, 1, 0, 0));
        let ann = user(world, "ann").user;
        assert_eq!(ann.display_name, "Ann Lee");
        assert_eq!(ann.directory.department, "");
        assert_eq!(ann.directory.location, "Denver");
        assert_eq!(ann.state.as_str(), "ACTIVATED");
        let (said, _) = import(world, b"username,location\nann,Denver\n");
        assert_eq!(said, tally(0, 0, 1, 0));
    });
}

#[test]
fn attributes_are_columns_of_their_own() {
    let world = World::with(crate::store::databases::Database::sqlite().open("chain"));
    let texts = |name: &str| -> Vec<String> {
        let view = user(&world, name);
        let shown = view.attributes.iter().map(|attribute| {
            let (name, value) = (attribute.name.as_str(), attribute.value.to_json_text());
            format!("{name}={value}")
        });
        shown.collect()
    };
    let (said, _) = import(
        &world,
        b"username,email,attributes\n\
          ann,ann@example.com,\"[{\"\"name\"\":\"\"n\"\",\"\"type\"\":\"\"number\"\",\"\"value\"\":7.50}]\"\n\
          bob,bob@example.com,[]\n",
    );
    assert_eq!(said, tally(2, 0, 0, 0));
    assert_eq!(texts("ann"), ["n=7.50"]);
    let (said, _) = import(
        &world,
        b"username,attributes.team,attributes.role\nann,=\xC3\xA4,admin\nbob,,\n",
    );
    assert_eq!(said, tally(0, 1, 1, 0));
    assert_eq!(
        texts("ann"),
        ["n=7.50", "team=\"=\u{e4}\"", "role=\"admin\""]
    );
    import(
        &world,
        b"username,attributes.role,attributes.n\nann,,seven\n",
    );
    assert_eq!(texts("ann"), ["n=\"seven\"", "team=\"=\u{e4}\""]);
    import(&world, b"username,attributes\nann,\n");
    assert!(texts("ann").is_empty());
    let (said, refused) = import(&world, b"username,attributes\nann,nonsense\n");
    assert_eq!(said, tally(0, 0, 0, 1));
    assert!(refused[0].starts_with("2: /attributes: "), "{refused:?}");
}

#[test]
fn a_bad_line_never_takes_its_neighbours() {
    World::each(|world| {
        let admin = NewAdministrator {
            username: "root".to_owned(),
            email: "root@example.com".to_owned(),
            role: "administrator".to_owned(),
            password: None,
        };
        administrators::create(&world.env, &system(), &admin).unwrap();
        let csv = b"\xEF\xBB\xBFusername,email,state,location\n\
            ann,ann@example.com,,Denver\n\
            bob,nonsense,AWAKE,Denver\n\
            \n\
            cy,ANN@example.com,,\n\
            dee,dee@example.com\n\
            root,other@example.com,,\n\
            eve,eve@example.com,,\"two\nlines\"\n\
            f\xFF,f@example.com,,\n\
            ,nobody@example.com,,\n\
            gus,gus@example.com,,Miami\n";
        let (said, refused) = import(world, csv);
        assert_eq!(said, tally(3, 0, 0, 6));
        let places: Vec<&str> = refused
            .iter()
            .map(|text| text.rsplitn(2, ": ").last().unwrap())
            .collect();
        assert_eq!(
            places,
            [
                "3: /state",
                "3: /email",
                "5: /email",
                "6: ",
                "7: /username",
                "10: ",
                "11: /username",
            ],
            "{refused:?}"
        );
        let names: Vec<String> = everybody(world)
            .into_iter()
            .map(|view| view.user.username)
            .collect();
        assert_eq!(names, ["ann", "eve", "gus"]);
        assert_eq!(user(world, "eve").user.directory.location, "two\nlines");
    });
}

/// Line 2 frees the address that line 3 takes, line 4 finds taken what line 3 took, and line 5
/// speaks of somebody whom line 3 made.
#[test]
fn lines_meet_what_lines_above_them_did() {
    World::each(|world| {
        world.person("ann", &[]);
        let (said, refused) = import(
            world,
            b"username,email\nann,new@example.com\nbob,ann@example.com\ncy,Ann@Example.com\nBOB,bob@example.com\n",
        );
        assert_eq!(said, tally(1, 2, 0, 1));
        assert_eq!(refused, ["4: /email: The email is taken. Choose another."]);
        assert_eq!(user(world, "bob").user.email, "bob@example.com");
    });
}

#[test]
fn c7_every_line_leaves_its_event() {
    World::each(|world| {
        let mut csv = "username,email,location\n".to_owned();
        for number in 0..250 {
            writeln!(csv, "user{number},user{number}@example.com,Denver").unwrap();
        }
        assert_eq!(import(world, csv.as_bytes()).0, tally(250, 0, 0, 0));
        let created = events(world, "user.created");
        assert_eq!(created.len(), 250);
        assert_eq!(created[0].event.actor.name, "terminal");
        assert_eq!(import(world, csv.as_bytes()).0, tally(0, 0, 250, 0));
        assert!(events(world, "user.updated").is_empty());
    });
}

#[test]
fn a_header_that_nobody_meant_is_refused() {
    let world = World::with(crate::store::databases::Database::sqlite().open("chain"));
    let check = |header: &str, words: &str| {
        let csv = format!("{header}\nann,ann@example.com\n");
        let error = try_import(&world, csv.as_bytes(), Mode::Write).unwrap_err();
        let ImportError::Header(fault) = error else {
            panic!("{header}: {error}");
        };
        assert!(fault.to_string().contains(words), "{header}: {fault}");
    };
    check("username,password", "password is not imported");
    check("username,id", "id is not imported");
    check("username,eMail", "no column \"eMail\"; known are username");
    check("username,username", "username stands there twice");
    check("email,location", "username is needed");
    check("username,attributes.", "attributes.");
    check("username,attributes.a.b", "attributes.a.b cannot be");
    check("username,attributes,attributes.a", "not both");
    let error = try_import(&world, b"", Mode::Write).unwrap_err();
    assert!(matches!(error, ImportError::Header(_)));
    assert!(everybody(&world).is_empty());
}

#[test]
fn a_quotation_mark_that_is_never_closed_does_not_take_in_the_rest() {
    let world = World::with(crate::store::databases::Database::sqlite().open("chain"));
    let mut csv = b"username,email\nann,ann@example.com\nbob,\"bob@example.com\n".to_vec();
    csv.extend(std::iter::repeat_n(b"x,y\n", 2_000_000).flatten());
    let error = try_import(&world, &csv, Mode::Write).unwrap_err();
    let is_told = matches!(error, ImportError::File(CsvError::TooLong { line: 3 }));
    assert!(is_told, "{error}");
    assert_eq!(everybody(&world).len(), 1, "the line before it was written");
}
