//! From mappings and attributes to what leaves in the statement, each value with its origin (rules
//! B1, B2, B8, B9, B17-B24, B26, C2, C3, C8). Deciding and explaining are this one function.

use std::collections::BTreeMap;

use crate::domain::app_access::BoundMembership;
use crate::domain::attribute_inheritance::{Candidates, Winner};
use crate::domain::attribute_path::{AttributePath, Unresolved};
use crate::domain::connector::{AttributeMapping, AttributeSource, NameFormat};
use crate::domain::custom_attribute::{CustomAttribute, GroupAttribute};
use crate::domain::text;
use crate::domain::user::{User, UserField};

/// One SAML Attribute: values of all mappings with this name, in mapping order (rules B26, C3).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReleasedAttribute {
    pub name: String,
    pub name_format: NameFormat,
    /// At least one; sent as xs:string.
    pub values: Vec<String>,
    /// One per contributing mapping, in mapping order.
    pub origins: Vec<ValueOrigin>,
}

/// Where the values of one mapping came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ValueOrigin {
    /// Index into the connector's mappings.
    pub mapping: usize,
    pub from: OriginKind,
    /// The group whose attribute won, for [`OriginKind::Group`].
    pub group_name: Option<String>,
    /// Its sequence number (rule B8).
    pub added_seq: Option<i64>,
    /// Attribute name, or the API name of the user field.
    pub attribute: Option<String>,
    /// The whole path, for custom attributes.
    pub path: Option<String>,
    /// What this mapping contributed.
    pub values: Vec<String>,
    /// What lost against it, newest first (rules B8, B17).
    pub overrode: Vec<Overridden>,
}

/// API spelling `USER`, `GROUP`, `FIELD`, `CONSTANT`, `GROUPS`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OriginKind {
    User,
    Group,
    Field,
    Constant,
    Groups,
}

impl OriginKind {
    /// The API spelling.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::User => "USER",
            Self::Group => "GROUP",
            Self::Field => "FIELD",
            Self::Constant => "CONSTANT",
            Self::Groups => "GROUPS",
        }
    }
}

/// A value that would have been released had a stronger one not existed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Overridden {
    /// Always [`OriginKind::Group`] today: the user's own attribute is never overridden.
    pub from: OriginKind,
    pub group_name: Option<String>,
    pub values: Vec<String>,
}

/// A mapping that yields nothing, and why (API spelling in capitals).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OmissionReason {
    /// `NO_ATTRIBUTE`: neither the user nor a bound group has the attribute, or the user is in no
    /// bound group for a group list.
    NoAttribute,
    /// `NO_PATH`: the attribute is there, the field is not (rules B17, B24).
    NoPath,
    /// `OBJECT`: the place holds an object (rule B22).
    Object,
    /// `NOTHING_LEFT`: a null, or a list without a plain value (rules B11, B20).
    NothingLeft,
    /// `EMPTY_FIELD`: the directory field is empty (rule B24).
    EmptyField,
}

impl OmissionReason {
    /// The API spelling.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NoAttribute => "NO_ATTRIBUTE",
            Self::NoPath => "NO_PATH",
            Self::Object => "OBJECT",
            Self::NothingLeft => "NOTHING_LEFT",
            Self::EmptyField => "EMPTY_FIELD",
        }
    }

    /// The reason as a sentence for people.
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::NoAttribute => {
                "Neither the user nor a group that opens this application has the attribute."
            }
            Self::NoPath => "The attribute is there, but it has no such field.",
            Self::Object => "The place holds a JSON object. Map one of its fields instead.",
            Self::NothingLeft => "The place holds null, or a list without a plain value.",
            Self::EmptyField => "The user's field is empty.",
        }
    }
}

impl From<Unresolved> for OmissionReason {
    fn from(unresolved: Unresolved) -> Self {
        match unresolved {
            Unresolved::NoPath => Self::NoPath,
            Unresolved::Object => Self::Object,
            Unresolved::NothingLeft => Self::NothingLeft,
        }
    }
}

/// One mapping that was left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Omission {
    /// Index into the connector's mappings.
    pub mapping: usize,
    pub reason: OmissionReason,
}

