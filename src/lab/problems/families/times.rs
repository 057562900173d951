//! Twice, three times, half as many: the row of people with factors.

use super::super::draft::Draft;
use super::compare;

const FACTORS: f64 = 0.65;

pub(super) fn tell(d: &mut Draft, steps: usize) -> String {
    compare::row(d, steps, FACTORS)
}
