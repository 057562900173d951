//! Parts of human-labelled data: by problem, so that none is in two.

use sha2::{Digest, Sha256};

/// What records of a problem are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// Learned from.
    Train,
    /// Decides when to stop.
    Validation,
    /// Measured on, before and after.
    Test,
}

/// Of a hundred problems: those tested, and those that validate.
const TEST: u64 = 20;
const VALIDATION: u64 = 10;

/// The part of a problem; another seed parts otherwise.
pub fn part(problem: &str, seed: u64) -> Part {
    let hash = Sha256::new()
        .chain_update(b"glore human labels")
        .chain_update(seed.to_le_bytes())
        .chain_update(problem.as_bytes())
        .finalize();
    let number = hash.iter().take(8).fold(0, |number, byte| number << 8 | u64::from(*byte));
    match number % 100 {
        n if n < TEST => Part::Test,
        n if n < TEST + VALIDATION => Part::Validation,
        _ => Part::Train,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_has_its_share_and_a_problem_stays_in_its_own() {
        let problems: Vec<String> = (0..2_000).map(|i| format!("problem {i}")).collect();
        let count = |wanted| problems.iter().filter(|p| part(p, 1) == wanted).count();
        assert!((340..460).contains(&count(Part::Test)), "{}", count(Part::Test));
        assert!((140..260).contains(&count(Part::Validation)));
        assert!(problems.iter().all(|p| part(p, 7) == part(p, 7)));
        assert!(problems.iter().any(|p| part(p, 7) != part(p, 8)));
    }
}
