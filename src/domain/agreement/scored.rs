//! People against the scores of a reward model.

use serde::Serialize;
use utoipa::ToSchema;

use super::auroc::Ranks;
use super::estimate::{Estimate, Undefined};
use super::kappa::Weights;
use super::pairs::Pairs;
use super::reliability::{ReliabilityBin, reliability};

/// People's word against a score's at the threshold.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Confusion {
    pub both_right: usize,
    pub both_wrong: usize,
    /// People say right, the score says wrong.
    pub only_people_right: usize,
    /// The score says right, people say wrong.
    pub only_score_right: usize,
}

/// How well scores tell what people tell.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct AgainstScores {
    /// A step scoring less counts as wrong.
    pub threshold: f64,
    pub auroc: Estimate,
    /// Mean squared distance of score and people's word (Brier 1950); lower is better.
    pub brier: Estimate,
    /// Cohen's kappa of people and the score at the threshold.
    pub kappa: Estimate,
    pub agreement: Estimate,
    pub confusion: Confusion,
    pub bins: Vec<ReliabilityBin>,
}

/// Compares scores with what people said, item by item: (score, people call it right).
pub fn against_scores(items: &[Vec<(f64, bool)>], threshold: f64, seed: u64) -> AgainstScores {
    let items: Vec<&Vec<(f64, bool)>> = items.iter().filter(|steps| !steps.is_empty()).collect();
    let all: Vec<(f64, bool)> = items.iter().flat_map(|steps| steps.iter().copied()).collect();
    let right = |score: f64| score >= threshold;
    let mut confusion = Confusion::default();
    for &(score, good) in &all {
        *match (good, right(score)) {
            (true, true) => &mut confusion.both_right,
            (false, false) => &mut confusion.both_wrong,
            (true, false) => &mut confusion.only_people_right,
            (false, true) => &mut confusion.only_score_right,
        } += 1;
    }
    let pairs: Vec<Vec<(u8, u8)>> = items
        .iter()
        .map(|steps| steps.iter().map(|&(s, good)| (u8::from(good), u8::from(right(s)))).collect())
        .collect();
    let pairs = Pairs::new(&pairs, Undefined::NoScores);
    AgainstScores {
        threshold,
        auroc: area(&items, &all, seed),
        brier: brier(&items, &all, seed),
        kappa: pairs.kappa(Weights::Plain, seed),
        agreement: pairs.agreement(seed),
        confusion,
        bins: reliability(&all),
    }
}

fn area(items: &[&Vec<(f64, bool)>], all: &[(f64, bool)], seed: u64) -> Estimate {
    if all.is_empty() {
        return Estimate::none(Undefined::NoScores);
    }
    let ranks = Ranks::of(all);
    let mut begins = Vec::with_capacity(items.len());
    let mut begin = 0;
    for steps in items {
        begins.push(begin);
        begin += steps.len();
    }
    Estimate::over(items.len(), all.len(), seed, |drawn| {
        let of = |&item: &usize| begins[item]..begins[item] + items[item].len();
        ranks.area(drawn.iter().flat_map(of).map(|i| (ranks.rank[i], all[i].1)))
    })
}

fn brier(items: &[&Vec<(f64, bool)>], all: &[(f64, bool)], seed: u64) -> Estimate {
    if all.is_empty() {
        return Estimate::none(Undefined::NoScores);
    }
    let squared = |&(score, good): &(f64, bool)| (score - f64::from(u8::from(good))).powi(2);
    let sums: Vec<(f64, f64)> =
        items.iter().map(|steps| (steps.iter().map(squared).sum(), steps.len() as f64)).collect();
    Estimate::over(items.len(), all.len(), seed, |drawn| {
        let (sum, n) = drawn.iter().fold((0.0, 0.0), |(a, b), &i| (a + sums[i].0, b + sums[i].1));
        Ok(sum / n)
    })
}
