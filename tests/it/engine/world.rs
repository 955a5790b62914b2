//! One process over a database of its own, and the words in which the tests of the engine are
//! written: people, dynamic groups, who is in them.

use std::sync::Arc;

use serde_json::json;
use vestibule::domain::exemption::Exemptions;
use vestibule::domain::ids::{GroupId, UserId};
use vestibule::domain::membership::MembershipSource;
use vestibule::domain::membership_change::{StoredSuggestion, SuggestionOp};
use vestibule::domain::membership_rule::{ConditionDraft, MembershipRule};
use vestibule::domain::user::User;
use vestibule::domain::user_group::{MembershipMethod, UserGroup};
use vestibule::service::audit_trail::{Trail, object_of_group};
use vestibule::service::caller::system;
use vestibule::service::environment::{Environment, ServiceSettings, new_public_id};
use vestibule::service::keys::KeyRing;
use vestibule::service::passwords::Passwords;
use vestibule::service::rule_ahead;
use vestibule::service::rule_change::{self, RuleChange, RuleChangeError, RuleOutcome};
use vestibule::service::user_draft::UserDraft;
use vestibule::service::users;
use vestibule::service::{group_members, keys};
use vestibule::store::connection::DbConnection;
use vestibule::store::error::StoreError;
use vestibule::store::handle::Store;
use vestibule::store::user_groups::NewUserGroup;
use vestibule::store::{exemptions, memberships, suggestions, user_groups, users as user_rows};

use crate::store::databases::Database;

/// Conditions as (field, operator, values).
pub type Conditions<'a> = &'a [(&'a str, &'a str, &'a [&'a str])];

