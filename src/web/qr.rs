//! QR codes as one path of an SVG, written into the page: the policy of pages allows no image from
//! elsewhere and no inline style, and needs neither here.

use std::fmt::Write;

use qrcode::{Color, EcLevel, QrCode};

/// Modules of white around the code (ISO/IEC 18004, 5.3.8).
const QUIET_ZONE: usize = 4;

/// What the template draws: a square of `size` modules, and the dark ones as a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QrImage {
    pub size: usize,
    pub path: String,
}

impl QrImage {
    /// The code of a text; `None`: it is too long for one.
    pub fn of(text: &str) -> Option<Self> {
        let code = QrCode::with_error_correction_level(text.as_bytes(), EcLevel::M).ok()?;
        let width = code.width();
        let mut path = String::new();
        for (place, color) in code.to_colors().into_iter().enumerate() {
            if color == Color::Dark {
                let x = place % width + QUIET_ZONE;
                let y = place / width + QUIET_ZONE;
                write!(path, "M{x} {y}h1v1h-1z").ok()?;
            }
        }
        Some(Self {
            size: width + 2 * QUIET_ZONE,
            path,
        })
    }
}
