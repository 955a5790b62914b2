//! How long sessions live: read from the words of a setting, and heeded by sessions that are open
//! already when a life gets shorter. A session keeps what it began with otherwise, since service
//! providers were told of its end (SessionNotOnOrAfter).

use chrono::TimeDelta;

use crate::domain::session::SessionLife;
use crate::service::environment::Environment;
use crate::service::error::ServiceError;
use crate::service::stored_settings::StoredSettings;
use crate::store::sessions;

/// Bounds of both lives.
const SHORTEST: TimeDelta = TimeDelta::minutes(5);
const LONGEST: TimeDelta = TimeDelta::days(30);

/// Reads whole hours or minutes, such as `8h` or `90m`, within five minutes and thirty days.
pub fn parse(text: &str) -> Option<TimeDelta> {
    let (number, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    let is_plain = number.bytes().all(|byte| byte.is_ascii_digit());
    let number: i64 = number.parse().ok().filter(|_| is_plain)?;
    let life = match unit {
        "h" => TimeDelta::try_hours(number),
        "m" => TimeDelta::try_minutes(number),
        _ => None,
    };
    life.filter(|life| (SHORTEST..=LONGEST).contains(life))
}

/// The same as it is written: in hours where these are whole.
pub fn write(life: TimeDelta) -> String {
    let minutes = life.num_minutes();
    if minutes % 60 == 0 {
        format!("{}h", minutes / 60)
    } else {
        format!("{minutes}m")
    }
}

/// Ends open sessions as early as the settings of this moment want it. Called when the service
/// starts, since file and environment may have changed.
pub fn heed(env: &Environment) -> Result<(), ServiceError> {
    let life: SessionLife = StoredSettings::read(env)?.session_life()?;
    env.store.write(move |conn| -> Result<(), ServiceError> {
        sessions::shorten(conn, life)?;
        Ok(())
    })
}

#[cfg(test)]
mod tests;
