//! Math word problems without end: a seeded generator, the *world* behind each text, and the judge
//! of steps.
//!
//! What lives here: the generator ([`generate`]), its families (`families/`, one small file each),
//! the world of named quantities ([`World`]), the gold judge of a written step ([`check_step`],
//! [`first_error`]) and the splits ([`problems`]).
//!
//! What may not live here: models, tokenisers, sampling, files, clocks. A problem is a pure
//! function of a random generator, so that a data set is named by its seed alone. The judge is gold
//! for *evaluation*; it must never label training data of the reward models, which learn from final
//! answers only.
//!
//! How to add a family: write `families/<name>.rs` with `pub(super) fn tell(d: &mut Draft, steps:
//! usize) -> String` (it tells the facts, derives exactly `steps` quantities and returns the
//! question), then add the variant to [`Family`] and to `families::tell`. Give a quantity the same
//! name words in every place that speaks of it: the judge recognises subjects by them. Give up on
//! unlucky numbers with `d.spoil()`: the problem is drawn again. The tests run over every family
//! and every number of steps; read twenty new texts aloud before you commit.

mod distractors;
mod draft;
mod equation;
mod families;
mod regroup;
mod splits;
mod subject;
#[cfg(test)]
mod tests;
mod verdict;
mod words;
mod world;

use std::ops::RangeInclusive;

use rand::{Rng, RngExt};
use serde::{Deserialize, Serialize};

pub use draft::MAX_VALUE;
pub use equation::{Equation, Op};
pub use families::Family;
pub use splits::{Difficulty, Problems, Split, problems};
pub use verdict::{StepError, StepVerdict, check_step, first_error, first_wrong_equation};
pub use world::{Quantity, QuantityId, Relation, World};

/// The fewest steps a generated solution can have.
pub const MIN_STEPS: usize = 2;
/// The most steps a generated solution can have.
pub const MAX_STEPS: usize = 8;

/// A problem with its worked solution and the world that both speak of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WordProblem {
    pub family: Family,
    /// The problem as the reader sees it: facts, then the question, on one line.
    pub text: String,
    /// One sentence a step, each with exactly one equation; the last one computes the answer.
    pub steps: Vec<String>,
    pub answer: i64,
    pub world: World,
}

impl WordProblem {
    /// The solution in GSM8K form: the steps, one a line, then `#### answer`. No newline at the
    /// end.
    pub fn solution_text(&self) -> String {
        format!("{}\n#### {}", self.steps.join("\n"), self.answer)
    }
}

/// Draws a problem whose solution has a number of steps in `steps`, each number equally likely.
///
/// `family` none: every family is equally likely. The range is cut to
/// [`MIN_STEPS`]`..=`[`MAX_STEPS`]; an empty or outlying one falls on the nearest number allowed.
/// The same state of `rng` always gives the same problem.
pub fn generate<R: Rng + ?Sized>(
    family: Option<Family>,
    steps: RangeInclusive<usize>,
    rng: &mut R,
) -> WordProblem {
    let mut rng = rng;
    let least = (*steps.start()).clamp(MIN_STEPS, MAX_STEPS);
    let most = (*steps.end()).clamp(least, MAX_STEPS);
    let family = family.unwrap_or_else(|| Family::ALL[rng.random_range(0..Family::ALL.len())]);
    let wanted = rng.random_range(least..=most);
    // Unlucky numbers are drawn again. It ends: the tests see every family reach every number of
    // steps, and the worst of them needs a handful of tries.
    loop {
        let mut draft = draft::Draft::new(&mut rng);
        let question = families::tell(family, &mut draft, wanted);
        if let Some(problem) = draft.finish(family, wanted, question) {
            return problem;
        }
    }
}
