//! Runs enter queues: when they complete, by the button that looks at earlier runs, and by hand.

use sqlx::{Row, SqliteConnection};

use super::{Reviews, ms, queues};
use crate::domain::review::{Detail, Reason, Rule, drawn, reasons};
use crate::domain::{
    Action, Actor, ItemId, Probability, QueueId, Run, RunId, RunStatus, SolutionId, Timestamp,
};
use crate::store::rows::{to_json, word, write_number};
use crate::store::runs::whole;
use crate::store::{Queue, StoreError, audit};

/// Runs written in one transaction while a queue is filled.
const BATCH: usize = 50;

/// What filling a queue from earlier runs came to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Filled {
    pub looked: usize,
    pub entered: usize,
    /// There are older runs to look at.
    pub more: bool,
}

/// What came of flagging a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flagged {
    Item(ItemId),
    NoRun,
    NoQueue,
    /// It has no solution with steps.
    NothingToRate,
}

/// A run has come to its end: every open queue looks at it, in the transaction that keeps it.
pub(in crate::store) async fn enter(
    tx: &mut SqliteConnection,
    run: &Run,
) -> Result<(), StoreError> {
    if run.status != RunStatus::Completed {
        return Ok(());
    }
    let queues = queues::open(&mut *tx).await?;
    if queues.is_empty() {
        return Ok(());
    }
    let found = reasons(run);
    for queue in &queues {
        enter_one(tx, queue, run, &found).await?;
    }
    Ok(())
}

/// Whether the run is new in the queue.
async fn enter_one(
    tx: &mut SqliteConnection,
    queue: &Queue,
    run: &Run,
    found: &[Reason],
) -> Result<bool, StoreError> {
    let weights = &queue.settings.weights;
    let mut wanted: Vec<Reason> =
        found.iter().filter(|reason| weights.of(reason.rule()) > 0.0).cloned().collect();
    let share = queue.settings.random_share;
    if drawn(queue.id, run.id, share)
        && let (Some(share), Some(lot)) = (Probability::new(share), lot(queue.id, run.id))
    {
        wanted.push(Reason { strength: lot, solution: None, detail: Detail::Random { share } });
    }
    if wanted.is_empty() {
        return Ok(false);
    }
    let Some(solution) = solution(queue, run, &wanted) else { return Ok(false) };
    let item = ItemId::new();
    let written = sqlx::query(
        "INSERT INTO items (id, queue, run, solution, need) VALUES (?, ?, ?, ?, ?) \
         ON CONFLICT (queue, run) DO NOTHING",
    )
    .bind(item.to_string())
    .bind(queue.id.to_string())
    .bind(run.id.to_string())
    .bind(solution.to_string())
    .bind(write_number(queue.settings.overlap))
    .execute(&mut *tx)
    .await?;
    if written.rows_affected() == 0 {
        return Ok(false);
    }
    for seat in 1..=queue.settings.overlap {
        add_seat(tx, item, seat).await?;
    }
    for reason in &wanted {
        add_reason(tx, item, queue.id, reason).await?;
    }
    Ok(true)
}

/// Items drawn at random have an order of their own, so that not the newest come first.
fn lot(queue: QueueId, run: RunId) -> Option<Probability> {
    let words = ["order of random items", &queue.to_string(), &run.to_string()];
    Probability::new(crate::domain::review::fraction(&words))
}

/// Whose steps are rated: those of the weightiest reason's, else of the first with steps.
fn solution(queue: &Queue, run: &Run, wanted: &[Reason]) -> Option<SolutionId> {
    let weight = |reason: &Reason| queue.settings.weights.of(reason.rule()) * reason.strength.get();
    let about = wanted.iter().filter(|reason| reason.solution.is_some());
    let weightiest = about.reduce(|a, b| if weight(b) > weight(a) { b } else { a });
    weightiest
        .and_then(|reason| reason.solution)
        .or_else(|| run.solutions.iter().find(|s| !s.steps.is_empty()).map(|s| s.id))
}

async fn add_seat(tx: &mut SqliteConnection, item: ItemId, seat: usize) -> Result<(), StoreError> {
    sqlx::query("INSERT OR IGNORE INTO leases (item, seat) VALUES (?, ?)")
        .bind(item.to_string())
        .bind(write_number(seat))
        .execute(tx)
        .await?;
    Ok(())
}

async fn add_reason(
    tx: &mut SqliteConnection,
    item: ItemId,
    queue: QueueId,
    reason: &Reason,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO item_reasons (item, rule, queue, open, strength, detail) \
         VALUES (?1, ?2, ?3, (SELECT open FROM items WHERE id = ?1), ?4, ?5) \
         ON CONFLICT (item, rule) DO UPDATE SET strength = excluded.strength, detail = excluded.detail",
    )
    .bind(item.to_string())
    .bind(reason.rule().as_str())
    .bind(queue.to_string())
    .bind(reason.strength.get())
    .bind(to_json(reason)?)
    .execute(tx)
    .await?;
    Ok(())
}

