//! Every combination of method, match, exemption and source; the stories of Jason, Mark, Stacy.

use std::collections::BTreeMap;

use crate::domain::exemption::{ExemptionEffect, Exemptions};
use crate::domain::ids::{GroupId, PublicId, UserId};
use crate::domain::membership::MembershipSource::{self, Direct, ManualInclude, Rule};
use crate::domain::membership_change::MembershipChange::{Add, Remove, SetSource, Suggest};
use crate::domain::membership_change::{
    GroupMemberships, MembershipChange, Pair, Rejections, StoredSuggestion, SuggestionDifference,
    SuggestionOp, UserMemberships, check_by_hand, decide, group_difference, suggestion_difference,
    user_difference,
};
use crate::domain::membership_rule::{MembershipRule, Operator};
use crate::domain::samples::{rule, user, with};
use crate::domain::user::{RuleAttribute, User};
use crate::domain::user_group::MembershipMethod::{
    self, DynamicAutomated, DynamicReviewRequired, Static,
};
use crate::domain::user_group::UserGroup;

const INCLUDE: Option<ExemptionEffect> = Some(ExemptionEffect::Include);
const EXCLUDE: Option<ExemptionEffect> = Some(ExemptionEffect::Exclude);
const SOURCES: [Option<MembershipSource>; 4] =
    [None, Some(Direct), Some(Rule), Some(ManualInclude)];

fn check(
    method: MembershipMethod,
    (matches, exemption): (bool, Option<ExemptionEffect>),
    expected: [Option<MembershipChange>; 4],
) {
    for (present, expected) in SOURCES.into_iter().zip(expected) {
        let pair = Pair {
            method,
            matches,
            exemption,
            present,
        };
        assert_eq!(decide(pair), expected, "{pair:?}");
    }
}

#[test]
fn a1_a_static_group_never_changes_by_itself() {
    for matches in [false, true] {
        for exemption in [None, INCLUDE, EXCLUDE] {
            // Rule A51: what a rule or an exemption left behind stays, as Direct.
            let direct = Some(SetSource(Direct));
            check(Static, (matches, exemption), [None, None, direct, direct]);
        }
    }
}

#[test]
fn a3_the_rule_adds_and_removes() {
    // A member by hand who matches becomes a member by rule (rule A12).
    let to_rule = Some(SetSource(Rule));
    check(
        DynamicAutomated,
        (true, None),
        [Some(Add(Rule)), to_rule, None, to_rule],
    );
    let remove = Some(Remove);
    check(
        DynamicAutomated,
        (false, None),
        [None, remove, remove, remove],
    );
}

#[test]
fn a30_under_review_changes_wait() {
    let to_rule = Some(SetSource(Rule));
    check(
        DynamicReviewRequired,
        (true, None),
        [Some(Suggest(SuggestionOp::Add)), to_rule, None, to_rule],
    );
    let remove = Some(Suggest(SuggestionOp::Remove));
    check(
        DynamicReviewRequired,
        (false, None),
        [None, remove, remove, remove],
    );
}

#[test]
fn a38_an_exclusion_acts_at_once_under_review_too() {
    for method in [DynamicAutomated, DynamicReviewRequired] {
        for matches in [false, true] {
            let remove = Some(Remove);
            check(method, (matches, EXCLUDE), [None, remove, remove, remove]);
        }
    }
}

#[test]
fn a40_whoever_stands_in_users_to_include_is_a_manual_include() {
    for method in [DynamicAutomated, DynamicReviewRequired] {
        for matches in [false, true] {
            let include = Some(SetSource(ManualInclude));
            check(
                method,
                (matches, INCLUDE),
                [Some(Add(ManualInclude)), include, include, None],
            );
        }
    }
}

/// One person and the group whose rule is Location equals "Denver".
struct Denver {
    method: MembershipMethod,
    exemption: Option<ExemptionEffect>,
    present: Option<MembershipSource>,
}

impl Denver {
    fn with(present: Option<MembershipSource>) -> Self {
        Self {
            method: DynamicAutomated,
            exemption: None,
            present,
        }
    }

    /// What happens to the membership of `user`.
    fn evaluate(&self, user: &User) -> Option<MembershipChange> {
        let denver: MembershipRule =
            rule(&[(RuleAttribute::Location, Operator::Equals, &["Denver"])]);
        decide(Pair {
            method: self.method,
            matches: denver.matches(user),
            exemption: self.exemption,
            present: self.present,
        })
    }
}

fn at(username: &str, location: &str) -> User {
    with(user(username), RuleAttribute::Location, location)
}

