//! Moments: relative for reading, exact for hovering.

use time::format_description::well_known::Rfc3339;
use time::macros::format_description;

use crate::domain::Timestamp;

/// A moment as a page shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct When {
    /// Such as `3 min ago`.
    pub ago: String,
    /// To the second, in UTC.
    pub exact: String,
    /// For machines.
    pub rfc3339: String,
}

impl When {
    /// `at` as seen from `now`. After a month the date says more than a number of days.
    pub fn new(at: Timestamp, now: Timestamp) -> Self {
        let exact = format_description!("[year]-[month]-[day] [hour]:[minute]:[second] UTC");
        let date = format_description!("[year]-[month]-[day]");
        let seconds = (now - at).whole_seconds();
        let ago = match seconds {
            ..10 => "just now".to_owned(),
            10..60 => format!("{seconds} s ago"),
            60..3_600 => format!("{} min ago", seconds / 60),
            3_600..86_400 => format!("{} h ago", seconds / 3_600),
            86_400..172_800 => "yesterday".to_owned(),
            172_800..2_592_000 => format!("{} days ago", seconds / 86_400),
            _ => at.format(&date).unwrap_or_default(),
        };
        Self {
            ago,
            exact: at.format(&exact).unwrap_or_default(),
            rfc3339: at.format(&Rfc3339).unwrap_or_default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn words_follow_the_distance() {
        let now = datetime!(2026-03-01 12:00 UTC);
        let ago = |at| When::new(at, now).ago;
        assert_eq!(ago(datetime!(2026-03-01 12:00:30 UTC)), "just now", "clocks may disagree");
        assert_eq!(ago(datetime!(2026-03-01 11:59:20 UTC)), "40 s ago");
        assert_eq!(ago(datetime!(2026-03-01 11:57 UTC)), "3 min ago");
        assert_eq!(ago(datetime!(2026-02-28 11:00 UTC)), "yesterday");
        assert_eq!(ago(datetime!(2025-12-24 18:00 UTC)), "2025-12-24");
        let when = When::new(datetime!(2026-02-28 11:00 UTC), now);
        assert_eq!(when.exact, "2026-02-28 11:00:00 UTC");
    }
}
