//! `GET /v1/batches` and `GET /v1/batches/{id}`: how far batches are.

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::app::App;
use crate::domain::{BatchId, Invalid};
use crate::store::{Batch, Page};
use crate::web::{BatchPath, Error, Query};

const DEFAULT_LIMIT: usize = 20;
const MAX_LIMIT: usize = 100;

/// Where to go on.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct BatchesQuery {
    /// Most batches of one answer.
    #[param(minimum = 1, maximum = 100, default = 20)]
    pub limit: Option<usize>,
    /// `next` of the page before.
    pub after: Option<BatchId>,
}

/// Pass `next` as `after` to go on.
#[utoipa::path(
    get,
    path = "/v1/batches",
    operation_id = "list_batches",
    tag = "batches",
    summary = "Batches, newest first",
    params(BatchesQuery),
    responses((status = 200, description = "A piece of the list", body = Page<Batch>)),
)]
pub async fn list(
    State(app): State<App>,
    Query(query): Query<BatchesQuery>,
) -> Result<Json<Page<Batch>>, Error> {
    let limit = query.limit.unwrap_or(DEFAULT_LIMIT);
    if limit == 0 || limit > MAX_LIMIT {
        let detail = format!("must lie between 1 and {MAX_LIMIT}, {limit} was given");
        return Err(Invalid::new("/limit", "out_of_range", detail).into());
    }
    Ok(Json(app.store.batches().list(query.after, limit).await?))
}

/// Counters only, so that it can be asked for often.
#[utoipa::path(
    get,
    path = "/v1/batches/{id}",
    operation_id = "get_batch",
    tag = "batches",
    summary = "How far a batch is",
    params(("id" = BatchId, Path, description = "The batch")),
    responses((status = 200, description = "The batch as it is now", body = Batch)),
)]
pub async fn handler(
    State(app): State<App>,
    BatchPath(id): BatchPath,
) -> Result<Json<Batch>, Error> {
    one(&app, id).await.map(Json)
}

/// The batch with this id.
///
/// # Errors
/// No such batch, or a store that does not answer.
pub async fn one(app: &App, id: BatchId) -> Result<Batch, Error> {
    let found = app.store.batches().get(id).await?;
    found.ok_or_else(|| Error::no_batch(&id.to_string()))
}
