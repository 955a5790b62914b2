//! A text with placeholders, as a step of a mapping: `arn:aws:iam::{accountId}:role/{value}`.
//! `{value}` is the value so far, `{field:email}` a field of the user, any other name a custom
//! attribute or a path into it; `{{` and `}}` are braces. Reading never looks anything up.

use crate::domain::attribute_path::AttributePath;
use crate::domain::transformation::{self, Lookup, TooLarge, distinct};
use crate::domain::user::UserField;

/// How a placeholder names a user field.
const FIELD: &str = "field:";
/// How a placeholder names the value so far.
const VALUE: &str = "value";

/// What a placeholder stands for beside the value itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reference {
    Field(UserField),
    Attribute(AttributePath),
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Text(String),
    Value,
    Reference(Reference),
}

/// A parsed template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ValueTemplate {
    text: String,
    parts: Vec<Part>,
}

/// Why a text is no template. Each message is a sentence for people.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TemplateError {
    #[error(
        "Enter a text with placeholders, for example arn:aws:iam::{{accountId}}:role/{{value}}."
    )]
    Empty,
    #[error("Each {{ of a template needs its }}. Write {{{{ or }}}} for a brace of the text.")]
    Brace,
    #[error(
        "{{{0}}} is no placeholder. Use {{value}}, {{field:email}}, or the name of an attribute with a path into its JSON."
    )]
    Placeholder(String),
}

impl ValueTemplate {
    /// Reads a template as it is typed.
    pub fn parse(text: &str) -> Result<Self, TemplateError> {
        if text.is_empty() {
            return Err(TemplateError::Empty);
        }
        let mut parts = Vec::new();
        let mut literal = String::new();
        let mut rest = text;
        while let Some((head, tail)) = split_at_brace(rest) {
            literal.push_str(head);
            rest = if let Some(after) = tail.strip_prefix("{{") {
                literal.push('{');
                after
            } else if let Some(after) = tail.strip_prefix("}}") {
                literal.push('}');
                after
            } else {
                let inner = tail.strip_prefix('{').ok_or(TemplateError::Brace)?;
                let (name, after) = inner.split_once('}').ok_or(TemplateError::Brace)?;
                if !literal.is_empty() {
                    parts.push(Part::Text(std::mem::take(&mut literal)));
                }
                parts.push(placeholder(name)?);
                after
            };
        }
        literal.push_str(rest);
        if !literal.is_empty() {
            parts.push(Part::Text(literal));
        }
        Ok(Self {
            text: text.to_owned(),
            parts,
        })
    }

    /// The template as it was typed.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// What its placeholders stand for.
    pub fn references(&self) -> impl Iterator<Item = &Reference> {
        self.parts.iter().filter_map(|part| match part {
            Part::Reference(reference) => Some(reference),
            Part::Text(_) | Part::Value => None,
        })
    }

    /// One text for each value, and for each combination of the values of its placeholders, in
    /// their order; equal texts once. A placeholder without a value leaves nothing.
    pub fn fill(&self, values: &[String], lookup: &Lookup<'_>) -> Result<Vec<String>, TooLarge> {
        let mut texts = Vec::new();
        let looked_up = self.parts.iter().map(|part| match part {
            Part::Reference(reference) => lookup(reference),
            Part::Text(_) | Part::Value => Vec::new(),
        });
        let looked_up: Vec<Vec<String>> = looked_up.collect();
        for value in values {
            let mut made = vec![String::new()];
            for (part, found) in self.parts.iter().zip(&looked_up) {
                made = match part {
                    Part::Text(text) => extended(&made, std::slice::from_ref(text))?,
                    Part::Value => extended(&made, std::slice::from_ref(value))?,
                    Part::Reference(_) => extended(&made, found)?,
                };
            }
            texts.append(&mut made);
            transformation::check_size(texts.len(), bytes_of(&texts))?;
        }
        Ok(distinct(texts))
    }
}

/// Each of the texts with each of the endings; refused before it is made.
fn extended(texts: &[String], endings: &[String]) -> Result<Vec<String>, TooLarge> {
    let bytes = texts.len() * bytes_of(endings) + endings.len() * bytes_of(texts);
    transformation::check_size(texts.len() * endings.len(), bytes)?;
    let pairs = texts
        .iter()
        .flat_map(|text| endings.iter().map(move |ending| text.clone() + ending));
    Ok(pairs.collect())
}

fn bytes_of(texts: &[String]) -> usize {
    texts.iter().map(String::len).sum()
}

fn split_at_brace(text: &str) -> Option<(&str, &str)> {
    text.find(['{', '}']).map(|place| text.split_at(place))
}

fn placeholder(name: &str) -> Result<Part, TemplateError> {
    if name == VALUE {
        return Ok(Part::Value);
    }
    let unknown = || TemplateError::Placeholder(name.to_owned());
    let reference = match name.strip_prefix(FIELD) {
        Some(field) => Reference::Field(UserField::parse(field).ok_or_else(unknown)?),
        None => Reference::Attribute(AttributePath::parse(name).map_err(|_error| unknown())?),
    };
    Ok(Part::Reference(reference))
}

#[cfg(test)]
mod tests;
