//! From mappings and attributes to what leaves in the statement, each value with its origin (rules
//! B1, B2, B8, B9, B17-B24, B26, C2, C3, C8). Deciding and explaining are this one function.

use std::collections::BTreeMap;

use crate::domain::app_access::AccessPaths;
use crate::domain::attribute_inheritance::{Candidates, Winner};
use crate::domain::attribute_mapping::{AttributeMapping, AttributeSource, Merge};
use crate::domain::attribute_path::AttributePath;
use crate::domain::custom_attribute::{CustomAttribute, GroupAttribute};
use crate::domain::release::{
    Merged, Omission, OmissionReason, OriginKind, Overridden, Release, ReleasedAttribute, Step,
    ValueOrigin,
};
use crate::domain::transformation::{self, Lookup, Transformation};
use crate::domain::user::{User, UserField};
use crate::domain::value_template::Reference;

/// What a release is made from.
#[derive(Debug, Clone, Copy)]
pub struct ReleaseInput<'a> {
    pub user: &'a User,
    /// The user's own attributes.
    pub user_attributes: &'a [CustomAttribute],
    /// Attributes of groups; those of groups that are not in `memberships` are not used (rule B9).
    pub group_attributes: &'a [GroupAttribute],
    /// The user's memberships in groups that are bound to the application.
    pub memberships: &'a AccessPaths,
    pub mappings: &'a [AttributeMapping],
}

/// Resolves every mapping. Never fails: a mapping without a value is left out and says why, and
/// nothing is released without a mapping (rule B2).
pub fn release(input: ReleaseInput<'_>) -> Release {
    let names = input
        .mappings
        .iter()
        .flat_map(AttributeMapping::attribute_names);
    let candidates = Candidates::gather(
        names,
        input.user_attributes,
        input.group_attributes,
        input.memberships.iter().map(|membership| membership.group),
    );
    let mut release = Release::default();
    let mut places: BTreeMap<&str, usize> = BTreeMap::new();
    for (index, mapping) in input.mappings.iter().enumerate() {
        let found = match &mapping.source {
            AttributeSource::UserField(field) => from_field(input.user, *field),
            AttributeSource::Custom(path) => from_attribute(path, mapping.merge, &candidates),
            AttributeSource::Constant(value) => {
                Ok(ValueOrigin::new(OriginKind::Constant, vec![value.clone()]))
            }
            AttributeSource::Groups => from_groups(input.memberships),
        };
        let lookup = |reference: &Reference| match reference {
            Reference::Field(field) => values_of(from_field(input.user, *field)),
            Reference::Attribute(path) => {
                values_of(from_attribute(path, Merge::Newest, &candidates))
            }
        };
        let mut origin = match transformed(found, &mapping.transformations, &lookup) {
            Ok(origin) => origin,
            Err((reason, steps)) => {
                release.omitted.push(Omission {
                    mapping: index,
                    reason,
                    steps,
                });
                continue;
            }
        };
        origin.mapping = index;
        // Mappings with one name make one attribute (rules B26, C3).
        let place = *places
            .entry(&mapping.sp_attribute_name)
            .or_insert(release.attributes.len());
        if let Some(attribute) = release.attributes.get_mut(place) {
            attribute.values.extend_from_slice(&origin.values);
            attribute.origins.push(origin);
        } else {
            release.attributes.push(ReleasedAttribute {
                name: mapping.sp_attribute_name.clone(),
                name_format: mapping.name_format,
                values: origin.values.clone(),
                origins: vec![origin],
            });
        }
    }
    release
}

fn from_field(user: &User, field: UserField) -> Result<ValueOrigin, OmissionReason> {
    let value = user.field(field);
    if value.is_empty() {
        return Err(OmissionReason::EmptyField);
    }
    let mut origin = ValueOrigin::new(OriginKind::Field, vec![value.to_owned()]);
    origin.attribute = Some(field.as_str().to_owned());
    Ok(origin)
}

