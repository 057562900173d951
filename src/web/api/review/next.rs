//! `POST /v1/queues/{id}/next`: an item, kept for whoever asks.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::App;
use crate::domain::review::{Mode, Reason, Suggestions};
use crate::domain::{ItemId, Probability, QueueId, RunId, SolutionId, Timestamp};
use crate::store::{Desk, Next};
use crate::web::id_path::IdPath;
use crate::web::pages::review::{Person, models};
use crate::web::{Code, Error};

/// What came of asking.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct NextAnswer {
    /// Null when nothing waits for this person.
    #[schema(required = true)]
    pub item: Option<ItemAnswer>,
}

/// An item on a desk.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ItemAnswer {
    pub id: ItemId,
    /// Always `review.item`.
    pub object: &'static str,
    pub queue: QueueId,
    pub run: RunId,
    pub problem: String,
    #[schema(required = true)]
    pub reference_answer: Option<String>,
    /// Whose steps are to be rated.
    pub solution: SolutionId,
    pub steps: Vec<StepAnswer>,
    /// To choose among, in an order of their own; empty where there is no choice.
    pub candidates: Vec<CandidateAnswer>,
    pub mode: Mode,
    pub suggestions: Suggestions,
    pub guidelines_version: usize,
    /// Why it is here; empty where scores are hidden before rating.
    pub reasons: Vec<Reason>,
    /// Then somebody else may take it; null where somebody has.
    #[serde(with = "time::serde::rfc3339::option")]
    #[schema(value_type = Option<String>, format = DateTime, required = true)]
    pub expires_at: Option<Timestamp>,
}

/// A step to be rated.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct StepAnswer {
    /// From 1.
    pub index: usize,
    pub text: String,
    /// Null where scores are hidden before rating.
    #[schema(required = true)]
    pub sorm: Option<Probability>,
}

/// A solution without its name.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct CandidateAnswer {
    pub id: SolutionId,
    pub steps: Vec<String>,
    #[schema(required = true)]
    pub answer: Option<String>,
}

/// The item that the person has from this queue already, else the next for them. It is kept for
/// them until `expires_at`.
#[utoipa::path(
    post,
    path = "/v1/queues/{id}/next",
    operation_id = "next_item",
    tag = "review",
    summary = "The next item to review",
    params(("id" = QueueId, Path, description = "The queue")),
    responses(
        (status = 200, description = "The item, or null", body = NextAnswer),
        (status = 409, description = "The queue is closed (`queue_closed`)"),
    ),
)]
pub async fn handler(
    State(app): State<App>,
    IdPath(id): IdPath<QueueId>,
    person: Person,
) -> Result<Json<NextAnswer>, Error> {
    let reviews = app.store.reviews();
    let item = match reviews.next(id, &person.id, &models(&app), app.clock.now()).await? {
        Next::Item(item) => reviews.desk(item, &person.id).await?.map(answer),
        Next::Nothing => None,
        Next::Closed => {
            return Err(Error::new(Code::QueueClosed, format!("the queue `{id}` is closed")));
        }
        Next::Missing => {
            return Err(Error::new(Code::NotFound, format!("there is no queue `{id}`")));
        }
    };
    Ok(Json(NextAnswer { item }))
}

/// None where they would tell scores that are hidden; what other people said never.
fn reasons(desk: &Desk) -> Vec<Reason> {
    let shown = desk.serving.suggestions == Suggestions::Before;
    desk.item.reasons.iter().filter(|_| shown).map(Reason::blind).collect()
}

fn answer(desk: Desk) -> ItemAnswer {
    let shown = desk.serving.suggestions == Suggestions::Before;
    let of = |id: SolutionId| desk.run.solutions.iter().find(move |solution| solution.id == id);
    let steps = of(desk.item.solution).map(|solution| &solution.steps);
    let steps = steps.into_iter().flatten().map(|step| StepAnswer {
        index: step.index,
        text: step.text.clone(),
        sorm: step.sorm.filter(|_| shown),
    });
    let candidates = desk.serving.candidates.iter().filter_map(|id| of(*id));
    let candidates = candidates.map(|solution| CandidateAnswer {
        id: solution.id,
        steps: solution.step_texts(),
        answer: solution.answer.clone(),
    });
    ItemAnswer {
        id: desk.item.id,
        object: "review.item",
        queue: desk.item.queue,
        run: desk.item.run,
        steps: steps.collect(),
        candidates: candidates.collect(),
        solution: desk.item.solution,
        mode: desk.serving.mode,
        suggestions: desk.serving.suggestions,
        guidelines_version: desk.serving.guidelines,
        reasons: reasons(&desk),
        expires_at: desk.expires,
        problem: desk.run.problem.text.clone(),
        reference_answer: desk.run.problem.reference_answer.clone(),
    }
}
