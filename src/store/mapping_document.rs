//! One attribute mapping within the JSON document of a connector. Choices are spelled as the API
//! spells them; what cannot be read back is corrupt, never a default.

use serde::{Deserialize, Serialize};

use crate::domain::attribute_mapping::{AttributeMapping, AttributeSource, Merge, NameFormat};
use crate::domain::attribute_path::AttributePath;
use crate::domain::match_pattern::MatchPattern;
use crate::domain::transformation::{KeepTest, Transformation};
use crate::domain::user::UserField;
use crate::domain::value_template::ValueTemplate;

/// A mapping as it is stored. Field names are the stored format: renaming one needs a migration.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(in crate::store) struct MappingDocument {
    sp_attribute_name: String,
    name_format: String,
    /// `AttributeSource::type_str`.
    source: String,
    /// Field, path or constant; absent for the group list.
    argument: Option<String>,
    /// Absent for the newest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    merge: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    transformations: Vec<StepDocument>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct StepDocument {
    /// `Transformation::type_str`.
    #[serde(rename = "type")]
    kind: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    test: Option<String>,
    /// In the order of `Transformation::texts`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    texts: Vec<String>,
}

impl MappingDocument {
    /// What is stored for a mapping.
    pub(in crate::store) fn of(mapping: &AttributeMapping) -> Self {
        let is_chosen = mapping.merge != Merge::Newest;
        Self {
            sp_attribute_name: mapping.sp_attribute_name.clone(),
            name_format: mapping.name_format.as_str().to_owned(),
            source: mapping.source.type_str().to_owned(),
            argument: mapping.source.argument().map(str::to_owned),
            merge: is_chosen.then(|| mapping.merge.as_str().to_owned()),
            transformations: mapping
                .transformations
                .iter()
                .map(StepDocument::of)
                .collect(),
        }
    }

    /// The mapping again; `None` if a choice is not one this version knows.
    pub(in crate::store) fn into_mapping(self) -> Option<AttributeMapping> {
        let source = match (self.source.as_str(), self.argument) {
            ("USER_FIELD", Some(field)) => AttributeSource::UserField(UserField::parse(&field)?),
            ("CUSTOM", Some(path)) => AttributeSource::Custom(AttributePath::parse(&path).ok()?),
            ("CONSTANT", Some(value)) => AttributeSource::Constant(value),
            ("GROUPS", None) => AttributeSource::Groups,
            _ => return None,
        };
        let merge = match self.merge {
            None => Merge::Newest,
            Some(text) => Merge::parse(&text)?,
        };
        let steps = self.transformations.into_iter();
        Some(AttributeMapping {
            sp_attribute_name: self.sp_attribute_name,
            name_format: NameFormat::parse(&self.name_format)?,
            source,
            merge,
            transformations: steps.map(StepDocument::into_step).collect::<Option<_>>()?,
        })
    }
}

impl StepDocument {
    fn of(step: &Transformation) -> Self {
        let test = match step {
            Transformation::Keep { test, .. } => Some(test.as_str().to_owned()),
            _ => None,
        };
        let texts = step.texts().into_iter();
        Self {
            kind: step.type_str().to_owned(),
            test,
            texts: texts.map(|(_, text)| text.to_owned()).collect(),
        }
    }

    fn into_step(self) -> Option<Transformation> {
        let test = self.test.as_deref().map(KeepTest::parse);
        let mut texts = self.texts.into_iter();
        let found = match (self.kind.as_str(), test, texts.next(), texts.next()) {
            ("LOWER", None, None, None) => Transformation::Lower,
            ("UPPER", None, None, None) => Transformation::Upper,
            ("BEFORE", None, Some(text), None) => Transformation::Before(text),
            ("AFTER", None, Some(text), None) => Transformation::After(text),
            ("JOIN", None, Some(text), None) => Transformation::Join(text),
            ("SPLIT", None, Some(text), None) => Transformation::Split(text),
            ("REPLACE", None, Some(find), Some(with)) => Transformation::Replace { find, with },
            ("KEEP", Some(test), Some(text), None) => Transformation::Keep { test: test?, text },
            ("MATCH", None, Some(pattern), Some(form)) => {
                Transformation::Match(MatchPattern::parse(&pattern, &form).ok()?)
            }
            ("DEFAULT", None, Some(value), None) => Transformation::Default(value),
            ("TEMPLATE", None, Some(template), None) => {
                Transformation::Template(ValueTemplate::parse(&template).ok()?)
            }
            _ => return None,
        };
        texts.next().is_none().then_some(found)
    }
}
