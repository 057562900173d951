//! How sure a negative step label is.
//!
//! A right solution that begins with a prefix shows that it is good. That rollouts found none shows
//! little where the student hardly ever gets there (docs/decisions/0046). The noise has one
//! direction, and how strong it is can be told without gold labels. A reward model says what good
//! prefixes look like (the ORM, which saw none of these rollouts, where they are learnt from); among
//! the problems of which as many samples were right, a good prefix is missed equally often whatever it
//! looks like. Both are found by expectation maximisation (Dempster et al. 1977), as where only some
//! positives are known (Elkan and Noto 2008), and so is how likely each prefix that was not reached is
//! good. Pure functions; nothing here reads a world.

/// Problems are told apart by how many of their samples were right: none, one, two, or more.
pub const GROUPS: usize = 4;
/// After so many rounds the estimates move by less than a hundredth.
const ROUNDS: usize = 60;
/// Newton steps of the logistic curve a round.
const NEWTON: usize = 3;
/// Scores nearer to 0 or 1 than this tell no more.
const EDGE: f64 = 1e-4;
/// Bounds of the curve, which has none where scores part good from bad without an error.
const STEEPEST: f64 = 10.0;
const FURTHEST: f64 = 20.0;

/// What is known of a prefix.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Seen {
    /// What a reward model says after its last step, in 0..=1.
    pub score: f64,
    /// Some right solution begins with it.
    pub reached: bool,
    /// Right samples of its problem.
    pub right_samples: usize,
}

impl Seen {
    fn group(self) -> usize {
        self.right_samples.min(GROUPS - 1)
    }

    fn log_odds(self) -> f64 {
        let score = self.score.clamp(EDGE, 1.0 - EDGE);
        (score / (1.0 - score)).ln()
    }
}

/// How likely prefixes are good before their rollouts, and how often a good one is missed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Doubt {
    /// P(good | score) = 1 / (1 + e^-(slope * log-odds of the score + offset)).
    slope: f64,
    offset: f64,
    /// P(no right solution was found that begins with it | good), a group each.
    pub missed: [f64; GROUPS],
}

impl Doubt {
    /// The most likely one, given prefixes and whether they were reached.
    pub fn fit(prefixes: &[Seen]) -> Self {
        let mut doubt = Self { slope: 1.0, offset: 0.0, missed: [0.5; GROUPS] };
        for _ in 0..ROUNDS {
            let good: Vec<f64> = prefixes.iter().map(|&one| doubt.good(one)).collect();
            doubt.missed = share_missed(prefixes, &good);
            for _ in 0..NEWTON {
                doubt.nearer(prefixes, &good);
            }
        }
        doubt
    }

    /// How likely a prefix is good: 1 if it was reached.
    pub fn good(&self, prefix: Seen) -> f64 {
        if prefix.reached {
            return 1.0;
        }
        let before = self.before(prefix);
        let missed = before * self.missed[prefix.group()];
        // Where good prefixes are never missed and this one is sure to be good, there is no answer;
        // where it is nearly sure, rounding goes past 1.
        if missed > 0.0 { (missed / (missed + 1.0 - before)).min(1.0) } else { 0.0 }
    }

    fn before(&self, prefix: Seen) -> f64 {
        1.0 / (1.0 + (-self.slope * prefix.log_odds() - self.offset).exp())
    }

    /// One Newton step of the logistic curve towards `good`.
    fn nearer(&mut self, prefixes: &[Seen], good: &[f64]) {
        let (mut gradient, mut hessian) = ([0.0; 2], [0.0; 3]);
        for (&prefix, good) in prefixes.iter().zip(good) {
            let (x, p) = (prefix.log_odds(), self.before(prefix));
            let (off, weight) = (good - p, p * (1.0 - p));
            gradient = [gradient[0] + off * x, gradient[1] + off];
            hessian = [hessian[0] + weight * x * x, hessian[1] + weight * x, hessian[2] + weight];
        }
        let [xx, x, one] = hessian;
        let determinant = xx * one - x * x;
        if determinant < 1e-9 {
            return;
        }
        let slope = self.slope + (one * gradient[0] - x * gradient[1]) / determinant;
        let offset = self.offset + (xx * gradient[1] - x * gradient[0]) / determinant;
        self.slope = slope.clamp(0.0, STEEPEST);
        self.offset = offset.clamp(-FURTHEST, FURTHEST);
    }
}

