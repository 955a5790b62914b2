//! What mappings release, where it comes from, and why something is left out.

use crate::domain::app_access::{AccessPaths, BoundMembership};
use crate::domain::attribute_mapping::{AttributeMapping, AttributeSource, Merge, NameFormat};
use crate::domain::attribute_release::{ReleaseInput, release};
use crate::domain::custom_attribute::{AttributeKind, CustomAttribute, GroupAttribute};
use crate::domain::release::OmissionReason::{
    self, EmptyField, NoAttribute, NoPath, NothingLeft, Object,
};
use crate::domain::release::{Omission, OriginKind, Overridden, Release};
use crate::domain::samples::{
    attribute, bound, inherited, inheriting, mapped, mapping, user, with,
};
use crate::domain::transformation::{KeepTest, Transformation};
use crate::domain::user::{RuleAttribute, User, UserField, UserState};
use crate::domain::value_template::ValueTemplate;

/// A mapping that yields nothing, without transformations.
const fn omitted(mapping: usize, reason: OmissionReason) -> Omission {
    Omission {
        mapping,
        reason,
        steps: Vec::new(),
    }
}

/// A user, what is known about the user's groups, and what a connector maps.
struct Case {
    user: User,
    own: Vec<CustomAttribute>,
    groups: Vec<GroupAttribute>,
    memberships: Vec<BoundMembership>,
}

impl Case {
    fn of(groups: Vec<GroupAttribute>) -> Self {
        Self {
            user: user("jason"),
            own: Vec::new(),
            memberships: vec![bound(1), bound(2)],
            groups,
        }
    }

    fn owning(mut self, attribute: CustomAttribute) -> Self {
        self.own.push(attribute);
        self
    }

    fn release(&self, mappings: &[AttributeMapping]) -> Release {
        release(ReleaseInput {
            user: &self.user,
            user_attributes: &self.own,
            group_attributes: &self.groups,
            memberships: &AccessPaths::new(self.memberships.clone()),
            mappings,
        })
    }

    /// Releases one mapping of `path` and compares its values or the reason for none.
    fn check(&self, path: &str, expected: Result<&[&str], OmissionReason>) {
        let release = self.release(&[mapping("attribute", path)]);
        match expected {
            Ok(values) => {
                assert_eq!(release.omitted, []);
                assert_eq!(release.attributes.len(), 1);
                assert_eq!(release.attributes[0].values, values, "{path}");
            }
            Err(reason) => {
                assert_eq!(release.attributes, [], "{path}");
                assert_eq!(release.omitted, [omitted(0, reason)], "{path}");
            }
        }
    }
}

fn other_info() -> CustomAttribute {
    attribute(
        "otherInfo",
        AttributeKind::Json,
        r#"{"userSettings": {"role": "admin", "permissions": "rw", "description": "Very clever"}, "Location": "Denver"}"#,
    )
}

fn team_a_and_team_b() -> Vec<GroupAttribute> {
    vec![
        inherited(1, 1, "TeamName", "team-a"),
        inherited(2, 2, "TeamName", "team-b"),
    ]
}

#[test]
fn b8_team_b_over_team_a() {
    let case = Case::of(team_a_and_team_b());
    case.check("TeamName", Ok(&["team-b"]));
    let release = case.release(&[mapping("team", "TeamName")]);
    let origin = &release.attributes[0].origins[0];
    assert_eq!(origin.from, OriginKind::Group);
    assert_eq!(origin.group_name.as_deref(), Some("Team-B"));
    assert_eq!(origin.added_seq, Some(2));
    assert_eq!(origin.attribute.as_deref(), Some("TeamName"));
    assert_eq!(origin.path.as_deref(), Some("TeamName"));
    assert_eq!(
        origin.overrode,
        [Overridden {
            from: OriginKind::Group,
            group_name: Some("Team-A".to_owned()),
            values: vec!["team-a".to_owned()],
        }]
    );
}

#[test]
fn b1_members_inherit_and_others_do_not() {
    let mut case = Case::of(team_a_and_team_b());
    case.memberships = vec![bound(1)];
    case.check("TeamName", Ok(&["team-a"]));
    case.memberships = vec![];
    case.check("TeamName", Err(NoAttribute));
}

#[test]
fn b9_an_attribute_on_a_group_that_is_not_bound_never_appears() {
    let mut case = Case::of(vec![inherited(3, 9, "TeamName", "team-c")]);
    case.check("TeamName", Err(NoAttribute));
    case.memberships.push(bound(3));
    case.check("TeamName", Ok(&["team-c"]));
}

#[test]
fn b2_nothing_is_released_without_a_mapping() {
    let case = Case::of(team_a_and_team_b()).owning(other_info());
    assert_eq!(case.release(&[]), Release::default());
}

