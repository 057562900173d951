//! What other thresholds, gates and margins would have given.

use serde::{Deserialize, Serialize};

use super::attempt::Attempt;
use super::figures::judged_steps;
use crate::domain::Role;

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
    /// Share of drafts refined.
    pub refined: f64,
    /// Share of the refiners' tokens not written.
    pub tokens_saved: f64,
    /// Share of the fixes of refining always that are lost.
    pub fixes_lost: f64,
    pub glore: f64,
}

/// Keeping the draft unless a refinement is better by `margin`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct MarginPoint {
    pub margin: f64,
    pub glore: f64,
    pub fix_rate: f64,
    pub break_rate: f64,
}

/// Step accuracy against gold at 19 thresholds; nothing where there is no gold.
pub fn thresholds(all: &[Attempt]) -> Vec<ThresholdPoint> {
    let judged = || all.iter().filter(|a| a.draft.gold.is_some());
    if judged().next().is_none() {
        return Vec::new();
    }
    let point = |i: usize| {
        let threshold = i as f64 / 20.0;
        let steps = |role| {
            let steps = judged().flat_map(|a| judged_steps(&a.draft, role));
            share(steps.map(|(score, good)| (score >= threshold) == good))
        };
        let first = |role| {
            let found = |a: &Attempt| a.draft.first_under(role, threshold);
            share(judged().map(|a| found(a) == a.draft.gold_first_error()))
        };
        ThresholdPoint {
            threshold,
            sorm_steps: steps(Role::Sorm),
            orm_steps: steps(Role::Orm),
            sorm_first_error: first(Role::Sorm),
            orm_first_error: first(Role::Orm),
        }
    };
    (1..20).map(point).collect()
}

/// Gates from refining nothing to refining everything.
pub fn gates(all: &[Attempt]) -> Vec<GatePoint> {
    let tokens = |a: &Attempt| a.global.tokens + a.local.as_ref().map_or(0, |l| l.tokens);
    let all_tokens: usize = all.iter().map(tokens).sum();
    let fixed = |a: &&Attempt| !a.draft.correct && a.chosen(0.0).correct;
    let fixes = all.iter().filter(fixed).count();
    let point = |i: usize| {
        // The last gate lies over every score.
        let gate = if i == 20 { 1.01 } else { i as f64 / 20.0 };
        let open = |a: &&Attempt| a.draft.orm < gate;
        let spent: usize = all.iter().filter(open).map(tokens).sum();
        let kept = all.iter().filter(open).filter(fixed).count();
        let right = |a: &Attempt| if open(&a) { a.chosen(0.0).correct } else { a.draft.correct };
        GatePoint {
            gate: gate.min(1.0),
            refined: share(all.iter().map(|a| open(&a))),
            tokens_saved: 1.0 - spent as f64 / all_tokens.max(1) as f64,
            fixes_lost: 1.0 - kept as f64 / fixes.max(1) as f64,
            glore: share(all.iter().map(right)),
        }
    };
    (0..=20).map(point).collect()
}

/// Margins from the paper's argmax to keeping nearly every draft.
pub fn margins(all: &[Attempt]) -> Vec<MarginPoint> {
    let point = |i: usize| {
        let margin = i as f64 / 20.0;
        let of = |right: bool| all.iter().filter(move |a| a.draft.correct == right);
        MarginPoint {
            margin,
            glore: share(all.iter().map(|a| a.chosen(margin).correct)),
            fix_rate: share(of(false).map(|a| a.chosen(margin).correct)),
            break_rate: share(of(true).map(|a| !a.chosen(margin).correct)),
        }
    };
    (0..=16).map(point).collect()
}

/// Share of `true`; 0 of nothing.
fn share(hits: impl Iterator<Item = bool>) -> f64 {
    let (yes, n) = hits.fold((0, 0), |(yes, n), hit| (yes + u32::from(hit), n + 1));
    if n == 0 { 0.0 } else { f64::from(yes) / f64::from(n) }
}
