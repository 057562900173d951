//! Sends a request to an engine and waits for its answer.
//!
//! The receiver is owned by a task of its own: an axum handler is dropped when its client leaves,
//! and dropping the receiver with it would make the engine panic. The task also holds the lease,
//! until the engine has forgotten the sequence: 0.8.1 runs sequences that ended in their first step
//! a little longer, and nothing else may run beside them.

use std::sync::Arc;
use std::time::Duration;

use candle_core::{DType, IndexOp, Tensor};
use mistralrs::core::RequestMessage;
use mistralrs::{Model, NormalRequest, Request, Response, SamplingParams, StopTokens};
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;

use super::picker::Picker;
use super::pool::Lease;
use crate::domain::{Probability, Role};
use crate::engine::{Cancel, EngineError, LabelPair, Sampling, ScoreRequest};

/// An engine silent for so long is taken for dead. A long answer of a large model on a CPU takes
/// minutes.
const HANG: Duration = Duration::from_secs(30 * 60);
/// Longest wait for the engine to forget a sequence that it has answered.
const FORGET: Duration = Duration::from_secs(60);
/// Answers that can lie in the channel; there is one, or by a fault of 0.8.1 two.
const CAPACITY: usize = 8;

/// What came instead of an answer.
enum Failure {
    /// The engine is gone or silent.
    Dead(&'static str),
    /// The engine is well, and says no.
    Refused(String),
}

/// Lets `picker` write a continuation. The result is the picker's.
pub(super) async fn generate(
    lease: Lease,
    prompt: Vec<u32>,
    picker: Arc<Picker>,
) -> Result<(), EngineError> {
    send(lease, |sender| generation(prompt, picker, sender)).await.map(|_| ())
}

/// Reads the label pair after each asked position.
pub(super) async fn score(
    lease: Lease,
    request: ScoreRequest,
) -> Result<Vec<Probability>, EngineError> {
    let role = lease.recipe().role;
    let ScoreRequest { tokens, positions, labels } = request;
    let length = tokens.len();
    let answer = send(lease, |sender| reading(tokens, sender)).await?;
    let broken = |reason: String| EngineError::Unavailable { role, reason };
    let logits = raw(answer, length).map_err(broken)?;
    let read = |&position: &usize| {
        let pair = pair(&logits, position, labels).map_err(|e| broken(e.to_string()))?;
        Probability::from_logits(pair.0, pair.1).ok_or(EngineError::NonFiniteLogits { role })
    };
    positions.iter().map(read).collect()
}

/// One token from a fresh engine: it must answer, with numbers. Engines fail after they were built.
pub(super) async fn try_out(model: &Model, reward: bool, halt: u32) -> Result<(), String> {
    let (sender, mut receiver) = mpsc::channel(CAPACITY);
    let prompt = vec![halt; 2];
    let sampling =
        Sampling { temperature: 0.0, top_p: 1.0, max_tokens: 1, stop: vec![halt], seed: 0 };
    let cancels = [Cancel::new(), Cancel::new()];
    let picker = Arc::new(Picker::new(sampling, prompt.len(), halt, cancels));
    let request = match reward {
        true => reading(prompt, sender),
        false => generation(prompt, Arc::clone(&picker), sender),
    };
    let answer = match exchange(model, request, &mut receiver).await {
        Ok(answer) => answer,
        Err(Failure::Dead(reason)) => return Err(reason.to_owned()),
        Err(Failure::Refused(reason)) => return Err(reason),
    };
    while let Ok(Some(_)) = timeout(FORGET, receiver.recv()).await {}
    let not_finite = || "it computes logits that are not finite".to_owned();
    if reward {
        let labels = LabelPair { good: halt, bad: halt };
        let (good, bad) = pair(&raw(answer, 2)?, 1, labels).map_err(|e| e.to_string())?;
        return Probability::from_logits(good, bad).map(|_| ()).ok_or_else(not_finite);
    }
    picker.result(Role::Policy).map(|_| ()).map_err(|_| not_finite())
}

fn generation(
    prompt: Vec<u32>,
    picker: Arc<Picker>,
    sender: mpsc::Sender<Response>,
) -> NormalRequest {
    let sampling = SamplingParams {
        max_len: Some(picker.max_tokens()),
        // Without a stop token the engine would run to the limit after the text has ended.
        stop_toks: Some(StopTokens::Ids(vec![picker.halt()])),
        ..SamplingParams::deterministic()
    };
    let message = RequestMessage::CompletionTokens(prompt);
    NormalRequest {
        logits_processors: Some(vec![picker]),
        ..NormalRequest::new_simple(message, sampling, sender, 0, None, None)
    }
}

fn reading(tokens: Vec<u32>, sender: mpsc::Sender<Response>) -> NormalRequest {
    let sampling = SamplingParams { max_len: Some(0), ..SamplingParams::deterministic() };
    let message = RequestMessage::CompletionTokens(tokens);
    NormalRequest {
        return_raw_logits: true,
        ..NormalRequest::new_simple(message, sampling, sender, 0, None, None)
    }
}

async fn send(
    lease: Lease,
    request: impl FnOnce(mpsc::Sender<Response>) -> NormalRequest + Send + 'static,
) -> Result<Response, EngineError> {
    let role = lease.recipe().role;
    let unavailable = |reason: String| EngineError::Unavailable { role, reason };
    let (reply, answer) = oneshot::channel();
    tokio::spawn(async move {
        let Some(model) = lease.model() else { return };
        let turn = lease.recipe().turn().await;
        let (sender, mut receiver) = mpsc::channel(CAPACITY);
        let result = exchange(model, request(sender), &mut receiver).await;
        let dead = match &result {
            Err(Failure::Dead(how)) => Some(*how),
            Ok(_) | Err(Failure::Refused(_)) => None,
        };
        // The caller may be gone; that is its right.
        let _ = reply.send(result);
        match dead {
            Some(how) => {
                // The engine that is built now needs a turn of its own.
                drop(turn);
                lease.died(how).await;
            }
            None => while let Ok(Some(_)) = timeout(FORGET, receiver.recv()).await {},
        }
    });
    match answer.await {
        Ok(Ok(response)) => Ok(response),
        Ok(Err(Failure::Dead(how))) => Err(unavailable(how.to_owned())),
        Ok(Err(Failure::Refused(reason))) => Err(unavailable(reason)),
        Err(_) => Err(unavailable("it is shut down".to_owned())),
    }
}

async fn exchange(
    model: &Model,
    request: NormalRequest,
    receiver: &mut mpsc::Receiver<Response>,
) -> Result<Response, Failure> {
    let request = Request::Normal(Box::new(request));
    // Asked for each time: after a death there is another one.
    let engine =
        model.inner().get_sender(None).map_err(|_| Failure::Dead("it cannot be reached"))?;
    engine.send(request).await.map_err(|_| Failure::Dead("it takes no requests"))?;
    let response =
        timeout(HANG, receiver.recv()).await.map_err(|_| Failure::Dead("it is silent"))?;
    match response.ok_or(Failure::Dead("it ended without an answer"))? {
        Response::InternalError(e) | Response::ValidationError(e) => {
            Err(Failure::Refused(e.to_string()))
        }
        Response::ModelError(reason, _) | Response::CompletionModelError(reason, _) => {
            Err(Failure::Refused(reason))
        }
        response => Ok(response),
    }
}

/// One row of logits a token, or what is wrong with the answer.
fn raw(response: Response, length: usize) -> Result<Tensor, String> {
    let Response::Raw { mut logits_chunks, .. } = response else {
        return Err("it answered a scoring with a text".to_owned());
    };
    match (logits_chunks.pop(), logits_chunks.is_empty()) {
        (Some(logits), true) if logits.rank() == 2 && logits.dim(0).is_ok_and(|n| n == length) => {
            Ok(logits)
        }
        _ => Err("its logits are not one row a token".to_owned()),
    }
}

fn pair(logits: &Tensor, position: usize, labels: LabelPair) -> candle_core::Result<(f32, f32)> {
    let row = logits.i(position)?.to_dtype(DType::F32)?;
    let read = |id: u32| row.i(id as usize)?.to_scalar::<f32>();
    Ok((read(labels.good)?, read(labels.bad)?))
}
