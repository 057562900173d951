//! Problems of batches become queued runs, a few at a time.
//!
//! At most half of the queue is filled, so that a request of a person finds room beside the largest
//! batch. What waits is in the store: after a stop the feeding goes on where it was.

use crate::app::App;
use crate::domain::{Problem, RunStatus};
use crate::pipeline::{Order, Recipe};
use crate::store::{StoreError, Waiting};
use crate::work;

/// Puts problems in the line until half of it is taken or none is left. Returns how many. A batch
/// that cannot be read, because another version wrote it, is ended: it must not hold up the others.
///
/// # Errors
/// When the store fails.
pub async fn feed(app: &App) -> Result<usize, StoreError> {
    let share = (app.config.engine.queue / 2).max(1);
    let mut fed = 0;
    while app.store.runs().waiting().await? < share {
        let Some(next) = app.store.batches().next().await? else { break };
        let (order, text) = match order(&next) {
            Ok(order) => order,
            Err(cause) => {
                let (batch, position) = (next.batch, next.position);
                tracing::error!(%batch, position, cause, "a batch cannot be read and was ended");
                app.store.batches().cancel(batch, None).await?;
                continue;
            }
        };
        let run = work::blank(&*app.engine.now(), &order, RunStatus::Queued, app.clock.now());
        if !app.store.batches().feed(&next, &run, &text, share).await? {
            break;
        }
        fed += 1;
        app.wake.notify_one();
    }
    Ok(fed)
}

/// The order, and how it is kept.
fn order(next: &Waiting) -> Result<(Order, String), String> {
    let recipe: Recipe = serde_json::from_str(&next.work).map_err(|e| e.to_string())?;
    let item = &next.item;
    let problem = Problem::parse(&item.problem, item.reference_answer.as_deref())
        .map_err(|e| e.to_string())?;
    let order = recipe.order(problem);
    let text = serde_json::to_string(&order).map_err(|e| e.to_string())?;
    Ok((order, text))
}
