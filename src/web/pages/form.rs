//! The form of the home page, as it was typed and as it was meant.

use std::str::FromStr;

use serde::Deserialize;

use super::components::shortest;
use crate::config::Limits;
use crate::domain::{Problem, Run, RunKind, SolutionKind, Strategy};
use crate::pipeline::{Ask, Order, Settings};
use crate::web::api::settings::SAMPLING_TEMPERATURE;
use crate::web::api::solve::SolveRequest;

/// Every field as text, so that what was refused can be shown again.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct SolveForm {
    pub problem: String,
    pub reference_answer: String,
    pub strategy: String,
    pub samples: String,
    pub temperature: String,
    pub seed: String,
    pub max_tokens: String,
    pub gate: String,
}

/// What is wrong with one field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Name and id of the field.
    pub field: String,
    /// Its label.
    pub label: &'static str,
    /// A sentence.
    pub detail: String,
}

/// Names and labels, in the order of the form.
const LABELS: [(&str, &str); 8] = [
    ("problem", "Problem"),
    ("reference_answer", "Reference answer"),
    ("strategy", "Strategy"),
    ("samples", "Samples"),
    ("temperature", "Temperature"),
    ("seed", "Seed"),
    ("max_tokens", "Most tokens"),
    ("gate", "Gate"),
];

impl SolveForm {
    /// The form that asks for what a run did: all of it with its order, else as far as the run shows.
    pub fn again(run: &Run, order: Option<&Order>, limits: &Limits) -> Self {
        let shown = Self::shown(run);
        match order {
            Some(Order { ask: Ask::Solve { strategy }, settings, .. }) => {
                shown.with(*strategy, settings, limits)
            }
            _ => shown,
        }
    }

    fn shown(run: &Run) -> Self {
        let samples = run.solutions.iter().filter(|s| s.kind == SolutionKind::Sample).count();
        let best_of_n = run.strategy == Strategy::BestOfN && samples > 0;
        let seed = run.solutions.first().map_or(0, |solution| solution.seed);
        Self {
            problem: run.problem.text.clone(),
            reference_answer: run.problem.reference_answer.clone().unwrap_or_default(),
            strategy: match run.kind {
                RunKind::Solve => run.strategy.as_str().to_owned(),
                RunKind::Critique | RunKind::Refine => String::new(),
            },
            samples: if best_of_n { samples.to_string() } else { String::new() },
            seed: if seed == 0 { String::new() } else { seed.to_string() },
            ..Self::default()
        }
    }

    /// With these settings; what is the default stays blank.
    fn with(self, strategy: Strategy, settings: &Settings, limits: &Limits) -> Self {
        let best_of_n = strategy == Strategy::BestOfN;
        let by_default = if best_of_n { SAMPLING_TEMPERATURE } else { 0.0 };
        let temperature = shortest(settings.temperature);
        let text = |said: bool, text: String| if said { text } else { String::new() };
        let max_tokens = settings.max_tokens;
        Self {
            samples: text(best_of_n, settings.samples.to_string()),
            temperature: text(temperature != by_default, temperature.to_string()),
            seed: text(settings.seed != 0, settings.seed.to_string()),
            max_tokens: text(max_tokens != limits.default_tokens, max_tokens.to_string()),
            gate: settings.gate.map(|gate| gate.get().to_string()).unwrap_or_default(),
            ..self
        }
    }

    /// What it asks for.
    ///
    /// # Errors
    /// Every field that cannot be used.
    pub fn order(&self, limits: &Limits) -> Result<Order, Vec<Fault>> {
        let mut faults = Vec::new();
        let request = SolveRequest {
            // Browsers send line ends as CR LF; models were trained on LF.
            problem: self.problem.replace("\r\n", "\n"),
            reference_answer: Some(self.reference_answer.trim().to_owned()),
            strategy: self.strategy(&mut faults),
            samples: number(&mut faults, "samples", "a whole number", &self.samples),
            temperature: number(&mut faults, "temperature", "a number", &self.temperature),
            max_tokens: number(&mut faults, "max_tokens", "a whole number", &self.max_tokens),
            seed: number(&mut faults, "seed", "a whole number", &self.seed),
            gate: number(&mut faults, "gate", "a number", &self.gate),
            background: true,
            priority: None,
        };
        // The door stops at its first refusal; the form should name the answer as well.
        let answer = Problem::parse("x", request.reference_answer.as_deref()).err();
        faults.extend(answer.map(|refused| fault("reference_answer", refused.detail)));
        match request.order(limits) {
            Ok(order) if faults.is_empty() => Ok(order),
            Ok(_) => Err(in_order(faults)),
            Err(error) => {
                let refused = error.fields().map(|(pointer, detail)| {
                    fault(pointer.trim_start_matches('/'), detail.to_owned())
                });
                faults.extend(refused);
                Err(in_order(faults))
            }
        }
    }

    /// Whether a setting differs from what a blank form asks for.
    pub fn has_settings(&self) -> bool {
        let blank = [&self.samples, &self.temperature, &self.seed, &self.max_tokens, &self.gate];
        blank.iter().any(|text| !text.trim().is_empty())
            || !matches!(self.strategy.as_str(), "" | "glore")
    }

    fn strategy(&self, faults: &mut Vec<Fault>) -> Option<Strategy> {
        let word = self.strategy.trim();
        let strategy = Strategy::from_word(word);
        if strategy.is_none() && !word.is_empty() {
            faults.push(fault("strategy", "choose one of those listed".to_owned()));
        }
        strategy
    }
}

fn fault(field: &str, detail: String) -> Fault {
    let label = LABELS.iter().find(|(name, _)| *name == field).map_or("Form", |(_, label)| label);
    Fault { field: field.to_owned(), label, detail }
}

/// As the fields stand in the form, one fault a field.
fn in_order(mut faults: Vec<Fault>) -> Vec<Fault> {
    faults.sort_by_key(|fault| LABELS.iter().position(|(name, _)| *name == fault.field));
    faults.dedup_by(|a, b| a.field == b.field);
    faults
}

fn number<T: FromStr>(faults: &mut Vec<Fault>, field: &str, what: &str, text: &str) -> Option<T> {
    let text = text.trim();
    if text.is_empty() {
        return None;
    }
    let value = text.parse().ok();
    if value.is_none() {
        let shown: String = text.chars().take(40).collect();
        faults.push(fault(field, format!("must be {what}; “{shown}” was given")));
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(form: &SolveForm) -> Vec<String> {
        let faults = form.order(&Limits::default()).expect_err("refused");
        faults.into_iter().map(|fault| fault.field).collect()
    }

    #[test]
    fn a_blank_form_with_a_problem_is_an_order() {
        let form = SolveForm { problem: "How\r\nmany?".to_owned(), ..SolveForm::default() };
        let order = form.order(&Limits::default()).expect("valid");
        assert_eq!(order.problem.text(), "How\nmany?");
        assert_eq!(order.problem.reference_answer(), None);
        assert!(!form.has_settings());
    }

    #[test]
    fn every_fault_is_named_once_in_the_order_of_the_form() {
        let form = SolveForm {
            reference_answer: "\u{7}".to_owned(),
            strategy: "magic".to_owned(),
            samples: "many".to_owned(),
            temperature: "9".to_owned(),
            gate: "nan".to_owned(),
            ..SolveForm::default()
        };
        let all = ["problem", "reference_answer", "strategy", "samples", "temperature", "gate"];
        assert_eq!(faults(&form), all);
    }
}
