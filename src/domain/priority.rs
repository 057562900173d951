//! How urgent work in the background is, and who is next in a line of it.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// How urgent a waiting run is. The higher comes first, among equals whoever came first.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Default,
    Serialize,
    Deserialize,
    ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Priority {
    /// When nothing else waits; what a batch has unless it says otherwise.
    Low,
    /// What a single run has unless it says otherwise.
    #[default]
    Normal,
    /// Before everything else that waits.
    High,
}

impl Priority {
    /// Every one, the least urgent first.
    pub const ALL: [Priority; 3] = [Priority::Low, Priority::Normal, Priority::High];

    /// Of a batch that does not say: whoever asks for one run does not wait for thousands.
    pub const OF_BATCHES: Priority = Priority::Low;

    /// The word in JSON and on pages.
    pub fn as_str(self) -> &'static str {
        match self {
            Priority::Low => "low",
            Priority::Normal => "normal",
            Priority::High => "high",
        }
    }

    /// Reads that word back.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|priority| priority.as_str() == word)
    }

    /// The number in the store, where an index sorts by it.
    pub fn rank(self) -> i64 {
        self as i64
    }

    /// Reads that number back.
    pub fn from_rank(rank: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|priority| priority.rank() == rank)
    }
}

/// How often in a row whoever has waited longest may be overtaken.
pub const MOST_OVERTAKEN: i64 = 7;

/// What a line remembers: how often in a row the one that has waited longest was overtaken by a more
/// urgent one. When that is [`MOST_OVERTAKEN`] it is its turn, however urgent the others are: nobody
/// waits for ever, and who has `k` before it is overtaken at most `MOST_OVERTAKEN * (k + 1)` times.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Overtaken(i64);

impl Overtaken {
    /// What was remembered.
    pub fn new(times: i64) -> Self {
        Self(times.max(0))
    }

    /// To be remembered.
    pub fn times(self) -> i64 {
        self.0
    }

    /// Whose turn it is, and what the line remembers then.
    pub fn choose<T: PartialEq>(self, oldest: T, urgent: T) -> (T, Self) {
        if oldest == urgent || self.0 >= MOST_OVERTAKEN {
            return (oldest, Self(0));
        }
        (urgent, Self(self.0 + 1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_ranks_are_read_back_and_keep_the_order() {
        for priority in Priority::ALL {
            assert_eq!(Priority::from_word(priority.as_str()), Some(priority));
            assert_eq!(Priority::from_rank(priority.rank()), Some(priority));
        }
        assert!(Priority::ALL.is_sorted_by_key(|priority| priority.rank()));
        assert_eq!((Priority::from_word("urgent"), Priority::from_rank(3)), (None, None));
    }

    #[test]
    fn the_oldest_is_overtaken_so_often_and_then_it_is_its_turn() {
        let mut line = Overtaken::default();
        let mut taken = Vec::new();
        for _ in 0..2 * (MOST_OVERTAKEN + 1) {
            let (next, after) = line.choose("oldest", "urgent");
            taken.push(next);
            line = after;
        }
        let one_round: Vec<_> = (0..MOST_OVERTAKEN).map(|_| "urgent").chain(["oldest"]).collect();
        assert_eq!(taken, [one_round.clone(), one_round].concat());
        let (_, after) = Overtaken::new(3).choose("same", "same");
        assert_eq!(after, Overtaken::default(), "nobody is overtaken");
    }
}