#[test]
fn a39_jason_stays_after_his_location_changes_if_he_is_on_the_list() {
    let denver = Denver {
        exemption: INCLUDE,
        ..Denver::with(Some(ManualInclude))
    };
    assert_eq!(denver.evaluate(&at("jason", "Chicago")), None);
}

#[test]
fn a39_jason_leaves_at_once_if_he_is_not_on_the_list() {
    let denver = Denver::with(Some(Rule));
    assert_eq!(denver.evaluate(&at("jason", "Denver")), None);
    assert_eq!(denver.evaluate(&at("jason", "Chicago")), Some(Remove));
}

#[test]
fn a40_mark_stays_whatever_users_to_include_says_and_leaves_when_excluded() {
    let mark = at("mark", "Denver");
    assert_eq!(Denver::with(Some(Rule)).evaluate(&mark), None);
    for (exemption, expected) in [
        (INCLUDE, Some(SetSource(ManualInclude))),
        (EXCLUDE, Some(Remove)),
    ] {
        let denver = Denver {
            exemption,
            ..Denver::with(Some(Rule))
        };
        assert_eq!(denver.evaluate(&mark), expected);
    }
}

#[test]
fn a41_stacy_is_never_added_if_she_is_on_the_list() {
    let denver = Denver {
        exemption: EXCLUDE,
        ..Denver::with(None)
    };
    assert_eq!(denver.evaluate(&at("stacy", "")), None);
    assert_eq!(denver.evaluate(&at("stacy", "Denver")), None);
}

#[test]
fn a41_stacy_is_added_when_her_location_becomes_denver() {
    let denver = Denver::with(None);
    assert_eq!(denver.evaluate(&at("stacy", "")), None);
    assert_eq!(denver.evaluate(&at("stacy", "Denver")), Some(Add(Rule)));
}

#[test]
fn a50_without_the_exemption_jason_leaves_and_stacy_joins() {
    let (jason, stacy) = (at("jason", "Chicago"), at("stacy", "Denver"));
    let was_included = Denver::with(Some(ManualInclude));
    assert_eq!(was_included.evaluate(&jason), Some(Remove));
    assert_eq!(Denver::with(None).evaluate(&stacy), Some(Add(Rule)));
    // Under review both become suggestions.
    let reviewed = |present| Denver {
        method: DynamicReviewRequired,
        ..Denver::with(present)
    };
    assert_eq!(
        reviewed(Some(ManualInclude)).evaluate(&jason),
        Some(Suggest(SuggestionOp::Remove))
    );
    assert_eq!(
        reviewed(None).evaluate(&stacy),
        Some(Suggest(SuggestionOp::Add))
    );
}

#[test]
fn one_user_is_compared_with_all_groups() {
    let group = GroupId::new;
    let methods: BTreeMap<_, _> = [
        (group(1), DynamicAutomated),
        (group(2), DynamicAutomated),
        (group(3), DynamicReviewRequired),
        (group(4), DynamicAutomated),
        (group(5), DynamicAutomated),
    ]
    .into();
    let changes = user_difference(UserMemberships {
        matching: &[group(1), group(2), group(3), group(4)],
        exemptions: &[
            (group(4), ExemptionEffect::Exclude),
            (group(6), ExemptionEffect::Exclude),
        ],
        present: &[
            (group(2), Rule),
            (group(4), Rule),
            (group(5), Rule),
            (group(6), Direct),
        ],
        methods: &methods,
    });
    assert_eq!(
        changes,
        [
            (group(1), Add(Rule)),
            (group(3), Suggest(SuggestionOp::Add)),
            (group(4), Remove),
            (group(5), Remove),
        ]
    );
}

fn users(keys: &[i64]) -> Vec<UserId> {
    keys.iter().copied().map(UserId::new).collect()
}

#[test]
fn a12_a_static_group_turned_dynamic_loses_who_does_not_match_unless_included() {
    let matching = users(&[1, 2]);
    let present: Vec<_> = users(&[2, 3, 4]).into_iter().map(|u| (u, Direct)).collect();
    let exemptions = Exemptions::new(users(&[4]), []).unwrap();
    let turned = |method| {
        group_difference(GroupMemberships {
            method,
            matching: &matching,
            exemptions: &exemptions,
            present: &present,
        })
    };
    let [one, two, three, four] = [1, 2, 3, 4].map(UserId::new);
    assert_eq!(
        turned(DynamicAutomated),
        [
            (one, Add(Rule)),
            (two, SetSource(Rule)),
            (three, Remove),
            (four, SetSource(ManualInclude)),
        ]
    );
    assert_eq!(
        turned(DynamicReviewRequired),
        [
            (one, Suggest(SuggestionOp::Add)),
            (two, SetSource(Rule)),
            (three, Suggest(SuggestionOp::Remove)),
            (four, SetSource(ManualInclude)),
        ]
    );
}

