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

/// The student whose samples are looked at, and the models that trainings go on from: the ORM alone,
/// for SORMs, or, where the preset trains further, ORM and refiners.
#[derive(Debug, Clone, Copy)]
pub struct Origin<'a> {
    pub student: &'a Weights,
    pub orm: &'a Weights,
    pub global: &'a Weights,
    pub local: &'a Weights,
}

/// Where the model lies that a course goes on from when a run trains further.
pub(super) fn before(course: Course) -> Option<&'static str> {
    match course {
        Course::OrmOfStudent => Some("before-orm"),
        Course::Global => Some("before-global"),
        Course::Local => Some("before-local"),
        Course::Sorm | Course::Orm => None,
    }
}

/// Puts them into the folder of a run and draws what trainings of reward models need: samples of the
/// student, and rollouts of validation samples. Done once already, it is not done again.
///
/// # Errors
/// [`LabError`] from models and files.
pub fn begin(bench: &mut Bench, origin: Origin<'_>) -> Result<(), LabError> {
    keep(&bench.preset, &bench.folder, &bench.tokenizer)?;
    let trained = [
        (Course::OrmOfStudent, origin.orm),
        (Course::Global, origin.global),
        (Course::Local, origin.local),
    ];
    let mut there = vec![("student", origin.student)];
    match bench.preset.further {
        true => {
            there.extend(trained.iter().filter_map(|(c, weights)| Some((before(*c)?, *weights))))
        }
        false => there.push((Course::OrmOfStudent.name(), origin.orm)),
    }
    for (name, weights) in there {
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
