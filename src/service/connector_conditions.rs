//! From conditions as they arrive to those of a connector. What holds of them as a whole is the domain's to say.

use crate::domain::access_conditions::AccessConditions;
use crate::domain::address_range::AddressRange;
use crate::domain::text::quoted;
use crate::service::connector_draft::ConditionsDraft;
use crate::service::patch::{Field, Violations};

/// Applies a patch over what is there.
pub(in crate::service) fn apply(
    draft: Field<ConditionsDraft>,
    present: &mut AccessConditions,
    broken: &mut Violations,
) {
    let draft = match draft {
        Field::Keep => return,
        Field::Clear => {
            *present = AccessConditions::NONE;
            return;
        }
        Field::Set(draft) => draft,
    };
    let found = draft.networks.map(|texts| networks(&texts, broken));
    found.put(&mut present.networks);
    present.sign_in_max_age = draft
        .sign_in_max_age_minutes
        .over_option(present.sign_in_max_age);
    let trimmed = |text: String| text.trim().to_owned();
    draft.denied_text.map(trimmed).put(&mut present.denied_text);
    draft.help_url.map(trimmed).put(&mut present.help_url);
}

fn networks(texts: &[String], broken: &mut Violations) -> Vec<AddressRange> {
    let parsed = texts.iter().enumerate().filter_map(|(place, text)| {
        let range = AddressRange::parse(text.trim()).ok_or_else(|| {
            let text = quoted(text);
            format!("{text} is neither an address nor a range such as 10.0.0.0/8 or 2001:db8::/32.")
        });
        broken.keep(&format!("/accessConditions/networks/{place}"), range)
    });
    parsed.collect()
}
