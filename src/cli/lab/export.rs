//! `glore export`: the sets of a run for trainers of large models.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail, ensure};
use clap::ValueEnum;
use serde::de::DeserializeOwned;

use crate::cli::print;
use crate::engine::Control;
use crate::lab::files::SetFile;
use crate::lab::formats::{self, LabelWords, Supervised, write_lines};
use crate::lab::labels::Rules;
use crate::lab::sets::{RightSolutions, Rollouts, Sample, global_pairs, local_pairs, relabelled};

/// Write a training set of a run for trainers of large models
///
/// Texts are those that a model of your own is shown when it is served. docs/training-large.md says
/// how to train on them.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Which set: right samples for a policy, outcomes for an ORM, step labels for a SORM, pairs for
    /// the global or the local refiner.
    #[arg(value_enum)]
    set: Set,
    /// Folder of a reproduction, with its samples and rollouts.
    #[arg(long, value_name = "FOLDER", default_value = "runs/small")]
    run: PathBuf,
    /// Of which problems: those for training, or those held out for validation.
    #[arg(long, value_enum, default_value_t = Split::Train)]
    split: Split,
    /// trl: {prompt, completion}, for orm and sorm a line a label; stepwise: {prompt, completions,
    /// labels}, orm and sorm; processbench: {problem, steps, label}, sorm
    /// [default: stepwise for orm and sorm, else trl].
    #[arg(long, value_enum)]
    form: Option<Form>,
    /// File to write, over what it holds.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Seed of what is drawn: pairs, and the labels left out by balance.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// global and local: how many of ten right samples become pairs that teach to copy.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u8).range(0..=10))]
    copies: u8,
    /// orm: also learn from the refinements of fresh problems.
    #[arg(long)]
    refinements: bool,
    /// orm and sorm as trl: the words for a good and a bad step, each one token of your tokenizer.
    #[arg(long, value_name = "GOOD,BAD", value_delimiter = ',')]
    labels: Vec<String>,
    /// orm and sorm as trl: what stands after each step [default: nothing but the line break].
    #[arg(long, value_name = "TAG")]
    step_tag: Option<String>,
}

/// What can be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Set {
    #[value(alias = "samples")]
    Student,
    Orm,
    Sorm,
    Global,
    Local,
}

/// In which form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Form {
    Trl,
    Stepwise,
    Processbench,
}

/// Of which problems.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Split {
    Train,
    Validation,
}

/// Runs the command.
pub fn run(args: &Args) -> anyhow::Result<()> {
    let reward = matches!(args.set, Set::Orm | Set::Sorm);
    let form = args.form.unwrap_or(if reward { Form::Stepwise } else { Form::Trl });
    ensure!(!args.refinements || args.set == Set::Orm, "--refinements: only the orm set has them");
    let words_used = reward && form == Form::Trl;
    ensure!(
        words_used || (args.labels.is_empty() && args.step_tag.is_none()),
        "--labels and --step-tag: only orm and sorm in trl form have them"
    );
    let (rules, copies) = (Rules::default(), usize::from(args.copies));
    let out = &args.out;
    let lines = match (args.set, form) {
        (Set::Student, Form::Trl) => write_lines(out, formats::policy(&samples(args)?))?,
        (Set::Global, Form::Trl) => {
            let samples = samples(args)?;
            let right = RightSolutions::of(&samples, &rollouts(args)?);
            let pairs = global_pairs(&samples, &right, copies, args.seed);
            write_lines(out, formats::refiner(&pairs)?)?
        }
        (Set::Local, Form::Trl) => {
            let (samples, rollouts) = (samples(args)?, rollouts(args)?);
            let right = RightSolutions::of(&samples, &rollouts);
            let rollouts = relabelled(&samples, rollouts);
            let pairs = local_pairs(&rollouts, &right, rules, copies, args.seed);
            write_lines(out, formats::refiner(&pairs)?)?
        }
        (Set::Orm, Form::Stepwise) => write_lines(out, orm(args)?)?,
        (Set::Sorm, Form::Stepwise) => write_lines(out, formats::sorm(&labelled(args)?, rules))?,
        (Set::Orm, Form::Trl) => {
            write_lines(out, formats::labelled(&orm(args)?, &words(args)?, None))?
        }
        (Set::Sorm, Form::Trl) => {
            let set = formats::sorm(&labelled(args)?, rules);
            let balanced = rules.balance.then_some(args.seed);
            write_lines(out, formats::labelled(&set, &words(args)?, balanced))?
        }
        (Set::Sorm, Form::Processbench) => {
            write_lines(out, formats::judged(&labelled(args)?, rules))?
        }
        (Set::Orm, Form::Processbench) => {
            bail!("--form processbench: outcomes name no first wrong step; export sorm")
        }
        (_, Form::Stepwise | Form::Processbench) => {
            bail!("--form: this set has no labels; it is written as trl only")
        }
    };
    print(&format!("{lines} lines written to {}\n", out.display()))
}

fn orm(args: &Args) -> anyhow::Result<Vec<Supervised>> {
    let mut judged = samples(args)?;
    if args.refinements {
        judged.extend(read::<Sample>(args, "refinements")?);
    }
    Ok(formats::orm(&judged))
}

fn words(args: &Args) -> anyhow::Result<LabelWords> {
    let [good, bad] = match args.labels.as_slice() {
        [] => [Control::Good, Control::Bad].map(|control| control.as_str().to_owned()),
        [good, bad] if good != bad && !good.is_empty() && !bad.is_empty() => {
            [good.clone(), bad.clone()]
        }
        other => bail!("--labels {}: two different words are needed", other.join(",")),
    };
    Ok(LabelWords { good, bad, step_tag: args.step_tag.clone() })
}

