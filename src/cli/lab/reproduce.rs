//! `glore reproduce`: from nothing to five checkpoints and a table.

use std::path::PathBuf;

use anyhow::{Context, ensure};
use candle_core::Device;

use super::models::{Sources, TUNED};
use super::{table, watch::Watch};
use crate::cli::print;
use crate::lab::reproduce::{Preset, reproduce};

/// Make the five models from synthetic data and evaluate them
///
/// Writes word problems, trains the student on them, samples and rolls out its solutions, trains
/// ORM, SORM, global and local refiner on what that shows, tunes the SORM's threshold on validation
/// problems and evaluates on test problems. Every stage writes files and is not done again: stop it
/// at any time and run the same command to go on.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Sizes and seeds: `small` (hours), `smoke` (seconds, learns nothing), or a JSON file
    /// with what `--show` prints, changed.
    #[arg(long, default_value = "small", value_name = "NAME|FILE")]
    preset: String,
    /// Print the preset and do nothing.
    #[arg(long, conflicts_with = "json")]
    show: bool,
    /// Folder for everything that is made [default: runs/PRESET].
    #[arg(long)]
    out: Option<PathBuf>,
    /// Print the evaluation as JSON.
    #[arg(long)]
    json: bool,
}

/// Runs the command.
pub fn run(args: &Args) -> anyhow::Result<()> {
    let preset = preset(&args.preset)?;
    if args.show {
        return print(&format!("{}\n", serde_json::to_string_pretty(&preset)?));
    }
    let folder = args.out.clone().unwrap_or_else(|| PathBuf::from("runs").join(&preset.name));
    let evaluation = {
        let mut watch = Watch::new();
        reproduce(&preset, &folder, &Device::Cpu, &mut |report| watch.see(report))?
    };
    match args.json {
        true => print(&format!("{}\n", serde_json::to_string_pretty(&evaluation)?)),
        false => {
            print(&table::evaluation(&evaluation, Sources { sorm: TUNED, orm: TUNED }))?;
            print(&format!("checkpoints: {}\n", folder.join("checkpoints").display()))
        }
    }
}

/// By its name, or from a file.
pub(super) fn preset(name: &str) -> anyhow::Result<Preset> {
    if let Some(preset) = Preset::named(name) {
        return Ok(preset);
    }
    let text = std::fs::read_to_string(name)
        .with_context(|| format!("there is no preset `{name}`; small, smoke and files are"))?;
    let preset: Preset =
        serde_json::from_str(&text).with_context(|| format!("the preset {name}"))?;
    ensure!(
        !preset.name.is_empty()
            && preset.name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-'),
        "the preset {name}: name: letters, digits and hyphens, since it names a folder"
    );
    Ok(preset)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_preset_comes_by_name_or_from_a_file_that_has_every_field() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("mine.json");
        let named = |preset: &Preset| {
            std::fs::write(&file, serde_json::to_string(preset).expect("JSON")).expect("written");
            super::preset(&file.display().to_string())
        };
        let mine = Preset { name: "mine".to_owned(), base_steps: 7, ..Preset::smoke() };
        assert_eq!(named(&mine).expect("read"), mine);
        assert_eq!(super::preset("smoke").expect("there"), Preset::smoke());
        let outside = Preset { name: "../x".to_owned(), ..mine };
        assert!(named(&outside).is_err_and(|error| error.to_string().contains("name")));
        assert!(super::preset("none").is_err_and(|error| error.to_string().contains("small")));
        std::fs::write(&file, "{\"name\": \"mine\"}").expect("written");
        let error = super::preset(&file.display().to_string()).expect_err("too little");
        assert!(format!("{error:#}").contains("missing field"), "{error:#}");
    }
}
