//! What one training learns from: the usual recipe of its course, or one with something changed.

use super::course::Course;
use super::preset::Preset;
use crate::lab::labels::Rules;
use crate::lab::problems::Split;

/// Where examples come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// The sets of training problems; their step labels were found by halving.
    Training,
    /// Fewer training samples, with every prefix rolled out: only there can a label rule be left
    /// out, or the number of rollouts be changed afterwards.
    FullSearch,
    /// The sets of validation problems.
    Validation,
}

impl Source {
    /// Whose problems its samples are of.
    pub fn split(self) -> Split {
        match self {
            Source::Training | Source::FullSearch => Split::Train,
            Source::Validation => Split::Validation,
        }
    }
}

/// Everything that decides a training beside the preset.
#[derive(Debug, Clone, PartialEq)]
pub struct Recipe {
    pub course: Course,
    /// Folder of the training, and name of what comes of it.
    pub name: String,
    pub source: Source,
    /// Label rules of step labels.
    pub rules: Rules,
    /// Whether step labels are all that rollouts tell ([`Preset::pool`]).
    pub pool: bool,
    /// K: rollouts of a prefix that are looked at, of a full search.
    pub rollouts: usize,
    /// For each ten right samples, how many become pairs that teach a refiner to copy.
    pub copies_of_ten: usize,
    /// Weight of the wording of right solutions in a reward model's training.
    pub language: f32,
    /// Weight of each digit of a sum's result in it.
    pub sums: f32,
    pub steps: usize,
    /// How much of the weights it starts from is in what comes of it, 0 to 1.
    pub keeps: f32,
}

impl Recipe {
    /// Whether labels are those of all solutions with the same sums. A full search is for looking at
    /// label rules by themselves.
    pub fn pools(&self) -> bool {
        self.pool && self.source != Source::FullSearch
    }

    /// As `reproduce` trains it.
    pub fn usual(course: Course, preset: &Preset) -> Self {
        let steps = match course {
            Course::OrmOfStudent => preset.orm_steps,
            Course::Orm => preset.orm_refined_steps,
            Course::Sorm => preset.sorm_steps,
            Course::Global => preset.global_steps,
            Course::Local => preset.local_steps,
        };
        Self {
            course,
            name: course.name().to_owned(),
            source: Source::Training,
            rules: Rules { balance: preset.balance, ..Rules::default() },
            pool: preset.pool,
            rollouts: preset.rollouts,
            copies_of_ten: preset.copies_of_ten,
            language: preset.language_weight,
            sums: preset.sum_weight,
            steps,
            keeps: if course == Course::Sorm { preset.sorm_keeps } else { 0.0 },
        }
    }
}
