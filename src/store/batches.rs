//! Batches: many problems that become runs a few at a time, so that the queue stays short.

use sqlx::sqlite::SqliteRow;
use sqlx::{QueryBuilder, Row, Sqlite};

use super::batch::read;
use super::priority::has_room;
use super::rows::{number, priority, word, write_number, write_timestamp};
use super::{
    Batch, BatchItem, KeptAnswer, NewBatch, Page, Room, Store, StoreError, Waiting, audit,
    idempotency, turns, write,
};
use crate::domain::{Action, Actor, BatchId, Overtaken, Priority, Run, RunId, Timestamp};

/// The open batch that is there longest, the most urgent one, and what their line remembers.
pub(super) const NEXT: &str = "SELECT \
    (SELECT id FROM batches INDEXED BY batches_open \
     WHERE fed < total AND cancel_requested = 0 ORDER BY id LIMIT 1) AS oldest, \
    (SELECT id FROM batches INDEXED BY batches_open_by_priority \
     WHERE fed < total AND cancel_requested = 0 ORDER BY priority DESC, id LIMIT 1) AS urgent, \
    (SELECT overtaken FROM turns WHERE line = 'batches') AS overtaken";

/// The next problem of a batch.
const PROBLEM: &str = "SELECT b.id, b.work, b.priority, i.position, i.problem, i.reference_answer \
    FROM batches b JOIN batch_items i ON i.batch_id = b.id AND i.position = b.fed + 1 WHERE b.id = ?";

/// The batches of a store.
#[derive(Debug, Clone, Copy)]
pub struct Batches<'a> {
    pub(super) store: &'a Store,
}

