//! `GET /v1/models`: what plays each role.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::App;
use crate::config::ScoreFormat;
use crate::domain::{Role, Threshold};

/// What plays one role.
#[derive(Debug, Serialize, ToSchema)]
pub struct Model {
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

/// One entry a role, in the order in which the method uses them.
#[derive(Debug, Serialize, ToSchema)]
pub struct ModelList {
    /// Always `list`.
    object: &'static str,
    data: Vec<Model>,
}

/// Every role.
#[utoipa::path(
    get,
    path = "/v1/models",
    operation_id = "list_models",
    tag = "server",
    summary = "What plays each role",
    responses((status = 200, description = "One entry a role", body = ModelList)),
)]
pub async fn handler(State(app): State<App>) -> Json<ModelList> {
    let data = Role::ALL.into_iter().map(|role| model(&app, role)).collect();
    Json(ModelList { object: "list", data })
}

fn model(app: &App, role: Role) -> Model {
    let description = app.engine.describe(role);
    Model {
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
