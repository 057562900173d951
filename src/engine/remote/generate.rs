//! Continuing a prompt on a server.

use serde_json::{Value, json};

use super::fault::Fault;
use super::wire::{Choice, Completion, Logprobs};
use super::words::{Prompts, ids_of_text, prompt};
use crate::engine::{Description, FinishReason, GenerateRequest, Generation};

/// Most texts that OpenAI's API takes for `stop`.
const MOST_STOPS: usize = 4;

/// The body of a request. Members that only some servers know are let through by the others.
pub(super) fn body(
    model: &str,
    about: &Description,
    prompts: Prompts,
    request: &GenerateRequest,
) -> Result<Value, Fault> {
    let sampling = &request.sampling;
    let written = |id: &u32| about.tokenizer.decode_all(&[*id]).ok();
    let stop: Vec<String> = sampling
        .stop
        .iter()
        .filter_map(written)
        .filter(|s| !s.is_empty())
        .take(MOST_STOPS)
        .collect();
    Ok(json!({
        "model": model,
        "prompt": prompt(&about.tokenizer, prompts, &request.prompt)?,
        "max_tokens": sampling.max_tokens,
        "temperature": sampling.temperature,
        "top_p": sampling.top_p,
        // Servers hold seeds in signed numbers.
        "seed": sampling.seed & i64::MAX as u64,
        "n": request.n,
        "stop": stop,
        "stop_token_ids": sampling.stop,
        "logprobs": 1,
        "return_token_ids": true,
        // The prompt begins with whatever the model expects at the beginning.
        "add_special_tokens": false,
        "stream": false,
    }))
}

/// What came back, in the order of the answers.
pub(super) fn read(
    about: &Description,
    vocab_size: usize,
    request: &GenerateRequest,
    answer: Completion,
) -> Result<Vec<Generation>, Fault> {
    let Completion { mut choices } = answer;
    if choices.len() < request.n {
        let reason = format!("{} answers were asked for, {} came", request.n, choices.len());
        return Err(Fault::Broken(reason));
    }
    choices.sort_by_key(|choice| choice.index);
    choices.truncate(request.n);
    let stop = &request.sampling.stop;
    choices.into_iter().map(|choice| one(about, vocab_size, stop, choice)).collect()
}

fn one(
    about: &Description,
    vocab_size: usize,
    stop: &[u32],
    choice: Choice,
) -> Result<Generation, Fault> {
    let finish = match choice.finish_reason.as_deref() {
        Some("stop") => FinishReason::Stop,
        Some("length") => FinishReason::Length,
        other => {
            let shown = other.map_or("none".to_owned(), |word| word.chars().take(40).collect());
            return Err(Fault::Broken(format!("the reason why it ended is {shown}")));
        }
    };
    let tokens = match choice.token_ids {
        Some(mut ids) => {
            if let Some(id) = ids.iter().find(|id| **id as usize >= vocab_size) {
                let reason = format!("token {id} is outside the vocabulary of {vocab_size}");
                return Err(Fault::Broken(reason));
            }
            ids.pop_if(|last| finish == FinishReason::Stop && stop.contains(last));
            ids
        }
        None if finish == FinishReason::Stop => ids_of_text(&about.tokenizer, &choice.text, stop)?,
        None => ids_of_text(&about.tokenizer, &choice.text, &[])?,
    };
    let ln_probs = ln_probs(tokens.len(), choice.logprobs)?;
    Ok(Generation { tokens, ln_probs, finish })
}

/// One a token, or one more for the stop token. A server that counts other tokens than the local
/// tokenizer, or tells none, leaves them unknown.
fn ln_probs(count: usize, logprobs: Option<Logprobs>) -> Result<Vec<f32>, Fault> {
    let told = logprobs.map(|logprobs| logprobs.token_logprobs).unwrap_or_default();
    if told.iter().any(|logprob| !logprob.is_some_and(f64::is_finite)) {
        return Err(Fault::NotFinite);
    }
    if told.len() != count && told.len() != count + 1 {
        return Ok(vec![f32::NAN; count]);
    }
    Ok(told.into_iter().flatten().map(|logprob| logprob as f32).take(count).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Role;
    use crate::engine::{Engine, Sampling, ScriptedEngine};

    fn about() -> Description {
        ScriptedEngine::new().describe(Role::Policy).clone()
    }

    fn request(n: usize) -> GenerateRequest {
        let stop = about().end;
        let sampling =
            Sampling { temperature: 0.5, top_p: 0.9, max_tokens: 9, stop, seed: u64::MAX };
        GenerateRequest { prompt: vec![1, 20, 21], sampling, n }
    }

    fn read_json(n: usize, choices: Value) -> Result<Vec<Generation>, Fault> {
        let answer = serde_json::from_value(json!({ "choices": choices })).expect("an answer");
        read(&about(), 300, &request(n), answer)
    }

    #[test]
    fn everything_that_was_asked_is_sent() {
        let body = body("m", &about(), Prompts::Ids, &request(2)).expect("a body");
        assert_eq!(body["prompt"], json!([1, 20, 21]));
        assert_eq!(
            (&body["n"], &body["max_tokens"], &body["temperature"]),
            (&json!(2), &json!(9), &json!(0.5))
        );
        assert_eq!((&body["stop"], &body["stop_token_ids"]), (&json!(["<|end|>"]), &json!([0])));
        assert_eq!(body["seed"], i64::MAX);
    }

    #[test]
    fn answers_are_put_in_order_and_their_ends_taken_off() {
        let told = |logprobs: Value| json!({ "token_logprobs": logprobs });
        let answers = read_json(
            2,
            json!([
                {"index": 1, "text": "", "finish_reason": "length", "token_ids": [30, 31],
                 "logprobs": told(json!([-0.5, -1.0]))},
                {"index": 0, "text": "", "finish_reason": "stop", "token_ids": [40, 0],
                 "logprobs": told(json!([-2.0, -0.1]))},
            ]),
        )
        .expect("answers");
        assert_eq!((&answers[0].tokens, &answers[0].ln_probs), (&vec![40], &vec![-2.0]));
        assert_eq!((&answers[1].tokens, &answers[1].ln_probs), (&vec![30, 31], &vec![-0.5, -1.0]));
        assert_eq!(answers[1].finish, FinishReason::Length);
    }

    #[test]
    fn text_is_tokenised_here_and_log_probabilities_that_do_not_fit_are_unknown() {
        let text = "2 + 2 = 4\n";
        let tokens = about().tokenizer.encode(text).expect("encoded");
        let answers = read_json(1, json!([{"text": text, "finish_reason": "stop"}]));
        let answer = &answers.expect("an answer")[0];
        assert_eq!(answer.tokens, tokens);
        assert!(answer.ln_probs.len() == tokens.len() && answer.ln_probs[0].is_nan());
    }

    #[test]
    fn nonsense_is_not_an_answer() {
        let broken = |choices| matches!(read_json(1, choices), Err(Fault::Broken(_)));
        assert!(broken(json!([])));
        assert!(broken(json!([{"text": "x", "finish_reason": "odd"}])));
        assert!(broken(json!([{"text": "x", "finish_reason": null}])));
        assert!(broken(json!([{"text": "x", "finish_reason": "stop", "token_ids": [300]}])));
        let null = json!([{"text": "x", "finish_reason": "stop",
            "logprobs": {"token_logprobs": [null]}}]);
        assert_eq!(read_json(1, null), Err(Fault::NotFinite));
    }
}
