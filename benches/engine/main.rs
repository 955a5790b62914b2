//! What the engine of dynamic groups costs, on SQLite in a temporary folder, or on the database that
//! `VESTIBULE_BENCH_URL` names.
//!
//! `cargo bench --bench engine -- [USERS] [GROUPS]` measures import, user change, preview, rule save,
//! reconcile and the compiled index; 1000 and 100 unless told.
//! `cargo bench --bench engine -- edits COUNT` makes that many random edits and compares the
//! memberships kept up with a full recompute.

mod directory;
mod figures;
#[path = "../measure/mod.rs"]
mod measure;
mod people;

use std::sync::Arc;
use std::time::Instant;

use anyhow::Context;
use cap::Cap;
use mimalloc::MiMalloc;
use rustix::time::ClockId;
use vestibule::domain::exemption::Exemptions;
use vestibule::domain::ids::{GroupId, UserId};
use vestibule::domain::membership_rule::MembershipRule;
use vestibule::domain::rule_index::RuleIndex;
use vestibule::domain::user_group::{MembershipMethod, UserGroup};
use vestibule::service::audit_trail::{Trail, object_of_group, object_of_user};
use vestibule::service::caller::system;
use vestibule::service::environment::{Environment, ServiceSettings, new_public_id};
use vestibule::service::error::ServiceError;
use vestibule::service::keys::{self, KeyRing};
use vestibule::service::listing::ListQuery;
use vestibule::service::passwords::Passwords;
use vestibule::service::rule_change::{self, RuleChange, RuleChangeError};
use vestibule::service::{reconcile, rule_preview, user_evaluation, user_import};
use vestibule::store::error::StoreError;
use vestibule::store::handle::Store;
use vestibule::store::open::StoreOptions;
use vestibule::store::user_groups::NewUserGroup;
use vestibule::store::{dynamic_rules, exemptions, memberships, user_groups, users};

use crate::directory::Dice;
use crate::figures::{Figures, memory};
use crate::measure::{line, microseconds, thread_microseconds};
use crate::people::People;

/// The product's allocator, with a counter.
#[global_allocator]
static ALLOCATOR: Cap<MiMalloc> = Cap::new(MiMalloc, usize::MAX);

const CHANGES: u64 = 2_000;
const RULES: u64 = 200;

struct Bench {
    env: Environment,
    users: u64,
    dice: Dice,
    groups: Vec<GroupId>,
    _folder: tempfile::TempDir,
}

fn main() -> anyhow::Result<()> {
    let words: Vec<String> = std::env::args()
        .skip(1)
        .filter(|word| !word.starts_with("--"))
        .collect();
    let number = |place: usize, default: u64| -> anyhow::Result<u64> {
        words.get(place).map_or(Ok(default), |word| {
            word.parse().with_context(|| format!("{word} is no number"))
        })
    };
    if words.first().is_some_and(|word| word == "edits") {
        return random_edits(number(1, 100_000)?);
    }
    let (users, groups) = (number(0, 1_000)?, number(1, 100)?);
    line(&format!(
        "{users} users, {groups} dynamic groups; CPU time of the working thread"
    ))?;
    let mut bench = Bench::open(users)?;
    bench.make_groups(groups)?;
    bench.import()?;
    bench.compile()?;
    bench.change_users(CHANGES)?.report("p50 1 ms")?;
    bench.preview()?;
    bench.save_rules()?;
    bench.reconcile()
}

/// A thousand users under a hundred groups, edited at random; then everything is recomputed.
fn random_edits(count: u64) -> anyhow::Result<()> {
    let mut bench = Bench::open(1_000)?;
    bench.make_groups(100)?;
    bench.import()?;
    let began = Instant::now();
    let mut left = count;
    while left > 0 {
        let some = left.min(500);
        bench.change_users(some)?;
        bench.save_some(2)?;
        left -= some;
    }
    line(&format!(
        "{count} edits of users and {} of rules in {:.1} s",
        count.div_ceil(500) * 2,
        began.elapsed().as_secs_f64()
    ))?;
    bench.reconcile()
}

