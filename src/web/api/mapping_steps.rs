//! Transformations as JSON: as they are set, and with the values that each of them left.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::release::Step;
use crate::domain::transformation::Transformation;

/// One transformation.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Transformation)]
pub struct TransformationJson {
    /// `LOWER`, `UPPER`, `BEFORE`, `AFTER`, `JOIN`, `SPLIT`, `REPLACE`, `KEEP`, `MATCH`, `DEFAULT` or
    /// `TEMPLATE`.
    r#type: &'static str,
    /// For `KEEP`: `STARTS_WITH`, `EQUALS` or `CONTAINS`.
    #[serde(skip_serializing_if = "Option::is_none")]
    test: Option<&'static str>,
    /// `text`, `find` and `with`, `pattern` and `form`, `value` or `template`, by type.
    #[serde(flatten)]
    texts: BTreeMap<&'static str, String>,
}

/// A transformation in a preview.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Step)]
pub struct StepJson {
    transformation: TransformationJson,
    /// What it left.
    values: Vec<String>,
}

impl From<&Transformation> for TransformationJson {
    fn from(step: &Transformation) -> Self {
        let texts = step.texts().into_iter();
        Self {
            r#type: step.type_str(),
            test: match step {
                Transformation::Keep { test, .. } => Some(test.as_str()),
                _ => None,
            },
            texts: texts.map(|(name, text)| (name, text.to_owned())).collect(),
        }
    }
}

impl From<Step> for StepJson {
    fn from(step: Step) -> Self {
        Self {
            transformation: TransformationJson::from(&step.transformation),
            values: step.values,
        }
    }
}
