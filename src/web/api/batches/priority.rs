//! `POST /v1/batches/{id}/priority`: make what waits of a batch more or less urgent.

use axum::Json as Answer;
use axum::extract::State;

use super::get::one;
use crate::app::App;
use crate::domain::{BatchId, Priority};
use crate::store::Batch;
use crate::web::api::priority::PriorityRequest;
use crate::web::{BatchPath, Code, Error, Json};

/// For its runs that have not begun and its problems that are no runs yet; what is at work goes on.
#[utoipa::path(
    post,
    path = "/v1/batches/{id}/priority",
    operation_id = "prioritise_batch",
    tag = "batches",
    summary = "Make what waits of a batch more or less urgent",
    params(("id" = BatchId, Path, description = "The batch")),
    request_body = PriorityRequest,
    responses(
        (status = 200, description = "The batch as it is now", body = Batch),
        (status = 409, description = "Nothing of the batch waits any more (`not_waiting`)"),
    ),
)]
pub async fn handler(
    State(app): State<App>,
    BatchPath(id): BatchPath,
    Json(request): Json<PriorityRequest>,
) -> Result<Answer<Batch>, Error> {
    if set(&app, id, request.priority).await? {
        return one(&app, id).await.map(Answer);
    }
    Err(Error::new(Code::NotWaiting, format!("nothing of the batch {id} waits any more")))
}

/// Whether something of it waited, and is of this priority now.
///
/// # Errors
/// No such batch, or the store does not answer.
pub async fn set(app: &App, id: BatchId, priority: Priority) -> Result<bool, Error> {
    let changed = app.store.batches().prioritise(id, priority).await?;
    changed.ok_or_else(|| Error::no_batch(&id.to_string()))
}
