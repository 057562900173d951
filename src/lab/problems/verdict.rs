//! The gold judge: is a written step true in the world of its problem?
//!
//! The rule, in this order:
//! 1. the step holds exactly one equation `a op b = c` in whole numbers, else it is unreadable;
//! 2. the arithmetic is right;
//! 3. `a` and `b` are values of the world or results of earlier true steps: no invented numbers,
//!    and none that only a false step produced. A value that follows but was not written down yet
//!    may be used: leaving out a step is not an error;
//! 4. the equation is a relation of the world (sums and products in either order) or joins parts of
//!    one of its sums or products in another order (see `regroup`). Every relation of a generated
//!    world serves the question, so a true but needless combination counts as false: it is a way
//!    that does not lead to the answer;
//! 5. the words, where they name a quantity of the world, name one with the value `c`, and rule 4
//!    holds for that quantity itself; they name no stranger and do not put a known name to another
//!    quantity's unit. Words that name nothing of the world are let pass.
//!
//! Values, not meanings, are compared: two quantities with one value cannot be told apart by rule
//! 4.

use serde::{Deserialize, Serialize};

use super::subject::{Subject, recognise};
use super::{Equation, Op, Quantity, World, regroup};

/// Why a step is false.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StepError {
    /// The equation is wrong as arithmetic.
    Arithmetic,
    /// An operand is no value of the world and no result of an earlier true step.
    UnknownNumber,
    /// Nothing in the world follows this way.
    NoSuchRelation,
    /// The quantity named has another value.
    WrongSubject,
    /// The quantity named is counted in another unit.
    WrongUnit,
    /// The step names a person of whom the problem says nothing.
    Stranger,
}

/// What the judge says of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StepVerdict {
    True,
    False(StepError),
    /// No single equation could be read.
    Unreadable,
}

/// Judges a step after the steps written before it. Any text is allowed; none makes it panic.
pub fn check_step(world: &World, step_text: &str, earlier_steps: &[&str]) -> StepVerdict {
    let mut judge = Judge::new(world);
    for step in earlier_steps {
        judge.read(step);
    }
    judge.read(step_text)
}

/// The number, from 1, of the first step that is not true; none when all are.
pub fn first_error<S: AsRef<str>>(world: &World, steps: &[S]) -> Option<usize> {
    let mut judge = Judge::new(world);
    steps.iter().position(|step| judge.read(step.as_ref()) != StepVerdict::True).map(|at| at + 1)
}

/// The number, from 1, of the first step whose equation is not true in the world: rules 1 to 4, with
/// the words left aside. Scores that are learnt from final answers alone cannot know of a wrong
/// name beside right numbers, so this is what they are measured against.
pub fn first_wrong_equation<S: AsRef<str>>(world: &World, steps: &[S]) -> Option<usize> {
    let mut judge = Judge { words_count: false, ..Judge::new(world) };
    steps.iter().position(|step| judge.read(step.as_ref()) != StepVerdict::True).map(|at| at + 1)
}

/// Reads a solution from its start and remembers what true steps have shown.
struct Judge<'w> {
    world: &'w World,
    shown: Vec<i64>,
    /// Whether rule 5 is applied.
    words_count: bool,
}

impl<'w> Judge<'w> {
    fn new(world: &'w World) -> Self {
        Judge { world, shown: Vec::new(), words_count: true }
    }

    fn read(&mut self, step: &str) -> StepVerdict {
        let Some((before, equation, after)) = Equation::find(step) else {
            return StepVerdict::Unreadable;
        };
        match self.error(before, equation, after) {
            Some(error) => StepVerdict::False(error),
            None => {
                self.shown.push(equation.c);
                StepVerdict::True
            }
        }
    }

    fn error(&self, before: &str, equation: Equation, after: &str) -> Option<StepError> {
        let known = |number: i64| self.world.holds(number) || self.shown.contains(&number);
        if !equation.is_right() {
            return Some(StepError::Arithmetic);
        }
        if !known(equation.a) || !known(equation.b) {
            return Some(StepError::UnknownNumber);
        }
        if !self.world.quantities.iter().any(|q| follows(self.world, q, equation)) {
            return Some(StepError::NoSuchRelation);
        }
        if !self.words_count {
            return None;
        }
        match recognise(self.world, before, after) {
            Subject::Known(mut named) => {
                named.retain(|q| q.value == equation.c);
                let shown = named.iter().any(|q| follows(self.world, q, equation));
                match named.is_empty() {
                    true => Some(StepError::WrongSubject),
                    false => (!shown).then_some(StepError::NoSuchRelation),
                }
            }
            Subject::OtherUnit => Some(StepError::WrongUnit),
            Subject::Stranger => Some(StepError::Stranger),
            Subject::Unnamed => None,
        }
    }
}

/// Whether the equation computes the quantity, or joins parts of what it is made of.
fn follows(world: &World, quantity: &Quantity, equation: Equation) -> bool {
    let Some(from) = &quantity.from else { return false };
    let [first, second] = from.operands.map(|id| world.quantity(id).map(|q| q.value));
    let (a, b) = (Some(equation.a), Some(equation.b));
    let either_order = matches!(from.op, Op::Add | Op::Mul);
    let is_its_own = from.op == equation.op
        && quantity.value == equation.c
        && ((first, second) == (a, b) || either_order && (second, first) == (a, b));
    is_its_own || regroup::allows(world, quantity, equation)
}