#[test]
fn b4_a_dynamic_group_gives_nothing() {
    let mut groups = team_a_and_team_b();
    groups[1].group_is_dynamic = true;
    Case::of(groups).check("TeamName", Ok(&["team-a"]));
}

#[test]
fn b17_a_users_own_attribute_overrides_the_groups() {
    let own = attribute("TeamName", AttributeKind::String, "mine");
    let case = Case::of(team_a_and_team_b()).owning(own);
    case.check("TeamName", Ok(&["mine"]));
    let release = case.release(&[mapping("team", "TeamName")]);
    let origin = &release.attributes[0].origins[0];
    assert_eq!((origin.from, &origin.group_name), (OriginKind::User, &None));
    assert_eq!(origin.added_seq, None);
    let overrode: Vec<_> = origin
        .overrode
        .iter()
        .map(|o| o.values[0].as_str())
        .collect();
    assert_eq!(overrode, ["team-b", "team-a"]);
}

#[test]
fn b17_there_is_no_merging_of_json() {
    let own = attribute(
        "otherInfo",
        AttributeKind::Json,
        r#"{"Location": "Chicago"}"#,
    );
    let case = Case::of(vec![inheriting(1, 1, other_info())]).owning(own);
    case.check("otherInfo.Location", Ok(&["Chicago"]));
    // The group has the field, but is not asked.
    case.check("otherInfo.userSettings.role", Err(NoPath));
    // An own attribute of another type hides the group's as well.
    let own = attribute("otherInfo", AttributeKind::Boolean, "true");
    let case = Case::of(vec![inheriting(1, 1, other_info())]).owning(own);
    case.check("otherInfo.userSettings.role", Err(NoPath));
}

