//! Attempts to log in, counted a name and an address, in memory and bounded.
//!
//! Each key has a bucket: some attempts at once, then one more every so often. Only the moment when
//! the bucket is full again is kept, so that a key costs a few bytes and forgets by itself.

use std::collections::HashMap;
use std::hash::Hash;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Mutex, PoisonError};

use crate::domain::Timestamp;

/// Attempts to be one user, at once.
const A_NAME: i64 = 5;
/// Seconds until one more.
const A_NAME_EVERY_S: i64 = 60;
/// Attempts from one address, at once; a whole office may share one.
const AN_ADDRESS: i64 = 20;
/// Seconds until one more.
const AN_ADDRESS_EVERY_S: i64 = 15;
/// Most keys of each kind. When there are more, those that are nearest to full go: they have tried
/// least.
const MOST_KEYS: usize = 10_000;

/// Both counts.
#[derive(Debug)]
pub(super) struct Attempts {
    names: Mutex<Buckets<String>>,
    addresses: Mutex<Buckets<String>>,
}

impl Default for Attempts {
    fn default() -> Self {
        Self {
            names: Mutex::new(Buckets::new(A_NAME, A_NAME_EVERY_S)),
            addresses: Mutex::new(Buckets::new(AN_ADDRESS, AN_ADDRESS_EVERY_S)),
        }
    }
}

impl Attempts {
    /// Counts one, or says how long to wait, in seconds.
    pub(super) fn count(&self, name: &str, address: &str, now: Timestamp) -> Result<(), u64> {
        let now = now.unix_timestamp();
        let lock = |buckets: &Mutex<Buckets<String>>, key: String| {
            buckets.lock().unwrap_or_else(PoisonError::into_inner).take(key, now)
        };
        // The address first: one that may not try must not use up the attempts of a name.
        lock(&self.addresses, network(address))?;
        lock(&self.names, key(name))
    }

    /// A name was right.
    pub(super) fn forget(&self, name: &str) {
        let mut names = self.names.lock().unwrap_or_else(PoisonError::into_inner);
        names.full_at.remove(&key(name));
    }
}

/// Bounded: nobody's name is longer than this.
fn key(name: &str) -> String {
    name.chars().take(crate::domain::MAX_USER_NAME + 1).collect::<String>().to_ascii_lowercase()
}

/// Whoever has one address of version 6 has 2^64 of them.
fn network(address: &str) -> String {
    match address.parse::<IpAddr>() {
        Ok(IpAddr::V6(v6)) if v6.to_ipv4_mapped().is_none() => {
            let [a, b, c, d, ..] = v6.segments();
            Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).to_string()
        }
        Ok(v4) => v4.to_canonical().to_string(),
        Err(_) => address.chars().take(64).collect(),
    }
}

#[derive(Debug)]
struct Buckets<K> {
    at_once: i64,
    every_s: i64,
    /// When each is full again; those that are full are as good as absent.
    full_at: HashMap<K, i64>,
}

impl<K: Hash + Eq + Clone> Buckets<K> {
    fn new(at_once: i64, every_s: i64) -> Self {
        Self { at_once, every_s, full_at: HashMap::new() }
    }

    fn take(&mut self, key: K, now: i64) -> Result<(), u64> {
        if self.full_at.len() >= MOST_KEYS && !self.full_at.contains_key(&key) {
            self.make_room(now);
        }
        let full_at = self.full_at.entry(key).or_insert(now);
        let after = (*full_at).max(now) + self.every_s;
        let wait = after - now - self.at_once * self.every_s;
        if wait > 0 {
            return Err(u64::try_from(wait).unwrap_or(1));
        }
        *full_at = after;
        Ok(())
    }

    /// Drops what is full; if that is nothing, the half that is nearest to it.
    fn make_room(&mut self, now: i64) {
        self.full_at.retain(|_, full_at| *full_at > now);
        if self.full_at.len() >= MOST_KEYS {
            let mut moments: Vec<i64> = self.full_at.values().copied().collect();
            let middle = moments.len() / 2;
            let (_, middle, _) = moments.select_nth_unstable(middle);
            let middle = *middle;
            self.full_at.retain(|_, full_at| *full_at > middle);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + time::Duration::seconds(1_000_000 + seconds)
    }

    #[test]
    fn a_name_has_five_attempts_and_then_one_a_minute() {
        let attempts = Attempts::default();
        let from = |n: usize| format!("192.0.2.{n}");
        for n in 0..5 {
            assert_eq!(attempts.count("Ana", &from(n), at(0)), Ok(()));
        }
        assert_eq!(attempts.count("ana", &from(9), at(0)), Err(60));
        assert_eq!(attempts.count("ANA", &from(9), at(59)), Err(1));
        assert_eq!(attempts.count("ben", &from(9), at(0)), Ok(()), "others are not kept out");
        assert_eq!(attempts.count("ana", &from(9), at(60)), Ok(()));
        assert_eq!(attempts.count("ana", &from(9), at(60)), Err(60));
        attempts.forget("aNa");
        assert_eq!(attempts.count("ana", &from(9), at(60)), Ok(()));
    }

    #[test]
    fn an_address_is_bounded_whatever_the_names() {
        let attempts = Attempts::default();
        for n in 0..20 {
            assert_eq!(attempts.count(&format!("u{n}"), "2001:db8::1", at(0)), Ok(()));
        }
        assert_eq!(attempts.count("v", "2001:db8::ffff", at(0)), Err(15), "the same network");
        assert_eq!(attempts.count("v", "2001:db8:0:1::1", at(0)), Ok(()));
        assert_eq!(attempts.count("v", "2001:db8::1", at(15)), Ok(()));
    }

    #[test]
    fn names_without_end_do_not_take_memory_without_end() {
        let mut buckets = Buckets::new(5, 60);
        for _ in 0..5 {
            buckets.take("tried".to_owned(), 0).expect("the first five");
        }
        for n in 0..3 * MOST_KEYS {
            buckets.take(n.to_string(), 0).expect("new");
            assert!(buckets.full_at.len() <= MOST_KEYS);
        }
        assert!(buckets.take("tried".to_owned(), 0).is_err(), "who tried most is remembered");
    }
}
