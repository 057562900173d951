//! Two who judged the same things: two people, or a person and a model.

use super::alpha::observed_agreement;
use super::estimate::{Estimate, Undefined};
use super::kappa::{Weights, kappa};
use super::square::Square;

/// Pairs of categories, item by item.
#[derive(Debug, Clone, PartialEq)]
pub struct Pairs {
    /// One table for each item that has a pair.
    items: Vec<Square>,
    units: usize,
    /// What is missing when there is no pair at all.
    why_none: Undefined,
}

impl Pairs {
    /// The pairs of each item, by the number of the category. `why_none` is the reason given when
    /// there is none.
    pub fn new(items: &[Vec<(u8, u8)>], why_none: Undefined) -> Self {
        let size = items.iter().flatten().map(|&(a, b)| 1 + usize::from(a.max(b))).max();
        let size = size.unwrap_or(0);
        let table = |pairs: &Vec<(u8, u8)>| {
            let mut table = Square::new(size);
            for &(a, b) in pairs {
                table.add(usize::from(a), usize::from(b), 1.0);
            }
            table
        };
        let units = items.iter().map(Vec::len).sum();
        let items = items.iter().filter(|pairs| !pairs.is_empty()).map(table).collect();
        Self { items, units, why_none }
    }

    /// How many pairs there are.
    pub fn units(&self) -> usize {
        self.units
    }

    /// Share of pairs in which both say the same.
    pub fn agreement(&self, seed: u64) -> Estimate {
        self.estimate(seed, observed_agreement)
    }

    /// Cohen's kappa.
    pub fn kappa(&self, weights: Weights, seed: u64) -> Estimate {
        self.estimate(seed, |counts| kappa(counts, weights))
    }

    fn estimate(&self, seed: u64, of: impl Fn(&Square) -> Result<f64, Undefined>) -> Estimate {
        if self.items.is_empty() {
            return Estimate::none(self.why_none);
        }
        let statistic = |drawn: &[usize]| of(&Square::sum(&self.items, drawn));
        Estimate::over(self.items.len(), self.units, seed, statistic)
    }
}
