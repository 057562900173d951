//! In which order solutions are looked at.

use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};

use super::simulate::Judged;
use crate::domain::Probability;
use crate::domain::review::{Seen, strengths};

/// What comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Order {
    /// As a review queue serves them: the rules in turn, the strongest of each first, and a share at
    /// random between.
    Queue,
    /// By lot.
    Random,
}

/// Share of the queue's servings that are drawn at random.
pub(super) const RANDOM_SHARE: f64 = 0.15;

impl Order {
    pub const ALL: [Order; 2] = [Order::Queue, Order::Random];

    /// Its word in tables.
    pub fn as_str(self) -> &'static str {
        match self {
            Order::Queue => "queue",
            Order::Random => "random",
        }
    }

    /// Places of the solutions in the order in which they are served.
    pub fn arrange(self, pool: &[Judged], threshold: f64, seed: u64) -> Vec<usize> {
        let mut lots: Vec<usize> = (0..pool.len()).collect();
        lots.shuffle(&mut ChaCha8Rng::seed_from_u64(seed));
        if self == Order::Random {
            return lots;
        }
        let Some(threshold) = Probability::new(threshold) else { return lots };
        let held: Vec<_> = pool.iter().map(|one| strengths(&seen(one, threshold))).collect();
        let rules = held.first().map_or(0, |all| all.len());
        let mut lines: Vec<Vec<usize>> = (0..rules)
            .map(|rule| {
                let of = |&i: &usize| held[i][rule].map(|strength| (strength, i));
                let mut line: Vec<(f64, usize)> = lots.iter().filter_map(of).collect();
                line.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
                line.into_iter().map(|(_, i)| i).collect()
            })
            .collect();
        lines.push(lots);
        serve(&mut lines, pool.len())
    }
}

/// Takes from the lines, the last of which is the random one: it has its share, the others take
/// turns.
fn serve(lines: &mut [Vec<usize>], n: usize) -> Vec<usize> {
    let mut served = Vec::with_capacity(n);
    let mut seen = vec![false; n];
    let mut at = vec![0; lines.len()];
    let (mut random, mut turn) = (0.0, 0);
    let last = lines.len() - 1;
    let mut next = |line: usize, seen: &mut [bool]| -> Option<usize> {
        while let Some(&index) = lines[line].get(at[line]) {
            at[line] += 1;
            if !std::mem::replace(&mut seen[index], true) {
                return Some(index);
            }
        }
        None
    };
    while served.len() < n {
        random += RANDOM_SHARE;
        let by_lot = random >= 1.0;
        let mut found = None;
        if by_lot {
            random -= 1.0;
        } else {
            for _ in 0..last {
                turn = (turn + 1) % last;
                found = next(turn, &mut seen);
                if found.is_some() {
                    break;
                }
            }
        }
        // What no rule wants comes by lot as well.
        let Some(index) = found.or_else(|| next(last, &mut seen)) else {
            if by_lot {
                continue;
            }
            break;
        };
        served.push(index);
    }
    served
}

/// What the rules of a review queue look at.
fn seen(one: &Judged, threshold: Probability) -> Seen {
    Seen {
        orm: Probability::new(one.orm),
        steps: one.sorm.iter().enumerate().map(|(i, s)| (i + 1, Probability::new(*s))).collect(),
        correct: Some(one.answer_right),
        threshold,
        // There is one solution a problem.
        passed_over: false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn one(orm: f64, sorm: &[f64], answer_right: bool) -> Judged {
        Judged {
            problem: "Q".to_owned(),
            steps: sorm.iter().map(|_| "1 + 1 = 2".to_owned()).collect(),
            truth: None,
            answer_right,
            orm,
            sorm: sorm.to_vec(),
        }
    }

    #[test]
    fn what_the_rules_want_comes_before_what_they_do_not() {
        let mut pool = vec![one(0.9, &[0.9, 0.9], true); 40];
        pool[31] = one(0.95, &[0.9, 0.8], false);
        pool[7] = one(0.9, &[0.9, 0.2], true);
        let order = Order::Queue.arrange(&pool, 0.5, 1);
        assert!(order[..4].contains(&31) && order[..4].contains(&7), "{order:?}");
        assert_ne!(order, Order::Random.arrange(&pool, 0.5, 1));
    }

    proptest! {
        #[test]
        fn every_order_serves_everything_once(
            scores in prop::collection::vec((0.0f64..1.0, 0.0f64..1.0, any::<bool>()), 0..30),
            seed in 0u64..9,
        ) {
            let pool: Vec<Judged> =
                scores.iter().map(|&(orm, sorm, right)| one(orm, &[0.9, sorm], right)).collect();
            for order in Order::ALL {
                let mut served = order.arrange(&pool, 0.5, seed);
                prop_assert_eq!(&served, &order.arrange(&pool, 0.5, seed));
                served.sort_unstable();
                prop_assert_eq!(served, (0..pool.len()).collect::<Vec<_>>());
            }
        }
    }
}
