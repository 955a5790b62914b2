//! What is picked after each button, and how it is shown.

use askama::Template;

use super::UserPicker;
use crate::domain::ids::PublicId;
use crate::service::user_names::UserName;
use crate::web::console::submitted::Fields;
use crate::web::filters;

fn fields(pairs: &[(&str, &str)]) -> Fields {
    let pairs = pairs.iter();
    Fields::new(
        pairs
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect(),
    )
}

fn name(id: &str, display_name: &str) -> UserName {
    UserName {
        id: PublicId::new(id),
        username: id.to_owned(),
        display_name: display_name.to_owned(),
    }
}

#[test]
fn a50_the_cross_on_a_pill_takes_one_out_and_a_box_ticked_twice_counts_once() {
    let form = |button| {
        fields(&[
            ("do", button),
            ("include", "jason"),
            ("include", "mark"),
            ("include", "jason"),
            ("exclude", "stacy"),
            ("include-q", "  ja "),
        ])
    };
    let picked = |button| UserPicker::of_fields("include", &form(button)).ids;
    assert_eq!(picked("save"), ["jason", "mark"]);
    assert_eq!(picked("include-remove:jason"), ["mark"]);
    assert_eq!(picked("exclude-remove:jason"), ["jason", "mark"]);
    assert!(UserPicker::is_button("include", &form("include-search")));
    assert!(!UserPicker::is_button("include", &form("exclude-search")));
    assert_eq!(UserPicker::of_fields("include", &form("save")).q, "ja");
    let closed = UserPicker::of_fields("include", &form("include-close"));
    assert!(closed.q.is_empty() && !closed.is_open());
}

#[derive(Template)]
#[template(
    source = "{% import \"console/user_picker.html\" as users %}{% call users::pick(picker, \"Users to include\", fault) %}{% endcall %}",
    ext = "html"
)]
struct Part {
    picker: UserPicker,
    fault: Option<&'static str>,
}

#[test]
fn a47_whoever_is_picked_stands_as_a_pill_and_is_sent_once() {
    let picker = UserPicker {
        name: "include",
        ids: vec!["jason".into(), "mark".into()],
        is_open: true,
        picked: vec![name("jason", "Jason <b>"), name("mark", "Mark")],
        hits: vec![name("jason", "Jason <b>"), name("stacy", "Stacy")],
        ..UserPicker::default()
    };
    let part = Part {
        picker,
        fault: Some("This group has reached its exemption limit"),
    };
    let page = part.render().unwrap();
    assert_eq!(page.matches(r#"name="include" value="jason""#).count(), 1);
    assert_eq!(page.matches(r#"name="include" value="mark""#).count(), 1);
    assert_eq!(page.matches(r#"value="include-remove:"#).count(), 2);
    assert!(page.contains("2 users found."));
    assert!(page.contains("Jason &#60;b&#62;"));
    assert!(page.contains("This group has reached its exemption limit"));
}