impl Batches<'_> {
    /// Keeps a batch with all its problems, together with the answer to the request if it came with a
    /// key: the key and where the batch can be read. A crash leaves both or neither.
    ///
    /// # Errors
    /// When the database fails; nothing is kept then.
    pub async fn insert(
        &self,
        batch: &NewBatch,
        key: Option<(i64, String)>,
    ) -> Result<Batch, StoreError> {
        let mut tx = self.store.write().await?;
        let id = batch.id.to_string();
        sqlx::query(
            "INSERT INTO batches (id, name, work, total, created_at, priority) \
             VALUES (?, ?, ?, ?, ?, ?)",
        )
        .bind(&id)
        .bind(&batch.name)
        .bind(&batch.work)
        .bind(write_number(batch.items.len()))
        .bind(write_timestamp(batch.created_at)?)
        .bind(batch.priority.rank())
        .execute(&mut *tx)
        .await?;
        for (nth, chunk) in batch.items.chunks(500).enumerate() {
            let mut rows = QueryBuilder::<Sqlite>::new(
                "INSERT INTO batch_items (batch_id, position, problem, reference_answer) ",
            );
            let numbered = chunk.iter().enumerate();
            rows.push_values(numbered, |mut row, (at, item)| {
                row.push_bind(&id)
                    .push_bind(write_number(nth * 500 + at + 1))
                    .push_bind(&item.problem)
                    .push_bind(&item.reference_answer);
            });
            rows.build().execute(&mut *tx).await?;
        }
        let row = sqlx::query("SELECT * FROM batches WHERE id = ?").bind(&id);
        let made = read(&row.fetch_one(&mut *tx).await?)?;
        if let Some((key, location)) = key {
            let answer = KeptAnswer::accepted(location, &made)?;
            idempotency::settle(&mut tx, key, &answer).await?;
        }
        tx.commit().await?;
        Ok(made)
    }

    /// One batch.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn get(&self, id: BatchId) -> Result<Option<Batch>, StoreError> {
        let row = sqlx::query("SELECT * FROM batches WHERE id = ?")
            .bind(id.to_string())
            .fetch_optional(self.store.read())
            .await?;
        row.map(|row| read(&row)).transpose()
    }

    /// At most `limit` batches older than `after`, newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list(
        &self,
        after: Option<BatchId>,
        limit: usize,
    ) -> Result<Page<Batch>, StoreError> {
        let before = after.map_or_else(|| "bat~".to_owned(), |id| id.to_string());
        let rows = sqlx::query("SELECT * FROM batches WHERE id < ? ORDER BY id DESC LIMIT ?")
            .bind(before)
            .bind(write_number(limit.saturating_add(1)))
            .fetch_all(self.store.read())
            .await?;
        let has_more = rows.len() > limit;
        let data = rows.iter().take(limit).map(read).collect::<Result<Vec<_>, _>>()?;
        let next = data.last().filter(|_| has_more).map(|last| last.id.to_string());
        Ok(Page { data, has_more, next })
    }

    /// The next problem of the batch whose turn it is: of the most urgent one that is not through,
    /// by the rule of [`Overtaken`]. `None` when nothing is left or there is no `room` for it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn next(
        &self,
        room: impl Fn(Priority) -> Room + Send,
    ) -> Result<Option<Waiting>, StoreError> {
        let mut tx = self.store.read().begin().await?;
        let row = sqlx::query(NEXT).fetch_one(&mut *tx).await?;
        let Some(line) = turns::read(&row)? else { return Ok(None) };
        let (turn, after) = line.next();
        // One that has filled its room does not keep out a more urgent one, which has more.
        for (batch, after) in [(turn, after), (line.urgent.as_str(), line.overtaken)] {
            let row = sqlx::query(PROBLEM).bind(batch).fetch_optional(&mut *tx).await?;
            let Some(row) = row else { return Ok(None) };
            let problem = problem(&row, &room, after)?;
            if has_room(&mut tx, problem.priority, problem.room).await? {
                return Ok(Some(problem));
            }
        }
        Ok(None)
    }

    /// Puts that problem in the line as `run`. `false` when there is no room for it any more, when another has done it, or when the batch was cancelled meanwhile.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn feed(&self, next: &Waiting, run: &Run, work: &str) -> Result<bool, StoreError> {
        let mut tx = self.store.write().await?;
        if !has_room(&mut tx, next.priority, next.room).await? {
            return Ok(false);
        }
        let (batch, position) = (next.batch.to_string(), write_number(next.position));
        let taken = sqlx::query(
            "UPDATE batches SET fed = fed + 1 WHERE id = ? AND fed = ? - 1 AND cancel_requested = 0",
        )
        .bind(&batch)
        .bind(position)
        .execute(&mut *tx)
        .await?;
        if taken.rows_affected() == 0 {
            return Ok(false);
        }
        write::insert(&mut tx, run, Some(work)).await?;
        let id = run.id.to_string();
        // The priority of this moment: it may have been changed since the problem was read.
        sqlx::query(
            "UPDATE runs SET (batch_id, priority) = (SELECT id, priority FROM batches WHERE id = ?) \
             WHERE id = ?",
        )
        .bind(&batch)
        .bind(&id)
        .execute(&mut *tx)
        .await?;
        turns::remember(&mut tx, "batches", next.overtaken).await?;
        sqlx::query("UPDATE batch_items SET run_id = ? WHERE batch_id = ? AND position = ?")
            .bind(&id)
            .bind(&batch)
            .bind(position)
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok(true)
    }

    /// Asks for an end: nothing more becomes a run, what waits is cancelled. Returns the runs that
    /// are at work, which their workers have to be told of; `None` when there is no such batch. What
    /// the server ends by itself is nobody's deed: `by` is none.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn cancel(
        &self,
        id: BatchId,
        by: Option<(&Actor, Timestamp)>,
    ) -> Result<Option<Vec<RunId>>, StoreError> {
        let mut tx = self.store.write().await?;
        let id = id.to_string();
        let before: Option<bool> =
            sqlx::query_scalar("SELECT cancel_requested FROM batches WHERE id = ?")
                .bind(&id)
                .fetch_optional(&mut *tx)
                .await?;
        let found = sqlx::query(
            "UPDATE batches SET cancel_requested = 1 \
             WHERE id = ? AND completed + failed + cancelled < total",
        )
        .bind(&id)
        .execute(&mut *tx)
        .await?;
        if found.rows_affected() == 0 {
            return Ok(before.map(|_| Vec::new()));
        }
        // By status: few runs wait or work, and a batch has many.
        let rows = sqlx::query(
            "UPDATE runs INDEXED BY runs_by_status SET cancel_requested = 1, \
             status = iif(status = 'queued', 'cancelled', status) \
             WHERE status IN ('queued', 'running') AND batch_id = ? RETURNING id, status",
        )
        .bind(&id)
        .fetch_all(&mut *tx)
        .await?;
        // Asked for twice, it is one deed.
        if let Some((actor, now)) = by.filter(|_| before == Some(false)) {
            audit::write(&mut tx, actor, Action::BatchCancelled, &id, "", now).await?;
        }
        tx.commit().await?;
        let at_work = rows
            .iter()
            .filter(|row| row.try_get::<&str, _>("status").is_ok_and(|status| status == "running"));
        at_work
            .map(|row| word(row, "id", |text| text.parse().ok()))
            .collect::<Result<_, _>>()
            .map(Some)
    }
}

fn problem(
    row: &SqliteRow,
    room: impl Fn(Priority) -> Room,
    overtaken: Overtaken,
) -> Result<Waiting, StoreError> {
    let priority = priority(row)?;
    Ok(Waiting {
        batch: word(row, "id", |text| text.parse().ok())?,
        position: number(row, "position")?,
        work: row.try_get("work")?,
        item: BatchItem {
            problem: row.try_get("problem")?,
            reference_answer: row.try_get("reference_answer")?,
        },
        priority,
        room: room(priority),
        overtaken,
    })
}
