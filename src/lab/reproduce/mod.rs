//! From nothing to five checkpoints and a table: the stages in order, each resumable.
//!
//! Every stage writes files and reads those of earlier ones; a stage whose files are there and were
//! made from the same inputs is not done again. `preset.rs` fixes sizes and seeds, `bench.rs` holds
//! what the stages share, the other files are the stages. To add a stage, add a function here that
//! reads and writes files, and a line in [`reproduce`].

mod base;
mod begin;
mod bench;
mod checking;
mod course;
mod experts;
mod finish;
mod label_truth;
mod parts;
mod practice;
mod preset;
mod recipe;
mod refinements;
mod roles;
mod rollouts;
mod samples;
mod thresholds;
mod variant;

pub use base::{base, tokenizer};
pub use begin::begin;
pub use bench::{Bench, Model, Report};
pub use checking::checking;
pub use course::Course;
pub use experts::{PassAtK, experts};
pub use finish::{measure, ship, shipped_models};
pub use label_truth::{Agreement, LabelTruth, TruthRow, label_truth};
pub use practice::{PRACTICE, practice};
pub use preset::Preset;
pub use recipe::{Recipe, Source};
pub use refinements::refinements;
pub use roles::fine_tune;
pub use rollouts::{full_rollouts, rollouts};
pub use samples::samples;
pub use thresholds::threshold_rollouts;
pub use variant::variant;

use std::path::Path;

use candle_core::Device;

use begin::has_student_of_its_own;

use super::LabError;
use super::measure::Evaluation;
use super::problems::Split;

