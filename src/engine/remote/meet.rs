//! The first meeting with the servers of a role: whether they are there, serve the model, and answer
//! in a way that can be used. What is wrong is said at the start, not at the first problem.

use std::sync::Arc;
use std::time::Duration;

use futures::future::join_all;

use super::address::Url;
use super::breaker::Rules;
use super::client::Client;
use super::fault::Fault;
use super::player::Player;
use super::pool::Pool;
use super::wire::{ModelCard, ModelList};
use super::words::Prompts;
use crate::config::{ModelSource, ScoreVia};
use crate::domain::Role;
use crate::engine::checkpoint::Vocabulary;
use crate::engine::plan::{labels, step_tag, threshold};
use crate::engine::{Description, EngineError, GenerateRequest, Sampling, ScoreRequest};

/// What a model is tried out with.
const TRIAL: &str = "2 + 2 = 4";
/// Tokens that reading a label adds to a text: the label, and the one that must be generated.
const LABEL_ROOM: usize = 2;

/// Meets whoever plays `role`.
///
/// # Errors
/// [`EngineError::CannotLoad`] for a folder or a setting, [`EngineError::Unavailable`] for a server.
pub(super) async fn meet(
    role: Role,
    source: &ModelSource,
    rules: Rules,
) -> Result<Player, EngineError> {
    let cannot =
        |reason: String| EngineError::CannotLoad { role, path: source.path.clone(), reason };
    let urls = urls(source).map_err(cannot)?;
    let key = key(source).map_err(cannot)?;
    let step_tag = step_tag(role, source).map_err(cannot)?;
    let words = Vocabulary::open(role, &source.path)?;
    let labels = labels(role, source, &words.tokenizer, words.card.as_ref()).map_err(cannot)?;
    // A client belongs to the runtime it first works on, and this one ends with the meeting.
    let client =
        || Client::new(key.as_deref(), Duration::from_secs(source.timeout_s)).map_err(cannot);
    let greeted = greet(role, &client()?, urls, source.remote_model.as_deref()).await?;
    let served = greeted.length.unwrap_or(usize::MAX).min(words.positions);
    let room =
        if role.is_reward() && source.score_via != ScoreVia::Pooling { LABEL_ROOM } else { 0 };
    let pool = |client| Pool::new(client, greeted.urls.clone(), source.max_concurrency, rules);
    let mut player = Player {
        about: Description {
            role,
            model_id: greeted.model.clone(),
            hash: String::new(),
            context_length: served.saturating_sub(room),
            tokenizer: Arc::clone(&words.tokenizer),
            device: "remote".to_owned(),
            score_format: source.score_format,
            labels,
            threshold: (role == Role::Sorm).then(|| threshold(source, words.card.as_ref())),
            parameters: None,
            begin: words.begin,
            end: words.end,
            step_tag,
        },
        vocab_size: words.vocab_size,
        model: greeted.model.clone(),
        prompts: Prompts::Ids,
        score_via: source.score_via,
        pool: pool(client()?),
    };
    player.prompts = try_out(&mut player).await.map_err(|fault| unusable(role, &fault))?;
    player.pool = pool(client()?);
    Ok(player)
}

fn unusable(role: Role, fault: &Fault) -> EngineError {
    EngineError::Unavailable { role, reason: format!("it cannot be used: {fault}") }
}

fn urls(source: &ModelSource) -> Result<Vec<Url>, String> {
    let parse = |(index, text): (usize, &String)| {
        Url::parse(text).map_err(|reason| format!("urls[{index}] {reason}"))
    };
    source.urls.iter().enumerate().map(parse).collect()
}

fn key(source: &ModelSource) -> Result<Option<String>, String> {
    let Some(name) = &source.api_key_env else { return Ok(None) };
    match std::env::var(name) {
        Ok(key) if !key.trim().is_empty() => Ok(Some(key.trim().to_owned())),
        _ => Err(format!("api_key_env: the environment variable {name} is not set")),
    }
}

struct Greeted {
    /// With whether it is dead.
    urls: Vec<(Url, bool)>,
    model: String,
    /// The shortest that any of them allows.
    length: Option<usize>,
}

