//! A run that goes on from models there are: for trainings with one thing changed, without base,
//! student and first ORM being made anew, or for all stages after the student.

use std::path::Path;

use super::base::keep;
use super::bench::Bench;
use super::roles::Course;
use super::rollouts::rollouts;
use super::samples::samples;
use crate::lab::LabError;
use crate::lab::problems::Split;
use crate::model::{Precision, Weights};

/// The student whose samples are looked at, and the ORM that reward models go on from.
#[derive(Debug, Clone, Copy)]
pub struct Origin<'a> {
    pub student: &'a Weights,
    pub orm: &'a Weights,
}

/// Puts them into the folder of a run and draws what trainings of reward models need: samples of the
/// student, and rollouts of validation samples. Done once already, it is not done again.
///
/// # Errors
/// [`LabError`] from models and files.
pub fn begin(bench: &mut Bench, origin: Origin<'_>) -> Result<(), LabError> {
    keep(&bench.preset, &bench.folder, &bench.tokenizer)?;
    for (name, weights) in [("student", origin.student), (Course::OrmOfStudent.name(), origin.orm)]
    {
        let best = bench.folder.join(name).join("best");
        std::fs::create_dir_all(&best).map_err(|e| LabError::io(&best, e))?;
        weights.save(&best, Precision::F32)?;
    }
    samples(bench, Split::Validation)?;
    rollouts(bench, Split::Validation)?;
    samples(bench, Split::Train)?;
    Ok(())
}

/// Whether a run was begun from models there are: then it has a student and no base.
pub(super) fn has_student_of_its_own(folder: &Path) -> bool {
    folder.join("student").join("best").exists() && !folder.join("base").exists()
}
