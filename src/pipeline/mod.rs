//! Solve = draft, score, critique, refine, rerank.
//!
//! One file a stage, and the straight line through them in [`run`]. Values in, a [`Run`] out: the
//! caller saves it. Nothing here knows of HTTP, of the store or of what runs the models. To add a
//! stage, add a file, a line in [`run`] and, if a client should see it, a [`Stage`].

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
mod stage;
#[cfg(test)]
mod tests;

pub use error::PipelineError;
pub use order::{Ask, Order, RefineMode, Settings};
pub use rerank::choose;
pub use stage::Stage;

use crate::domain::{Run, Timestamp};
use crate::engine::{Cancel, Engine};

use desk::Desk;
use record::Record;

/// Does what `order` asks and returns the completed run. `progress` hears of each stage as it
/// begins. The time in the queue is the caller's to add.
///
/// # Errors
/// Whatever a model could not do, cancelling and deadlines included, and a named step that the
/// solution does not have. Nothing of a failed run is returned.
pub async fn run(
    engine: &dyn Engine,
    order: &Order,
    created_at: Timestamp,
    cancel: &Cancel,
    progress: &(dyn Fn(Stage) + Send + Sync),
) -> Result<Run, PipelineError> {
    critique::check(&order.ask)?;
    let desk = Desk::new(engine, order, cancel);
    let mut record = Record::begin(order, desk.threshold());

    progress(Stage::Drafting);
    let first = record.timed(|t| &mut t.draft, draft::first(&desk)).await?;
    record.note(&first);

    progress(Stage::Scoring);
    let first = record.timed(|t| &mut t.score, score::all(&desk, first)).await?;
    let plan = critique::plan(&desk, &first[0], record.notes());
    record.add(first);

    if plan.is_some() {
        progress(Stage::Refining);
    }
    let refined = refine::refine(&desk, &plan, record.first());
    let refined = record.timed(|t| &mut t.refine, refined).await?;
    record.note(&refined);

    progress(Stage::Choosing);
    let refined = record.timed(|t| &mut t.rerank, score::all(&desk, refined)).await?;
    record.add(refined);

    let run = record.close(created_at);
    progress(Stage::Done);
    Ok(run)
}
