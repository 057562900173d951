//! `GET /v1/models`: the names that OpenAI's clients can use, and what plays each role; one of the
//! names.

use std::sync::OnceLock;

use axum::Json;
use axum::extract::{Path, State};
use serde::Serialize;
use utoipa::ToSchema;

use super::chat::{Served, served};
use crate::app::App;
use crate::config::ScoreFormat;
use crate::domain::{Role, Threshold};
use crate::engine::Engine;
use crate::web::Error;

/// A name that `POST /v1/chat/completions` knows, or a role by itself for `POST /v1/completions`, in
/// OpenAI's form.
#[derive(Debug, Serialize, ToSchema)]
pub struct Model {
    id: &'static str,
    object: &'static str,
    /// Seconds since 1970: when this process was first asked.
    created: i64,
    owned_by: &'static str,
    /// Most tokens of prompt and answer together; of a role.
    #[serde(skip_serializing_if = "Option::is_none")]
    max_model_len: Option<usize>,
}

/// What plays one role.
#[derive(Debug, Serialize, ToSchema)]
pub struct Player {
    role: Role,
    model: String,
    /// SHA-256 of the weights.
    hash: String,
    device: String,
    context_length: usize,
    #[schema(required = true)]
    parameters: Option<usize>,
    /// How step scores are read; reward roles only.
    #[schema(required = true)]
    score_format: Option<ScoreFormat>,
    /// With its source; the SORM only.
    #[schema(required = true)]
    threshold: Option<Threshold>,
}

/// OpenAI's list, and beside it what is really at work.
#[derive(Debug, Serialize, ToSchema)]
pub struct ModelList {
    /// Always `list`.
    object: &'static str,
    data: Vec<Model>,
    /// One entry a role, in the order in which the method uses them.
    roles: Vec<Player>,
}

/// Every name and every role.
#[utoipa::path(
    get,
    path = "/v1/models",
    operation_id = "list_models",
    tag = "server",
    summary = "The models for OpenAI's clients, and what plays each role",
    responses((status = 200, description = "Every name and every role", body = ModelList)),
)]
pub async fn handler(State(app): State<App>) -> Json<ModelList> {
    let engine = app.engine.now();
    let served = Served::all(&app.config.limits).map(|served| model(&app, served.id, None));
    let data = served.chain(Role::ALL.into_iter().map(|role| role_model(&app, &*engine, role)));
    let data = data.collect();
    let roles = Role::ALL.into_iter().map(|role| player(&*engine, role)).collect();
    Json(ModelList { object: "list", data, roles })
}

/// One of the names, as `client.models.retrieve` asks for it.
///
/// # Errors
/// `model_not_found` for any other name, with those that there are.
#[utoipa::path(
    get,
    path = "/v1/models/{id}",
    operation_id = "get_model",
    tag = "server",
    summary = "One model for OpenAI's clients",
    params(("id" = String, Path, description = "The name, as in the list", example = "glore")),
    responses((status = 200, description = "The name is served", body = Model)),
)]
pub async fn one(State(app): State<App>, Path(id): Path<String>) -> Result<Json<Model>, Error> {
    Ok(Json(match id.parse::<Role>() {
        Ok(role) => role_model(&app, &*app.engine.now(), role),
        Err(_) => model(&app, served(&id, &app.config.limits)?.id, None),
    }))
}

fn role_model(app: &App, engine: &dyn Engine, role: Role) -> Model {
    model(app, role.as_str(), Some(engine.describe(role).context_length))
}

fn model(app: &App, id: &'static str, max_model_len: Option<usize>) -> Model {
    // The same in every answer, so that clients can tell that nothing has changed.
    static CREATED: OnceLock<i64> = OnceLock::new();
    let created = *CREATED.get_or_init(|| app.clock.now().unix_timestamp());
    Model { id, object: "model", created, owned_by: "glore", max_model_len }
}

fn player(engine: &dyn Engine, role: Role) -> Player {
    let description = engine.describe(role);
    Player {
        role,
        model: description.model_id.clone(),
        hash: description.hash.clone(),
        device: description.device.clone(),
        context_length: description.context_length,
        parameters: description.parameters,
        score_format: role.is_reward().then_some(description.score_format),
        threshold: description.threshold.filter(|_| role == Role::Sorm),
    }
}