/// Asks every address which models it has. Some may be down; those that are up must agree.
async fn greet(
    role: Role,
    client: &Client,
    urls: Vec<Url>,
    wanted: Option<&str>,
) -> Result<Greeted, EngineError> {
    let greet = |url: &Url| {
        let models = url.models();
        async move { client.get::<ModelList>(&models).await }
    };
    let answers = join_all(urls.iter().map(greet)).await;
    let unavailable = |reason: String| EngineError::Unavailable { role, reason };
    let mut greeted = Greeted { urls: Vec::new(), model: String::new(), length: None };
    let mut down = Vec::new();
    for (url, answer) in urls.into_iter().zip(answers) {
        let card = match answer.map_err(|fault| fault.at(url.as_str())) {
            Ok(list) => choose(list, wanted)
                .map_err(|reason| unavailable(format!("{}: {reason}", url.as_str())))?,
            Err(refusal @ Fault::Refused { .. }) => return Err(unusable(role, &refusal)),
            Err(fault) => {
                tracing::warn!(%role, %fault, "a server is left out until it answers");
                down.push(fault.to_string());
                greeted.urls.push((url, true));
                continue;
            }
        };
        if !greeted.model.is_empty() && greeted.model != card.id {
            let (one, other) = (greeted.model, card.id);
            return Err(unavailable(format!("its addresses serve both {one} and {other}")));
        }
        greeted.length = [greeted.length, card.max_model_len].into_iter().flatten().min();
        greeted.model = card.id;
        greeted.urls.push((url, false));
    }
    if greeted.urls.iter().all(|(_, dead)| *dead) {
        return Err(unavailable(format!("no address answers: {}", down.join("; "))));
    }
    Ok(greeted)
}

fn choose(list: ModelList, wanted: Option<&str>) -> Result<ModelCard, String> {
    let names: Vec<String> =
        list.data.iter().map(|card| card.id.chars().take(80).collect()).collect();
    let names = names.join(", ");
    let mut fitting = list.data.into_iter().filter(|card| wanted.is_none_or(|id| card.id == id));
    match (fitting.next(), wanted) {
        (None, Some(wanted)) => Err(format!("it does not serve {wanted}, but: {names}")),
        (None, None) => Err("it serves no model".to_owned()),
        (Some(_), None) if fitting.next().is_some() => {
            Err(format!("it serves several models; set remote_model to one of: {names}"))
        }
        (Some(card), _) => Ok(card),
    }
}

/// One token, or one score; text where ids are refused and text will do.
async fn try_out(player: &mut Player) -> Result<Prompts, Fault> {
    let with_ids = once(player).await;
    let ids_refused = matches!(with_ids, Err(Fault::Refused { status: 400 | 422, .. }));
    let text_will_do = !player.about.role.is_reward() || player.score_via == ScoreVia::NextToken;
    if !ids_refused || !text_will_do {
        return with_ids.map(|()| Prompts::Ids);
    }
    player.prompts = Prompts::Text;
    once(player).await?;
    let role = player.about.role;
    tracing::warn!(%role, "its server takes prompts as text only; see docs/remote.md");
    Ok(Prompts::Text)
}

async fn once(player: &Player) -> Result<(), Fault> {
    let about = &player.about;
    let encode = |text: &str| {
        about.tokenizer.encode(text).map_err(|e| Fault::Broken(format!("the tokenizer: {e}")))
    };
    let mut tokens = about.begin.clone();
    let Some(labels) = about.labels else {
        tokens.extend(encode(TRIAL)?);
        let (temperature, top_p, stop) = (0.0, 1.0, about.end.clone());
        let sampling = Sampling { temperature, top_p, max_tokens: 1, stop, seed: 0 };
        let request = GenerateRequest { prompt: tokens, sampling, n: 1 };
        return player.continue_prompt(&request).await.map(|_| ());
    };
    let end = about.step_tag.as_ref().map_or("\n".to_owned(), |tag| format!(" {tag}"));
    tokens.extend(encode(&format!("{TRIAL}{end}"))?);
    let positions = vec![tokens.len().saturating_sub(1)];
    match player.read_labels(&ScoreRequest { tokens, positions, labels }).await {
        // The trial is no solution of anything: the model need not have an opinion of it.
        Err(Fault::NoLabel(reason)) => {
            tracing::warn!(role = %about.role, reason, "not told for the trial");
            Ok(())
        }
        answer => answer.map(|_| ()),
    }
}
