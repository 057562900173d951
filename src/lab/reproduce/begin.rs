//! A run that goes on from models there are: for trainings with one thing changed, without base,
//! student and first ORM being made anew, or for all stages after the student.

use std::path::Path;

use super::base::keep;
use super::bench::Bench;
use super::course::Course;
use super::rollouts::rollouts;
use super::samples::samples;
use crate::domain::Role;
use crate::lab::LabError;
use crate::lab::problems::Split;
use crate::model::{Precision, Weights};

/// Where the model lies that a course goes on from when a run trains further.
pub(super) fn before(course: Course) -> Option<&'static str> {
    match course {
        Course::OrmOfStudent => Some("before-orm"),
        Course::Sorm => Some("before-sorm"),
        Course::Global => Some("before-global"),
        Course::Local => Some("before-local"),
        Course::Orm => None,
    }
}

/// Puts the models that `weights` plays roles with into the folder of a run: the policy as the student
/// whose samples are looked at, and what trainings go on from, which is the ORM alone, for SORMs, or,
/// where the preset trains further, each the model of its own role. And draws what trainings of reward
/// models need: samples of the student, and rollouts of validation samples. Done once already, it is
/// not done again.
///
/// # Errors
/// [`LabError`] from models and files.
pub fn begin<'a>(bench: &mut Bench, weights: impl Fn(Role) -> &'a Weights) -> Result<(), LabError> {
    keep(&bench.preset, &bench.folder, &bench.tokenizer)?;
    let mut there = vec![("student", Role::Policy)];
    match bench.preset.further {
        true => {
            let trained = Course::ALL.into_iter();
            there.extend(trained.filter_map(|course| Some((before(course)?, course.role()))));
        }
        false => there.push((Course::OrmOfStudent.name(), Role::Orm)),
    }
    for (name, role) in there {
        let best = bench.folder.join(name).join("best");
        std::fs::create_dir_all(&best).map_err(|e| LabError::io(&best, e))?;
        weights(role).save(&best, Precision::F32)?;
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
