//! How long to wait before asking again.

use std::hash::{BuildHasher, RandomState};
use std::time::Duration;

/// Most times one request is sent again.
pub(super) const MOST_RETRIES: u32 = 2;
/// Upper end of the first wait; it doubles.
const FIRST: Duration = Duration::from_millis(250);
/// Longest that a server can make us wait.
const LONGEST: Duration = Duration::from_secs(10);

/// The wait before the retry after attempt `attempt` (from 0). `random` lies in 0..1 and spreads
/// those who failed together; what the server asked for is waited at least, up to a limit.
pub(super) fn wait(attempt: u32, asked_for: Option<Duration>, random: f64) -> Duration {
    let jitter = FIRST.saturating_mul(1 << attempt.min(8)).mul_f64(random.clamp(0.0, 1.0));
    jitter.max(asked_for.unwrap_or_default().min(LONGEST)).min(LONGEST)
}

/// `Retry-After` in its form of seconds; the form of a date is not used by such servers.
pub(super) fn asked_for(header: &str) -> Option<Duration> {
    header.trim().parse().ok().map(Duration::from_secs)
}

/// A number in 0..1 that differs from caller to caller; nothing depends on its quality.
pub(super) fn random() -> f64 {
    // Every state is keyed anew by the standard library.
    (RandomState::new().hash_one(0u8) >> 11) as f64 / (1u64 << 53) as f64
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn retry_after_is_read_in_seconds() {
        assert_eq!(asked_for(" 3 "), Some(Duration::from_secs(3)));
        for odd in ["", "-1", "soon", "Wed, 21 Oct 2026 07:28:00 GMT", "1e9"] {
            assert_eq!(asked_for(odd), None, "{odd}");
        }
    }

    proptest! {
        #[test]
        fn waits_are_bounded_and_what_was_asked_for_is_kept(
            attempt in 0u32..40, asked in prop::option::of(0u64..100_000), random in 0.0f64..1.0,
        ) {
            let asked = asked.map(Duration::from_millis);
            let wait = wait(attempt, asked, random);
            prop_assert!(wait <= LONGEST);
            prop_assert!(wait >= asked.unwrap_or_default().min(LONGEST));
        }
    }
}
