//! The models that correct the student, and the set each of them learns from.

use std::path::Path;

use crate::lab::LabError;
use crate::lab::files::SetFile;
use crate::lab::sets::{
    Known, Labelled, RightSolutions, Rollouts, Sample, Teaching, beside, choices, global_pairs,
    global_set, local_pairs, local_set, orm_set, relabelled, sorm_set,
};
use crate::lab::train::{Example, Task, Trained, train};
use crate::model::{Head, Precision, Weights};

use super::bench::{AVERAGED, Bench, Report};
use super::course::Course;
use super::practice::rehearsal;
use super::recipe::{Recipe, Source};
use super::rollouts::FULL_ROLLOUTS;

/// Trains a model as a recipe says. Without steps, or where an earlier stage found nothing to learn
/// from (a student that never solves anything has no right samples), it keeps the weights it started
/// from.
///
/// # Errors
/// [`LabError`] when an earlier stage is missing, from training and from files.
pub fn fine_tune(bench: &mut Bench, recipe: &Recipe) -> Result<Trained, LabError> {
    let start = bench.start_of(recipe.course)?.llama.weights().clone();
    let folder = bench.folder.join(&recipe.name);
    let averaged = folder.join(AVERAGED);
    if averaged.exists() {
        // It may be of another recipe.
        std::fs::remove_dir_all(&averaged).map_err(|e| LabError::io(&averaged, e))?;
    }
    if recipe.steps == 0 {
        return kept(start, &folder);
    }
    let teaching = Teaching::new(&bench.tokenizer, recipe.language)?.with_sums(recipe.sums);
    let usual =
        Recipe { source: Source::Validation, ..Recipe::usual(recipe.course, &bench.preset) };
    let examples = set(bench, recipe, teaching)?;
    let held_out = set(bench, &usual, teaching.labels_only())?;
    if examples.is_empty() || held_out.is_empty() {
        return kept(start, &folder);
    }
    let (head, held_out_head) = match recipe.course.role().is_reward() {
        true => (teaching.head(), teaching.labels_only().head()),
        false => (Head::Vocabulary, Head::Vocabulary),
    };
    let plan = bench.preset.fine_tuning_plan(&recipe.name, recipe.steps);
    let device = bench.device.clone();
    let report = &mut bench.report;
    let task = Task {
        plan: &plan,
        head,
        examples: &examples,
        held_out: &held_out,
        held_out_head,
        device: &device,
        folder: &folder,
    };
    let trained = train(task, start.clone(), &mut |progress| report(Report::Training(progress)))?;
    if recipe.keeps > 0.0 {
        average(&start, &trained.weights, recipe.keeps, &averaged)?;
    }
    Ok(trained)
}

/// Weights between those a training started from and those it ended with are often better than both:
/// what was learnt is in them, and less was forgotten (Wortsman et al. 2022, arXiv 2109.01903).
fn average(start: &Weights, end: &Weights, keeps: f32, folder: &Path) -> Result<(), LabError> {
    std::fs::create_dir_all(folder).map_err(|e| LabError::io(folder, e))?;
    Ok(end.towards(start, keeps).save(folder, Precision::F32)?)
}

/// The weights a training would have started from, where its best ones are looked for.
fn kept(start: Weights, folder: &Path) -> Result<Trained, LabError> {
    let best = folder.join("best");
    std::fs::create_dir_all(&best).map_err(|e| LabError::io(&best, e))?;
    start.save(&best, Precision::F32)?;
    Ok(Trained { weights: start, validation_loss: f32::NAN, steps: 0, tokens: 0 })
}