/// The whole outcome of a connector's mappings for one user.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Release {
    /// In the order of each name's first mapping (rule C3).
    pub attributes: Vec<ReleasedAttribute>,
    pub omitted: Vec<Omission>,
}

/// What a release is made from.
#[derive(Debug, Clone, Copy)]
pub struct ReleaseInput<'a> {
    pub user: &'a User,
    /// The user's own attributes.
    pub user_attributes: &'a [CustomAttribute],
    /// Attributes of groups; those of groups that are not in `memberships` are not used (rule B9).
    pub group_attributes: &'a [GroupAttribute],
    /// The user's memberships in groups that are bound to the application.
    pub memberships: &'a [BoundMembership],
    pub mappings: &'a [AttributeMapping],
}

/// Resolves every mapping. Never fails: a mapping without a value is left out and says why, and
/// nothing is released without a mapping (rule B2).
pub fn release(input: ReleaseInput<'_>) -> Release {
    let paths = input
        .mappings
        .iter()
        .filter_map(|mapping| match &mapping.source {
            AttributeSource::Custom(path) => Some(path.name()),
            _ => None,
        });
    let candidates = Candidates::gather(
        paths,
        input.user_attributes,
        input.group_attributes,
        input.memberships.iter().map(|membership| membership.group),
    );
    let mut release = Release::default();
    let mut places: BTreeMap<&str, usize> = BTreeMap::new();
    for (index, mapping) in input.mappings.iter().enumerate() {
        let yielded = match &mapping.source {
            AttributeSource::UserField(field) => from_field(input.user, *field),
            AttributeSource::Custom(path) => from_attribute(path, &candidates),
            AttributeSource::Constant(value) => {
                Ok(ValueOrigin::new(OriginKind::Constant, vec![value.clone()]))
            }
            AttributeSource::Groups => from_groups(input.memberships),
        };
        let mut origin = match yielded {
            Ok(origin) => origin,
            Err(reason) => {
                let mapping = index;
                release.omitted.push(Omission { mapping, reason });
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

impl ValueOrigin {
    fn new(from: OriginKind, values: Vec<String>) -> Self {
        Self {
            mapping: 0,
            from,
            group_name: None,
            added_seq: None,
            attribute: None,
            path: None,
            values,
            overrode: Vec::new(),
        }
    }
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

/// The strongest attribute of the path's name decides alone: if it lacks the field, weaker ones are
/// not asked (rule B17).
fn from_attribute(
    path: &AttributePath,
    candidates: &Candidates<'_>,
) -> Result<ValueOrigin, OmissionReason> {
    let effective = candidates
        .effective(path.name())
        .ok_or(OmissionReason::NoAttribute)?;
    let values = path.resolve(effective.winner.value())?;
    let mut origin = match effective.winner {
        Winner::User(_) => ValueOrigin::new(OriginKind::User, values),
        Winner::Group(winner) => ValueOrigin {
            group_name: Some(winner.group_name.clone()),
            added_seq: Some(winner.added_seq),
            ..ValueOrigin::new(OriginKind::Group, values)
        },
    };
    origin.attribute = Some(path.name().to_owned());
    origin.path = Some(path.as_str().to_owned());
    origin.overrode = effective
        .losers
        .iter()
        .map(|loser| Overridden {
            from: OriginKind::Group,
            group_name: Some(loser.group_name.clone()),
            values: path.resolve(&loser.attribute.value).unwrap_or_default(),
        })
        .collect();
    Ok(origin)
}

/// Names of the groups that open the application, in alphabetical order (rule C8).
fn from_groups(memberships: &[BoundMembership]) -> Result<ValueOrigin, OmissionReason> {
    if memberships.is_empty() {
        return Err(OmissionReason::NoAttribute);
    }
    let mut names: Vec<&str> = memberships
        .iter()
        .map(|membership| membership.group_name.as_str())
        .collect();
    names.sort_by_cached_key(|name| (text::fold(name), *name));
    let names = names.into_iter().map(str::to_owned).collect();
    Ok(ValueOrigin::new(OriginKind::Groups, names))
}

#[cfg(test)]
mod tests;
