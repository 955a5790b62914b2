//! Sign-ons and refusals by day as a picture: bars in whole units of a canvas, worked out here so
//! that the template only draws. Texts stand beside the picture, where they keep their size.

use chrono::NaiveDate;

use crate::service::overview::DayOfSignOns;

/// The canvas, in its own units.
pub const WIDTH: i64 = 700;
pub const HEIGHT: i64 = 160;
/// Room between two days.
const GAP: i64 = 14;

/// One day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bars {
    pub date: NaiveDate,
    pub sign_ons: i64,
    pub refusals: i64,
    /// Left edges, and the width of one bar.
    pub x: i64,
    pub x_of_refusals: i64,
    pub width: i64,
    /// Heights, from the floor of the canvas up.
    pub height: i64,
    pub height_of_refusals: i64,
}

/// The picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chart {
    pub bars: Vec<Bars>,
    /// The highest bar.
    pub most: i64,
    pub sign_ons: i64,
    pub refusals: i64,
}

impl Chart {
    /// Draws some days.
    pub fn of(days: &[DayOfSignOns]) -> Self {
        let highest = days.iter().map(|day| day.sign_ons.max(day.refusals));
        let most = highest.max().unwrap_or(0);
        let number = i64::try_from(days.len()).unwrap_or(1).max(1);
        let slot = WIDTH / number;
        let width = (slot - GAP) / 2;
        let bars = days.iter().zip(0_i64..).map(|(day, index)| Bars {
            date: day.date,
            sign_ons: day.sign_ons,
            refusals: day.refusals,
            x: index * slot + GAP / 2,
            x_of_refusals: index * slot + GAP / 2 + width,
            width,
            height: height(day.sign_ons, most),
            height_of_refusals: height(day.refusals, most),
        });
        Self {
            bars: bars.collect(),
            most,
            sign_ons: days.iter().map(|day| day.sign_ons).sum(),
            refusals: days.iter().map(|day| day.refusals).sum(),
        }
    }

    /// Days that are named below the picture: the first, the middle, the last.
    pub fn ticks(&self) -> Vec<NaiveDate> {
        let last = self.bars.len().saturating_sub(1);
        let named = [0, last / 2, last];
        let bars = named.into_iter().filter_map(|index| self.bars.get(index));
        bars.map(|bars| bars.date).collect()
    }
}

/// Whatever happened at all can be seen.
fn height(count: i64, most: i64) -> i64 {
    if count == 0 {
        return 0;
    }
    (count.saturating_mul(HEIGHT) / most.max(1)).max(3)
}

#[cfg(test)]
mod tests;
