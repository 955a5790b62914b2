//! Templates as they are typed, and what they fill.

use crate::domain::user::UserField;
use crate::domain::value_template::{Reference, TemplateError, ValueTemplate};

fn filled(template: &str, value: &str) -> Vec<String> {
    let lookup = |reference: &Reference| match reference {
        Reference::Field(UserField::Email) => vec!["jason@example.com".to_owned()],
        Reference::Attribute(path) if path.as_str() == "otherInfo.accountId" => {
            vec!["1234".to_owned()]
        }
        _ => Vec::new(),
    };
    let template = ValueTemplate::parse(template).unwrap();
    template.fill(&[value.to_owned()], &lookup).unwrap()
}

#[test]
fn values_fields_and_attributes_stand_where_their_names_stood() {
    assert_eq!(
        filled(
            "arn:aws:iam::{otherInfo.accountId}:role/{value},{field:email}",
            "Admin"
        ),
        ["arn:aws:iam::1234:role/Admin,jason@example.com"]
    );
}

#[test]
fn doubled_braces_are_braces() {
    assert_eq!(filled("{{{value}}}", "x"), ["{x}"]);
    assert_eq!(filled("}}{{", "x"), ["}{"]);
}

#[test]
fn a_placeholder_without_a_value_leaves_nothing() {
    assert_eq!(filled("{missing}/{value}", "x"), Vec::<String>::new());
}

#[test]
fn what_is_no_template_says_why() {
    let error = |text| ValueTemplate::parse(text).unwrap_err();
    assert_eq!(error(""), TemplateError::Empty);
    assert_eq!(error("{value"), TemplateError::Brace);
    assert_eq!(error("a}b"), TemplateError::Brace);
    assert_eq!(error("{}"), TemplateError::Placeholder(String::new()));
    let unknown = TemplateError::Placeholder("field:shoeSize".to_owned());
    assert_eq!(error("{field:shoeSize}"), unknown);
    assert_eq!(
        unknown.to_string(),
        "{field:shoeSize} is no placeholder. Use {value}, {field:email}, or the name of an attribute with a path into its JSON."
    );
}