/// Does every stage of `preset` in `folder` that is not done yet and returns the evaluation. A run that
/// [`begin()`] began keeps the student it has.
///
/// # Errors
/// The first stage that fails; what the stages before it made stays and is used next time.
pub fn reproduce(
    preset: &Preset,
    folder: &Path,
    device: &Device,
    report: &mut dyn FnMut(Report<'_>),
) -> Result<Evaluation, LabError> {
    let stage = |report: &mut dyn FnMut(Report<'_>), name| {
        report(Report::Stage { name });
    };
    if preset.further && !has_student_of_its_own(folder) {
        let reason = "this preset trains further what `glore lab begin` puts there".to_owned();
        return Err(LabError::Nothing { stage: "student", reason });
    }
    stage(report, "tokenizer");
    let tokenizer = tokenizer(preset, folder)?;
    let mut bench =
        Bench::new(preset.clone(), folder.to_owned(), tokenizer, device.clone(), report);
    if !has_student_of_its_own(folder) {
        stage(bench.report, "base");
        let told = &mut *bench.report;
        base(preset, &bench.tokenizer, device, folder, &mut |p| told(Report::Training(p)))?;
        stage(bench.report, "student");
        experts(&mut bench)?;
    }
    for split in [Split::Validation, Split::Train] {
        stage(bench.report, "samples");
        samples(&mut bench, split)?;
        stage(bench.report, "rollouts");
        rollouts(&mut bench, split)?;
    }
    if !preset.further {
        stage(bench.report, "practice");
        practice(&mut bench)?;
        stage(bench.report, "checking");
        checking(&mut bench)?;
    }
    let shipped = Course::shipped_orm(preset);
    for course in Course::ALL.into_iter().filter(|&c| c != Course::Orm || c == shipped) {
        if course == Course::Orm {
            stage(bench.report, "refinements");
            refinements(&mut bench, Split::Validation)?;
            refinements(&mut bench, Split::Train)?;
        }
        stage(bench.report, course.name());
        let recipe = Recipe::usual(course, preset);
        fine_tune(&mut bench, &recipe)?;
    }
    stage(bench.report, "rollouts");
    threshold_rollouts(&mut bench)?;
    stage(bench.report, "checkpoints");
    let thresholds = ship(&mut bench)?;
    stage(bench.report, "evaluation");
    measure(&mut bench, Split::Harder, thresholds)?;
    measure(&mut bench, Split::Unseen, thresholds)?;
    measure(&mut bench, Split::Test, thresholds)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Role;
    use crate::lab::labels::Rules;

    /// Trains one SORM without a label rule in a finished run.
    fn vary(folder: &Path) {
        let preset = Preset::smoke();
        let tokenizer = tokenizer(&preset, folder).expect("a tokenizer");
        let mut quiet = |_: Report<'_>| {};
        let mut bench =
            Bench::new(preset.clone(), folder.to_owned(), tokenizer, Device::Cpu, &mut quiet);
        let rules = Rules { propagation: false, ..Rules::default() };
        let (name, source) = ("sorm-unordered".to_owned(), Source::FullSearch);
        let recipe =
            Recipe { name, source, rules, rollouts: 4, ..Recipe::usual(Course::Sorm, &preset) };
        let made = variant(&mut bench, &recipe).expect("trained");
        let card = crate::model::Card::read(&made).expect("readable").expect("there");
        assert_eq!(card.role, Role::Sorm);
        assert!(folder.join("rollouts-full.manifest.json").exists());
    }

    /// Begins a run from models of a finished one, trains the same SORM there, and goes on to the end.
    fn goes_on_from_models_there_are(finished: &Path) {
        let preset = Preset { orm_refined_steps: 0, ..Preset::smoke() };
        let folder = tempfile::tempdir().expect("a folder");
        let weights = |name: &str| {
            crate::model::Weights::load(&finished.join(name).join("best")).expect("trained")
        };
        let (student, others) = (weights("student"), weights("sorm"));
        let tokenizer = tokenizer(&preset, finished).expect("a tokenizer");
        let mut quiet = |_: Report<'_>| {};
        let place = folder.path().to_owned();
        let mut bench = Bench::new(preset.clone(), place, tokenizer, Device::Cpu, &mut quiet);
        let in_use = |role| if role == Role::Policy { &student } else { &others };
        begin(&mut bench, in_use).expect("begun");
        vary(folder.path());
        let drawn = |folder: &Path| std::fs::read(folder.join("samples.jsonl")).expect("samples");
        assert!(drawn(folder.path()) == drawn(finished), "the same student draws the same samples");

        let trained = |folder: &Path, name: &str| {
            let file = crate::model::WEIGHTS_FILE;
            std::fs::read(folder.join(name).join("best").join(file)).expect("weights")
        };
        let mut stages = Vec::new();
        let evaluation = reproduce(&preset, folder.path(), &Device::Cpu, &mut |report| {
            if let Report::Stage { name } = report {
                stages.push(name.to_owned());
            }
        });
        assert_eq!(evaluation.expect("reproduced").problems, preset.test_problems);
        assert!(
            !stages.iter().any(|s| s == "base" || s == "student"),
            "it has a student: {stages:?}"
        );
        assert!(
            !stages.iter().any(|s| s == "orm" || s == "refinements"),
            "no second ORM: {stages:?}"
        );
        for name in ["student", "practice", "orm-student", "local"] {
            let same = trained(folder.path(), name) == trained(finished, name);
            assert!(same, "{name}: the same student leads to the same models");
        }
    }

    /// Trains further what a finished run ended with.
    fn goes_further(finished: &Path) {
        let preset = Preset { further: true, expert_rounds: 0, ..Preset::smoke() };
        let folder = tempfile::tempdir().expect("a folder");
        let quiet = &mut |_: Report<'_>| {};
        let not_begun = reproduce(&preset, folder.path(), &Device::Cpu, quiet);
        assert!(matches!(not_begun, Err(LabError::Nothing { stage: "student", .. })));
        let named = |folder: &Path, name: &str| {
            crate::model::Weights::load(&folder.join(name).join("best")).expect("trained")
        };
        let trained = ["student", "orm-student", "sorm", "global", "local"];
        let in_use: Vec<_> = trained.iter().map(|name| named(finished, name)).collect();
        let in_use = |role: Role| &in_use[Role::ALL.iter().position(|&r| r == role).expect("one")];
        let words = tokenizer(&preset, finished).expect("a tokenizer");
        let place = folder.path().to_owned();
        let mut bench = Bench::new(preset.clone(), place, words, Device::Cpu, quiet);
        begin(&mut bench, in_use).expect("begun");
        for course in [Course::OrmOfStudent, Course::Sorm, Course::Local] {
            let start = bench.start_of(course).expect("there");
            assert!(start.llama.weights() == in_use(course.role()), "{course:?}");
        }
        let mut stages = Vec::new();
        reproduce(&preset, folder.path(), &Device::Cpu, &mut |report| {
            if let Report::Stage { name } = report {
                stages.push(name.to_owned());
            }
        })
        .expect("reproduced");
        assert!(!stages.iter().any(|s| s == "practice" || s == "checking"), "{stages:?}");
        assert!(named(folder.path(), "orm-student") != *in_use(Role::Orm), "it was trained");
    }

    #[test]
    fn the_smoke_preset_goes_from_nothing_to_a_table_and_resumes() {
        let folder = tempfile::tempdir().expect("a folder");
        let run = || {
            let mut trained = Vec::new();
            let evaluation =
                reproduce(&Preset::smoke(), folder.path(), &Device::Cpu, &mut |report| {
                    if let Report::Training(progress) = report {
                        trained.push(progress.name.clone());
                    }
                })
                .expect("reproduced");
            (evaluation, trained)
        };
        let (first, trained) = run();
        for name in ["base", "student", "practice", "checking", "orm-student"] {
            assert!(trained.iter().any(|t| t == name), "{name} was not trained");
        }
        assert_eq!(first.problems, Preset::smoke().test_problems);
        let (second, trained) = run();
        assert_eq!(trained, Vec::<String>::new(), "finished trainings are not done again");
        assert_eq!(first.figures, second.figures, "the same seed gives the same figures");
        vary(folder.path());
        goes_on_from_models_there_are(folder.path());
        goes_further(folder.path());
        for role in Role::ALL {
            let card =
                crate::model::Card::read(&folder.path().join("checkpoints").join(role.as_str()));
            assert_eq!(card.expect("readable").expect("there").role, role);
        }
    }
}
