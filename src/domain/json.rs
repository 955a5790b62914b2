//! The strict reader of JSON objects that administrators type (rules B7, B11-B13, B23): numbers
//! keep their text, fields keep their order, of two fields with one name the last stays. Errors
//! point at line and column of the typed text. Never interprets what the fields mean.

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::domain::text;

/// Objects and lists may be nested this deep; the root counts as one (rule B12).
pub const DEPTH_LIMIT: usize = 32;
/// The typed text has at most this many bytes (rule B12).
pub const SIZE_LIMIT: usize = 64 * 1024;

/// Why a text is not an acceptable JSON object. Each message is a sentence for people.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum JsonError {
    #[error("The JSON text has {bytes} bytes. Shorten it to at most {SIZE_LIMIT} (64 KiB).")]
    TooLarge { bytes: usize },
    #[error("This is not valid JSON: {message} at {at}.{hint}")]
    Syntax {
        message: String,
        at: Position,
        /// `""`, or a blank and a sentence that says what to do.
        hint: &'static str,
    },
    #[error(
        "The value has to be a JSON object. Put it between {{ and }}, as in {{\"role\": \"admin\"}}."
    )]
    NotAnObject,
    #[error("At {at} the JSON is nested deeper than {DEPTH_LIMIT} levels. Flatten it.")]
    TooDeep { at: Position },
    #[error(
        "The text at {at} contains U+{code:04X}, which a SAML assertion cannot carry. Remove it."
    )]
    Forbidden { code: u32, at: Position },
}

/// A place in the typed text, both numbers from 1, the column counted in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    pub line: usize,
    pub column: usize,
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}", self.line, self.column)
    }
}

/// A JSON object without duplicate fields and without blanks between its tokens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CompactObject {
    pub text: String,
    /// RFC 6901 pointers of the fields of which an older value was dropped (rule B13).
    pub dropped: Vec<String>,
}

/// Reads `typed` and writes it down compactly. The kept one of two fields with one name stands
/// where it was typed, after what came before it.
pub fn compact_object(typed: &str) -> Result<CompactObject, JsonError> {
    if typed.len() > SIZE_LIMIT {
        return Err(JsonError::TooLarge { bytes: typed.len() });
    }
    // Skipping values does not recurse, so this finds syntax errors at any depth; only a text that
    // passed it and the depth check is read by recursion.
    if let Err(error) = serde_json::from_str::<IgnoredAny>(typed) {
        return Err(syntax_error(typed, 0, &error));
    }
    if !typed.trim_start().starts_with('{') {
        return Err(JsonError::NotAnObject);
    }
    check_depth(typed)?;
    let mut writer = Writer {
        typed,
        out: String::with_capacity(typed.len()),
        pointer: String::new(),
        dropped: Vec::new(),
    };
    writer.value(typed.trim())?;
    Ok(CompactObject {
        text: writer.out,
        dropped: writer.dropped,
    })
}

/// The JSON text of a string.
pub fn quote(value: &str) -> String {
    serde_json::Value::String(value.to_owned()).to_string()
}

/// One value of a JSON text, by what a mapping can do with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shape<'a> {
    Null,
    /// A string without its quotation marks, or the text of a number or boolean.
    Plain(String),
    /// The texts of the elements.
    List(Vec<&'a str>),
    Object,
}

/// What `raw`, the text of one valid JSON value, is. `None` if it is none.
pub fn shape_of(raw: &str) -> Option<Shape<'_>> {
    match raw.bytes().next()? {
        b'{' => Some(Shape::Object),
        b'[' => {
            let elements: Vec<&RawValue> = serde_json::from_str(raw).ok()?;
            Some(Shape::List(
                elements.into_iter().map(RawValue::get).collect(),
            ))
        }
        b'"' => Some(Shape::Plain(serde_json::from_str(raw).ok()?)),
        b'n' => Some(Shape::Null),
        _ => Some(Shape::Plain(raw.to_owned())),
    }
}