/// A rule of conditions joined by "and".
pub fn rule(conditions: Conditions<'_>) -> MembershipRule {
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

/// Everybody in Denver.
pub fn denver() -> MembershipRule {
    rule(&[("location", "equals", &["Denver"])])
}

pub struct World {
    pub env: Arc<Environment>,
    _keys: tempfile::TempDir,
}

impl World {
    /// A process over this database; a second one over the same is another node.
    pub fn over(database: &Database, chain: &str) -> Self {
        Self::with(database.open(chain))
    }

    pub fn with(store: Store) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let master = keys::master_key(&store, folder.path()).unwrap();
        let settings = ServiceSettings {
            base_url: "http://localhost:8080".to_owned(),
            entity_id: "http://localhost:8080/saml/metadata".to_owned(),
            is_plain_loopback: true,
        };
        let passwords = Passwords::new(1).unwrap();
        let env = Environment::new(settings, store, KeyRing::new(master), passwords);
        Self {
            env: Arc::new(env),
            _keys: folder,
        }
    }

    /// Runs `test` once on each database.
    pub fn each(test: impl Fn(&Self)) {
        for database in Database::all() {
            test(&Self::over(&database, "chain-of-the-test"));
        }
    }

    /// Creates somebody; `fields` as in the REST resource.
    pub fn person(&self, name: &str, fields: &[(&str, &str)]) -> User {
        let mut body = json!({ "username": name, "email": format!("{name}@example.com") });
        for (field, value) in fields {
            body[*field] = json!(value);
        }
        let draft: UserDraft = serde_json::from_value(body).unwrap();
        users::create(&self.env, &system(), draft).unwrap().user
    }

    /// Changes fields of somebody, by the door that REST and pages use.
    pub fn edit(&self, user: &User, fields: &[(&str, &str)]) {
        let mut body = json!({});
        for (field, value) in fields {
            body[*field] = json!(value);
        }
        let draft: UserDraft = serde_json::from_value(body).unwrap();
        users::update(&self.env, &system(), user.public_id.as_str(), (draft, None)).unwrap();
    }

    /// A static group.
    pub fn group(&self, name: &str) -> GroupId {
        let now = self.env.now();
        let name = name.to_owned();
        let inserted = self.env.store.change_rules(move |conn| {
            user_groups::insert(
                conn,
                &NewUserGroup {
                    public_id: new_public_id(),
                    name: name.clone(),
                    description: String::new(),
                    method: MembershipMethod::Static,
                    notify: false,
                    require_mfa: false,
                    rule: None,
                    rule_epoch: 0,
                    created_at: now,
                },
            )
        });
        inserted.unwrap().id
    }

    /// A group with automated membership.
    pub fn dynamic(&self, name: &str, rule: MembershipRule) -> GroupId {
        let group = self.group(name);
        self.save(group, |after, _| {
            after.method = MembershipMethod::DynamicAutomated;
            after.rule = Some(rule.clone());
        });
        group
    }

    /// A group under review.
    pub fn reviewed(&self, name: &str, rule: MembershipRule) -> GroupId {
        let group = self.group(name);
        self.save(group, |after, _| {
            after.method = MembershipMethod::DynamicReviewRequired;
            after.rule = Some(rule.clone());
        });
        group
    }

    /// Saves a group as its form does, computing ahead only what is long.
    pub fn save(&self, group: GroupId, edit: impl Fn(&mut UserGroup, &mut Lists)) -> RuleOutcome {
        self.save_with(group, rule_ahead::LONG, edit)
    }

    /// Saves a group; more than `long` rows are computed ahead.
    pub fn save_with(
        &self,
        group: GroupId,
        long: i64,
        edit: impl Fn(&mut UserGroup, &mut Lists),
    ) -> RuleOutcome {
        loop {
            match self.try_save(group, long, &edit) {
                Err(RuleChangeError::Stale) => {}
                outcome => return outcome.unwrap(),
            }
        }
    }

    fn try_save(
        &self,
        group: GroupId,
        long: i64,
        edit: &impl Fn(&mut UserGroup, &mut Lists),
    ) -> Result<RuleOutcome, RuleChangeError> {
        let store = &self.env.store;
        let stored = move |conn: &mut DbConnection| -> Result<_, StoreError> {
            let before = user_groups::find(conn, group)?.unwrap();
            Ok((before, exemptions::of_group(conn, group)?))
        };
        let (before, before_exemptions) = store.read(stored)?;
        let (mut after, mut lists) = (before.clone(), Lists::of(&before_exemptions));
        edit(&mut after, &mut lists);
        let after_exemptions = lists.exemptions();
        let change = RuleChange {
            before: &before,
            before_exemptions: &before_exemptions,
            after: &after,
            after_exemptions: &after_exemptions,
        };
        let ahead = rule_ahead::compute(store, &change, long)?;
        let trail = Trail::new(&self.env, &system());
        store.change_rules(move |conn| -> Result<_, RuleChangeError> {
            // What was read outside may be old; only what does not decide may be kept from there.
            let (before, before_exemptions) = stored(conn)?;
            let mut wanted = after.clone();
            wanted.version = before.version;
            wanted.rule_epoch = before.rule_epoch;
            let change = RuleChange {
                before: &before,
                before_exemptions: &before_exemptions,
                after: &wanted,
                after_exemptions: &after_exemptions,
            };
            let event = trail.announce();
            let outcome = rule_change::apply(conn, &change, ahead.as_ref(), &event)?;
            let what = ("group.updated", object_of_group(&before));
            trail.write_event(conn, &event, what, (None, None))?;
            Ok(outcome)
        })
    }

    pub fn set_rule(&self, group: GroupId, rule: &MembershipRule) -> RuleOutcome {
        self.save(group, |after, _| after.rule = Some(rule.clone()))
    }

    pub fn set_method(&self, group: GroupId, method: MembershipMethod) -> RuleOutcome {
        self.save(group, |after, _| after.method = method)
    }

    pub fn include(&self, group: GroupId, user: &User) -> RuleOutcome {
        self.save(group, |_, lists| lists.include.push(user.id))
    }

    pub fn exclude(&self, group: GroupId, user: &User) -> RuleOutcome {
        self.save(group, |_, lists| lists.exclude.push(user.id))
    }

    /// Takes somebody off both lists.
    pub fn unexempt(&self, group: GroupId, user: &User) -> RuleOutcome {
        self.save(group, |_, lists| {
            lists.include.retain(|one| *one != user.id);
            lists.exclude.retain(|one| *one != user.id);
        })
    }

    pub fn public_id(&self, group: GroupId) -> String {
        let found = self.env.store.read(|conn| user_groups::find(conn, group));
        found.unwrap().unwrap().public_id.as_str().to_owned()
    }

    /// Adds somebody to a static group by hand.
    pub fn add_by_hand(&self, group: GroupId, user: &User) {
        let group = self.public_id(group);
        group_members::add(&self.env, &system(), &group, user.public_id.as_str()).unwrap();
    }

    /// Why somebody is a member; `None`: is none.
    pub fn source(&self, group: GroupId, user: &User) -> Option<MembershipSource> {
        let found = self
            .env
            .store
            .read(|conn| memberships::find(conn, user.id, group));
        found.unwrap()
    }

    pub fn is_member(&self, group: GroupId, user: &User) -> bool {
        self.source(group, user).is_some()
    }

    /// Usernames of all members, sorted.
    pub fn members(&self, group: GroupId) -> Vec<String> {
        let names = self
            .env
            .store
            .read(|conn| -> Result<Vec<String>, StoreError> {
                let members = memberships::of_group(conn, group)?;
                let found = members
                    .into_iter()
                    .map(|(user, _)| Ok(user_rows::find(conn, user)?.unwrap().username));
                found.collect()
            });
        let mut names = names.unwrap();
        names.sort();
        names
    }

    /// What is stored about somebody: the proposal, and whether it was rejected.
    pub fn suggestion(&self, group: GroupId, user: &User) -> Option<(SuggestionOp, bool)> {
        let all = self
            .env
            .store
            .read(|conn| suggestions::of_group(conn, group))
            .unwrap();
        let own = all.into_iter().find(|(of, _)| *of == user.id);
        own.map(|(_, StoredSuggestion { op, rejected })| (op, rejected))
    }

    pub fn reject(&self, group: GroupId, user: &User) {
        let (user, now) = (user.id, self.env.now());
        let rejected = self
            .env
            .store
            .change_user(move |conn| suggestions::reject(conn, group, user, now));
        assert!(rejected.unwrap().is_some());
    }
}

/// The two lists of exemptions while they are edited.
#[derive(Debug, Clone, Default)]
pub struct Lists {
    pub include: Vec<UserId>,
    pub exclude: Vec<UserId>,
}

impl Lists {
    fn of(exemptions: &Exemptions) -> Self {
        Self {
            include: exemptions.include().iter().copied().collect(),
            exclude: exemptions.exclude().iter().copied().collect(),
        }
    }

    fn exemptions(&self) -> Exemptions {
        Exemptions::new(self.include.clone(), self.exclude.clone()).unwrap()
    }
}
