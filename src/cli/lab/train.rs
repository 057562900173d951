//! `glore train`: one model of a finished run, trained otherwise.

use std::path::PathBuf;

use anyhow::ensure;
use candle_core::Device;

use super::reproduce::preset;
use super::tune::{Ask, tune};
use super::watch::Watch;
use crate::cli::print;
use crate::config::Config;
use crate::domain::Role;
use crate::lab::labels::Rules;
use crate::lab::reproduce::{Bench, Course, Preset, Recipe, Source, tokenizer, variant};

/// Train one model of a run with something changed, to see what that does
///
/// Needs the sets of a run of `glore reproduce`. The result is a checkpoint under RUN/variants that
/// plays its role in `glore eval --with ROLE=FOLDER`. Leaving out propagation or consistency, or looking at
/// fewer rollouts, takes step labels from a smaller set in which every prefix was rolled out; compare such
/// models with one trained on that set under all rules (--full-search). Resumable.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Which role: orm, sorm, global or local.
    role: String,
    /// Name of what comes of it.
    #[arg(long)]
    name: String,
    /// Label rules to leave out (sorm, local): propagation, consistency, balance. And pool: then its
    /// own rollouts alone say whether a prefix is good, and a SORM learns from rolled-out samples only.
    #[arg(long, value_delimiter = ',', value_parser = ["propagation", "consistency", "balance", "pool"])]
    without: Vec<String>,
    /// Balance step labels by prefix length, whatever the preset says (sorm).
    #[arg(long)]
    balanced: bool,
    /// Look at so many rollouts of each prefix, 1 to 16 (sorm, local).
    #[arg(long, value_parser = clap::value_parser!(u8).range(1..=16))]
    rollouts: Option<u8>,
    /// Take step labels from the set of full searches (sorm, local).
    #[arg(long)]
    full_search: bool,
    /// For each ten right samples, how many become pairs that teach to copy them (global, local).
    #[arg(long, value_parser = clap::value_parser!(u8).range(0..=10))]
    copies: Option<u8>,
    /// Labels alone, without the wording of right solutions (orm, sorm).
    #[arg(long)]
    labels_only: bool,
    /// Samples of the student alone, without refinements (orm).
    #[arg(long)]
    student_samples_only: bool,
    /// Optimiser steps instead of the preset's.
    #[arg(long)]
    steps: Option<usize>,
    /// People's labels to fine-tune the SORM on, beside the rollouts of the run if it has any: a file
    /// of any stepwise form, or `store` for what was decided in the review queues (sorm).
    #[arg(long, value_name = "FILE|store", conflicts_with_all =
        ["without", "balanced", "rollouts", "full_search", "copies", "labels_only", "student_samples_only"])]
    with_annotations: Option<String>,
    /// With annotations, what to start from: `shipped`, the SORM in use, or a checkpoint's folder.
    #[arg(long, value_name = "shipped|FOLDER", default_value = "shipped")]
    from: String,
    /// With annotations, of the store: whose word counts, adjudicated, majority or unanimous.
    #[arg(long, default_value = "adjudicated")]
    resolve: String,
    /// With annotations, the highest learning rate [default: a fifth of the preset's].
    #[arg(long)]
    rate: Option<f32>,
    /// Preset of the run, by its name or in a file.
    #[arg(long, default_value = "small", value_name = "NAME|FILE")]
    preset: String,
    /// Folder of the run [default: runs/PRESET].
    #[arg(long)]
    run: Option<PathBuf>,
}

/// Runs the command.
pub fn run(args: &Args, config: &Config) -> anyhow::Result<()> {
    let preset = preset(&args.preset)?;
    let folder = args.run.clone().unwrap_or_else(|| PathBuf::from("runs").join(&preset.name));
    if let Some(annotations) = &args.with_annotations {
        ensure!(args.role == "sorm", "--with-annotations means nothing for the role {}", args.role);
        let ask = Ask {
            annotations,
            resolve: &args.resolve,
            from: &args.from,
            name: &args.name,
            steps: args.steps,
            rate: args.rate,
            preset,
            run: &folder,
        };
        return tune(&ask, config);
    }
    ensure!(
        folder.join("tokenizer.json").exists(),
        "{}: there is no run; `glore reproduce --preset {}` makes one",
        folder.display(),
        preset.name
    );
    let recipe = recipe(args, &preset)?;
    let plain = !args.name.is_empty()
        && args.name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
        && !folder.join(&args.name).join("best").exists();
    ensure!(
        plain || folder.join("variants").join(&args.name).exists(),
        "--name {}: letters, digits and hyphens, and no name of a training of the run",
        args.name
    );
    let tokenizer = tokenizer(&preset, &folder)?;
    let made = {
        let mut watch = Watch::new();
        let mut see = |report: crate::lab::reproduce::Report<'_>| watch.see(report);
        let mut bench = Bench::new(preset, folder, tokenizer, Device::Cpu, &mut see);
        variant(&mut bench, &recipe)?
    };
    print(&format!("glore eval --with {}={}\n", args.role, made.display()))
}

