//! What takes minutes: the program under kills, restarts, overload, slow and vanishing clients.
//!
//! Not part of `cargo test`; run them with
//! `cargo test --release --test it -- --ignored --nocapture --test-threads 1 endurance::`.
//! Each prints its figures, which docs/reliability.md quotes, and fails when its promise is broken.
//! To add one, add a file with `#[ignore = "minutes"]` tests.

mod clients;
mod disk;
mod kills;
mod load;
mod memory;
mod restarts;
mod slow;
mod sync;

use std::time::{Duration, Instant};

/// A generator of chance that gives the same numbers in every run.
pub struct Chance(u64);

impl Chance {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A number below `end` (SplitMix64).
    pub fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % end
    }
}

/// The `share`-quantile of some times, in milliseconds.
fn quantile(times: &mut [Duration], share: f64) -> f64 {
    times.sort();
    let at = ((times.len() as f64 * share) as usize).min(times.len().saturating_sub(1));
    times.get(at).map_or(f64::NAN, |time| time.as_secs_f64() * 1e3)
}

/// How long something took, and what it gave.
fn timed<T>(what: impl FnOnce() -> T) -> (Duration, T) {
    let begun = Instant::now();
    let gave = what();
    (begun.elapsed(), gave)
}

/// A problem of its own for every number.
fn problem(n: u64) -> String {
    let (a, b) = (n % 90 + 3, n / 90 % 90 + 2);
    format!("Ana has {a} apples. Ben has {b} more apples than Ana. How many apples has Ben?")
}
