//! The arch that stands for an application: its initial on a colour that it keeps on every page and
//! for everybody.

/// Colours of the arches, `hue-0` to `hue-5` in the style sheet.
const HUES: u32 = 6;

/// What is drawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arch {
    pub initial: String,
    /// 0 to 5.
    pub hue: u32,
}

impl Arch {
    /// The initial comes from the name, the colour from the slug, which changes less often.
    pub fn of(name: &str, slug: &str) -> Self {
        let initial = name.chars().find(|character| character.is_alphanumeric());
        Self {
            initial: initial
                .map(|first| first.to_uppercase().to_string())
                .unwrap_or_default(),
            hue: slug.bytes().map(u32::from).sum::<u32>() % HUES,
        }
    }
}