/// The text of the field `name` of the object `raw`, exact case; `None` if `raw` is no object or
/// lacks the field. Only skips over the other fields.
pub fn field_of<'a>(raw: &'a str, name: &str) -> Option<&'a str> {
    if !raw.starts_with('{') {
        return None;
    }
    let mut reader = serde_json::Deserializer::from_str(raw);
    let found: Option<&RawValue> = (&mut reader).deserialize_map(FieldFinder { name }).ok()?;
    found.map(RawValue::get)
}

struct Writer<'a> {
    typed: &'a str,
    out: String,
    /// Where the value being written stands.
    pointer: String,
    dropped: Vec<String>,
}

impl<'a> Writer<'a> {
    fn value(&mut self, raw: &'a str) -> Result<(), JsonError> {
        match raw.bytes().next() {
            Some(b'{') => self.object(raw),
            Some(b'[') => self.list(raw),
            Some(b'"') => {
                let string: String = self.read(raw)?;
                self.string(&string, raw)
            }
            _ => {
                self.out.push_str(raw);
                Ok(())
            }
        }
    }

    fn object(&mut self, raw: &'a str) -> Result<(), JsonError> {
        let Fields(mut fields) = self.read(raw)?;
        self.drop_older(&mut fields);
        self.out.push('{');
        for (index, (name, value)) in fields.iter().enumerate() {
            if index > 0 {
                self.out.push(',');
            }
            self.string(name, value.get())?;
            self.out.push(':');
            self.nested(name, value.get())?;
        }
        self.out.push('}');
        Ok(())
    }

    fn list(&mut self, raw: &'a str) -> Result<(), JsonError> {
        let elements: Vec<&'a RawValue> = self.read(raw)?;
        self.out.push('[');
        for (index, value) in elements.iter().enumerate() {
            if index > 0 {
                self.out.push(',');
            }
            self.nested(&index.to_string(), value.get())?;
        }
        self.out.push(']');
        Ok(())
    }

    /// Writes `raw`, which stands at `segment` of the current place.
    fn nested(&mut self, segment: &str, raw: &'a str) -> Result<(), JsonError> {
        let length = self.pointer.len();
        self.pointer.push_str(&pointer_segment(segment));
        self.value(raw)?;
        self.pointer.truncate(length);
        Ok(())
    }

    fn string(&mut self, string: &str, near: &str) -> Result<(), JsonError> {
        if let Some(c) = string.chars().find(|c| !text::is_xml_char(*c)) {
            return Err(JsonError::Forbidden {
                code: u32::from(c),
                at: position_at(self.typed, offset_in(self.typed, near)),
            });
        }
        self.out.push_str(&quote(string));
        Ok(())
    }

    /// Keeps the last of the fields with one name (rule B13).
    fn drop_older(&mut self, fields: &mut Vec<(String, &'a RawValue)>) {
        let mut uses: BTreeMap<String, (usize, bool)> = BTreeMap::new();
        for (index, (name, _)) in fields.iter().enumerate() {
            uses.entry(name.clone())
                .and_modify(|(last, again)| (*last, *again) = (index, true))
                .or_insert((index, false));
        }
        if uses.len() == fields.len() {
            return;
        }
        let mut index = 0;
        fields.retain(|(name, _)| {
            let (last, again) = uses.get(name).copied().unwrap_or((index, false));
            let keep = index == last;
            if keep && again {
                let segment = pointer_segment(name);
                self.dropped.push(format!("{}{segment}", self.pointer));
            }
            index += 1;
            keep
        });
    }

    fn read<T: Deserialize<'a>>(&self, raw: &'a str) -> Result<T, JsonError> {
        serde_json::from_str(raw)
            .map_err(|error| syntax_error(self.typed, offset_in(self.typed, raw), &error))
    }
}

/// `/` and the segment, escaped as RFC 6901 section 3 says.
fn pointer_segment(segment: &str) -> String {
    format!("/{}", segment.replace('~', "~0").replace('/', "~1"))
}

/// All fields of an object in order, duplicates included.
struct Fields<'a>(Vec<(String, &'a RawValue)>);

impl<'de> Deserialize<'de> for Fields<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(FieldsVisitor)
    }
}

struct FieldsVisitor;

