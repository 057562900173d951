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

/// Margins from against the draft to for it; the paper's argmax is in the middle.
pub fn margins(all: &[Attempt]) -> Vec<MarginPoint> {
    let point = |i: i32| {
        let margin = f64::from(i) / 20.0;
        let of = |right: bool| all.iter().filter(move |a| a.draft.correct == right);
        MarginPoint {
            margin,
            glore: share(all.iter().map(|a| a.chosen(margin).correct)),
            fix_rate: share(of(false).map(|a| a.chosen(margin).correct)),
            break_rate: share(of(true).map(|a| !a.chosen(margin).correct)),
        }
    };
    (-10..=10).map(point).collect()
}

/// The margin with the most right answers; of several, the one nearest to the paper's argmax.
pub fn best_margin(all: &[Attempt]) -> f64 {
    let nearest = |p: &MarginPoint| -p.margin.abs();
    let better = |a: &MarginPoint, b: &MarginPoint| {
        a.glore.total_cmp(&b.glore).then(nearest(a).total_cmp(&nearest(b)))
    };
    margins(all).into_iter().max_by(better).map_or(0.0, |point| point.margin)
}

/// Share of `true`; 0 of nothing.
fn share(hits: impl Iterator<Item = bool>) -> f64 {
    let (yes, n) = hits.fold((0, 0), |(yes, n), hit| (yes + u32::from(hit), n + 1));
    if n == 0 { 0.0 } else { f64::from(yes) / f64::from(n) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lab::measure::Tried;

    /// A solution with this ORM score.
    fn tried(orm: f64, correct: bool) -> Tried {
        let solution = crate::domain::Solution { steps: Vec::new(), answer_text: None };
        Tried {
            solution,
            answer: None,
            correct,
            orm,
            orm_steps: Vec::new(),
            sorm_steps: Vec::new(),
            gold: None,
            tokens: 0,
        }
    }

    fn attempt(draft: (f64, bool), global: (f64, bool)) -> Attempt {
        let [draft, global] = [draft, global].map(|(orm, correct)| tried(orm, correct));
        let problem = String::new();
        Attempt { problem, draft, first_error: None, global, local: None, samples: Vec::new() }
    }

    #[test]
    fn a_negative_margin_is_against_the_draft() {
        let one = attempt((0.6, false), (0.5, true));
        assert!(!one.chosen(0.0).correct && !one.chosen(-0.05).correct);
        assert!(one.chosen(-0.2).correct, "0.5 is more than 0.6 - 0.2");
    }

    #[test]
    fn the_best_margin_is_the_nearest_to_none() {
        let keep = attempt((0.6, true), (0.5, false));
        let refine = attempt((0.6, false), (0.38, true));
        assert_eq!(best_margin(&[]), 0.0);
        assert_eq!(best_margin(std::slice::from_ref(&keep)), 0.0);
        assert_eq!(best_margin(std::slice::from_ref(&refine)), -0.25);
        assert_eq!(best_margin(&[keep, refine]), 0.0, "as good, and nearer");
    }
}
