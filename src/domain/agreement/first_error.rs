//! Where people put the first error: what a local refinement begins from.

use serde::Serialize;
use utoipa::ToSchema;

use super::estimate::{Estimate, Undefined};
use super::kappa::Weights;
use super::pairs::Pairs;

/// What a person found in a solution.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Located {
    /// Every step is right.
    Sound,
    /// The first wrong step, from 1.
    Wrong(usize),
}

/// What ratings say about the first error: none when a step before it, or any step of a solution
/// without one, was left open. `wrong[i]` is about step i + 1; none: not rated, or unsure.
pub fn locate(wrong: impl IntoIterator<Item = Option<bool>>) -> Option<Located> {
    for (index, wrong) in wrong.into_iter().enumerate() {
        if wrong? {
            return Some(Located::Wrong(index + 1));
        }
    }
    Some(Located::Sound)
}

/// How far people agree on the first error; a unit is a pair of people and an item.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, ToSchema)]
pub struct FirstErrors {
    /// Both name the same step, or both find none.
    pub exact: Estimate,
    /// The same, or the step before or after.
    pub within_one: Estimate,
    /// Kappa of "has an error" against "has none".
    pub any_error: Estimate,
}

/// Compares what people located, item by item; people whose ratings leave it open are left out.
pub fn first_errors(items: &[Vec<Located>], seed: u64) -> FirstErrors {
    let pairs: Vec<Vec<(Located, Located)>> = items
        .iter()
        .map(|found| {
            let each = found.iter().enumerate();
            each.flat_map(|(i, &a)| found[i + 1..].iter().map(move |&b| (a, b))).collect()
        })
        .filter(|pairs: &Vec<_>| !pairs.is_empty())
        .collect();
    let why = if items.iter().any(|found| !found.is_empty()) {
        Undefined::NoOverlap
    } else {
        Undefined::NothingRated
    };
    let share = |same: fn(Located, Located) -> bool| {
        if pairs.is_empty() {
            return Estimate::none(why);
        }
        let units = pairs.iter().map(Vec::len).sum();
        Estimate::over(pairs.len(), units, seed, |drawn| {
            let all = || drawn.iter().flat_map(|&i| &pairs[i]);
            let hits = all().filter(|(a, b)| same(*a, *b)).count();
            Ok(hits as f64 / all().count() as f64)
        })
    };
    let wrong = |found: Located| u8::from(found != Located::Sound);
    // Who comes first in a pair means nothing, so that each counts in both orders.
    let both = |pairs: &Vec<(Located, Located)>| -> Vec<(u8, u8)> {
        let each = pairs.iter().map(|&(a, b)| (wrong(a), wrong(b)));
        each.flat_map(|(a, b)| [(a, b), (b, a)]).collect()
    };
    let mut any_error =
        Pairs::new(&pairs.iter().map(both).collect::<Vec<_>>(), why).kappa(Weights::Plain, seed);
    any_error.units /= 2;
    FirstErrors { exact: share(|a, b| a == b), within_one: share(near), any_error }
}

fn near(a: Located, b: Located) -> bool {
    match (a, b) {
        (Located::Sound, Located::Sound) => true,
        (Located::Wrong(a), Located::Wrong(b)) => a.abs_diff(b) <= 1,
        _ => false,
    }
}
