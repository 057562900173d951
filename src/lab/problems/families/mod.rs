//! The families of problems, one file each.

mod ages;
mod boxes;
mod chain;
mod change;
mod combine;
mod compare;
mod fractions;
mod mixed;
mod rates;
mod savings;
mod sharing;
mod shopping;
mod times;

use serde::{Deserialize, Serialize};

use super::draft::Draft;

/// What a problem is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Family {
    /// Gains and losses one after the other, forwards or backwards.
    Change,
    /// Parts and their whole.
    Combine,
    /// A row of people with more or fewer than one another.
    Compare,
    /// The same with `times as many` and `half as many`.
    Times,
    /// Prices, coupons, change.
    Shopping,
    /// Work at a rate over hours or days.
    Rates,
    /// Things packed in boxes and packed anew.
    Boxes,
    /// Fractions of a whole and of what is left.
    Fractions,
    /// Ages now, later and earlier.
    Ages,
    /// Things put together and shared equally.
    Sharing,
    /// Money saved week by week.
    Savings,
    /// Several of these in one story, always with needless facts.
    Mixed,
}

impl Family {
    pub const ALL: [Family; 12] = [
        Family::Change,
        Family::Combine,
        Family::Compare,
        Family::Times,
        Family::Shopping,
        Family::Rates,
        Family::Boxes,
        Family::Fractions,
        Family::Ages,
        Family::Sharing,
        Family::Savings,
        Family::Mixed,
    ];

    /// Families that models are trained, validated and tested on.
    pub const SHOWN: [Family; 10] = [
        Family::Change,
        Family::Combine,
        Family::Compare,
        Family::Times,
        Family::Shopping,
        Family::Rates,
        Family::Boxes,
        Family::Fractions,
        Family::Sharing,
        Family::Mixed,
    ];

    /// Families that no training sees, to find out what is left of it elsewhere.
    pub const LEFT_OUT: [Family; 2] = [Family::Ages, Family::Savings];
}

/// Tells a problem of the family with `steps` steps and returns its question.
pub(super) fn tell(family: Family, draft: &mut Draft, steps: usize) -> String {
    match family {
        Family::Change => change::tell(draft, steps),
        Family::Combine => combine::tell(draft, steps),
        Family::Compare => compare::tell(draft, steps),
        Family::Times => times::tell(draft, steps),
        Family::Shopping => shopping::tell(draft, steps),
        Family::Rates => rates::tell(draft, steps),
        Family::Boxes => boxes::tell(draft, steps),
        Family::Fractions => fractions::tell(draft, steps),
        Family::Ages => ages::tell(draft, steps),
        Family::Sharing => sharing::tell(draft, steps),
        Family::Savings => savings::tell(draft, steps),
        Family::Mixed => mixed::tell(draft, steps),
    }
}