/// What the arguments ask for; flags that mean nothing for the role are refused.
fn recipe(args: &Args, preset: &Preset) -> anyhow::Result<Recipe> {
    let course = match args.role.parse() {
        Ok(Role::Orm) if args.student_samples_only => Course::OrmOfStudent,
        Ok(Role::Orm) => Course::shipped_orm(preset),
        Ok(Role::Sorm) => Course::Sorm,
        Ok(Role::Global) => Course::Global,
        Ok(Role::Local) => Course::Local,
        _ => anyhow::bail!("`{}` is no role to train: orm, sorm, global or local", args.role),
    };
    let labelled = matches!(course, Course::Sorm | Course::Local);
    let refines = matches!(course, Course::Global | Course::Local);
    let scores = matches!(course, Course::Sorm | Course::Orm | Course::OrmOfStudent);
    let orm = matches!(course, Course::Orm | Course::OrmOfStudent);
    let asked = [
        ("--without", !args.without.is_empty(), labelled),
        ("--balanced", args.balanced, course == Course::Sorm),
        ("--rollouts", args.rollouts.is_some(), labelled),
        ("--full-search", args.full_search, labelled),
        ("--copies", args.copies.is_some(), refines),
        ("--labels-only", args.labels_only, scores),
        ("--student-samples-only", args.student_samples_only, orm),
    ];
    for (flag, given, meant) in asked {
        ensure!(!given || meant, "{flag} means nothing for the role {}", args.role);
    }
    let keeps = |rule: &str| !args.without.iter().any(|left_out| left_out == rule);
    let rules = Rules {
        propagation: keeps("propagation"),
        consistency: keeps("consistency"),
        balance: (preset.balance || args.balanced) && keeps("balance"),
    };
    let mut recipe = Recipe { name: args.name.clone(), rules, ..Recipe::usual(course, preset) };
    recipe.pool &= keeps("pool");
    // Without balance labels are the same ones, and more of them; without pool, those of the rules alone.
    let other_labels = !rules.propagation || !rules.consistency;
    if args.full_search || other_labels || args.rollouts.is_some() {
        recipe.source = Source::FullSearch;
    }
    recipe.rollouts = args.rollouts.map_or(recipe.rollouts, usize::from);
    recipe.steps = args.steps.unwrap_or(recipe.steps);
    recipe.copies_of_ten = args.copies.map_or(recipe.copies_of_ten, usize::from);
    if args.labels_only {
        (recipe.language, recipe.sums) = (0.0, 0.0);
    }
    Ok(recipe)
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        args: Args,
    }

    fn asked(line: &str) -> anyhow::Result<Recipe> {
        let words = ["train"].into_iter().chain(line.split(' '));
        recipe(&Line::try_parse_from(words)?.args, &Preset::smoke())
    }

    #[test]
    fn flags_change_the_recipe() {
        let changed =
            asked("sorm --name x --without propagation,balance --rollouts 4").expect("ok");
        assert_eq!(changed.source, Source::FullSearch);
        assert_eq!(changed.rollouts, 4);
        assert_eq!(changed.rules, Rules { propagation: false, consistency: true, balance: false });
        let alone = asked("sorm --name x --without pool").expect("ok");
        assert_eq!((alone.source, alone.pool), (Source::Training, false));
        assert_eq!(asked("global --name x --copies 3").expect("ok").copies_of_ten, 3);
        assert_eq!(asked("orm --name x --labels-only").expect("ok").language, 0.0);
        let usual = asked("local --name local").expect("ok");
        assert_eq!(usual, Recipe::usual(Course::Local, &Preset::smoke()));
    }

    #[test]
    fn what_means_nothing_is_refused_by_name() {
        for (line, flag) in [
            ("orm --name x --without balance", "--without"),
            ("sorm --name x --copies 3", "--copies"),
            ("global --name x --labels-only", "--labels-only"),
            ("policy --name x", "policy"),
        ] {
            let error = asked(line).expect_err(line).to_string();
            assert!(error.contains(flag), "{error}");
        }
        for line in ["sorm --name x --rollouts 17", "sorm --name x --without order"] {
            assert!(asked(line).is_err(), "{line}");
        }
    }
}
