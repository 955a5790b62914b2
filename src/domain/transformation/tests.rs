//! What each step makes of values, and what no step does.

use proptest::prelude::*;

use crate::domain::match_pattern::MatchPattern;
use crate::domain::transformation::{KeepTest, TooLarge, Transformation, distinct};
use crate::domain::value_template::{Reference, ValueTemplate};

fn nothing(_: &Reference) -> Vec<String> {
    Vec::new()
}

fn made(step: &Transformation, values: &[&str]) -> Vec<String> {
    let values = values.iter().map(|value| (*value).to_owned()).collect();
    step.apply(values, &nothing).unwrap()
}

#[test]
fn letters_change_their_case_in_every_script() {
    assert_eq!(made(&Transformation::Lower, &["ÄB", "Σ"]), ["äb", "σ"]);
    assert_eq!(made(&Transformation::Upper, &["straße"]), ["STRASSE"]);
}

#[test]
fn a_part_is_cut_at_the_first_occurrence_and_a_value_without_one_stays_whole() {
    let before = Transformation::Before("@".to_owned());
    let after = Transformation::After("\\".to_owned());
    assert_eq!(made(&before, &["a@b@c", "plain", "@x"]), ["a", "plain", ""]);
    assert_eq!(
        made(&after, &["CORP\\mark\\x", "mark"]),
        ["mark\\x", "mark"]
    );
}

#[test]
fn values_are_joined_into_one_and_split_into_parts_without_blanks() {
    let join = Transformation::Join(";".to_owned());
    let split = Transformation::Split(",".to_owned());
    assert_eq!(made(&join, &["a", "b"]), ["a;b"]);
    assert_eq!(made(&join, &[]), Vec::<String>::new());
    assert_eq!(made(&split, &["a, b ,,c", "d"]), ["a", "b", "c", "d"]);
}

#[test]
fn a_literal_is_replaced_wherever_it_stands_and_is_no_pattern() {
    let replace = Transformation::Replace {
        find: ".".to_owned(),
        with: "-".to_owned(),
    };
    assert_eq!(made(&replace, &["a.b.c", "axc"]), ["a-b-c", "axc"]);
}

#[test]
fn values_are_kept_by_beginning_whole_or_part_in_exact_case() {
    let keep = |test| Transformation::Keep {
        test,
        text: "aws".to_owned(),
    };
    let values = ["aws", "aws-admins", "my-aws", "AWS"];
    assert_eq!(
        made(&keep(KeepTest::StartsWith), &values),
        ["aws", "aws-admins"]
    );
    assert_eq!(made(&keep(KeepTest::Equals), &values), ["aws"]);
    assert_eq!(
        made(&keep(KeepTest::Contains), &values),
        ["aws", "aws-admins", "my-aws"]
    );
}

#[test]
fn a_default_stands_in_only_where_there_is_no_value() {
    let default = Transformation::Default("guest".to_owned());
    assert_eq!(made(&default, &[]), ["guest"]);
    assert_eq!(made(&default, &["a"]), ["a"]);
}

#[test]
fn more_than_is_sent_is_refused_before_it_is_made() {
    let double = Transformation::Template(ValueTemplate::parse("{value}{value}").unwrap());
    let mut values = vec!["x".repeat(1024)];
    let mut refused = false;
    for _ in 0..8 {
        match double.apply(values, &nothing) {
            Ok(more) => values = more,
            Err(TooLarge) => {
                refused = true;
                break;
            }
        }
    }
    assert!(refused);
    let replace = Transformation::Replace {
        find: "x".to_owned(),
        with: "y".repeat(512),
    };
    assert_eq!(
        replace.apply(vec!["x".repeat(60_000)], &nothing),
        Err(TooLarge)
    );
}

#[test]
fn a_template_over_two_lists_gives_each_pair_once_and_stops_at_a_thousand() {
    let template = ValueTemplate::parse("{a}/{b}").unwrap();
    let pairs = Transformation::Template(template);
    let some = |_: &Reference| vec!["1".to_owned(), "2".to_owned()];
    let made = pairs.apply(vec!["v".to_owned(), "w".to_owned()], &some);
    assert_eq!(made.unwrap(), ["1/1", "1/2", "2/1", "2/2"]);
    let many = |_: &Reference| (0..40).map(|number| number.to_string()).collect();
    assert_eq!(pairs.apply(vec!["v".to_owned()], &many), Err(TooLarge));
}

#[test]
fn equal_values_are_kept_once_in_their_first_place() {
    let values = ["b", "a", "b"].map(str::to_owned).to_vec();
    assert_eq!(distinct(values), ["b", "a"]);
}

fn any_step() -> impl Strategy<Value = Transformation> {
    let text = || "[a-c.@é]{1,3}";
    prop_oneof![
        Just(Transformation::Lower),
        Just(Transformation::Upper),
        text().prop_map(Transformation::Before),
        text().prop_map(Transformation::After),
        text().prop_map(Transformation::Join),
        text().prop_map(Transformation::Split),
        (text(), text()).prop_map(|(find, with)| Transformation::Replace { find, with }),
        text().prop_map(|text| Transformation::Keep {
            test: KeepTest::Contains,
            text
        }),
        Just(Transformation::Match(
            MatchPattern::parse("[ab]+", "<$0>").unwrap()
        )),
        text().prop_map(Transformation::Default),
    ]
}

proptest! {
    /// Whatever the values: no panic, no growth beyond what is sent, and texts that XML carries
    /// stay such texts.
    #[test]
    fn steps_in_any_order_stay_within_bounds(
        steps in prop::collection::vec(any_step(), 0..10),
        values in prop::collection::vec("[a-c .@éΣ]{0,12}", 0..6),
    ) {
        let mut values = values;
        for step in &steps {
            match step.apply(values, &nothing) {
                Ok(made) => values = made,
                Err(TooLarge) => return Ok(()),
            }
        }
        let bytes: usize = values.iter().map(String::len).sum();
        prop_assert!(values.len() <= 1_000 && bytes <= 128 * 1024);
    }
}
