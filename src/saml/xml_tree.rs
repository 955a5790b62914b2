//! A document as a small tree: whoever reads a value reads it from here, so that no text is ever
//! understood in two ways (requirement ONE-PARSE). Made by `xml_reader`; holds no octets of the
//! original.

use crate::saml::xml_chars::is_xml_space;

/// An element with all that a reader of SAML wants to know.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Element {
    /// `""`: no namespace.
    pub namespace: String,
    pub local: String,
    /// Without namespace declarations, values normalised (XML 1.0, 3.3.3).
    pub attributes: Vec<Attribute>,
    pub children: Vec<Self>,
    /// All text directly inside.
    pub text: String,
    /// A comment or CDATA section stands directly inside.
    pub interrupted: bool,
}

/// An attribute; `namespace` is `""` for one without a prefix.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attribute {
    pub namespace: String,
    pub local: String,
    pub value: String,
}

impl Element {
    /// True for the element of this expanded name.
    pub fn is(&self, namespace: &str, local: &str) -> bool {
        self.local == local && self.namespace == namespace
    }

    /// The value of an attribute without a prefix.
    pub fn attribute(&self, local: &str) -> Option<&str> {
        self.attributes
            .iter()
            .find(|attribute| attribute.namespace.is_empty() && attribute.local == local)
            .map(|attribute| attribute.value.as_str())
    }

    /// The children of this expanded name, in order.
    pub fn children_named<'a>(
        &'a self,
        namespace: &'a str,
        local: &'a str,
    ) -> impl Iterator<Item = &'a Self> {
        self.children
            .iter()
            .filter(move |child| child.is(namespace, local))
    }

    /// The text, white space at both ends taken off. `None` when it is interrupted by an element,
    /// a comment or a CDATA section: such a text has been read differently by different programs.
    pub fn plain_text(&self) -> Option<&str> {
        let is_plain = self.children.is_empty() && !self.interrupted;
        is_plain.then(|| self.text.trim_matches(is_xml_space))
    }

    /// This element and all below it, in document order.
    pub fn descendants(&self) -> impl Iterator<Item = &Self> {
        let mut waiting = vec![self];
        std::iter::from_fn(move || {
            let next = waiting.pop()?;
            waiting.extend(next.children.iter().rev());
            Some(next)
        })
    }
}
