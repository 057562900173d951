//! The results of one reproduction: plain data, versioned, every absent part empty.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use crate::lab::annotated::{Bought, Located, Simulation, Tuned};
use crate::lab::reproduce::PassAtK;

/// Version of the file that results are kept in.
pub const VERSION: u32 = 1;

/// Everything a run folder tells.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Results {
    pub version: u32,
    /// Name of the folder.
    pub name: String,
    /// Sizes and seeds; null until the checkpoints are written.
    pub preset: Value,
    /// SHA-256 of each role's weights; empty until the checkpoints are written.
    pub models: BTreeMap<String, String>,
    pub stages: Vec<Stage>,
    pub curves: Vec<Curve>,
    pub pass_at_k: Vec<PassAtK>,
    pub labels: Option<LabelTable>,
    pub evaluations: Vec<Evaluation>,
    pub ablations: Vec<Ablation>,
    /// The SORM before and after it learned from people's labels.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub annotated: Option<Tuned>,
    /// What labels of simulated annotators bought.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub annotators: Option<Annotators>,
}

/// A simulation of annotators, as `annotators.json` has it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Annotators {
    pub simulation: Simulation,
    /// Solutions that could be labelled.
    pub pool: usize,
    pub before: Located,
    pub bought: Vec<Bought>,
}

impl Results {
    /// Results as they are shipped.
    ///
    /// # Errors
    /// When the bytes are not results, or those of a later version.
    pub fn from_json(bytes: &[u8]) -> Result<Self, String> {
        let results: Self = serde_json::from_slice(bytes).map_err(|e| e.to_string())?;
        if results.version > VERSION {
            return Err(format!("version {} is later than {VERSION}", results.version));
        }
        Ok(results)
    }

    /// The evaluation on a split, such as `test`.
    pub fn evaluation(&self, split: &str) -> Option<&Evaluation> {
        self.evaluations.iter().find(|evaluation| evaluation.split == split)
    }
}

/// A finished set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stage {
    pub name: String,
    pub lines: u64,
    pub counts: BTreeMap<String, u64>,
}

/// The losses of one training.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Curve {
    pub name: String,
    /// Steps that were planned; a training may stop early.
    #[serde(default)]
    pub steps: u64,
    pub points: Vec<Point>,
}

/// One report of a training.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Point {
    pub step: u64,
    pub tokens: u64,
    /// Nats a prediction.
    pub loss: f64,
    pub validation_loss: Option<f64>,
}

/// A measured number; `low..high` is its 95 % interval.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Figure {
    pub value: Option<f64>,
    pub n: usize,
    pub low: Option<f64>,
    pub high: Option<f64>,
}

/// One evaluation of the shipped models.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Evaluation {
    /// `test` or `harder`, from the name of the file.
    pub split: String,
    /// Which problems, in words.
    pub data: String,
    pub problems: usize,
    /// Seeds of the samples.
    pub seeds: Vec<u64>,
    pub thresholds: Option<Thresholds>,
    pub tokens_per_problem: f64,
    pub seconds_per_problem: f64,
    pub calibration: Vec<Calibration>,
    pub threshold_sweep: Vec<ThresholdPoint>,
    pub gate_sweep: Vec<GatePoint>,
    pub margin_sweep: Vec<MarginPoint>,
    /// Everything else that is a figure; what this version does not know and is none is left out.
    #[serde(flatten, deserialize_with = "figures")]
    pub figures: BTreeMap<String, Figure>,
}

fn figures<'de, D: Deserializer<'de>>(from: D) -> Result<BTreeMap<String, Figure>, D::Error> {
    let all = BTreeMap::<String, Value>::deserialize(from)?;
    let figure = |value: Value| value.get("value").map(|_| serde_json::from_value(value.clone()));
    Ok(all.into_iter().filter_map(|(name, value)| Some((name, figure(value)?.ok()?))).collect())
}

/// Under these a step counts as wrong.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Thresholds {
    pub sorm: f64,
    pub orm: f64,
}

/// Do the scores of one model mean what they say?
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Calibration {
    /// `orm` or `sorm`.
    pub model: String,
    /// `answers` or `steps`.
    pub on: String,
    pub brier: Figure,
    pub bins: Vec<Bin>,
}

/// Scores from `low` to `high`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Bin {
    pub low: f64,
    pub high: f64,
    pub n: usize,
    pub mean_score: f64,
    /// Share that was right.
    pub right: f64,
}

/// Steps and first errors told right at one threshold.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct ThresholdPoint {
    pub threshold: f64,
    pub sorm_steps: f64,
    pub orm_steps: f64,
    pub sorm_first_error: f64,
    pub orm_first_error: f64,
}

/// Refining only drafts whose ORM score is under `gate`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct GatePoint {
    pub gate: f64,
    pub refined: f64,
    pub tokens_saved: f64,
    pub fixes_lost: f64,
    pub glore: f64,
}

/// Keeping the draft unless a refinement scores higher by `margin`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct MarginPoint {
    pub margin: f64,
    pub glore: f64,
    pub fix_rate: f64,
    pub break_rate: f64,
}

/// How often synthetic step labels are right, before and after each rule.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LabelTable {
    pub problems: usize,
    /// Problems that no sample solved.
    #[serde(default)]
    pub set_aside: usize,
    pub prefixes: usize,
    pub rows: Vec<LabelRow>,
}

/// One choice of rules and of K.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LabelRow {
    pub rule: String,
    pub k: usize,
    pub agreement: Figure,
    pub false_good: usize,
    pub false_bad: usize,
}

/// One thing changed, and what it gave.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Ablation {
    pub name: String,
    pub figures: BTreeMap<String, Figure>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn absent_parts_are_empty_and_unknown_ones_left_out() {
        let results = Results::from_json(b"{}").expect("read");
        assert_eq!(results, Results::default());
        let json =
            r#"{"data":"x","seed":3,"new":[1],"glore":{"value":0.5,"n":2,"low":0.1,"high":0.9}}"#;
        let evaluation: Evaluation = serde_json::from_str(json).expect("read");
        assert_eq!(evaluation.figures.keys().collect::<Vec<_>>(), ["glore"]);
        let again = serde_json::to_string(&evaluation).expect("written");
        assert_eq!(serde_json::from_str::<Evaluation>(&again).expect("read"), evaluation);
    }

    #[test]
    fn a_later_version_is_refused() {
        let json = format!("{{\"version\":{}}}", VERSION + 1);
        assert!(Results::from_json(json.as_bytes()).expect_err("refused").contains("later"));
    }
}
