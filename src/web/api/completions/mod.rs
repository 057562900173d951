//! `POST /v1/completions`: a role by itself, as another server's engine asks for it.
//!
//! One machine can so run models for others: a server whose configuration names this one for a role
//! (`urls`, docs/remote.md) sends token ids here and reads tokens or step scores. `request.rs` says
//! what may be asked, `answer.rs` how it is told. Nothing is kept of it: it is no run. Errors have
//! OpenAI's shape (`web/openai.rs`).

mod answer;
mod request;

use axum::Json as Answer;
use axum::extract::State;

use self::answer::TextCompletion;
use self::request::{CompletionRequest, Work};
use crate::app::App;
use crate::web::{Error, Json, submit};

/// Continues a prompt with the model of a role or, where that is a reward model, tells its two labels.
#[utoipa::path(
    post,
    path = "/v1/completions",
    operation_id = "complete",
    tag = "server",
    summary = "The model of one role by itself, for engines elsewhere",
    request_body(content = CompletionRequest, description = "As OpenAI's; other fields mean nothing"),
    responses((status = 200, description = "What the model wrote, or its labels",
        body = TextCompletion)),
)]
pub async fn handler(
    State(app): State<App>,
    Json(request): Json<CompletionRequest>,
) -> Result<Answer<TextCompletion>, Error> {
    let engine = app.engine.now();
    let asked = request.read(&*engine, &app.config.limits).map_err(Error::invalid)?;
    let role = asked.role;
    let about = engine.describe(role).clone();
    let told = match asked.work.clone() {
        Work::Write(work) => {
            let written = submit::at_the_engine(&app, move |cancel| async move {
                engine.generate(role, work, &cancel).await
            });
            answer::written(&about, &asked, written.await?)
        }
        Work::Score(work) => {
            let scored = submit::at_the_engine(&app, move |cancel| async move {
                engine.score(role, work, &cancel).await
            });
            answer::scored(&about, &asked, &scored.await?)
        }
    };
    let created = app.clock.now().unix_timestamp();
    Ok(Answer(told.at(created)))
}
