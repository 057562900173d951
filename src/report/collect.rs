//! Reading a run folder: whatever of it is there yet.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::metrics;
use super::results::{Evaluation, Results, Stage, VERSION};
use crate::lab::files::Manifest;

/// The order in which stages are done; others follow by name.
const ORDER: [&str; 20] = [
    "base",
    "expert-samples",
    "expert",
    "student",
    "samples-validation",
    "rollouts-validation",
    "samples",
    "rollouts",
    "practice",
    "checking",
    "orm-student",
    "sorm",
    "global",
    "local",
    "drafts-validation",
    "rollouts-drafts",
    "rollouts-beside-drafts",
    "refinements-validation",
    "refinements",
    "orm",
];

/// A run folder that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// There is no such folder, or it holds no run.
    #[error("{0} holds no run: neither a set with a manifest nor a training with metrics")]
    NoRun(PathBuf),
    /// A file cannot be read.
    #[error("{path}: {source}")]
    Io { path: PathBuf, source: io::Error },
    /// A file is not what its name says.
    #[error("{path}: {reason}")]
    Broken { path: PathBuf, reason: String },
}

/// What `checkpoints/manifest.json` tells.
#[derive(Deserialize)]
struct Shipped {
    preset: serde_json::Value,
    sha256: std::collections::BTreeMap<String, String>,
}

/// Reads a run folder. A run that is not finished is fine: what is missing is empty.
///
/// # Errors
/// [`ReportError`] naming the folder without a run, or the file that is broken.
pub fn collect(folder: &Path) -> Result<Results, ReportError> {
    let (mut stages, mut curves, mut evaluations) = (Vec::new(), Vec::new(), Vec::new());
    for (name, path) in entries(folder)? {
        if let Some(stage) = name.strip_suffix(".manifest.json") {
            let Some(manifest) = json::<Manifest>(&path)? else { continue };
            let lines = manifest.counts.get("lines").copied().unwrap_or_default();
            stages.push(Stage { name: stage.to_owned(), lines, counts: manifest.counts });
        } else if let Some(split) =
            name.strip_prefix("evaluation-").and_then(|name| name.strip_suffix(".json"))
        {
            let Some(read) = json::<Evaluation>(&path)? else { continue };
            evaluations.push(Evaluation { split: split.to_owned(), ..read });
        } else if let Some(text) = text(&path.join("metrics.jsonl"))? {
            let broken = |reason| ReportError::Broken { path: path.join("metrics.jsonl"), reason };
            curves.push(metrics::curve(&name, &text).map_err(broken)?);
        }
    }
    if stages.is_empty() && curves.is_empty() {
        return Err(ReportError::NoRun(folder.to_owned()));
    }
    stages.sort_by_key(|stage| place(&stage.name));
    curves.sort_by_key(|curve| place(&curve.name));
    evaluations.sort_by_key(|evaluation| evaluation.split != "test");
    let shipped: Option<Shipped> = json(&folder.join("checkpoints").join("manifest.json"))?;
    let (preset, models) = shipped.map(|s| (s.preset, s.sha256)).unwrap_or_default();
    Ok(Results {
        version: VERSION,
        name: folder.file_name().unwrap_or_default().to_string_lossy().into_owned(),
        preset,
        models,
        stages,
        curves,
        pass_at_k: json(&folder.join("pass-at-k.json"))?.unwrap_or_default(),
        labels: json(&folder.join("labels.json"))?,
        evaluations,
        ablations: json(&folder.join("ablations.json"))?.unwrap_or_default(),
        annotated: json(&folder.join("annotated.json"))?,
        annotators: json(&folder.join("annotators.json"))?,
    })
}

/// The folders of `root` that hold a run, by name. Only names of letters, digits, `-` and `_` count,
/// so that a name is never a path.
pub fn runs(root: &Path) -> Vec<String> {
    let all = entries(root).unwrap_or_default().into_iter();
    all.map(|(name, _)| name).filter(|name| has_run(root, name)).collect()
}

/// Whether `root` holds a run of this name.
pub fn has_run(root: &Path, name: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    if name.is_empty() || name.len() > 100 || !name.chars().all(plain) {
        return false;
    }
    let folder = root.join(name);
    let files = entries(&folder).unwrap_or_default();
    files.iter().any(|(name, path)| {
        name.ends_with(".manifest.json") || path.join("metrics.jsonl").is_file()
    })
}

/// When a training of the run last reported, and its name.
pub fn last_change(folder: &Path) -> Option<(SystemTime, String)> {
    let trainings = entries(folder).ok()?.into_iter();
    let changed = |(name, path): (String, PathBuf)| {
        Some((fs::metadata(path.join("metrics.jsonl")).ok()?.modified().ok()?, name))
    };
    trainings.filter_map(changed).max()
}

/// Everything that a run has begun or done, in the order in which it is done.
pub fn stage_names(results: &Results) -> Vec<String> {
    let sets = results.stages.iter().map(|stage| &stage.name);
    let mut names: Vec<String> =
        sets.chain(results.curves.iter().map(|curve| &curve.name)).cloned().collect();
    names.sort_by_key(|name| place(name));
    let last = [("checkpoints", !results.preset.is_null())];
    let evaluated = [("evaluation", !results.evaluations.is_empty())];
    let there = last.into_iter().chain(evaluated).filter(|(_, there)| *there);
    names.extend(there.map(|(name, _)| name.to_owned()));
    names
}

