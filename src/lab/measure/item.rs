//! A problem under measurement, from the generator or from a file.

use crate::domain::{Answer, Solution};
use crate::lab::problems::{WordProblem, World, first_error, first_wrong_equation};

/// A problem, and as much truth about it as is known.
#[derive(Debug, Clone, PartialEq)]
pub struct Item {
    pub text: String,
    pub answer: Option<Answer>,
    /// Only of generated problems: what every step is judged by.
    pub world: Option<World>,
}

impl From<&WordProblem> for Item {
    fn from(problem: &WordProblem) -> Self {
        Self {
            text: problem.text.clone(),
            answer: Answer::parse(&problem.answer.to_string()),
            world: Some(problem.world.clone()),
        }
    }
}

/// What the world says of a solution.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gold {
    /// 1-based first step whose equation is not true in the world of the problem.
    pub first_error: Option<usize>,
    /// Some step's words are wrong although every equation is right.
    pub only_words_wrong: bool,
}

impl Item {
    /// Judges a solution; none where there is no world to judge by.
    pub fn judge(&self, solution: &Solution) -> Option<Gold> {
        let world = self.world.as_ref()?;
        let wrong = first_wrong_equation(world, &solution.steps);
        let false_words = first_error(world, &solution.steps).is_some();
        Some(Gold { first_error: wrong, only_words_wrong: wrong.is_none() && false_words })
    }
}
