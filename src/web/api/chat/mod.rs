//! `POST /v1/chat/completions`: a solve for clients of OpenAI's chat API.
//!
//! `served.rs` has the models that can be asked for, `request.rs` turns a conversation into an
//! order, `answer.rs` a run into a completion, `stream.rs` sends one in pieces. Errors have OpenAI's
//! shape (`web/openai.rs`).

mod answer;
mod request;
mod served;
mod stream;

use axum::extract::State;
use axum::response::{IntoResponse, Response};

use self::answer::{Completion, Head, Told};
use self::request::ChatRequest;
pub(super) use self::served::{Served, served};
pub(in crate::web) use self::stream::Chunk;
use self::stream::SentChunk;
use crate::app::App;
use crate::web::{Error, Json, submit};

/// Answers with the chosen solution, whole or line by line.
#[utoipa::path(
    post,
    path = "/v1/chat/completions",
    operation_id = "chat",
    tag = "runs",
    summary = "A solve for clients of OpenAI's chat API",
    request_body(content = ChatRequest, description = "As OpenAI's; other fields mean nothing"),
    responses((status = 200, description = "The chosen solution as a completion, or its pieces",
        content((Completion = "application/json"), (SentChunk = "text/event-stream")))),
)]
pub async fn handler(
    State(app): State<App>,
    Json(request): Json<ChatRequest>,
) -> Result<Response, Error> {
    let (served, order) = request.order(&app.config.limits)?;
    if request.is_streamed() {
        return stream::answer(app, served, order, request.wants_usage()).await;
    }
    let run = submit::now(&app, order).await?;
    let head = Head::new(run.id, run.created_at, served.id);
    Ok(axum::Json(Told::of(&app, &run).whole(head)).into_response())
}