/// The set of a recipe, from the files of its source.
fn set(bench: &Bench, recipe: &Recipe, teaching: Teaching) -> Result<Vec<Example>, LabError> {
    let (tokenizer, seed) = (&bench.tokenizer, bench.preset.seed);
    let (copies, rules) = (recipe.copies_of_ten, recipe.rules);
    let named = |name: &str| bench.set(name, recipe.source.split());
    let samples = || named("samples").read::<Sample>();
    let rollouts = || match recipe.source {
        Source::FullSearch => {
            let all = SetFile::new(&bench.folder, FULL_ROLLOUTS).read::<Rollouts>()?;
            Ok(all.into_iter().map(|one| one.with_at_most(recipe.rollouts)).collect())
        }
        _ => named("rollouts").read::<Rollouts>(),
    };
    let of_student = || -> Result<Vec<Sample>, LabError> {
        Ok(choices(samples()?, &named("rollouts").read::<Rollouts>()?))
    };
    Ok(match recipe.course {
        // Validation losses are of all samples, whatever is learnt from.
        Course::OrmOfStudent if recipe.source == Source::Validation => {
            orm_set(tokenizer, &samples()?, seed, teaching)?
        }
        Course::Orm if recipe.source == Source::Validation => {
            let all = [named("refinements").read::<Sample>()?, samples()?].concat();
            orm_set(tokenizer, &all, seed, teaching)?
        }
        Course::OrmOfStudent => orm_set(tokenizer, &of_student()?, seed, teaching)?,
        // What the first ORM learnt from is among it, so that it is kept.
        Course::Orm => {
            let refined = choices(named("refinements").read::<Sample>()?, &[]);
            orm_set(tokenizer, &[refined, of_student()?].concat(), seed, teaching)?
        }
        Course::Sorm => {
            let solutions = labelled(recipe, rollouts()?, &samples()?);
            sorm_set(tokenizer, &solutions, rules.balance, seed, teaching)?
        }
        Course::Global => {
            let (samples, rollouts) = (samples()?, rollouts()?);
            let right = RightSolutions::of(&samples, &rollouts);
            let pairs = global_pairs(&samples, &right, copies, seed);
            rehearsing(bench, recipe, global_set(tokenizer, &pairs)?)?
        }
        Course::Local => {
            let (samples, rollouts) = (samples()?, rollouts()?);
            let right = RightSolutions::of(&samples, &rollouts);
            let rollouts = match recipe.pools() {
                true => relabelled(&samples, rollouts),
                false => rollouts,
            };
            let pairs = local_pairs(&rollouts, &right, rules, copies, seed);
            rehearsing(bench, recipe, local_set(tokenizer, &pairs)?)?
        }
    })
}

/// A refiner's pairs, and among those it learns from what it goes on practising.
fn rehearsing(
    bench: &Bench,
    recipe: &Recipe,
    mut pairs: Vec<Example>,
) -> Result<Vec<Example>, LabError> {
    // Without a pair there is nothing to learn, and practice alone makes no refiner.
    if !pairs.is_empty() && recipe.source != Source::Validation {
        pairs.extend(rehearsal(bench)?);
    }
    Ok(pairs)
}

