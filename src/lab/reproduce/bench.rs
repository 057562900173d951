//! The lab bench: what every stage needs at hand.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use candle_core::Device;

use super::begin::{before, has_student_of_its_own};
use super::checking::CHECKING;
use super::course::Course;
use super::practice::PRACTICE;
use super::preset::Preset;
use crate::domain::Role;
use crate::engine::Tokenizer;
use crate::lab::LabError;
use crate::lab::files::{SetFile, hash_file};
use crate::lab::problems::Split;
use crate::lab::train::Progress;
use crate::model::{Llama, WEIGHTS_FILE, Weights};

/// What a reproduction tells whoever watches.
#[derive(Debug, Clone)]
pub enum Report<'a> {
    /// A stage begins; one that is found finished ends at once.
    Stage { name: &'a str },
    /// So many of so many units of a stage are done.
    Units { name: &'a str, done: usize, of: usize },
    /// A training goes on.
    Training(&'a Progress),
}

/// Name of the set `name` of a split.
pub(super) fn set_name(name: &str, split: Split) -> String {
    let suffix = if split == Split::Train { "" } else { "-validation" };
    format!("{name}{suffix}")
}

/// Where the weights lie that were averaged with those a training started from.
pub(super) const AVERAGED: &str = "averaged";

/// A trained model and the hash of its weights.
pub struct Model {
    pub llama: Llama,
    pub hash: String,
}

/// Preset, folder, tokenizer, device, and the models trained so far.
pub struct Bench<'a> {
    pub preset: Preset,
    pub folder: PathBuf,
    pub tokenizer: Tokenizer,
    pub device: Device,
    pub report: &'a mut dyn FnMut(Report<'_>),
    models: BTreeMap<String, Arc<Model>>,
}

impl<'a> Bench<'a> {
    /// An empty bench; models are read from the folder when first asked for.
    pub fn new(
        preset: Preset,
        folder: PathBuf,
        tokenizer: Tokenizer,
        device: Device,
        report: &'a mut dyn FnMut(Report<'_>),
    ) -> Self {
        Self { preset, folder, tokenizer, device, report, models: BTreeMap::new() }
    }

    /// The trained model of a role.
    ///
    /// # Errors
    /// [`LabError`] when the role has not been trained.
    pub fn model(&mut self, role: Role) -> Result<Arc<Model>, LabError> {
        match role {
            Role::Policy if self.base_is_student() => self.named("base"),
            Role::Policy => self.named("student"),
            Role::Orm => self.named(Course::shipped_orm(&self.preset).name()),
            _ => self.named(role.as_str()),
        }
    }

    /// Whether there is no Expert Iteration, and no student that the run was begun with.
    fn base_is_student(&self) -> bool {
        self.preset.expert_rounds == 0 && !has_student_of_its_own(&self.folder)
    }

    /// Whether refiners and reward models start from a student that has practised.
    pub fn practises(&self) -> bool {
        self.preset.practice_steps > 0 && !self.preset.further
    }

    /// What refiners and reward models start from: the student after practice, or as it is where
    /// there is no practice.
    ///
    /// # Errors
    /// [`LabError`] when it has not been trained.
    pub fn start(&mut self) -> Result<Arc<Model>, LabError> {
        match self.practises() {
            true => self.named(PRACTICE),
            false => self.model(Role::Policy),
        }
    }

    /// What a course starts from. What the first ORM knows is what both other reward models have to
    /// know as well; it has more labels than either of them, so it goes first (docs/decisions/0016). It
    /// starts where the refiners do, after it has learnt to check sums where the preset has that. A run
    /// that trains further starts each from the one that was in use.
    ///
    /// # Errors
    /// [`LabError`] when it has not been trained.
    pub fn start_of(&mut self, course: Course) -> Result<Arc<Model>, LabError> {
        match (course, before(course)) {
            (_, Some(name)) if self.preset.further => self.named(name),
            (Course::Orm | Course::Sorm, _) => self.named(Course::OrmOfStudent.name()),
            (Course::OrmOfStudent, _) if self.preset.checking_steps > 0 => self.named(CHECKING),
            _ => self.start(),
        }
    }

    /// The model of one training, by the name of its folder: averaged with what it started from where
    /// its recipe says so, else its best weights.
    ///
    /// # Errors
    /// [`LabError`] when it has not been trained.
    pub fn named(&mut self, name: &str) -> Result<Arc<Model>, LabError> {
        if let Some(model) = self.models.get(name) {
            return Ok(model.clone());
        }
        let of_training = self.folder.join(name);
        let averaged = of_training.join(AVERAGED);
        let folder = if averaged.exists() { averaged } else { of_training.join("best") };
        let hash = hash_file(&folder.join(WEIGHTS_FILE))?;
        let model = Arc::new(Model { llama: Llama::new(Weights::load(&folder)?), hash });
        self.models.insert(name.to_owned(), model.clone());
        Ok(model)
    }

    /// The set `name` of a split: those of training problems have no suffix.
    pub fn set(&self, name: &str, split: Split) -> SetFile {
        SetFile::new(&self.folder, &set_name(name, split))
    }

    /// Reports units done.
    pub fn say(&mut self, name: &str, done: usize, of: usize) {
        (self.report)(Report::Units { name, done, of });
    }
}