impl<'de> Visitor<'de> for FieldsVisitor {
    type Value = Fields<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut fields = Vec::new();
        while let Some(field) = map.next_entry()? {
            fields.push(field);
        }
        Ok(Fields(fields))
    }
}

struct FieldFinder<'n> {
    name: &'n str,
}

impl<'de> Visitor<'de> for FieldFinder<'_> {
    type Value = Option<&'de RawValue>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut found = None;
        while let Some(is_it) = map.next_key_seed(NameIs(self.name))? {
            if is_it {
                found = Some(map.next_value()?);
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(found)
    }
}

/// Compares a field's name without keeping it: this runs for every mapping of every sign-on.
struct NameIs<'n>(&'n str);

impl<'de> DeserializeSeed<'de> for NameIs<'_> {
    type Value = bool;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<bool, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for NameIs<'_> {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a field name")
    }

    fn visit_str<E>(self, name: &str) -> Result<bool, E> {
        Ok(name == self.0)
    }
}

/// The compact text of [`compact_object`] with line breaks and blanks for people; saved again, it is
/// the same compact text.
pub fn indented(compact: &str) -> String {
    let mut text = String::with_capacity(compact.len() * 2);
    let (mut depth, mut in_string, mut escaped) = (0_usize, false, false);
    let mut characters = compact.chars().peekable();
    while let Some(character) = characters.next() {
        if in_string {
            in_string = escaped || character != '"';
            escaped = !escaped && character == '\\';
            text.push(character);
            continue;
        }
        match character {
            '{' | '[' if matches!(characters.peek(), Some('}' | ']')) => text.push(character),
            '{' | '[' => {
                depth += 1;
                text.push(character);
                break_line(&mut text, depth);
            }
            '}' | ']' if text.ends_with(['{', '[']) => text.push(character),
            '}' | ']' => {
                depth = depth.saturating_sub(1);
                break_line(&mut text, depth);
                text.push(character);
            }
            ',' => {
                text.push(character);
                break_line(&mut text, depth);
            }
            ':' => text.push_str(": "),
            other => {
                in_string = other == '"';
                text.push(other);
            }
        }
    }
    text
}

fn break_line(text: &mut String, depth: usize) {
    text.push('\n');
    text.push_str(&"  ".repeat(depth));
}

fn check_depth(typed: &str) -> Result<(), JsonError> {
    let (mut depth, mut in_string, mut escaped) = (0_usize, false, false);
    for (offset, byte) in typed.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            _ if in_string => {}
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > DEPTH_LIMIT {
            return Err(JsonError::TooDeep {
                at: position_at(typed, offset),
            });
        }
    }
    Ok(())
}

/// Translates an error about the part of `typed` that begins at `start`.
fn syntax_error(typed: &str, start: usize, error: &serde_json::Error) -> JsonError {
    let part = typed.get(start..).unwrap_or_default();
    let line_start: usize = part
        .split_inclusive('\n')
        .take(error.line().saturating_sub(1))
        .map(str::len)
        .sum();
    // The reader counts a line break as column 0 of the line after it.
    let offset = start + (line_start + error.column()).saturating_sub(1);
    let whole = error.to_string();
    let message = whole
        .rsplit_once(" at line ")
        .map_or(whole.as_str(), |(message, _)| message);
    JsonError::Syntax {
        at: position_at(typed, offset),
        hint: if message.starts_with("control character") {
            " Write a line break inside a string as \\n and a tab as \\t."
        } else {
            ""
        },
        message: message.to_owned(),
    }
}

/// Where `part`, a slice of `whole`, begins in it.
fn offset_in(whole: &str, part: &str) -> usize {
    part.as_ptr().addr().saturating_sub(whole.as_ptr().addr())
}

fn position_at(typed: &str, offset: usize) -> Position {
    let before = typed
        .char_indices()
        .take_while(|(index, _)| *index < offset)
        .map(|(_, c)| c);
    let (mut line, mut column) = (1, 1);
    for c in before {
        if c == '\n' {
            line += 1;
            column = 1;
        } else {
            column += 1;
        }
    }
    Position { line, column }
}

#[cfg(test)]
mod tests;