/// The solutions a SORM learns from, with their labels. What lies beside rollouts is to learn from, not
/// to be measured on.
fn labelled(recipe: &Recipe, rollouts: Vec<Rollouts>, samples: &[Sample]) -> Vec<Labelled> {
    let by_rules = |one: &Rollouts| one.labels.under(recipe.rules).into_iter().map(Some).collect();
    let labels: Vec<Vec<Option<bool>>> = if recipe.pools() {
        let known = Known::of(samples, &rollouts);
        rollouts.iter().map(|one| known.labels(one)).collect()
    } else {
        rollouts.iter().map(by_rules).collect()
    };
    let more = match recipe.pools() && recipe.source == Source::Training {
        true => beside(samples, &rollouts, &labels),
        false => Vec::new(),
    };
    let both = rollouts.into_iter().zip(labels);
    both.map(|(one, good)| Labelled { sample: one.sample, good }).chain(more).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use candle_core::Device;
    use serde_json::json;

    use super::*;
    use crate::lab::reproduce::{Preset, tokenizer};
    use crate::lab::sets::testing::{rolled_out, sample};
    use crate::model::LlamaConfig;

    /// A run of which there is what these trainings need: a student that is random, and right and wrong
    /// samples, which such a student does not draw.
    fn run(folder: &Path, preset: &Preset) {
        let words = tokenizer(preset, folder).expect("a tokenizer").vocab_size();
        for (seed, name) in [(1, "student"), (2, "orm-student")] {
            let best = folder.join(name).join("best");
            std::fs::create_dir_all(&best).expect("a folder");
            let config = LlamaConfig::small(words, 32, 1, 64);
            Weights::random(&config, seed).save(&best, Precision::F32).expect("saved");
        }
        let wrong = sample(1, "It is 2 + 3 = 5.\nIt is 5 - 1 = 4.\n#### 4");
        let right = sample(2, "It is 4 * 5 = 20.\n#### 20");
        let rollouts = [rolled_out(wrong.clone(), &[&["It is 5 * 4 = 20.\n#### 20"]])];
        for suffix in ["", "-validation"] {
            let set = |name: &str| SetFile::new(folder, &format!("{name}{suffix}"));
            let none = BTreeMap::new;
            let samples = [wrong.clone(), right.clone()];
            set("samples").write("t", json!({}), BTreeMap::new(), none(), &samples).expect("a set");
            set("rollouts")
                .write("t", json!({}), BTreeMap::new(), none(), &rollouts)
                .expect("a set");
        }
    }

    #[test]
    fn what_comes_of_a_training_is_as_near_its_start_as_the_recipe_says() {
        let preset = Preset { practice_steps: 0, ..Preset::smoke() };
        let folder = tempfile::tempdir().expect("a folder");
        run(folder.path(), &preset);
        let fine_tuned = |recipe: &Recipe| {
            let words = tokenizer(&preset, folder.path()).expect("a tokenizer");
            let mut quiet = |_: Report<'_>| {};
            let place = folder.path().to_owned();
            let mut bench = Bench::new(preset.clone(), place, words, Device::Cpu, &mut quiet);
            let trained = fine_tune(&mut bench, recipe).expect("trained");
            assert_eq!(trained.steps, recipe.steps, "{}", recipe.name);
            let start = bench.start_of(recipe.course).expect("there").llama.weights().clone();
            let made = bench.named(&recipe.name).expect("there").llama.weights().clone();
            assert!(start != trained.weights, "{} learnt something", recipe.name);
            (start, trained.weights, made)
        };
        let sorm = Recipe::usual(Course::Sorm, &preset);
        assert!(sorm.keeps > 0.0);
        let (start, end, made) = fine_tuned(&sorm);
        assert!(made == end.towards(&start, sorm.keeps));
        let (_, end, made) = fine_tuned(&Recipe { keeps: 0.0, ..sorm });
        assert!(made == end, "no average is left of the recipe before");
        for course in [Course::Global, Course::Local] {
            let (_, end, made) = fine_tuned(&Recipe::usual(course, &preset));
            assert!(made == end, "{course:?}");
        }
    }

    #[test]
    fn refiners_go_on_practising_and_are_measured_on_refining_alone() {
        let folder = tempfile::tempdir().expect("a folder");
        let smoke = Preset { practice_steps: 0, ..Preset::smoke() };
        run(folder.path(), &smoke);
        let examples = |rehearsed_problems, source| {
            let preset = Preset { rehearsed_problems, ..smoke.clone() };
            let words = tokenizer(&preset, folder.path()).expect("a tokenizer");
            let mut quiet = |_: Report<'_>| {};
            let place = folder.path().to_owned();
            let bench = Bench::new(preset.clone(), place, words, Device::Cpu, &mut quiet);
            let teaching = Teaching::new(&bench.tokenizer, 0.0).expect("control tokens");
            [Course::Global, Course::Local].map(|course| {
                let recipe = Recipe { source, ..Recipe::usual(course, &preset) };
                set(&bench, &recipe, teaching).expect("a set").len()
            })
        };
        let ([global, local], more) =
            (examples(0, Source::Training), examples(7, Source::Training));
        assert!(global > 0 && local > 0 && more[0] > global);
        assert_eq!(more[0] - global, more[1] - local);
        assert_eq!(examples(7, Source::Validation), examples(0, Source::Validation));
    }
}
