//! Problems of batches become queued runs, a few at a time.
//!
//! The most urgent batch comes first, by the rule of runs (`domain/priority.rs`), so that none waits
//! for ever. About half of the queue is for batches and the rest for others, so that a request of a
//! person finds room beside the largest batch, and a batch beside the busiest people. What waits is
//! in the store: after a stop the feeding goes on where it was.

use crate::app::App;
use crate::domain::{Priority, Problem, Run, RunStatus};
use crate::pipeline::{Order, Recipe};
use crate::store::{Room, StoreError, Waiting};
use crate::work;

/// Puts problems in the line until the part of batches is full or none is left. Returns how many. A
/// batch that cannot be read, because another version wrote it, is ended: it must not hold up the
/// others.
///
/// # Errors
/// When the store fails.
pub async fn feed(app: &App) -> Result<usize, StoreError> {
    let batches = app.store.batches();
    let mut fed = 0;
    let room = |priority| room(app.config.engine.queue, priority);
    while let Some(next) = batches.next(room).await? {
        let (order, text) = match order(&next) {
            Ok(order) => order,
            Err(cause) => {
                let (batch, position) = (next.batch, next.position);
                tracing::error!(%batch, position, cause, "a batch cannot be read and was ended");
                batches.cancel(batch, None).await?;
                continue;
            }
        };
        let blank = work::blank(&*app.engine.now(), &order, RunStatus::Queued, app.clock.now());
        let run = Run { priority: Some(next.priority), ..blank };
        if !batches.feed(&next, &run, &text).await? {
            break;
        }
        fed += 1;
        app.wake.notify_one();
    }
    Ok(fed)
}

/// Half of the queue, and one place more for each step of priority, so that an urgent batch comes in
/// where less urgent ones have filled their half. One place is left for others, where there is more
/// than one.
fn room(queue: usize, priority: Priority) -> Room {
    let most = |priority| {
        let steps = Priority::ALL.iter().filter(|lower| **lower < priority).count();
        (queue / 2 + steps).min(queue.saturating_sub(1)).max(1)
    };
    Room { own: most(priority), all: most(Priority::High) }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn batches_have_half_and_leave_a_place() {
        let rooms = |queue| {
            let [low, normal, high] = Priority::ALL.map(|priority| room(queue, priority));
            assert!(low.all == high.own && normal.all == high.own);
            [low.own, normal.own, high.own]
        };
        assert_eq!(rooms(32), [16, 17, 18]);
        assert_eq!(rooms(4), [2, 3, 3]);
        assert_eq!(rooms(3), [1, 2, 2]);
        assert_eq!((rooms(2), rooms(1), rooms(0)), ([1; 3], [1; 3], [1; 3]));
    }
}
