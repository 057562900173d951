//! Time as an argument, so that tests decide what time it is.

use time::OffsetDateTime;

/// A moment in UTC, written as RFC 3339.
pub type Timestamp = OffsetDateTime;

/// Where the present comes from.
pub trait Clock: Send + Sync {
    /// The present moment in UTC.
    fn now(&self) -> Timestamp;
}

/// The machine's clock.
#[derive(Debug, Default, Clone, Copy)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        OffsetDateTime::now_utc()
    }
}
