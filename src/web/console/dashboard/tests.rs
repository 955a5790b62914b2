//! The texts of what comes next are in every language.

use super::*;
use crate::web::language::Language;

#[test]
fn every_step_is_said_in_german() {
    for next in [
        NextStep::AddApplication,
        NextStep::AddUser,
        NextStep::AddGroup,
        NextStep::FillGroup,
        NextStep::BindGroup,
    ] {
        let step = step(next);
        for text in [step.text, step.label] {
            assert_ne!(Language::German.say(text), text);
        }
    }
}
