//! How solutions are generated: what a request may ask for, within the limits of the configuration.

use std::fmt::Display;

use crate::config::Limits;
use crate::domain::{Invalid, Probability, Strategy};
use crate::pipeline::Settings;

/// Samples of best-of-n when the request does not say.
const DEFAULT_SAMPLES: usize = 3;
/// Temperature of best-of-n when the request does not say; anything else is greedy by default.
pub(in crate::web) const SAMPLING_TEMPERATURE: f64 = 0.7;
const MAX_TEMPERATURE: f64 = 2.0;
/// Every JSON reader holds whole numbers up to here exactly.
const MAX_SEED: u64 = (1 << 53) - 1;

/// What a request said.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Wanted {
    pub strategy: Strategy,
    pub samples: Option<usize>,
    pub temperature: Option<f64>,
    pub max_tokens: Option<usize>,
    pub seed: Option<u64>,
    pub gate: Option<f64>,
}

/// Fills in what was not said, and refuses by name what is over a limit.
pub(super) fn settings(wanted: Wanted, limits: &Limits) -> Result<Settings, Vec<Invalid>> {
    let mut refused = Vec::new();
    let best_of_n = wanted.strategy == Strategy::BestOfN;
    let default_samples = DEFAULT_SAMPLES.min(limits.max_samples);
    let samples = wanted.samples.unwrap_or(default_samples);
    within(&mut refused, "/samples", samples, 1, limits.max_samples);
    let default_temperature = if best_of_n { SAMPLING_TEMPERATURE } else { 0.0 };
    let temperature = wanted.temperature.unwrap_or(default_temperature);
    within(&mut refused, "/temperature", temperature, 0.0, MAX_TEMPERATURE);
    let max_tokens = wanted.max_tokens.unwrap_or(limits.default_tokens);
    within(&mut refused, "/max_tokens", max_tokens, 1, limits.max_tokens);
    let seed = wanted.seed.unwrap_or(0);
    within(&mut refused, "/seed", seed, 0, MAX_SEED);
    let gate = wanted.gate.and_then(Probability::new);
    if let Some(value) = wanted.gate {
        within(&mut refused, "/gate", value, 0.0, 1.0);
    }
    if !refused.is_empty() {
        return Err(refused);
    }
    Ok(Settings { samples, temperature: temperature as f32, max_tokens, seed, gate })
}

fn within<T: PartialOrd + Display>(
    refused: &mut Vec<Invalid>,
    pointer: &str,
    value: T,
    least: T,
    most: T,
) {
    // Written so that NaN, which compares with nothing, is refused too.
    if !(value >= least && value <= most) {
        let detail = format!("must lie between {least} and {most}, {value} was given");
        refused.push(Invalid::new(pointer, "out_of_range", detail));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(wanted: Wanted) -> Vec<String> {
        let refused = settings(wanted, &Limits::default()).expect_err("refused");
        refused.into_iter().map(|invalid| invalid.pointer).collect()
    }

    #[test]
    fn defaults_follow_the_strategy() {
        let limits = Limits::default();
        let greedy = settings(Wanted::default(), &limits).expect("valid");
        assert_eq!((greedy.temperature, greedy.samples, greedy.seed), (0.0, 3, 0));
        assert_eq!(greedy.max_tokens, limits.default_tokens);
        let wanted = Wanted { strategy: Strategy::BestOfN, ..Wanted::default() };
        assert_eq!(settings(wanted, &limits).expect("valid").temperature, 0.7);
    }

    #[test]
    fn everything_over_a_limit_is_named_at_once() {
        let wanted = Wanted {
            samples: Some(0),
            temperature: Some(f64::NAN),
            max_tokens: Some(1_000_000),
            seed: Some(u64::MAX),
            gate: Some(1.5),
            ..Wanted::default()
        };
        let all = ["/samples", "/temperature", "/max_tokens", "/seed", "/gate"];
        assert_eq!(refused(wanted), all);
    }
}