impl Bench {
    #[expect(
        clippy::disallowed_methods,
        reason = "a program for the terminal is told by the environment which database to use"
    )]
    fn open(users: u64) -> anyhow::Result<Self> {
        let folder = tempfile::tempdir()?;
        let file = format!("sqlite:{}", folder.path().join("bench.db").display());
        let url = std::env::var("VESTIBULE_BENCH_URL").unwrap_or(file);
        let store = Store::open(&url, &StoreOptions::new("bench"))?;
        let master = keys::master_key(&store, folder.path())?;
        let settings = ServiceSettings {
            base_url: "http://localhost:8080".to_owned(),
            entity_id: "http://localhost:8080/saml/metadata".to_owned(),
            is_plain_loopback: true,
        };
        let env = Environment::new(settings, store, KeyRing::new(master), Passwords::new(1)?);
        Ok(Self {
            env,
            users,
            dice: Dice::new(20_261_125),
            groups: Vec::new(),
            _folder: folder,
        })
    }

    fn make_groups(&mut self, count: u64) -> anyhow::Result<()> {
        let rules: Vec<MembershipRule> = (0..count)
            .map(|_| directory::rule(self.users, &mut self.dice))
            .collect();
        let trail = Trail::new(&self.env, &system());
        self.groups = self.env.store.change_rules(move |conn| {
            let mut groups = Vec::new();
            for (number, rule) in rules.iter().enumerate() {
                let before = user_groups::insert(conn, &new_group(number))?;
                let after = UserGroup {
                    method: MembershipMethod::DynamicAutomated,
                    rule: Some(rule.clone()),
                    ..before.clone()
                };
                let none = Exemptions::default();
                let change = RuleChange {
                    before: &before,
                    before_exemptions: &none,
                    after: &after,
                    after_exemptions: &none,
                };
                rule_change::apply(conn, &change, None, &trail.announce())?;
                groups.push(before.id);
            }
            Ok::<_, RuleChangeError>(groups)
        })?;
        Ok(())
    }

    /// Through the door of CSV, with everything that a file of people passes.
    fn import(&mut self) -> anyhow::Result<()> {
        let (began, cpu) = (Instant::now(), microseconds(ClockId::ProcessCPUTime));
        let people = People::new(self.users, Dice::new(self.dice.below(u64::MAX)));
        let tally = user_import::run(
            &self.env,
            &system(),
            (people, user_import::Mode::Write),
            &mut |_| {},
        )?;
        anyhow::ensure!(tally.created == self.users, "imported {tally:?}");
        let memberships = self.env.store.read(|conn| {
            let groups = self.groups.iter();
            groups.map(|group| memberships::count(conn, *group)).sum()
        });
        let memberships: i64 = memberships.map_err(|error: StoreError| anyhow::anyhow!(error))?;
        line(&format!(
            "{:<32} {:.1} s, {:.1} s CPU, {memberships} memberships   target 180 s at 1M",
            "import with evaluation",
            began.elapsed().as_secs_f64(),
            (microseconds(ClockId::ProcessCPUTime) - cpu) / 1e6,
        ))
    }

    /// The compiled index by itself.
    fn compile(&self) -> anyhow::Result<()> {
        let rules = self.env.store.read(|conn| {
            let groups = dynamic_rules::list(conn)?;
            let keys: Vec<GroupId> = groups.iter().map(|row| row.group).collect();
            dynamic_rules::load(conn, &keys)
        })?;
        let before = ALLOCATOR.allocated();
        let began = thread_microseconds();
        let index = RuleIndex::compile(rules.iter().map(|(group, rule)| (*group, rule)));
        let took = (thread_microseconds() - began) / 1000.0;
        let kept = ALLOCATOR.allocated().saturating_sub(before);
        line(&format!(
            "{:<32} {took:.1} ms, {} KiB for {} rules   target 50 ms, 10 MiB at 10k",
            "compiled index",
            kept / 1024,
            index.len()
        ))
    }

    fn change_users(&mut self, count: u64) -> anyhow::Result<Figures> {
        let mut figures = Figures::of("user change");
        for _ in 0..count {
            let id = UserId::new(1 + i64::try_from(self.dice.below(self.users))?);
            let (seed, users) = (self.dice.below(u64::MAX), self.users);
            let trail = Trail::new(&self.env, &system());
            let rules = Arc::clone(&self.env.rules);
            let took = self.env.store.change_user(move |conn| {
                let began = thread_microseconds();
                users::lock(conn, id)?;
                let found = users::find(conn, id)?;
                let before = found.ok_or(ServiceError::NotFound { what: "user" })?;
                let mut after = before.clone();
                directory::edit(&mut after.directory, users, &mut Dice::new(seed));
                let event = trail.announce();
                user_evaluation::save(conn, &rules, (&before, &after), &event)?;
                let what = ("user.updated", object_of_user(&after));
                trail.write_event(conn, &event, what, (None, None))?;
                Ok::<_, ServiceError>(thread_microseconds() - began)
            })?;
            figures.add(took);
        }
        Ok(figures)
    }

    fn preview(&mut self) -> anyhow::Result<()> {
        let mut figures = Figures::of("preview with remarks");
        for _ in 0..RULES {
            let rule = directory::rule(self.users, &mut self.dice);
            let group = self.some_group();
            let group = self.stored(group)?.0.public_id;
            let began = thread_microseconds();
            let page = ListQuery::default();
            rule_preview::preview(&self.env, &rule, Some(&group), &page)
                .map_err(|error| anyhow::anyhow!("{error}"))?;
            figures.add(thread_microseconds() - began);
        }
        figures.report("p95 100 ms")
    }

    fn save_rules(&mut self) -> anyhow::Result<()> {
        let (whole, gate) = self.save_some(RULES)?;
        whole.report("p95 250 ms")?;
        gate.report("(part of it behind the gate)")
    }

    /// Gives random groups new rules; the first figures are of all, the second of the transaction
    /// alone.
    fn save_some(&mut self, count: u64) -> anyhow::Result<(Figures, Figures)> {
        let mut whole = Figures::of("rule save");
        let mut gate = Figures::of("rule save, transaction");
        for _ in 0..count {
            let rule = directory::rule(self.users, &mut self.dice);
            let group = self.some_group();
            let (before, lists) = self.stored(group)?;
            let after = UserGroup {
                rule: Some(rule),
                ..before.clone()
            };
            let began = thread_microseconds();
            let ahead = rule_change::prepare(
                &self.env,
                &RuleChange {
                    before: &before,
                    before_exemptions: &lists,
                    after: &after,
                    after_exemptions: &lists,
                },
            )
            .map_err(|error| anyhow::anyhow!("{error}"))?;
            let prepared = thread_microseconds() - began;
            // Preparing a long change leaves the group as it was.
            let trail = Trail::new(&self.env, &system());
            let took = self.env.store.change_rules(move |conn| {
                let began = thread_microseconds();
                let change = RuleChange {
                    before: &before,
                    before_exemptions: &lists,
                    after: &after,
                    after_exemptions: &lists,
                };
                let event = trail.announce();
                rule_change::apply(conn, &change, ahead.as_ref(), &event)?;
                let what = ("group.updated", object_of_group(&before));
                trail.write_event(conn, &event, what, (None, None))?;
                Ok::<_, RuleChangeError>(thread_microseconds() - began)
            })?;
            whole.add(prepared + took);
            gate.add(took);
        }
        Ok((whole, gate))
    }

    fn reconcile(&self) -> anyhow::Result<()> {
        let before = memory();
        let (began, cpu) = (Instant::now(), thread_microseconds());
        let report = reconcile::run(&self.env, "command", |_, _| {})
            .map_err(|error| anyhow::anyhow!("{error}"))?;
        line(&format!(
            "{:<32} {:.1} s, {:.1} s CPU, {:.1} MiB more, clean: {}   target 60 s, 64 MiB at 1M",
            "reconcile",
            began.elapsed().as_secs_f64(),
            (thread_microseconds() - cpu) / 1e6,
            memory() - before,
            report.is_clean()
        ))?;
        anyhow::ensure!(report.is_clean(), "the recompute found {report:?}");
        Ok(())
    }

    fn some_group(&mut self) -> GroupId {
        let count = u64::try_from(self.groups.len()).unwrap_or(1);
        let place = usize::try_from(self.dice.below(count)).unwrap_or(0);
        self.groups.get(place).copied().unwrap_or(GroupId::new(1))
    }

    fn stored(&self, group: GroupId) -> anyhow::Result<(UserGroup, Exemptions)> {
        let found = self.env.store.read(|conn| -> Result<_, StoreError> {
            let group = user_groups::find(conn, group)?;
            group
                .map(|group| Ok((exemptions::of_group(conn, group.id)?, group)))
                .transpose()
        })?;
        let (lists, group) = found.context("a group that was made is there")?;
        Ok((group, lists))
    }
}

fn new_group(number: usize) -> NewUserGroup {
    NewUserGroup {
        public_id: new_public_id(),
        name: format!("Group {number}"),
        description: String::new(),
        method: MembershipMethod::Static,
        notify: false,
        require_mfa: false,
        rule: None,
        rule_epoch: 0,
        created_at: chrono::DateTime::UNIX_EPOCH,
    }
}
