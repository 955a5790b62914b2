//! How the pace of an import follows what its transactions took.

use super::*;

fn after(took: &[i64]) -> usize {
    let mut pace = Pace::default();
    for milliseconds in took {
        pace.learn(TimeDelta::milliseconds(*milliseconds));
    }
    pace.lines()
}

#[test]
fn batches_grow_while_they_take_less_than_half_a_moment() {
    assert_eq!(after(&[]), 100);
    assert_eq!(after(&[10, 20, 749]), 800);
    assert_eq!(after(&[1; 30]), Pace::MOST);
}

#[test]
fn batches_stay_within_a_moment_and_shrink_beyond_it() {
    assert_eq!(after(&[10, 10, 750, 1_500]), 400);
    assert_eq!(after(&[10, 10, 1_501]), 200);
    assert_eq!(after(&[5_000; 30]), Pace::FEWEST);
}
