//! Ratings of items by people, and what can be said of how they agree.

use super::alpha::{Scale, alpha, coincide, observed_agreement};
use super::estimate::{Estimate, Undefined};
use super::pairs::Pairs;
use super::square::Square;

/// One unit: what each rater said of it, by the number of the category; none where a rater said
/// nothing. A rater has the same place in every unit; places at the end may be left out.
pub type Unit = Vec<Option<u8>>;

/// Ratings of many items, each with its units.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ratings {
    items: Vec<Vec<Unit>>,
}

impl Ratings {
    /// The table of all ratings. Categories are numbered in their order, from 0.
    pub fn new(items: Vec<Vec<Unit>>) -> Self {
        Self { items }
    }

    /// Share of pairs of ratings of one unit that are the same, each rating counting alike.
    pub fn percent_agreement(&self, seed: u64) -> Estimate {
        self.estimate(seed, observed_agreement)
    }

    /// Krippendorff's alpha.
    pub fn alpha(&self, scale: Scale, seed: u64) -> Estimate {
        self.estimate(seed, |coincidences| alpha(coincidences, scale))
    }

    /// What raters `a` and `b` both rated.
    pub fn pair(&self, a: usize, b: usize) -> Pairs {
        let both = |unit: &Unit| Some((unit.get(a).copied()??, unit.get(b).copied()??));
        let pairs: Vec<Vec<(u8, u8)>> =
            self.items.iter().map(|units| units.iter().filter_map(both).collect()).collect();
        Pairs::new(&pairs, Undefined::NoOverlap)
    }

    fn units(&self) -> impl Iterator<Item = &Unit> {
        self.items.iter().flatten()
    }

    /// Why there is not one pair of ratings.
    fn why_none(&self) -> Undefined {
        let places = self.units().map(Vec::len).max().unwrap_or(0);
        let rated =
            |place: &usize| self.units().any(|u| u.get(*place).copied().flatten().is_some());
        match (0..places).filter(rated).count() {
            0 => Undefined::NothingRated,
            1 => Undefined::OneRater,
            _ => Undefined::NoOverlap,
        }
    }

    fn estimate(&self, seed: u64, of: impl Fn(&Square) -> Result<f64, Undefined>) -> Estimate {
        let size = self.units().flatten().flatten().map(|&c| 1 + usize::from(c)).max();
        let (mut tables, mut paired) = (Vec::new(), 0);
        for units in &self.items {
            let mut table = Square::new(size.unwrap_or(0));
            let mut pairs = 0;
            for unit in units {
                let ratings: Vec<usize> = unit.iter().flatten().map(|&c| usize::from(c)).collect();
                pairs += usize::from(coincide(&ratings, &mut table));
            }
            if pairs > 0 {
                tables.push(table);
                paired += pairs;
            }
        }
        if tables.is_empty() {
            return Estimate::none(self.why_none());
        }
        let statistic = |drawn: &[usize]| of(&Square::sum(&tables, drawn));
        Estimate::over(tables.len(), paired, seed, statistic)
    }
}