fn samples(args: &Args) -> anyhow::Result<Vec<Sample>> {
    read(args, "samples")
}

fn rollouts(args: &Args) -> anyhow::Result<Vec<Rollouts>> {
    read(args, "rollouts")
}

/// Rollouts whose labels say what any right solution reaches that begins with the same sums.
fn labelled(args: &Args) -> anyhow::Result<Vec<Rollouts>> {
    Ok(relabelled(&samples(args)?, rollouts(args)?))
}

/// A finished set of the run. One without a manifest may be half written.
fn read<T: DeserializeOwned>(args: &Args, name: &str) -> anyhow::Result<Vec<T>> {
    let name = match args.split {
        Split::Train => name.to_owned(),
        Split::Validation => format!("{name}-validation"),
    };
    let folder: &Path = &args.run;
    let set = SetFile::new(folder, &name);
    set.manifest().with_context(|| {
        format!(
            "--run {}: has no finished set `{name}`; `glore reproduce` makes it",
            folder.display()
        )
    })?;
    Ok(set.read()?)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use clap::Parser;
    use serde_json::{Value, json};

    use super::*;
    use crate::domain::{Answer, Solution};
    use crate::lab::labels::{Trace, label};
    use crate::lab::sets::Search;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        args: Args,
    }

    /// A finished run with one problem, solved once and failed once.
    fn finished_run() -> tempfile::TempDir {
        let sample = |id, text: &str| {
            let solution = Solution::split(text);
            let correct = solution.answer_text.as_deref() == Some("20");
            Sample {
                problem_id: 7,
                problem: "How many?".into(),
                reference: "20".into(),
                sample_id: id,
                model: String::new(),
                seed: id,
                solution,
                correct,
            }
        };
        let right = sample(0, "2 + 3 = 5\n5 * 4 = 20\n#### 20");
        let wrong = sample(1, "2 + 3 = 5\n5 + 4 = 9\n#### 9");
        let traces = vec![vec![Trace { rest: Solution::split("5 * 4 = 20\n#### 20") }]];
        let answer = Answer::parse("20").expect("an answer");
        let labels = label(&wrong.solution, &answer, &traces);
        let rollouts = Rollouts { sample: wrong.clone(), search: Search::Full, traces, labels };
        // Nothing reaches this one but what begins with the same sums.
        let other = sample(2, "3 + 2 = 5\n5 - 4 = 1\n#### 1");
        let labels = label(&other.solution, &answer, &[]);
        let missed = Rollouts { sample: other, search: Search::Full, traces: vec![vec![]], labels };
        let folder = tempfile::tempdir().expect("a folder");
        let set = |name| SetFile::new(folder.path(), name);
        let (inputs, counts) = (BTreeMap::new, BTreeMap::new);
        set("samples")
            .write("samples", json!({}), inputs(), counts(), &[right, wrong])
            .expect("written");
        set("rollouts")
            .write("rollouts", json!({}), inputs(), counts(), &[rollouts, missed])
            .expect("written");
        folder
    }

    /// Runs `glore export LINE` on a run and returns what it wrote.
    fn export(run_folder: &Path, line: &str) -> Result<Vec<Value>, String> {
        let out = run_folder.join("out.jsonl");
        let folder = run_folder.to_string_lossy().into_owned();
        let fixed = ["export", "--run", &folder, "--out", &out.to_string_lossy()].map(String::from);
        let words = fixed.into_iter().chain(line.split(' ').map(str::to_owned));
        let line = Line::try_parse_from(words).map_err(|e| e.to_string())?;
        run(&line.args).map_err(|e| format!("{e:#}"))?;
        let text = std::fs::read_to_string(out).expect("written");
        Ok(text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect())
    }

    #[test]
    fn every_set_is_written_in_its_forms() {
        let folder = finished_run();
        let export = |line| export(folder.path(), line).expect(line);
        let student = export("student");
        assert_eq!(student.len(), 1, "the right sample");
        assert_eq!(student[0]["completion"], "2 + 3 = 5\n5 * 4 = 20\n#### 20");
        assert_eq!(export("samples"), student, "the older name");
        let local = export("local --copies 0");
        assert!(local[0]["prompt"].as_str().expect("text").ends_with("Solution:\n2 + 3 = 5\n"));
        assert_eq!(local[0]["completion"], "5 * 4 = 20\n#### 20");
        assert_eq!(export("global --copies 0").len(), 1);
        assert_eq!(export("orm")[1]["labels"], json!([false, false, false]));
        let sorm = export("sorm");
        assert_eq!(sorm[0]["labels"], json!([true, false]));
        assert_eq!(sorm[1]["labels"], json!([true, false]), "reached by the same sums");
        assert_eq!(export("orm --form trl --labels +,-")[0]["completion"], "+");
        assert_eq!(export("sorm --form processbench")[0]["label"], json!(1));
    }

    #[test]
    fn what_cannot_be_written_is_said_in_a_line() {
        let folder = finished_run();
        let refused = |line| export(folder.path(), line).expect_err(line);
        assert!(refused("orm --form processbench").contains("export sorm"));
        assert!(refused("global --form stepwise").contains("--form"));
        assert!(refused("sorm --labels +,-").contains("--labels"));
        assert!(refused("sorm --form trl --labels +,+").contains("two different words"));
        let missing = refused("orm --split validation");
        assert!(missing.contains("no finished set `samples-validation`"), "{missing}");
    }
}