/// Where a stage stands in the order; `expert-samples-2` as `expert-samples`.
fn place(name: &str) -> (usize, String) {
    let kind = name.trim_end_matches(|c: char| c.is_ascii_digit() || c == '-');
    let at = ORDER.iter().position(|known| *known == kind).unwrap_or(ORDER.len());
    (at, name.to_owned())
}

/// What lies in a folder, by name.
fn entries(folder: &Path) -> Result<Vec<(String, PathBuf)>, ReportError> {
    let fail = |source| ReportError::Io { path: folder.to_owned(), source };
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).map_err(fail)? {
        let entry = entry.map_err(fail)?;
        found.push((entry.file_name().to_string_lossy().into_owned(), entry.path()));
    }
    found.sort();
    Ok(found)
}

/// A file's text; none where there is no such file.
fn text(path: &Path) -> Result<Option<String>, ReportError> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(e) if matches!(e.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
            Ok(None)
        }
        Err(source) => Err(ReportError::Io { path: path.to_owned(), source }),
    }
}

fn json<T: DeserializeOwned>(path: &Path) -> Result<Option<T>, ReportError> {
    let Some(text) = text(path)? else { return Ok(None) };
    let read = serde_json::from_str(&text);
    read.map(Some).map_err(|e| ReportError::Broken { path: path.to_owned(), reason: e.to_string() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn half_a_run() -> tempfile::TempDir {
        let root = tempfile::tempdir().expect("a folder");
        let run = root.path().join("trial");
        for name in ["orm", "base", "state"] {
            fs::create_dir_all(run.join(name)).expect("made");
        }
        for name in ["samples", "expert-samples-1"] {
            let manifest = r#"{"stage":"s","settings":{},"inputs":{},"counts":{"lines":7,"drawn":9},"sha256":"x"}"#;
            fs::write(run.join(format!("{name}.manifest.json")), manifest).expect("written");
        }
        let line = "{\"name\":\"base\",\"step\":25,\"steps\":50,\"loss\":2.5,\"validation_loss\":null,\"tokens\":9}\n";
        for name in ["orm", "base"] {
            fs::write(run.join(name).join("metrics.jsonl"), line).expect("written");
        }
        root
    }

    #[test]
    fn half_a_run_is_read_in_the_order_of_its_stages() {
        let root = half_a_run();
        let found = collect(&root.path().join("trial")).expect("collected");
        assert_eq!(found.name, "trial");
        let stages: Vec<_> = found.stages.iter().map(|s| (s.name.as_str(), s.lines)).collect();
        assert_eq!(stages, [("expert-samples-1", 7), ("samples", 7)]);
        let curves: Vec<_> = found.curves.iter().map(|c| c.name.as_str()).collect();
        assert_eq!(curves, ["base", "orm"]);
        assert!(found.preset.is_null() && found.evaluations.is_empty() && found.labels.is_none());
        assert_eq!(stage_names(&found), ["base", "expert-samples-1", "samples", "orm"]);
        assert!(last_change(&root.path().join("trial")).is_some());
    }

    #[test]
    fn a_finished_run_is_read_whole_and_comes_back_from_json() {
        let root = half_a_run();
        let run = root.path().join("trial");
        let write = |name: &str, text: &str| fs::write(run.join(name), text).expect("written");
        fs::create_dir_all(run.join("checkpoints")).expect("made");
        write("checkpoints/manifest.json", r#"{"preset":{"seed":4},"sha256":{"orm":"ab"}}"#);
        write("pass-at-k.json", r#"[{"model":"base","problems":10,"k":[1],"rate":[0.5]}]"#);
        write("evaluation-harder.json", r#"{"data":"harder split, seed 1","problems":5}"#);
        write(
            "evaluation-test.json",
            r#"{"data":"test split, seed 1","glore":{"value":1.0,"n":2,"low":0.3,"high":1.0}}"#,
        );
        let found = collect(&run).expect("collected");
        assert_eq!((&found.preset["seed"], found.models["orm"].as_str()), (&4.into(), "ab"));
        assert_eq!(found.evaluations[0].split, "test");
        assert_eq!(found.evaluation("harder").map(|e| e.problems), Some(5));
        let json = serde_json::to_vec(&found).expect("written");
        assert_eq!(Results::from_json(&json).expect("read"), found);
    }

    #[test]
    fn a_broken_file_is_named() {
        for name in ["labels.json", "base/metrics.jsonl", "evaluation-test.json"] {
            let root = half_a_run();
            let run = root.path().join("trial");
            fs::write(run.join(name), "{\"half\":\n").expect("written");
            let error = collect(&run).expect_err("refused").to_string();
            assert!(error.contains(name), "{error}");
        }
    }

    #[test]
    fn only_folders_with_a_run_and_a_plain_name_are_runs() {
        let root = half_a_run();
        fs::create_dir_all(root.path().join("empty")).expect("made");
        fs::create_dir_all(root.path().join("a.b").join("base")).expect("made");
        fs::write(root.path().join("a.b/base/metrics.jsonl"), "").expect("written");
        assert_eq!(runs(root.path()), ["trial"]);
        for bad in ["", ".", "..", "a.b", "trial/base", "../trial", "empty", "none"] {
            assert!(!has_run(root.path(), bad), "{bad}");
        }
        assert!(matches!(collect(&root.path().join("empty")), Err(ReportError::NoRun(_))));
        assert_eq!(runs(&root.path().join("none")), Vec::<String>::new());
    }
}
