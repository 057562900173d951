//! The call that does a run again.

use serde_json::{Value, json};

use crate::domain::{Run, RunKind, Solution, Strategy};
use crate::pipeline::{Ask, Order};

/// Path and body. What the run was asked to do is said in full, defaults as well: they may be others
/// by then. Where it was not kept, as much as the run shows.
pub(super) fn again(run: &Run, order: Option<&Order>) -> (&'static str, Value) {
    order.map_or_else(|| as_shown(run), as_asked)
}

fn as_asked(order: &Order) -> (&'static str, Value) {
    let settings = &order.settings;
    let mut body = json!({ "problem": order.problem.text() });
    let mut set = |name: &str, value: Value| body[name] = value;
    if let Some(reference) = order.problem.reference_answer() {
        set("reference_answer", json!(reference.to_string()));
    }
    match &order.ask {
        Ask::Critique { solution } => {
            set("solution", json!(solution.join()));
            ("/v1/critique", body)
        }
        Ask::Refine { solution, mode, first_error_step } => {
            set("solution", json!(solution.join()));
            set("mode", json!(mode));
            if let Some(step) = first_error_step {
                set("first_error_step", json!(step));
            }
            set("max_tokens", json!(settings.max_tokens));
            set("seed", json!(settings.seed));
            ("/v1/refine", body)
        }
        Ask::Solve { strategy } => {
            set("strategy", json!(strategy));
            if *strategy == Strategy::BestOfN {
                set("samples", json!(settings.samples));
            }
            set("temperature", json!(shortest(settings.temperature)));
            set("max_tokens", json!(settings.max_tokens));
            set("seed", json!(settings.seed));
            if let Some(gate) = settings.gate {
                set("gate", json!(gate.get()));
            }
            ("/v1/solve", body)
        }
    }
}

fn as_shown(run: &Run) -> (&'static str, Value) {
    let mut body = json!({ "problem": run.problem.text });
    let mut set = |name: &str, value: Value| body[name] = value;
    if let Some(reference) = &run.problem.reference_answer {
        set("reference_answer", json!(reference));
    }
    let first = run.solutions.first();
    if run.kind == RunKind::Solve {
        if run.strategy != Strategy::default() {
            set("strategy", json!(run.strategy));
        }
        if run.strategy == Strategy::BestOfN && !run.solutions.is_empty() {
            set("samples", json!(run.solutions.len()));
        }
        if let Some(seed) = first.map(|solution| solution.seed).filter(|seed| *seed != 0) {
            set("seed", json!(seed));
        }
        return ("/v1/solve", body);
    }
    if let Some(first) = first {
        let given = Solution { steps: first.step_texts(), answer_text: first.answer.clone() };
        set("solution", json!(given.join()));
    }
    (if run.kind == RunKind::Critique { "/v1/critique" } else { "/v1/refine" }, body)
}

/// 0.7 as it was written, not as the nearest number of twice the size.
pub fn shortest(number: f32) -> f64 {
    number.to_string().parse().unwrap_or_else(|_| f64::from(number))
}
