//! `GET /v1/queues`: where runs wait to be reviewed.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::App;
use crate::domain::QueueId;
use crate::domain::review::QueueSettings;
use crate::web::Error;

/// A queue.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct QueueAnswer {
    pub id: QueueId,
    /// Always `queue`.
    pub object: &'static str,
    pub settings: QueueSettings,
    /// Takes runs and serves items.
    pub open: bool,
    /// Items that are still to be rated.
    pub waiting: usize,
    /// What annotators are told.
    pub guidelines: GuidelinesAnswer,
}

/// What annotators are told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct GuidelinesAnswer {
    /// 0 where there are none yet.
    pub version: usize,
    pub text: String,
}

/// Every queue.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct QueueList {
    pub data: Vec<QueueAnswer>,
}

/// Queues are few: all of them, by name.
#[utoipa::path(
    get,
    path = "/v1/queues",
    operation_id = "list_queues",
    tag = "review",
    summary = "The review queues",
    responses((status = 200, description = "Every queue, by name", body = QueueList)),
)]
pub async fn handler(State(app): State<App>) -> Result<Json<QueueList>, Error> {
    let queues = app.store.reviews().queues().await?.into_iter();
    let data = queues.map(|queue| QueueAnswer {
        id: queue.id,
        object: "queue",
        settings: queue.settings,
        open: queue.open,
        waiting: queue.waiting,
        guidelines: GuidelinesAnswer {
            version: queue.guidelines.version,
            text: queue.guidelines.text,
        },
    });
    Ok(Json(QueueList { data: data.collect() }))
}