/// The values that were found, through all transformations; why there is none, and how far it got.
fn transformed(
    found: Result<ValueOrigin, OmissionReason>,
    transformations: &[Transformation],
    lookup: &Lookup<'_>,
) -> Result<ValueOrigin, (OmissionReason, Vec<Step>)> {
    if transformations.is_empty() {
        return found.map_err(|reason| (reason, Vec::new()));
    }
    // A mapping without a value may still get a default one.
    let (mut origin, missing) = match found {
        Ok(origin) => (origin, OmissionReason::TransformedAway),
        Err(reason) => (ValueOrigin::new(OriginKind::Default, Vec::new()), reason),
    };
    let mut values = std::mem::take(&mut origin.values);
    origin.found.clone_from(&values);
    let mut steps = Vec::with_capacity(transformations.len());
    for transformation in transformations {
        let made = transformation.apply(values, lookup);
        values = made.clone().unwrap_or_default();
        steps.push(Step {
            transformation: transformation.clone(),
            values: values.clone(),
        });
        if made.is_err() {
            return Err((OmissionReason::TooLarge, steps));
        }
    }
    if values.is_empty() {
        return Err((missing, steps));
    }
    origin.values = transformation::distinct(values);
    origin.steps = steps;
    Ok(origin)
}

fn values_of(found: Result<ValueOrigin, OmissionReason>) -> Vec<String> {
    found.map(|origin| origin.values).unwrap_or_default()
}

/// The strongest attribute of the path's name decides alone: if it lacks the field, weaker ones are
/// not asked (rule B17). Only where the values of all groups are wanted does each group give its own.
fn from_attribute(
    path: &AttributePath,
    merge: Merge,
    candidates: &Candidates<'_>,
) -> Result<ValueOrigin, OmissionReason> {
    let effective = candidates
        .effective(path.name())
        .ok_or(OmissionReason::NoAttribute)?;
    let mut origin = match (effective.winner, merge) {
        (Winner::User(own), _) => ValueOrigin::new(OriginKind::User, path.resolve(&own.value)?),
        (Winner::Group(newest), Merge::Newest) => ValueOrigin {
            group_name: Some(newest.group_name.clone()),
            added_seq: Some(newest.added_seq),
            ..ValueOrigin::new(OriginKind::Group, path.resolve(&newest.attribute.value)?)
        },
        (Winner::Group(newest), Merge::Union) => union(path, newest, effective.losers)?,
    };
    origin.attribute = Some(path.name().to_owned());
    origin.path = Some(path.as_str().to_owned());
    if origin.merged.is_empty() {
        let losers = effective.losers.iter();
        origin.overrode = losers.map(|loser| overridden(path, loser)).collect();
    }
    Ok(origin)
}

/// What every group gives, the newest first; a group without the field gives nothing.
fn union(
    path: &AttributePath,
    newest: &GroupAttribute,
    older: &[&GroupAttribute],
) -> Result<ValueOrigin, OmissionReason> {
    let all = std::iter::once(newest).chain(older.iter().copied());
    let merged: Vec<Merged> = all
        .filter_map(|group| {
            let values = path.resolve(&group.attribute.value).ok()?;
            let group_name = group.group_name.clone();
            Some(Merged { group_name, values })
        })
        .collect();
    if merged.is_empty() {
        // Why the newest has none speaks for all.
        path.resolve(&newest.attribute.value)?;
    }
    let values = merged.iter().flat_map(|group| group.values.clone());
    let values = transformation::distinct(values.collect());
    Ok(ValueOrigin {
        merged,
        ..ValueOrigin::new(OriginKind::Group, values)
    })
}

fn overridden(path: &AttributePath, loser: &GroupAttribute) -> Overridden {
    Overridden {
        from: OriginKind::Group,
        group_name: Some(loser.group_name.clone()),
        values: path.resolve(&loser.attribute.value).unwrap_or_default(),
    }
}

/// Names of the groups that open the application, in alphabetical order (rule C8).
fn from_groups(memberships: &AccessPaths) -> Result<ValueOrigin, OmissionReason> {
    if memberships.is_empty() {
        return Err(OmissionReason::NoAttribute);
    }
    let names = memberships.iter().map(|path| path.group_name.clone());
    let names = names.collect();
    Ok(ValueOrigin::new(OriginKind::Groups, names))
}

#[cfg(test)]
mod tests;
