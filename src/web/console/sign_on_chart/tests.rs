//! Bars fit their canvas, and the smallest one is seen.

use super::*;

fn days(counts: &[(i64, i64)]) -> Vec<DayOfSignOns> {
    let first: NaiveDate = "2026-11-13".parse().unwrap();
    let dates = first.iter_days();
    dates
        .zip(counts)
        .map(|(date, (sign_ons, refusals))| DayOfSignOns {
            date,
            sign_ons: *sign_ons,
            refusals: *refusals,
        })
        .collect()
}

#[test]
fn every_bar_stands_on_the_canvas_and_none_covers_another() {
    let mut counts = vec![(0, 0); 14];
    counts[3] = (1_000_000, 1);
    counts[13] = (500_000, 250_000);
    let chart = Chart::of(&days(&counts));
    assert_eq!(chart.most, 1_000_000);
    assert_eq!((chart.sign_ons, chart.refusals), (1_500_000, 250_001));
    let mut edge = 0;
    for bars in &chart.bars {
        assert!(bars.x >= edge && bars.width > 0);
        assert_eq!(bars.x + bars.width, bars.x_of_refusals);
        edge = bars.x_of_refusals + bars.width;
    }
    assert!(edge <= WIDTH);
    let heights = |index: usize| {
        let bars = &chart.bars[index];
        (bars.height, bars.height_of_refusals)
    };
    assert_eq!(heights(0), (0, 0));
    assert_eq!(heights(3), (HEIGHT, 3));
    assert_eq!(heights(13), (HEIGHT / 2, HEIGHT / 4));
}

#[test]
fn the_first_the_middle_and_the_last_day_are_named() {
    let chart = Chart::of(&days(&[(0, 0); 14]));
    let ticks: Vec<String> = chart.ticks().iter().map(NaiveDate::to_string).collect();
    assert_eq!(ticks, ["2026-11-13", "2026-11-19", "2026-11-26"]);
    assert!(Chart::of(&[]).ticks().is_empty());
}
