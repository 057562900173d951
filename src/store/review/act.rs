//! Every change a person makes is one more row, on disk before the answer goes out.

use sqlx::SqliteConnection;

use super::desk::{actions, in_force, item_in, opened};
use super::lease::record;
use super::seat::hold;
use super::{Reviews, queues};
use crate::domain::review::{Action, Edit, Log, Serving, Suggestions};
use crate::domain::{Invalid, ItemId, SolutionId, Timestamp};
use crate::store::StoreError;

/// Most rows that one person can add to one item: far more than anybody needs, and an end to a
/// client that runs wild.
const MAX_ACTIONS: usize = 5000;

/// What came of a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Acted {
    Saved,
    /// Nothing to take back, or to make again.
    Nothing,
    Refused(Invalid),
    /// It is handed in; take that back first.
    HandedIn,
    /// The person was never given the item.
    NotYours,
}

impl Reviews<'_> {
    /// Adds a change to the person's log and extends their lease. Where somebody else has taken the
    /// place meanwhile, the change is kept all the same.
    ///
    /// # Errors
    /// When the database fails; nothing is kept then.
    pub async fn act(
        &self,
        item: ItemId,
        person: &str,
        action: Action,
        at: Timestamp,
    ) -> Result<Acted, StoreError> {
        self.press(item, person, action, None, at).await
    }

    /// The same with what the client calls the press. One that comes again, because its answer was
    /// lost, is answered like the first and changes nothing: an undo sent twice is one undo.
    ///
    /// # Errors
    /// When the database fails; nothing is kept then.
    pub async fn press(
        &self,
        item: ItemId,
        person: &str,
        action: Action,
        press: Option<&str>,
        at: Timestamp,
    ) -> Result<Acted, StoreError> {
        let mut tx = self.store.write().await?;
        let Some(found) = item_in(&mut tx, item).await? else { return Ok(Acted::NotYours) };
        let Some(serving) = opened(&mut tx, item, person).await? else {
            return Ok(Acted::NotYours);
        };
        if let Some(press) = press
            && was_pressed(&mut tx, item, person, press).await?
        {
            return Ok(Acted::Saved);
        }
        if in_force(&mut tx, item, person).await?.is_some() {
            return Ok(Acted::HandedIn);
        }
        let before = actions(&mut tx, item, person).await?;
        if before.len() >= MAX_ACTIONS {
            let detail = format!("at most {MAX_ACTIONS} changes to one item are kept");
            return Ok(Acted::Refused(Invalid::new("", "too_many", detail)));
        }
        let mut log = Log::of(before);
        let action = honest(action, &serving, found.solution, &log);
        let (kind, step, data) = match &action {
            Action::Undo => ("undo", None, serde_json::json!({})),
            Action::Redo => ("redo", None, serde_json::json!({})),
            Action::Edit(edit) => {
                let steps = steps(&serving, found.solution);
                if let Err(refused) = edit.check(steps, &serving.candidates) {
                    return Ok(Acted::Refused(refused));
                }
                edit.parts()
            }
        };
        if !log.push(action) {
            return Ok(Acted::Nothing);
        }
        record(&mut tx, item, person, at, (kind, step, &data.to_string()), press).await?;
        if let Some(queue) = queues::one(&mut tx, found.queue).await? {
            hold(&mut tx, item, person, at, &queue).await?;
        }
        tx.commit().await?;
        Ok(Acted::Saved)
    }
}

async fn was_pressed(
    tx: &mut SqliteConnection,
    item: ItemId,
    person: &str,
    press: &str,
) -> Result<bool, StoreError> {
    let found = sqlx::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM actions WHERE item = ? AND person = ? AND press = ?)",
    )
    .bind(item.to_string())
    .bind(person)
    .bind(press)
    .fetch_one(tx)
    .await?;
    Ok(found)
}

/// A suggestion can only be accepted by somebody who was shown it.
fn honest(action: Action, serving: &Serving, solution: SolutionId, log: &Log) -> Action {
    match action {
        Action::Edit(Edit::Rate { step, verdict, accepted: true }) => {
            let rated = log.sheet(steps(serving, solution)).marks;
            let shown = match serving.suggestions {
                Suggestions::Before => true,
                Suggestions::After => step
                    .checked_sub(1)
                    .and_then(|at| rated.get(at))
                    .is_some_and(|m| m.verdict.is_some()),
                Suggestions::Never => false,
            };
            let accepted = shown && serving.sorm(solution, step).is_some();
            Action::Edit(Edit::Rate { step, verdict, accepted })
        }
        other => other,
    }
}

/// Steps of the solution that is rated.
pub(super) fn steps(serving: &Serving, solution: SolutionId) -> usize {
    serving.scores.iter().find(|s| s.solution == solution).map_or(0, |s| s.sorm.len())
}
