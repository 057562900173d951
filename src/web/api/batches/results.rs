//! `GET /v1/batches/{id}/results`: what came of each problem, as JSON lines or CSV.

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::header::{ACCEPT, CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use futures::{Stream, stream};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use super::get::one;
use crate::app::App;
use crate::domain::BatchId;
use crate::store::BatchRow;
use crate::web::{BatchPath, Error, Query, intake};

/// Rows read at once; the answer is never in memory as a whole.
const CHUNK: usize = 200;
const CSV: &str = "text/csv";

/// How rows are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// One JSON object a line.
    Jsonl,
    /// With a header; a text that a spreadsheet would take for a formula has an apostrophe first.
    Csv,
}

/// How rows are written.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct ResultsQuery {
    /// JSON lines unless it says otherwise, or `Accept` names CSV alone.
    #[param(inline)]
    pub format: Option<Format>,
}

/// A row a problem, in the order they were given in, while the batch is at work too.
#[utoipa::path(
    get,
    path = "/v1/batches/{id}/results",
    operation_id = "batch_results",
    tag = "batches",
    summary = "What came of each problem",
    params(("id" = BatchId, Path, description = "The batch"), ResultsQuery),
    responses((status = 200, description = "A row a problem",
        content((BatchRow = "application/x-ndjson"), (String = "text/csv")))),
)]
pub async fn handler(
    State(app): State<App>,
    BatchPath(id): BatchPath,
    Query(query): Query<ResultsQuery>,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let batch = one(&app, id).await?;
    let accepts = headers.get(ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let only_csv = if accepts.trim() == CSV { Format::Csv } else { Format::Jsonl };
    let format = query.format.unwrap_or(only_csv);
    let (kind, ending) = match format {
        Format::Jsonl => ("application/x-ndjson", "jsonl"),
        Format::Csv => ("text/csv; charset=utf-8", "csv"),
    };
    let file = format!("attachment; filename=\"{}.{ending}\"", batch.id);
    let body = Body::from_stream(rows(app, id, format));
    Ok(([(CONTENT_TYPE, kind.to_owned()), (CONTENT_DISPOSITION, file)], body).into_response())
}

/// The rows as they are written, a chunk at a time.
fn rows(
    app: App,
    id: BatchId,
    format: Format,
) -> impl Stream<Item = Result<Bytes, std::io::Error>> {
    stream::try_unfold(Some(0), move |after| {
        let app = app.clone();
        async move {
            let Some(after) = after else { return Ok(None) };
            let rows = app.store.batches().results(id, after, CHUNK).await;
            let rows = rows.map_err(std::io::Error::other)?;
            let next = rows.last().map(|row| row.position).filter(|_| rows.len() == CHUNK);
            let bytes = match format {
                Format::Jsonl => json_lines(&rows)?,
                Format::Csv => csv_lines(&rows, after == 0)?,
            };
            Ok(Some((Bytes::from(bytes), next)))
        }
    })
}

fn json_lines(rows: &[BatchRow]) -> Result<Vec<u8>, std::io::Error> {
    let mut bytes = Vec::new();
    for row in rows {
        serde_json::to_writer(&mut bytes, row)?;
        bytes.push(b'\n');
    }
    Ok(bytes)
}

const HEADER: [&str; 11] = [
    "position",
    "problem",
    "reference_answer",
    "run",
    "status",
    "answer",
    "correct",
    "chosen",
    "orm",
    "first_error_step",
    "flip",
];

fn csv_lines(rows: &[BatchRow], header: bool) -> Result<Vec<u8>, std::io::Error> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    if header {
        writer.write_record(HEADER)?;
    }
    for row in rows {
        let text = |text: Option<String>| text.unwrap_or_default();
        let cells = [
            row.position.to_string(),
            row.problem.clone(),
            text(row.reference_answer.clone()),
            text(row.run.map(|id| id.to_string())),
            text(row.status.map(|status| status.as_str().to_owned())),
            text(row.answer.clone()),
            text(row.correct.map(|correct| correct.to_string())),
            text(row.chosen.map(|kind| kind.as_str().to_owned())),
            text(row.orm.map(|p| p.get().to_string())),
            text(row.first_error_step.map(|step| step.to_string())),
            text(row.flip.map(|flip| flip.as_str().to_owned())),
        ];
        writer.write_record(cells.iter().map(|text| intake::cell(text).into_owned()))?;
    }
    writer.into_inner().map_err(|e| std::io::Error::other(e.to_string()))
}
