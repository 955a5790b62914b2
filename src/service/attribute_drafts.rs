//! From attributes as they arrive to valid ones, with every broken rule at its pointer and a
//! warning for each JSON field that a later one replaced (rules B3-B7, B11-B13).

use crate::domain::custom_attribute::{
    AcceptedValue, AttributeKind, AttributeName, CustomAttribute, CustomAttributeValue, ValueError,
};
use crate::domain::violation::{Violation, Warning};
use crate::service::patch::{AttributeDraft, ValueDraft};

/// How many attributes one user or group may carry.
pub(in crate::service) const LARGEST_LIST: usize = 200;

/// Parses a whole list found at `pointer`; names have to be unique in it (rule B5).
pub fn parse_list(
    drafts: Vec<AttributeDraft>,
    pointer: &str,
) -> Result<(Vec<CustomAttribute>, Vec<Warning>), Vec<Violation>> {
    if drafts.len() > LARGEST_LIST {
        let detail =
            format!("At most {LARGEST_LIST} attributes. Put related values into one JSON.");
        return Err(vec![Violation::new(pointer, detail)]);
    }
    let mut violations = Vec::new();
    let mut warnings = Vec::new();
    let mut attributes: Vec<CustomAttribute> = Vec::new();
    for (index, draft) in drafts.into_iter().enumerate() {
        let here = format!("{pointer}/{index}");
        match parse_one(&draft, &here) {
            Ok((attribute, _)) if attributes.iter().any(|other| other.name == attribute.name) => {
                let detail = format!(
                    "The name {} stands here twice. Names are unique.",
                    attribute.name.as_str()
                );
                violations.push(Violation::new(format!("{here}/name"), detail));
            }
            Ok((attribute, dropped)) => {
                attributes.push(attribute);
                warnings.extend(dropped);
            }
            Err(broken) => violations.extend(broken),
        }
    }
    if violations.is_empty() {
        Ok((attributes, warnings))
    } else {
        Err(violations)
    }
}

/// Parses one attribute found at `pointer`.
pub fn parse_one(
    draft: &AttributeDraft,
    pointer: &str,
) -> Result<(CustomAttribute, Vec<Warning>), Vec<Violation>> {
    let name = AttributeName::parse(&draft.name)
        .map_err(|error| Violation::new(format!("{pointer}/name"), error.to_string()));
    let value = match &draft.value {
        ValueDraft::Json(raw) => parse_value(&draft.kind, raw.get(), pointer),
        ValueDraft::Typed(typed) => accept(&draft.kind, pointer, |kind| {
            CustomAttributeValue::parse(kind, typed)
        }),
    };
    match (name, value) {
        (Ok(name), Ok((value, warnings))) => Ok((CustomAttribute { name, value }, warnings)),
        (name, value) => Err(name
            .err()
            .into_iter()
            .chain(value.err().into_iter().flatten())
            .collect()),
    }
}

/// Parses a value of type `kind` from its JSON text.
pub fn parse_value(
    kind: &str,
    json: &str,
    pointer: &str,
) -> Result<(CustomAttributeValue, Vec<Warning>), Vec<Violation>> {
    accept(kind, pointer, |kind| {
        CustomAttributeValue::parse_json(kind, json)
    })
}

fn accept(
    kind: &str,
    pointer: &str,
    read: impl FnOnce(AttributeKind) -> Result<AcceptedValue, ValueError>,
) -> Result<(CustomAttributeValue, Vec<Warning>), Vec<Violation>> {
    let Some(kind) = AttributeKind::parse(kind) else {
        let detail = "The type is one of string, number, boolean, json.";
        return Err(vec![Violation::new(format!("{pointer}/type"), detail)]);
    };
    let accepted = read(kind).map_err(|error| {
        vec![Violation::new(
            format!("{pointer}/value"),
            error.to_string(),
        )]
    })?;
    let warnings = accepted
        .dropped
        .into_iter()
        .map(|field| {
            Warning::new(
                format!("{pointer}/value{field}"),
                "A field of this name stood there more than once. The last one was kept.",
            )
        })
        .collect();
    Ok((accepted.value, warnings))
}