#[test]
fn b17_what_was_overridden_shows_what_the_path_would_have_given() {
    let older = attribute(
        "otherInfo",
        AttributeKind::Json,
        r#"{"Location": ["a", {}, 2]}"#,
    );
    let oldest = attribute("otherInfo", AttributeKind::Json, r#"{"location": "x"}"#);
    let case = Case::of(vec![
        inheriting(1, 1, oldest),
        inheriting(1, 2, older),
        inheriting(2, 3, other_info()),
    ]);
    let release = case.release(&[mapping("where", "otherInfo.Location")]);
    let overrode: Vec<_> = release.attributes[0].origins[0]
        .overrode
        .iter()
        .map(|overridden| overridden.values.clone())
        .collect();
    assert_eq!(overrode, [vec!["a".to_owned(), "2".to_owned()], vec![]]);
}

#[test]
fn b23_the_role_of_the_documentation_is_inherited() {
    let case = Case::of(vec![inheriting(1, 1, other_info())]);
    case.check("otherInfo.userSettings.role", Ok(&["admin"]));
    case.check("otherInfo.Location", Ok(&["Denver"]));
}

#[test]
fn b22_an_object_is_left_out_and_says_why() {
    let case = Case::of(vec![inheriting(1, 1, other_info())]);
    case.check("otherInfo.userSettings", Err(Object));
    case.check("otherInfo", Err(Object));
}

#[test]
fn b24_nothing_is_sent_for_what_is_not_there() {
    let json = attribute("j", AttributeKind::Json, r#"{"n": null, "l": [], "e": ""}"#);
    let case = Case::of(vec![]).owning(json);
    case.check("j.n", Err(NothingLeft));
    case.check("j.l", Err(NothingLeft));
    case.check("j.x", Err(NoPath));
    case.check("k", Err(NoAttribute));
    // An empty string that somebody stored is a value.
    case.check("j.e", Ok(&[""]));
    let empty = attribute("s", AttributeKind::String, "");
    Case::of(vec![]).owning(empty).check("s", Ok(&[""]));
}

#[test]
fn b24_an_empty_directory_field_is_no_value() {
    let mut case = Case::of(vec![]);
    let mappings = [
        mapped(
            "title",
            AttributeSource::UserField(UserField::Rule(RuleAttribute::JobTitle)),
        ),
        mapped("mail", AttributeSource::UserField(UserField::Email)),
        mapped(
            "state",
            AttributeSource::UserField(UserField::Rule(RuleAttribute::UserState)),
        ),
    ];
    let release = case.release(&mappings);
    assert_eq!(release.omitted, [omitted(0, EmptyField)]);
    let mail = &release.attributes[0];
    assert_eq!(mail.values, ["jason@example.com"]);
    assert_eq!(mail.origins[0].from, OriginKind::Field);
    assert_eq!(mail.origins[0].attribute.as_deref(), Some("email"));
    assert_eq!(mail.origins[0].mapping, 1);
    assert_eq!(release.attributes[1].values, ["ACTIVATED"]);

    case.user = with(case.user, RuleAttribute::JobTitle, "Technical Writer 2");
    case.user.state = UserState::Suspended;
    let release = case.release(&mappings);
    assert_eq!(release.attributes[0].values, ["Technical Writer 2"]);
    assert_eq!(release.attributes[2].values, ["SUSPENDED"]);
}

#[test]
fn b26_mappings_with_one_name_make_one_attribute() {
    let case = Case::of(vec![
        inherited(1, 1, "role", "a"),
        inherited(1, 2, "TeamName", "t"),
    ])
    .owning(attribute(
        "more",
        AttributeKind::Json,
        r#"{"roles": ["b", "a"]}"#,
    ));
    let release = case.release(&[
        mapping("Role", "role"),
        mapping("team", "TeamName"),
        mapping("Role", "more.missing"),
        mapping("Role", "more.roles"),
        mapped("Role", AttributeSource::Constant("c".to_owned())),
        mapping("role", "role"),
    ]);
    let released: Vec<_> = release
        .attributes
        .iter()
        .map(|a| (a.name.as_str(), a.values.join(" ")))
        .collect();
    assert_eq!(
        released,
        [
            ("Role", "a b a c".to_owned()),
            ("team", "t".to_owned()),
            ("role", "a".to_owned())
        ]
    );
    let origins: Vec<_> = release.attributes[0]
        .origins
        .iter()
        .map(|o| (o.mapping, o.from, o.values.len()))
        .collect();
    assert_eq!(
        origins,
        [
            (0, OriginKind::Group, 1),
            (3, OriginKind::User, 2),
            (4, OriginKind::Constant, 1)
        ]
    );
    assert_eq!(release.omitted, [omitted(2, NoPath)]);
}

#[test]
fn c3_the_order_of_the_mappings_is_the_order_of_the_attributes() {
    let constant = |name: &str| mapped(name, AttributeSource::Constant("x".to_owned()));
    let mut mappings = vec![constant("z"), constant("a"), constant("m"), constant("a")];
    mappings[0].name_format = NameFormat::Uri;
    let release = Case::of(vec![]).release(&mappings);
    let names: Vec<_> = release.attributes.iter().map(|a| a.name.as_str()).collect();
    assert_eq!(names, ["z", "a", "m"]);
    assert_eq!(release.attributes[0].name_format, NameFormat::Uri);
    assert_eq!(release.attributes[1].name_format, NameFormat::Basic);
}

#[test]
fn c8_a_group_list_names_the_bound_groups_in_alphabetical_order() {
    let named = |key, name: &str| BoundMembership {
        group_name: name.to_owned(),
        ..bound(key)
    };
    let mut case = Case::of(team_a_and_team_b());
    case.memberships = vec![
        named(1, "zebra"),
        named(2, "Émile"),
        named(3, "Alpha"),
        named(4, "beta"),
    ];
    let release = case.release(&[mapped("memberOf", AttributeSource::Groups)]);
    let member_of = &release.attributes[0];
    assert_eq!(member_of.values, ["Alpha", "beta", "zebra", "Émile"]);
    assert_eq!(member_of.origins[0].from, OriginKind::Groups);

    case.memberships.clear();
    let release = case.release(&[mapped("memberOf", AttributeSource::Groups)]);
    assert_eq!(release.attributes, []);
    assert_eq!(release.omitted[0].reason, NoAttribute);
}

#[test]
fn c2_spellings_of_the_explanation() {
    for (reason, spelling) in [
        (NoAttribute, "NO_ATTRIBUTE"),
        (NoPath, "NO_PATH"),
        (Object, "OBJECT"),
        (NothingLeft, "NOTHING_LEFT"),
        (EmptyField, "EMPTY_FIELD"),
    ] {
        assert_eq!(reason.as_str(), spelling);
        assert!(reason.sentence().ends_with('.'));
    }
    for (origin, spelling) in [
        (OriginKind::User, "USER"),
        (OriginKind::Group, "GROUP"),
        (OriginKind::Field, "FIELD"),
        (OriginKind::Constant, "CONSTANT"),
        (OriginKind::Groups, "GROUPS"),
    ] {
        assert_eq!(origin.as_str(), spelling);
    }
}

/// A mapping of a path with these transformations.
fn transforming(path: &str, transformations: Vec<Transformation>) -> AttributeMapping {
    AttributeMapping {
        transformations,
        ..mapping("attribute", path)
    }
}

fn text(name: &str, value: &str) -> CustomAttribute {
    attribute(name, AttributeKind::String, value)
}

fn template(text: &str) -> Transformation {
    Transformation::Template(ValueTemplate::parse(text).unwrap())
}

#[test]
fn values_pass_the_transformations_in_order_and_each_step_is_told() {
    let case = Case::of(vec![inheriting(1, 1, text("role", "Dev,Ops"))]);
    let steps = vec![
        Transformation::Split(",".to_owned()),
        Transformation::Lower,
        template("arn:{field:email}/{value}"),
    ];
    let release = case.release(&[transforming("role", steps)]);
    let origin = &release.attributes[0].origins[0];
    assert_eq!(origin.found, ["Dev,Ops"]);
    let told: Vec<&[String]> = origin.steps.iter().map(|step| &step.values[..]).collect();
    assert_eq!(told[0], ["Dev", "Ops"]);
    assert_eq!(told[1], ["dev", "ops"]);
    let made = ["arn:jason@example.com/dev", "arn:jason@example.com/ops"];
    assert_eq!(told[2], made);
    assert_eq!(release.attributes[0].values, made);
    assert_eq!(origin.values, made);
    assert_eq!(origin.from, OriginKind::Group);
}

#[test]
fn a_template_reads_attributes_that_no_mapping_names_by_the_rules_of_every_attribute() {
    let case = Case::of(vec![
        inheriting(1, 1, text("accountId", "111")),
        inheriting(2, 2, text("accountId", "222")),
        inheriting(1, 3, text("role", "admin")),
    ]);
    let row = || transforming("role", vec![template("{accountId}:{value}")]);
    assert_eq!(case.release(&[row()]).attributes[0].values, ["222:admin"]);
    let case = case.owning(text("accountId", "333"));
    assert_eq!(case.release(&[row()]).attributes[0].values, ["333:admin"]);
}

#[test]
fn a_default_stands_in_for_a_missing_attribute_and_says_so() {
    let case = Case::of(Vec::new());
    let steps = vec![
        Transformation::Upper,
        Transformation::Default("guest".to_owned()),
    ];
    let release = case.release(&[transforming("role", steps)]);
    assert_eq!(release.attributes[0].values, ["guest"]);
    assert_eq!(release.attributes[0].origins[0].from, OriginKind::Default);
    let release = case.release(&[transforming("role", vec![Transformation::Upper])]);
    assert_eq!(release.omitted[0].reason, NoAttribute);
}

#[test]
fn what_the_transformations_leave_out_says_which_of_them_did() {
    let case = Case::of(vec![inheriting(1, 1, text("role", "dev"))]);
    let keep = Transformation::Keep {
        test: KeepTest::StartsWith,
        text: "aws-".to_owned(),
    };
    let release = case.release(&[transforming(
        "role",
        vec![Transformation::Upper, keep.clone()],
    )]);
    assert_eq!(release.attributes, []);
    let omitted = &release.omitted[0];
    assert_eq!(omitted.reason, OmissionReason::TransformedAway);
    assert_eq!(omitted.steps[1].transformation, keep);
    assert_eq!(omitted.steps[0].values, ["DEV"]);
    assert_eq!(omitted.steps[1].values, Vec::<String>::new());
}

#[test]
fn the_group_list_is_narrowed_by_a_transformation() {
    let mut row = mapped("groups", AttributeSource::Groups);
    row.transformations = vec![Transformation::Keep {
        test: KeepTest::Equals,
        text: bound(2).group_name,
    }];
    let release = Case::of(Vec::new()).release(&[row]);
    assert_eq!(release.attributes[0].values, [bound(2).group_name]);
}

#[test]
fn b8_a_union_takes_the_values_of_all_groups_the_newest_first_and_each_once() {
    let mut row = mapping("attribute", "role");
    row.merge = Merge::Union;
    let case = Case::of(vec![
        inheriting(1, 1, text("role", "dev")),
        inheriting(2, 2, text("role", "ops")),
        inheriting(1, 3, text("other", "x")),
    ]);
    let release = case.release(std::slice::from_ref(&row));
    let origin = &release.attributes[0].origins[0];
    assert_eq!(origin.values, ["ops", "dev"]);
    assert_eq!(origin.overrode, []);
    let told: Vec<&str> = origin
        .merged
        .iter()
        .map(|one| one.group_name.as_str())
        .collect();
    assert_eq!(told, [bound(2).group_name, bound(1).group_name]);
    // B17: the user's own comes before any group's all the same.
    let case = case.owning(text("role", "own"));
    let release = case.release(&[row]);
    assert_eq!(release.attributes[0].values, ["own"]);
    assert_eq!(release.attributes[0].origins[0].overrode.len(), 2);
}