/// Of the good prefixes of each group, the share that was not reached.
fn share_missed(prefixes: &[Seen], good: &[f64]) -> [f64; GROUPS] {
    let (mut missed, mut all) = ([0.0; GROUPS], [0.0; GROUPS]);
    for (prefix, good) in prefixes.iter().zip(good) {
        all[prefix.group()] += good;
        if !prefix.reached {
            missed[prefix.group()] += good;
        }
    }
    std::array::from_fn(|group| if all[group] > 0.0 { missed[group] / all[group] } else { 0.0 })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rand::{RngExt, SeedableRng};
    use rand_chacha::ChaCha8Rng;

    /// Prefixes whose truth is known, of which good ones are missed as often as `missed` says.
    fn drawn(n: usize, missed: [f64; GROUPS]) -> Vec<(Seen, bool)> {
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        let draw = |i: usize| {
            let good = rng.random_bool(0.6);
            let log_odds = if good { 1.5 } else { -1.5 } + rng.random_range(-2.5..2.5);
            let score = 1.0 / (1.0 + f64::exp(-log_odds));
            let right_samples = i % GROUPS;
            let reached = good && !rng.random_bool(missed[right_samples]);
            (Seen { score, reached, right_samples }, good)
        };
        (0..n).map(draw).collect()
    }

    #[test]
    fn how_often_good_prefixes_are_missed_is_found_without_their_truth() {
        let truth = [0.5, 0.2, 0.1, 0.0];
        let prefixes = drawn(8_000, truth);
        let doubt = Doubt::fit(&prefixes.iter().map(|one| one.0).collect::<Vec<_>>());
        for (found, truth) in doubt.missed.iter().zip(truth) {
            assert!((found - truth).abs() < 0.05, "{:?}", doubt.missed);
        }
        let of = |hard: bool| {
            prefixes.iter().filter(move |(p, _)| !p.reached && (p.right_samples == 0) == hard)
        };
        for hard in [true, false] {
            let n = of(hard).count() as f64;
            let believed = of(hard).map(|(p, _)| doubt.good(*p)).sum::<f64>() / n;
            let good = of(hard).filter(|(_, good)| *good).count() as f64 / n;
            assert!((believed - good).abs() < 0.05, "{hard}: {believed} {good}");
        }
    }

    #[test]
    fn a_prefix_that_looks_good_is_doubted_more_and_most_where_the_problem_is_hard() {
        let seen: Vec<_> =
            drawn(4_000, [0.5, 0.2, 0.1, 0.1]).into_iter().map(|one| one.0).collect();
        let doubt = Doubt::fit(&seen);
        let good = |score, right_samples| doubt.good(Seen { score, reached: false, right_samples });
        assert!(good(0.9, 0) > good(0.3, 0));
        assert!(good(0.9, 0) > good(0.9, 2));
        assert_eq!(doubt.good(Seen { score: 0.01, reached: true, right_samples: 0 }), 1.0);
    }

    proptest! {
        #[test]
        fn whatever_was_seen_beliefs_are_probabilities(
            seen in prop::collection::vec((0.0..=1.0f64, any::<bool>(), 0usize..9), 0..40)
        ) {
            let seen: Vec<_> = seen
                .into_iter()
                .map(|(score, reached, right_samples)| Seen { score, reached, right_samples })
                .collect();
            let doubt = Doubt::fit(&seen);
            for one in seen {
                let good = doubt.good(one);
                prop_assert!((0.0..=1.0).contains(&good), "{good}");
                prop_assert!(!one.reached || good == 1.0);
            }
        }
    }
}
