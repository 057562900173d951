//! Which problems train, validate and test: decided by the text of the problem alone.

use std::collections::HashSet;

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{Family, MAX_STEPS, MIN_STEPS, WordProblem, generate};

/// Texts fall into this many buckets; the buckets from the named ones on belong to validation and
/// to test.
const BUCKETS: u64 = 100;
const VALIDATION_FROM: u64 = 90;
const TEST_FROM: u64 = 95;

/// The most steps of an ordinary problem; harder ones have more.
const ORDINARY_STEPS: usize = 5;

/// A part of the endless set of problems. The same text never lies in two of train, validation and
/// test.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Split {
    Train,
    Validation,
    Test,
    /// Problems of the test bucket with more steps than training has by default.
    Harder,
    /// Problems of the test bucket from the families that no other split has.
    Unseen,
}

impl Split {
    pub const ALL: [Split; 5] =
        [Split::Train, Split::Validation, Split::Test, Split::Harder, Split::Unseen];

    /// The split of a problem text: train, validation or test (which the harder problems and the
    /// unseen families share).
    /// White space does not count.
    pub fn of(text: &str) -> Split {
        match fingerprint(text).0 % BUCKETS {
            TEST_FROM.. => Split::Test,
            VALIDATION_FROM.. => Split::Validation,
            _ => Split::Train,
        }
    }

    fn bucket(self) -> Split {
        if matches!(self, Split::Harder | Split::Unseen) { Split::Test } else { self }
    }

    /// The families this split draws from.
    fn families(self) -> &'static [Family] {
        if self == Split::Unseen { &Family::LEFT_OUT } else { &Family::SHOWN }
    }

    fn label(self) -> &'static str {
        match self {
            Split::Train => "train",
            Split::Validation => "validation",
            Split::Test => "test",
            Split::Harder => "harder",
            Split::Unseen => "unseen",
        }
    }
}

/// Which problems to draw.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Difficulty {
    pub min_steps: usize,
    pub max_steps: usize,
    /// Only this family; none: all that the split draws from, equally likely.
    pub family: Option<Family>,
}

impl Default for Difficulty {
    fn default() -> Self {
        Difficulty { min_steps: MIN_STEPS, max_steps: ORDINARY_STEPS, family: None }
    }
}

impl Difficulty {
    /// More steps than the default has.
    pub fn harder() -> Self {
        Difficulty { min_steps: ORDINARY_STEPS + 1, max_steps: MAX_STEPS, family: None }
    }
}

/// Distinct problems of one split, without end; see [`problems`].
#[derive(Clone, Debug)]
pub struct Problems {
    rng: ChaCha8Rng,
    bucket: Split,
    families: &'static [Family],
    difficulty: Difficulty,
    seen: HashSet<u64>,
}

/// Distinct problems of a split, without end. The same arguments always give the same problems in
/// the same order; another seed gives others, which may repeat some of the first seed's.
///
/// [`Split::Harder`] never yields fewer than six steps: a difficulty that asks for less is lifted
/// to [`Difficulty::harder`], keeping its family.
pub fn problems(split: Split, seed: u64, difficulty: Difficulty) -> Problems {
    let lifted = split == Split::Harder && difficulty.min_steps <= ORDINARY_STEPS;
    let difficulty = if lifted {
        Difficulty { family: difficulty.family, ..Difficulty::harder() }
    } else {
        difficulty
    };
    let key = Sha256::new()
        .chain_update(b"glore word problems")
        .chain_update(split.label())
        .chain_update(seed.to_le_bytes())
        .finalize();
    Problems {
        rng: ChaCha8Rng::from_seed(key.into()),
        bucket: split.bucket(),
        families: split.families(),
        difficulty,
        seen: HashSet::new(),
    }
}

impl Iterator for Problems {
    type Item = WordProblem;

    fn next(&mut self) -> Option<WordProblem> {
        let Difficulty { min_steps, max_steps, family } = self.difficulty;
        loop {
            let drawn = || self.families[self.rng.random_range(0..self.families.len())];
            let family = family.unwrap_or_else(drawn);
            let problem = generate(Some(family), min_steps..=max_steps, &mut self.rng);
            // The second half of the hash tells texts apart, so that a repeat is not confused with
            // its bucket.
            if Split::of(&problem.text) == self.bucket
                && self.seen.insert(fingerprint(&problem.text).1)
            {
                return Some(problem);
            }
        }
    }
}

/// Two independent numbers of the text with its white space normalised.
fn fingerprint(text: &str) -> (u64, u64) {
    let plain = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let hash = Sha256::digest(plain);
    let number =
        |at: usize| hash[at..at + 8].iter().fold(0u64, |n, &byte| n << 8 | u64::from(byte));
    (number(0), number(8))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(split: Split, seed: u64, count: usize) -> HashSet<String> {
        problems(split, seed, Difficulty::default()).take(count).map(|p| p.text).collect()
    }

    #[test]
    fn splits_are_disjoint_and_without_repeats() {
        let count = 3000;
        let sets: Vec<_> = [Split::Train, Split::Validation, Split::Test]
            .map(|split| texts(split, 1, count))
            .into();
        assert!(sets.iter().all(|set| set.len() == count));
        for (at, set) in sets.iter().enumerate() {
            assert!(sets[at + 1..].iter().all(|other| set.is_disjoint(other)));
        }
        // By construction, too: white space cannot move a text to another split.
        for text in sets.iter().flatten().take(500) {
            assert_eq!(Split::of(text), Split::of(&format!("  {}\n", text.replace(' ', "  "))));
        }
    }

    #[test]
    fn harder_problems_lie_in_the_test_bucket_and_are_longer() {
        for problem in problems(Split::Harder, 3, Difficulty::default()).take(300) {
            assert_eq!(Split::of(&problem.text), Split::Test);
            assert!((ORDINARY_STEPS + 1..=MAX_STEPS).contains(&problem.steps.len()));
        }
    }

    #[test]
    fn families_left_out_are_found_in_the_unseen_split_alone() {
        let families = |split| -> HashSet<Family> {
            problems(split, 2, Difficulty::default()).take(300).map(|p| p.family).collect()
        };
        assert_eq!(families(Split::Unseen), HashSet::from(Family::LEFT_OUT));
        for split in [Split::Train, Split::Validation, Split::Test, Split::Harder] {
            assert_eq!(families(split), HashSet::from(Family::SHOWN), "{split:?}");
        }
        for problem in problems(Split::Unseen, 2, Difficulty::default()).take(50) {
            assert_eq!(Split::of(&problem.text), Split::Test);
        }
    }

    #[test]
    fn seeds_and_splits_give_other_problems() {
        assert_eq!(texts(Split::Test, 5, 20), texts(Split::Test, 5, 20));
        assert_ne!(texts(Split::Test, 5, 20), texts(Split::Test, 6, 20));
    }

    #[test]
    fn shares_of_the_buckets_are_as_named() {
        let mut rng = ChaCha8Rng::seed_from_u64(11);
        let all = 4000;
        let train = (0..all)
            .filter(|_| Split::of(&generate(None, 2..=5, &mut rng).text) == Split::Train)
            .count();
        assert!((all * 87 / 100..all * 93 / 100).contains(&train), "{train} of {all}");
    }
}