#[test]
fn a51_a_group_turned_static_keeps_its_members_as_direct() {
    let [one, two, three] = [1, 2, 3].map(UserId::new);
    let changes = group_difference(GroupMemberships {
        method: Static,
        matching: &[three],
        exemptions: &Exemptions::new([two], [one]).unwrap(),
        present: &[(one, Rule), (two, ManualInclude)],
    });
    assert_eq!(
        changes,
        [(one, SetSource(Direct)), (two, SetSource(Direct))]
    );
}

#[test]
fn applying_a_difference_leaves_none() {
    for method in MembershipMethod::ALL {
        for matches in [false, true] {
            for exemption in [None, INCLUDE, EXCLUDE] {
                for present in SOURCES {
                    let pair = Pair {
                        method,
                        matches,
                        exemption,
                        present,
                    };
                    let present = match decide(pair) {
                        Some(Add(source) | SetSource(source)) => Some(source),
                        Some(Remove) => None,
                        Some(Suggest(_)) | None => continue,
                    };
                    assert_eq!(decide(Pair { present, ..pair }), None, "{pair:?}");
                }
            }
        }
    }
}

fn stored(op: SuggestionOp, rejected: bool) -> StoredSuggestion {
    StoredSuggestion { op, rejected }
}

#[test]
fn a35_stale_suggestions_vanish() {
    let difference = suggestion_difference(
        &[
            (1, Suggest(SuggestionOp::Add)),
            (2, Suggest(SuggestionOp::Remove)),
            (3, Suggest(SuggestionOp::Add)),
            (9, Add(Rule)),
        ],
        &[
            (2, stored(SuggestionOp::Remove, false)),
            (3, stored(SuggestionOp::Remove, false)),
            (4, stored(SuggestionOp::Add, false)),
            (5, stored(SuggestionOp::Add, true)),
        ],
        Rejections::Keep,
    );
    assert_eq!(
        difference,
        SuggestionDifference {
            delete: vec![3, 4, 5],
            insert: vec![(1, SuggestionOp::Add), (3, SuggestionOp::Add)],
        }
    );
}

#[test]
fn a17_deselecting_review_applies_what_is_pending() {
    let pending = [
        (UserId::new(1), stored(SuggestionOp::Add, false)),
        (UserId::new(2), stored(SuggestionOp::Remove, false)),
    ];
    let save = |method| {
        group_difference(GroupMemberships {
            method,
            matching: &users(&[1]),
            exemptions: &Exemptions::default(),
            present: &[(UserId::new(2), Rule)],
        })
    };
    let reviewed = save(DynamicReviewRequired);
    let unchanged = suggestion_difference(&reviewed, &pending, Rejections::Keep);
    assert_eq!((unchanged.delete, unchanged.insert), (vec![], vec![]));

    let automated = save(DynamicAutomated);
    assert_eq!(
        automated,
        [(UserId::new(1), Add(Rule)), (UserId::new(2), Remove)]
    );
    let difference = suggestion_difference(&automated, &pending, Rejections::Keep);
    assert_eq!(difference.delete, users(&[1, 2]));
    assert_eq!(difference.insert, []);
}

#[test]
fn a36_a_rejection_is_remembered_until_its_cause_changes() {
    let changes = [(1, Suggest(SuggestionOp::Add))];
    let rejected = [(1, stored(SuggestionOp::Add, true))];
    assert_eq!(
        suggestion_difference(&changes, &rejected, Rejections::Keep),
        SuggestionDifference {
            delete: vec![],
            insert: vec![],
        }
    );
    assert_eq!(
        suggestion_difference(&changes, &rejected, Rejections::Forget),
        SuggestionDifference {
            delete: vec![1],
            insert: vec![(1, SuggestionOp::Add)],
        }
    );
}

#[test]
fn a37_members_of_a_dynamic_group_are_not_edited_by_hand() {
    let mut group = UserGroup {
        id: GroupId::new(1),
        public_id: PublicId::new("g"),
        name: "Denver".to_owned(),
        description: String::new(),
        method: Static,
        notify: false,
        require_mfa: false,
        rule: Some(rule(&[(
            RuleAttribute::Location,
            Operator::Equals,
            &["Denver"],
        )])),
        rule_epoch: 0,
        version: 1,
    };
    assert_eq!(check_by_hand(&group), Ok(()));
    for method in [DynamicAutomated, DynamicReviewRequired] {
        group.method = method;
        assert_eq!(
            check_by_hand(&group).unwrap_err().to_string(),
            "The membership of this dynamic group follows its rule: Location equals “Denver”. \
             Change the rule, or add the user to Users to include or Users to exclude."
        );
    }
}
