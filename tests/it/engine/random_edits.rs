//! After any number of random edits, each through its door, what was kept up step by step equals
//! what a full recompute gives. `cargo bench --bench engine -- edits 100000` does the same at length.

use crate::engine::dice::Dice;
use crate::engine::oracle::assert_right;
use crate::engine::world::{World, rule};
use vestibule::domain::user_group::MembershipMethod;

const EDITS: usize = 600;
const VALUES: [&str; 6] = ["", "a", "A", "ab", "a%", "\u{10FFFF}"];
const FIELDS: [&str; 3] = ["location", "jobTitle", "department"];

#[test]
fn a3_memberships_kept_up_equal_memberships_recomputed() {
    World::each(|world| {
        let mut dice = Dice::new(42);
        let people: Vec<_> = (0..40)
            .map(|number| world.person(&format!("user-{number}"), &[]))
            .collect();
        let groups: Vec<_> = (0..12)
            .map(|number| world.group(&format!("Group {number}")))
            .collect();
        for number in 0..EDITS {
            let user = dice.pick(&people);
            let group = *dice.pick(&groups);
            match dice.below(10) {
                0 => {
                    let (one, other) = (*dice.pick(&FIELDS), *dice.pick(&FIELDS));
                    let operator = *dice.pick(&["equals", "notEquals", "startsWith"]);
                    let values = [*dice.pick(&VALUES[1..])];
                    let second = [*dice.pick(&VALUES[1..]), *dice.pick(&VALUES[1..])];
                    let changed = rule(&[
                        (one, operator, &values),
                        (other, *dice.pick(&["equals", "notEquals"]), &second),
                    ]);
                    world.save(group, |after, _| {
                        after.rule = Some(changed.clone());
                        if after.method == MembershipMethod::Static {
                            after.method = MembershipMethod::DynamicAutomated;
                        }
                    });
                }
                1 => {
                    let method = *dice.pick(&MembershipMethod::ALL);
                    world.set_method(group, method);
                }
                2 => {
                    let is_included = dice.below(2) == 0;
                    world.save(group, |_, lists| {
                        lists.include.retain(|one| *one != user.id);
                        lists.exclude.retain(|one| *one != user.id);
                        if is_included && lists.include.len() < 8 {
                            lists.include.push(user.id);
                        } else if lists.exclude.len() < 8 {
                            lists.exclude.push(user.id);
                        }
                    });
                }
                3 => {
                    let state = *dice.pick(&["STAGED", "ACTIVATED", "SUSPENDED"]);
                    world.edit(user, &[("state", state)]);
                }
                _ => world.edit(user, &[(*dice.pick(&FIELDS), *dice.pick(&VALUES))]),
            }
            if number % 50 == 0 {
                assert_right(&world.env);
            }
        }
        assert_right(&world.env);
    });
}
