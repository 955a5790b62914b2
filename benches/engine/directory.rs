//! A synthetic directory, the same for the same seed: nine skewed attributes, rules of one to four
//! conditions with one to ten values (70 % equals, 15 % not equals, 15 % starts with).

use chrono::DateTime;
use vestibule::domain::ids::PublicId;
use vestibule::domain::membership_rule::{Condition, MembershipRule, Operator};
use vestibule::domain::user::{DirectoryAttributes, RuleAttribute, UserState};
use vestibule::domain::user_schedule::UserSchedule;
use vestibule::store::users::NewUser;

/// Random numbers: SplitMix64.
pub struct Dice(u64);

impl Dice {
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    const fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// From 0, below `end`.
    pub const fn below(&mut self, end: u64) -> u64 {
        self.roll() % end
    }

    /// From 0, below `end`, small numbers far more often than large ones.
    fn skewed(&mut self, end: u64) -> u64 {
        let (one, other) = (self.below(end), self.below(end));
        let third = self.below(end);
        one.min(other).min(third)
    }
}

/// How many values an attribute has.
const fn values_of(attribute: RuleAttribute, users: u64) -> u64 {
    match attribute {
        RuleAttribute::Company => 40,
        RuleAttribute::CostCenter => 800,
        RuleAttribute::Department => 300,
        RuleAttribute::Description => 5_000,
        RuleAttribute::EmployeeType => 6,
        RuleAttribute::JobTitle => 1_500,
        RuleAttribute::Location => 400,
        RuleAttribute::Manager => 1 + users / 40,
        RuleAttribute::UserState => 3,
    }
}

/// A value of an attribute.
fn value(attribute: RuleAttribute, users: u64, dice: &mut Dice) -> String {
    let number = dice.skewed(values_of(attribute, users));
    match attribute {
        RuleAttribute::UserState => state(number).as_str().to_owned(),
        // Prefixes are met by several values.
        other => format!("{:02}-{} {number}", number % 37, other.label()),
    }
}

const fn state(number: u64) -> UserState {
    match number {
        0 => UserState::Activated,
        1 => UserState::Staged,
        _ => UserState::Suspended,
    }
}

/// The user with this number.
pub fn user(number: u64, users: u64, dice: &mut Dice) -> NewUser {
    let mut some = |attribute| value(attribute, users, dice);
    let directory = DirectoryAttributes {
        company: some(RuleAttribute::Company),
        cost_center: some(RuleAttribute::CostCenter),
        department: some(RuleAttribute::Department),
        description: some(RuleAttribute::Description),
        employee_type: some(RuleAttribute::EmployeeType),
        job_title: some(RuleAttribute::JobTitle),
        location: some(RuleAttribute::Location),
        manager: some(RuleAttribute::Manager),
    };
    NewUser {
        public_id: PublicId::new(format!("user-{number:08}")),
        username: format!("user-{number}"),
        email: format!("user-{number}@example.com"),
        first_name: format!("First {}", dice.below(5_000)),
        last_name: format!("Last {}", dice.below(50_000)),
        display_name: format!("Person {}", dice.below(10_000_000)),
        schedule: UserSchedule::default(),
        state: state(dice.skewed(3)),
        directory,
        created_at: DateTime::UNIX_EPOCH,
    }
}

/// Gives somebody another value of some attribute.
pub fn edit(directory: &mut DirectoryAttributes, users: u64, dice: &mut Dice) {
    let place = usize::try_from(dice.below(8)).unwrap_or(0);
    let Some(attribute) = RuleAttribute::ALL.get(place).copied() else {
        return;
    };
    let value = value(attribute, users, dice);
    match attribute {
        RuleAttribute::Company => directory.company = value,
        RuleAttribute::CostCenter => directory.cost_center = value,
        RuleAttribute::Department => directory.department = value,
        RuleAttribute::Description => directory.description = value,
        RuleAttribute::EmployeeType => directory.employee_type = value,
        RuleAttribute::JobTitle => directory.job_title = value,
        RuleAttribute::Location => directory.location = value,
        RuleAttribute::Manager | RuleAttribute::UserState => directory.manager = value,
    }
}

/// A rule; about one user in five hundred meets it.
pub fn rule(users: u64, dice: &mut Dice) -> MembershipRule {
    let narrow = [
        RuleAttribute::CostCenter,
        RuleAttribute::Department,
        RuleAttribute::Description,
        RuleAttribute::JobTitle,
        RuleAttribute::Location,
        RuleAttribute::Manager,
    ];
    let place = usize::try_from(dice.below(6)).unwrap_or(0);
    let first = narrow.get(place).copied();
    let mut conditions = vec![condition(
        first.unwrap_or(RuleAttribute::Location),
        (Operator::Equals, 1 + dice.below(4)),
        users,
        dice,
    )];
    for _ in 0..dice.below(4) {
        let place = usize::try_from(dice.below(9)).unwrap_or(0);
        let attribute = RuleAttribute::ALL.get(place).copied();
        let operator = match dice.below(100) {
            0..=49 => Operator::Equals,
            50..=74 => Operator::NotEquals,
            _ => Operator::StartsWith,
        };
        let many = match operator {
            Operator::StartsWith => 1,
            _ => 1 + dice.below(10),
        };
        let attribute = attribute.unwrap_or(RuleAttribute::Company);
        conditions.push(condition(attribute, (operator, many), users, dice));
    }
    MembershipRule { conditions }
}

fn condition(
    attribute: RuleAttribute,
    (operator, many): (Operator, u64),
    users: u64,
    dice: &mut Dice,
) -> Condition {
    let values = (0..many)
        .map(|_| {
            let value = value(attribute, users, dice);
            match operator {
                Operator::StartsWith => value.chars().take(2).collect(),
                _ => value,
            }
        })
        .collect();
    Condition {
        attribute,
        operator,
        values,
    }
}
