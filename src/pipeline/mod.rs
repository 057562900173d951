//! Solve = draft, score, critique, refine, rerank.
//!
//! One file a stage, and the straight line through them in [`run`]. Values in, a [`Run`] out: the
//! caller saves it. Nothing here knows of HTTP, of the store or of what runs the models. To add a
//! stage, add a file, a line in [`run`] and, if a client should see it, a [`Stage`] or an [`Event`].

mod critique;
mod desk;
mod draft;
mod error;
mod order;
pub mod prompt;
mod reading;
mod record;
mod refine;
mod rerank;
mod score;
#[cfg(test)]
mod tests;

pub use error::PipelineError;
pub use order::{Ask, Order, Recipe, RefineMode, Settings};
pub use rerank::choose;

use crate::domain::{Event, Run, Stage, Timestamp};
use crate::engine::{Cancel, Engine};

use desk::Desk;
use record::Record;

/// Hears of every event of a run but its first and its last, which are its caller's to tell. It is
/// called between two questions to a model and must not wait for anything.
pub type Tell<'a> = dyn Fn(Event) + Send + Sync + 'a;

/// Does what `order` asks and returns the completed run; `tell` hears of everything as it happens,
/// in an order that follows from the run alone. The time in the queue is the caller's to add.
///
/// # Errors
/// Whatever a model could not do, cancelling and deadlines included, and a named step that the
/// solution does not have. Nothing of a failed run is returned.
pub async fn run(
    engine: &dyn Engine,
    order: &Order,
    created_at: Timestamp,
    cancel: &Cancel,
    tell: &Tell<'_>,
) -> Result<Run, PipelineError> {
    critique::check(&order.ask)?;
    let desk = Desk::new(engine, order, cancel, tell);
    let mut record = Record::begin(order, desk.threshold());

    desk.tell(Event::stage(Stage::Drafting));
    let first = record.timed(|t| &mut t.draft, draft::first(&desk)).await?;
    record.note(&first);

    desk.tell(Event::stage(Stage::Scoring));
    let first = record.timed(|t| &mut t.score, score::all(&desk, 0, first)).await?;
    let plan = critique::plan(&desk, &first[0], record.notes());
    record.add(first);

    if plan.is_some() {
        desk.tell(Event::stage(Stage::Refining));
    }
    let before = record.len();
    let refined = refine::refine(&desk, &plan, before, record.first());
    let refined = record.timed(|t| &mut t.refine, refined).await?;
    record.note(&refined);

    desk.tell(Event::stage(Stage::Choosing));
    let refined = record.timed(|t| &mut t.rerank, score::all(&desk, before, refined)).await?;
    record.add(refined);

    let run = record.close(created_at);
    desk.tell(Event::choice(&run));
    Ok(run)
}
