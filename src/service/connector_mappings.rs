//! Attribute mappings as they arrive, into mappings of the domain; each part that cannot be read is
//! told at its place. What has to hold of all of them together is `domain::connector_rules`.

use crate::domain::attribute_mapping::{AttributeMapping, AttributeSource, Merge, NameFormat};
use crate::domain::attribute_path::AttributePath;
use crate::domain::match_pattern::MatchPattern;
use crate::domain::transformation::{KeepTest, Transformation};
use crate::domain::user::UserField;
use crate::domain::value_template::ValueTemplate;
use crate::service::connector_draft::{MappingDraft, SourceDraft, TransformationDraft};
use crate::service::patch::Violations;

/// What a field of the user may be called, for whoever named none.
const FIELDS: &str = "It is a field of the user such as email, username or employeeType.";

/// Reads all; those with a broken part are left out, and told.
pub fn parse(drafts: Vec<MappingDraft>, broken: &mut Violations) -> Vec<AttributeMapping> {
    let all = drafts.into_iter().enumerate();
    let read = all.filter_map(|(index, draft)| {
        let here = format!("/attributeMappings/{index}");
        mapping(draft, &here, broken)
    });
    read.collect()
}

fn mapping(draft: MappingDraft, here: &str, broken: &mut Violations) -> Option<AttributeMapping> {
    let name_format = draft
        .name_format
        .as_deref()
        .map_or(Some(NameFormat::Basic), |text| {
            let known = NameFormat::parse(text);
            let detail = "The nameFormat is one of BASIC, URI, UNSPECIFIED.";
            broken.keep(&format!("{here}/nameFormat"), known.ok_or(detail))
        });
    let source = source(draft.source, here, broken);
    let merge = draft.merge.as_deref().map_or(Some(Merge::Newest), |text| {
        let known = Merge::parse(text).ok_or("The merge is one of NEWEST, UNION.");
        broken.keep(&format!("{here}/merge"), known)
    });
    let drafts = draft.transformations.unwrap_or_default();
    let steps = drafts.into_iter().enumerate().map(|(place, draft)| {
        transformation(draft, &format!("{here}/transformations/{place}"), broken)
    });
    // All are looked at, so that all faults are told at once.
    let steps: Vec<Option<Transformation>> = steps.collect();
    Some(AttributeMapping {
        sp_attribute_name: draft.sp_attribute_name,
        name_format: name_format?,
        source: source?,
        merge: merge?,
        transformations: steps.into_iter().collect::<Option<_>>()?,
    })
}

fn source(draft: SourceDraft, here: &str, broken: &mut Violations) -> Option<AttributeSource> {
    match draft {
        SourceDraft::UserField { field } => {
            let known = UserField::parse(&field).ok_or(FIELDS);
            let field = broken.keep(&format!("{here}/source/field"), known)?;
            Some(AttributeSource::UserField(field))
        }
        SourceDraft::Custom { path } => {
            let path = broken.keep(&format!("{here}/source/path"), AttributePath::parse(&path))?;
            Some(AttributeSource::Custom(path))
        }
        SourceDraft::Constant { value } => Some(AttributeSource::Constant(value)),
        SourceDraft::Groups {} => Some(AttributeSource::Groups),
    }
}

fn transformation(
    draft: TransformationDraft,
    here: &str,
    broken: &mut Violations,
) -> Option<Transformation> {
    Some(match draft {
        TransformationDraft::Lower {} => Transformation::Lower,
        TransformationDraft::Upper {} => Transformation::Upper,
        TransformationDraft::Before { text } => Transformation::Before(text),
        TransformationDraft::After { text } => Transformation::After(text),
        TransformationDraft::Join { text } => Transformation::Join(text),
        TransformationDraft::Split { text } => Transformation::Split(text),
        TransformationDraft::Replace { find, with } => Transformation::Replace { find, with },
        TransformationDraft::Keep { test, text } => {
            let known = KeepTest::parse(&test);
            let detail = "The test is one of STARTS_WITH, EQUALS, CONTAINS.";
            let test = broken.keep(&format!("{here}/test"), known.ok_or(detail))?;
            Transformation::Keep { test, text }
        }
        TransformationDraft::Match { pattern, form } => {
            let read = MatchPattern::parse(&pattern, &form);
            Transformation::Match(broken.keep(&format!("{here}/pattern"), read)?)
        }
        TransformationDraft::Default { value } => Transformation::Default(value),
        TransformationDraft::Template { template } => {
            let read = ValueTemplate::parse(&template);
            Transformation::Template(broken.keep(&format!("{here}/template"), read)?)
        }
    })
}