/// Puts a run into a queue for one reason that is not the run's own. An item that is there already
/// gets the reason too and, if `again`, one more person is to look at it.
pub(super) async fn put(
    tx: &mut SqliteConnection,
    queue: &Queue,
    run: &Run,
    reason: &Reason,
    again: bool,
) -> Result<Option<ItemId>, StoreError> {
    let row = sqlx::query("SELECT id FROM items WHERE queue = ? AND run = ?")
        .bind(queue.id.to_string())
        .bind(run.id.to_string())
        .fetch_optional(&mut *tx)
        .await?;
    let Some(row) = row else {
        let Some(solution) = solution(queue, run, std::slice::from_ref(reason)) else {
            return Ok(None);
        };
        let item = ItemId::new();
        sqlx::query("INSERT INTO items (id, queue, run, solution, need) VALUES (?, ?, ?, ?, ?)")
            .bind(item.to_string())
            .bind(queue.id.to_string())
            .bind(run.id.to_string())
            .bind(solution.to_string())
            .bind(write_number(queue.settings.overlap))
            .execute(&mut *tx)
            .await?;
        for seat in 1..=queue.settings.overlap {
            add_seat(tx, item, seat).await?;
        }
        add_reason(tx, item, queue.id, reason).await?;
        return Ok(Some(item));
    };
    let item: ItemId = word(&row, "id", |text| text.parse().ok())?;
    add_reason(tx, item, queue.id, reason).await?;
    if again {
        let row = sqlx::query(
            "UPDATE items SET need = done + 1, open = 1 WHERE id = ? AND done >= need RETURNING need",
        )
        .bind(item.to_string())
        .fetch_optional(&mut *tx)
        .await?;
        if let Some(row) = row {
            let need: i64 = row.try_get("need")?;
            add_seat(tx, item, usize::try_from(need).unwrap_or(1)).await?;
        }
    }
    Ok(Some(item))
}

impl Reviews<'_> {
    /// Looks at up to `limit` completed runs, newest first, from where the last look ended; after
    /// the oldest run it begins anew, because weights may have changed.
    ///
    /// # Errors
    /// When the database fails; what had entered before stays.
    pub async fn fill(
        &self,
        id: QueueId,
        limit: usize,
        actor: &Actor,
        at: Timestamp,
    ) -> Result<Option<Filled>, StoreError> {
        let Some(queue) = self.queue(id).await? else { return Ok(None) };
        let mut filled = Filled::default();
        let mut from = queue.filled_to;
        loop {
            let take = BATCH.min(limit - filled.looked);
            let runs = self.completed_before(from, take + 1).await?;
            filled.more = runs.len() > take;
            let runs = &runs[..runs.len().min(take)];
            from = runs.last().copied().filter(|_| filled.more);
            let mut tx = self.store.write().await?;
            for run in runs {
                let Some(run) = whole(&mut tx, *run).await? else { continue };
                let found = reasons(&run);
                filled.entered += usize::from(enter_one(&mut tx, &queue, &run, &found).await?);
            }
            sqlx::query("UPDATE queues SET filled_to = ? WHERE id = ?")
                .bind(from.map(|run| run.to_string()))
                .bind(id.to_string())
                .execute(&mut *tx)
                .await?;
            filled.looked += runs.len();
            let ends = !filled.more || filled.looked >= limit;
            if ends {
                let Filled { looked, entered, .. } = filled;
                let (name, detail) =
                    (&queue.settings.name, format!("{looked} runs looked at, {entered} entered"));
                audit::write(&mut tx, actor, Action::QueueFilled, name, &detail, at).await?;
            }
            tx.commit().await?;
            if ends {
                return Ok(Some(filled));
            }
        }
    }

    async fn completed_before(
        &self,
        from: Option<RunId>,
        limit: usize,
    ) -> Result<Vec<RunId>, StoreError> {
        // Every id of a run sorts before this.
        let from = from.map_or_else(|| "run_~".to_owned(), |run| run.to_string());
        let rows = sqlx::query(
            "SELECT id FROM runs WHERE status = 'completed' AND id < ? ORDER BY id DESC LIMIT ?",
        )
        .bind(from)
        .bind(write_number(limit))
        .fetch_all(self.store.read())
        .await?;
        rows.iter().map(|row| word(row, "id", |text| text.parse().ok())).collect()
    }

    /// Sends a run to a queue in the name of a person, whatever the rules say. One that was rated
    /// already is put before one more person.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn flag(
        &self,
        run: RunId,
        queue: QueueId,
        person: &str,
        reason: &str,
        at: Timestamp,
    ) -> Result<Flagged, StoreError> {
        let mut tx = self.store.write().await?;
        let Some(queue) = queues::one(&mut tx, queue).await? else { return Ok(Flagged::NoQueue) };
        let Some(run) = whole(&mut tx, run).await? else { return Ok(Flagged::NoRun) };
        let flag = Reason {
            strength: Probability::ONE,
            solution: None,
            detail: Detail::UserFlagged { reason: reason.to_owned() },
        };
        debug_assert_eq!(flag.rule(), Rule::UserFlagged);
        let Some(item) = put(&mut tx, &queue, &run, &flag, true).await? else {
            return Ok(Flagged::NothingToRate);
        };
        sqlx::query("INSERT INTO flags (run, queue, person, reason, at) VALUES (?, ?, ?, ?, ?)")
            .bind(run.id.to_string())
            .bind(queue.id.to_string())
            .bind(person)
            .bind(reason)
            .bind(ms(at))
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok(Flagged::Item(item))
    }
}
