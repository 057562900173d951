//! `POST /v1/batches/{id}/cancel`: end a batch.

use axum::Json;
use axum::extract::State;

use super::get::one;
use crate::app::App;
use crate::domain::{Actor, BatchId};
use crate::store::Batch;
use crate::web::{BatchPath, Error};

/// Nothing more becomes a run, what waits is cancelled, what is at work is told to stop. A batch
/// that has ended stays as it is.
#[utoipa::path(
    post,
    path = "/v1/batches/{id}/cancel",
    operation_id = "cancel_batch",
    tag = "batches",
    summary = "End a batch",
    params(("id" = BatchId, Path, description = "The batch")),
    responses((status = 200, description = "The batch as it is now", body = Batch)),
)]
pub async fn handler(
    State(app): State<App>,
    BatchPath(id): BatchPath,
    actor: Actor,
) -> Result<Json<Batch>, Error> {
    cancel(&app, id, &actor).await?;
    one(&app, id).await.map(Json)
}

/// First the store, so that a worker that claims a run meanwhile sees the wish; then the workers.
///
/// # Errors
/// No such batch, or a store that does not answer.
pub async fn cancel(app: &App, id: BatchId, actor: &Actor) -> Result<(), Error> {
    let at_work = app.store.batches().cancel(id, Some((actor, app.clock.now()))).await?;
    for run in at_work.ok_or_else(|| Error::no_batch(&id.to_string()))? {
        app.live.cancel(run);
    }
    Ok(())
}
