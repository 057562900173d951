//! Reading a pair of label tokens from a server that generates.
//!
//! `prompt_logprobs` reads every position of a text in one request: row `p + 1` of the prompt's
//! log-probabilities is what the model expected after position `p`. A label that is not among the
//! likeliest there is asked for by itself, by putting it into the prompt: the log-probability of a
//! token that stands there is always told. `next_token` asks for one token after each position.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::fault::Fault;
use super::wire::{Choice, Completion, Logprobs, PromptLogprob};
use crate::domain::Probability;
use crate::engine::{LabelPair, Tokenizer};

/// Likeliest tokens asked for at a position; vLLM allows no more unless it is told to.
pub(super) const LIKELIEST: usize = 20;

/// A pair of natural log-probabilities, as far as they were told: good, bad.
pub(super) type Pair = [Option<f64>; 2];

/// Asks for the log-probabilities of a prompt's tokens.
pub(super) fn prompt_body(model: &str, prompt: &[u32], likeliest: usize) -> Value {
    json!({
        "model": model, "prompt": prompt, "max_tokens": 1, "temperature": 0,
        "prompt_logprobs": likeliest, "stream": false,
    })
}

/// Asks for one token after a prompt. The two labels are the only ones allowed, for servers that
/// know what that means.
pub(super) fn next_body(model: &str, prompt: Value, labels: LabelPair) -> Value {
    json!({
        "model": model, "prompt": prompt, "max_tokens": 1, "temperature": 0,
        "logprobs": LIKELIEST, "allowed_token_ids": [labels.good, labels.bad],
        "return_tokens_as_token_ids": true, "add_special_tokens": false, "stream": false,
    })
}

/// What the model expected after each of `positions` of the prompt that was sent.
pub(super) fn prompt_pairs(
    answer: Completion,
    positions: &[usize],
    labels: LabelPair,
) -> Result<Vec<Pair>, Fault> {
    let rows = first(answer)?.prompt_logprobs.ok_or_else(|| {
        Fault::Broken("it tells no log-probabilities of the prompt (prompt_logprobs)".to_owned())
    })?;
    let pair = |position: &usize| {
        let row = rows.get(position + 1).and_then(Option::as_ref).ok_or_else(|| {
            let of = rows.len();
            Fault::Broken(format!("no log-probabilities after position {position}, rows: {of}"))
        })?;
        Ok([told(row, labels.good)?, told(row, labels.bad)?])
    };
    positions.iter().map(pair).collect()
}

fn told(row: &BTreeMap<String, PromptLogprob>, id: u32) -> Result<Option<f64>, Fault> {
    row.get(&id.to_string()).map(|entry| finite(entry.logprob)).transpose()
}

/// What the model expected next.
pub(super) fn next_pair(
    answer: Completion,
    labels: LabelPair,
    tokenizer: &Tokenizer,
) -> Result<Pair, Fault> {
    let missing = || Fault::Broken("it tells no log-probabilities (logprobs)".to_owned());
    let Logprobs { top_logprobs, .. } = first(answer)?.logprobs.ok_or_else(missing)?;
    let row =
        top_logprobs.and_then(|rows| rows.into_iter().next().flatten()).ok_or_else(missing)?;
    let told = |id: u32| {
        let names =
            [Some(format!("token_id:{id}")), tokenizer.decode_all(&[id]).ok(), tokenizer.token(id)];
        let entry = names.into_iter().flatten().find_map(|name| row.get(&name));
        entry.map(|logprob| finite(*logprob)).transpose()
    };
    Ok([told(labels.good)?, told(labels.bad)?])
}

fn first(answer: Completion) -> Result<Choice, Fault> {
    let none = || Fault::Broken("one answer was asked for, none came".to_owned());
    answer.choices.into_iter().next().ok_or_else(none)
}

fn finite(logprob: Option<f64>) -> Result<f64, Fault> {
    logprob.filter(|logprob| logprob.is_finite()).ok_or(Fault::NotFinite)
}

/// The share of the good label among the two.
pub(super) fn probability([good, bad]: Pair) -> Result<Probability, Fault> {
    let unknown = |label: &str| {
        Fault::NoLabel(format!("the {label} label is not among its {LIKELIEST} likeliest tokens"))
    };
    let good = good.ok_or_else(|| unknown("good"))?;
    let bad = bad.ok_or_else(|| unknown("bad"))?;
    Probability::from_logits(good as f32, bad as f32).ok_or(Fault::NotFinite)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::{Control, scripted_tokenizer};

    const LABELS: LabelPair = LabelPair { good: 6, bad: 7 };

    fn pairs(rows: Value) -> Result<Vec<Pair>, Fault> {
        let choice = json!({"text": "", "finish_reason": "length", "prompt_logprobs": rows});
        let answer = serde_json::from_value(json!({ "choices": [choice] })).expect("an answer");
        prompt_pairs(answer, &[0, 1], LABELS)
    }

    #[test]
    fn the_row_after_a_position_is_read() {
        let row = |good: f64| json!({"6": {"logprob": good, "rank": 1}, "7": {"logprob": -2.0}});
        let read = pairs(json!([null, row(-0.25), {"6": {"logprob": -0.5}}])).expect("rows");
        assert_eq!(read, [[Some(-0.25), Some(-2.0)], [Some(-0.5), None]]);
        assert!(matches!(pairs(json!([null, row(-0.25)])), Err(Fault::Broken(_))), "too few rows");
        assert!(matches!(pairs(json!(null)), Err(Fault::Broken(_))), "no rows");
        let null = json!([null, {"6": {"logprob": null}}, {}]);
        assert_eq!(pairs(null), Err(Fault::NotFinite));
    }

    #[test]
    fn labels_are_found_by_id_and_by_text() {
        let tokenizer = scripted_tokenizer();
        let [good, bad] =
            [Control::Good, Control::Bad].map(|c| tokenizer.control(c).expect("known"));
        let read = |row: Value| {
            let choice = json!({"text": "", "logprobs": {"top_logprobs": [row]}});
            let answer = serde_json::from_value(json!({ "choices": [choice] })).expect("an answer");
            next_pair(answer, LabelPair { good, bad }, &tokenizer)
        };
        let by_id =
            json!({format!("token_id:{good}"): -0.1, format!("token_id:{bad}"): -2.5, "x": -9});
        assert_eq!(read(by_id), Ok([Some(-0.1), Some(-2.5)]));
        assert_eq!(read(json!({"<|good|>": -0.1})), Ok([Some(-0.1), None]));
        assert_eq!(read(json!({"<|bad|>": null})), Err(Fault::NotFinite));
        assert!(matches!(read(json!(null)), Err(Fault::Broken(_))));
    }

    #[test]
    fn a_score_needs_both_labels() {
        let score = probability([Some(0.25f64.ln()), Some(0.5f64.ln())]).expect("a score").get();
        assert!((score - 1.0 / 3.0).abs() < 1e-6, "{score}");
        assert!(matches!(probability([None, Some(-1.0)]), Err(Fault::NoLabel(_))));
    }
}
