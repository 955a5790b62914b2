//! The brake on floods by the clock: so much at once, so much over time, by source and by kind.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use crate::service::brake::Verdict;
use crate::service::flood::{Flood, FloodBrake, MOST_SOURCES, SourceLimits};

const SOURCE: IpAddr = IpAddr::V4(Ipv4Addr::new(203, 0, 113, 9));

fn brake() -> FloodBrake {
    FloodBrake::new(SourceLimits::parse("sign-on=60, wrong-token=2,ecp=0").unwrap())
}

fn noon() -> DateTime<Utc> {
    DateTime::parse_from_rfc3339("2026-11-27T12:00:00Z")
        .unwrap()
        .to_utc()
}

fn taken(brake: &FloodBrake, source: IpAddr, (at, times): (DateTime<Utc>, usize)) -> usize {
    let verdicts = (0..times).map(|_| brake.take(Flood::SignOn, source, at));
    verdicts.filter(|verdict| *verdict == Verdict::Go).count()
}

#[test]
fn bounded_input_a_source_has_a_minutes_worth_and_earns_it_back() {
    let brake = brake();
    assert_eq!(taken(&brake, SOURCE, (noon(), 100)), 60);
    let verdict = brake.take(Flood::SignOn, SOURCE, noon());
    assert_eq!(verdict, Verdict::Wait(Duration::from_secs(1)));
    assert_eq!(
        taken(&brake, SOURCE, (noon() + TimeDelta::seconds(10), 100)),
        10
    );
    assert_eq!(
        taken(&brake, SOURCE, (noon() + TimeDelta::hours(1), 100)),
        60
    );
    let refused: Vec<(Flood, u64)> = brake.refusals().filter(|(_, times)| *times > 0).collect();
    assert_eq!(refused, [(Flood::SignOn, 40 + 1 + 90 + 40)]);
}

#[test]
fn nobody_pays_for_others() {
    let brake = brake();
    taken(&brake, SOURCE, (noon(), 100));
    let other = IpAddr::V4(Ipv4Addr::new(203, 0, 113, 10));
    assert_eq!(taken(&brake, other, (noon(), 1)), 1);
    assert_eq!(brake.take(Flood::Artifact, SOURCE, noon()), Verdict::Go);
    // Limit 0, and this machine.
    let unlimited =
        (0..1_000).all(|_| brake.take(Flood::EnhancedClient, SOURCE, noon()) == Verdict::Go);
    assert!(unlimited);
    assert_eq!(
        taken(&brake, IpAddr::V4(Ipv4Addr::LOCALHOST), (noon(), 100)),
        100
    );
}

#[test]
fn ipv6_is_braked_by_its_network() {
    let brake = brake();
    let address = |interface| IpAddr::V6(Ipv6Addr::new(0x2001, 0xdb8, 1, 2, 0, 0, 0, interface));
    let gone: usize = (0..100)
        .map(|number| taken(&brake, address(number), (noon(), 1)))
        .sum();
    assert_eq!(gone, 60);
}

#[test]
fn failures_of_this_machine_count_too() {
    let brake = brake();
    let home = IpAddr::V4(Ipv4Addr::LOCALHOST);
    for _ in 0..2 {
        assert_eq!(brake.take(Flood::WrongToken, home, noon()), Verdict::Go);
    }
    let verdict = brake.take(Flood::WrongToken, home, noon());
    assert_eq!(verdict, Verdict::Wait(Duration::from_secs(30)));
}

#[test]
fn a_clock_that_jumps_back_locks_nobody_out() {
    let brake = brake();
    taken(&brake, SOURCE, (noon() + TimeDelta::days(1), 100));
    assert_eq!(taken(&brake, SOURCE, (noon(), 100)), 60);
}

#[test]
fn memory_is_bounded_however_many_sources_come() {
    let brake = brake();
    for number in 0..2 * u32::try_from(MOST_SOURCES).unwrap() {
        let source = IpAddr::V4(Ipv4Addr::from_bits(0x0a00_0000 + number));
        assert_eq!(brake.take(Flood::SignOn, source, noon()), Verdict::Go);
        assert!(brake.seen.lock().unwrap().len() <= MOST_SOURCES);
    }
}

#[test]
fn limits_are_read_or_refused() {
    assert_eq!(SourceLimits::parse(""), Some(SourceLimits::default()));
    for text in [
        "sign-on",
        "sign-on=",
        "sign-on=x",
        "sign-on=-1",
        "other=1",
        "=1",
    ] {
        assert_eq!(SourceLimits::parse(text), None, "{text}");
    }
}
