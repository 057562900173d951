//! What `/metrics` shows of a run that has ended.

use std::time::Duration;

use crate::domain::{Run, ScoredSolution, Timings};

/// Counts it, once.
pub(super) fn count(run: &Run) {
    let (kind, status) = (run.kind.as_str(), run.status.as_str());
    metrics::counter!("glore_runs_total", "kind" => kind, "status" => status).increment(1);
    durations(&run.timings_ms);
    for solution in &run.solutions {
        let kind = solution.kind.as_str();
        metrics::counter!("glore_tokens_total", "kind" => kind).increment(solution.tokens as u64);
        for score in solution.steps.iter().filter_map(|step| step.sorm) {
            metrics::histogram!("glore_step_score").record(f64::from(score));
        }
    }
    if let Some(chosen) = run.chosen_solution() {
        metrics::counter!("glore_choice_total", "kind" => chosen.kind.as_str()).increment(1);
        flip(run.solutions.first(), chosen);
    }
}

fn durations(timings: &Timings) {
    let seconds = |ms: u64| Duration::from_millis(ms).as_secs_f64();
    let Timings { queue, draft, score, refine, rerank } = *timings;
    metrics::histogram!("glore_queue_wait_seconds").record(seconds(queue));
    for (stage, ms) in [("draft", draft), ("score", score), ("refine", refine), ("rerank", rerank)]
    {
        metrics::histogram!("glore_stage_duration_seconds", "stage" => stage).record(seconds(ms));
    }
}

/// From what the first solution was to what the chosen one is, where a reference answer tells.
fn flip(first: Option<&ScoredSolution>, chosen: &ScoredSolution) {
    let word = |correct| if correct { "correct" } else { "wrong" };
    if let (Some(from), Some(to)) = (first.and_then(|first| first.correct), chosen.correct) {
        let labels = [("from", word(from)), ("to", word(to))];
        metrics::counter!("glore_flips_total", &labels).increment(1);
    }
}
