//! An annotator whose error rate is known.

use rand::RngExt;
use rand_chacha::ChaCha8Rng;

/// Judges step after step, and stops at the first that seems wrong.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Annotator {
    /// Chance that a step is judged as what it is not.
    pub error_rate: f64,
}

impl Annotator {
    /// Where the annotator puts the first error of a solution of `steps` steps whose true one is
    /// `truth`; steps after it are as likely right as wrong to somebody who reads on, so that an
    /// annotator who missed it judges them by a coin.
    pub fn judge(&self, steps: usize, truth: Option<usize>, rng: &mut ChaCha8Rng) -> Option<usize> {
        (1..=steps).find(|&step| {
            let wrong = match truth {
                Some(error) if step > error => rng.random_bool(0.5),
                _ => truth == Some(step),
            };
            wrong != rng.random_bool(self.error_rate.clamp(0.0, 1.0))
        })
    }
}

/// What most of several say of the first error: step by step, as labels are resolved. A tie leaves
/// the solution without a label from there on: the number of steps that are known to be right, and
/// the first wrong one if there is one.
pub(super) fn most(steps: usize, said: &[Option<usize>]) -> (usize, Option<usize>) {
    for step in 1..=steps {
        // Those who stopped before it did not rate it.
        let rated: Vec<bool> = said
            .iter()
            .filter(|first| first.is_none_or(|first| first >= step))
            .map(|first| *first == Some(step))
            .collect();
        let wrong = rated.iter().filter(|wrong| **wrong).count();
        if wrong * 2 > rated.len() {
            return (step, Some(step));
        }
        if rated.is_empty() || wrong * 2 == rated.len() {
            return (step - 1, None);
        }
    }
    (steps, None)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng;

    #[test]
    fn without_errors_the_truth_is_told() {
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        let sure = Annotator { error_rate: 0.0 };
        assert_eq!(sure.judge(4, Some(3), &mut rng), Some(3));
        assert_eq!(sure.judge(4, None, &mut rng), None);
    }

    #[test]
    fn errors_come_at_their_rate() {
        let mut rng = ChaCha8Rng::seed_from_u64(2);
        let often = Annotator { error_rate: 0.2 };
        let wrong = (0..4_000).filter(|_| often.judge(1, None, &mut rng).is_some()).count();
        // Four standard deviations of 800.
        assert!((700..900).contains(&wrong), "{wrong}");
    }

    #[test]
    fn most_decide_and_a_tie_ends_the_labels() {
        assert_eq!(most(3, &[Some(2), Some(2), None]), (2, Some(2)));
        assert_eq!(most(3, &[Some(2), None]), (1, None));
        assert_eq!(most(3, &[None, None]), (3, None));
        assert_eq!(most(3, &[Some(1)]), (1, Some(1)));
        assert_eq!(most(2, &[Some(1), None, None]), (2, None), "who stopped rates no more");
    }
}
