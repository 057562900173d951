//! What one person sees of an item: as it was served, and what they have said so far.

use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};

use super::queues::{self, Queue};
use super::{Reviews, json, moment};
use crate::domain::review::{Action, Log, Reason, Seeing, Serving};
use crate::domain::{
    ItemId, QueueId, Run, RunId, ScoredSolution, SolutionId, SubmissionId, Timestamp,
};
use crate::store::StoreError;
use crate::store::rows::{maybe_number, number, word};
use crate::store::runs::whole;

/// A run in a queue.
#[derive(Debug, Clone, PartialEq)]
pub struct Item {
    pub id: ItemId,
    pub queue: QueueId,
    pub run: RunId,
    /// Whose steps are rated.
    pub solution: SolutionId,
    pub need: usize,
    pub done: usize,
    /// The weightiest rules first, as the table of rules has them.
    pub reasons: Vec<Reason>,
}

/// An item on a person's desk.
#[derive(Debug, Clone)]
pub struct Desk {
    pub item: Item,
    pub queue: Queue,
    pub run: Run,
    pub serving: Serving,
    pub log: Log,
    /// When the person's place ends; none where somebody else has it now.
    pub expires: Option<Timestamp>,
    /// Handed in, and not taken back.
    pub submission: Option<SubmissionId>,
    /// The person's item before and after this one, in the order in which they got them.
    pub previous: Option<ItemId>,
    pub following: Option<ItemId>,
}

impl Desk {
    /// The solution that is rated.
    pub fn solution(&self) -> Option<&ScoredSolution> {
        self.run.solutions.iter().find(|solution| solution.id == self.item.solution)
    }

    /// How many steps it has.
    pub fn steps(&self) -> usize {
        self.solution().map_or(0, |solution| solution.steps.len())
    }
}

impl Reviews<'_> {
    /// An item as this person has it; nothing for one that they were never given.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn desk(&self, item: ItemId, person: &str) -> Result<Option<Desk>, StoreError> {
        // One snapshot for all reads.
        let mut tx = self.store.read().begin().await?;
        let Some(item) = item_in(&mut tx, item).await? else { return Ok(None) };
        let Some(serving) = opened(&mut tx, item.id, person).await? else { return Ok(None) };
        let Some(queue) = queues::one(&mut tx, item.queue).await? else { return Ok(None) };
        let Some(run) = whole(&mut tx, item.run).await? else { return Ok(None) };
        let log = Log::of(actions(&mut tx, item.id, person).await?);
        let row = sqlx::query(
            "SELECT expires_at FROM leases WHERE item = ? AND person = ? AND state = 'held'",
        )
        .bind(item.id.to_string())
        .bind(person)
        .fetch_optional(&mut *tx)
        .await?;
        let expires = row.as_ref().map(|row| moment(row, "expires_at")).transpose()?.flatten();
        let submission = in_force(&mut tx, item.id, person).await?;
        let previous = neighbour(&mut tx, &item, person, false).await?;
        let following = neighbour(&mut tx, &item, person, true).await?;
        Ok(Some(Desk { item, queue, run, serving, log, expires, submission, previous, following }))
    }

    /// The item, whoever asks.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn item(&self, item: ItemId) -> Result<Option<Item>, StoreError> {
        let mut connection = self.store.read().acquire().await?;
        item_in(&mut connection, item).await
    }
}

/// The item with its reasons, within a transaction.
pub(super) async fn item_in(
    connection: &mut SqliteConnection,
    item: ItemId,
) -> Result<Option<Item>, StoreError> {
    let row = sqlx::query("SELECT * FROM items WHERE id = ?")
        .bind(item.to_string())
        .fetch_optional(&mut *connection)
        .await?;
    let Some(row) = row else { return Ok(None) };
    let reasons = sqlx::query("SELECT detail FROM item_reasons WHERE item = ?")
        .bind(item.to_string())
        .fetch_all(connection)
        .await?;
    let mut found = read_item(&row)?;
    found.reasons = reasons.iter().map(|row| json(row, "detail")).collect::<Result<_, _>>()?;
    found.reasons.sort_by_key(Reason::rule);
    Ok(Some(found))
}

pub(super) fn read_item(row: &SqliteRow) -> Result<Item, StoreError> {
    Ok(Item {
        id: word(row, "id", |text| text.parse().ok())?,
        queue: word(row, "queue", |text| text.parse().ok())?,
        run: word(row, "run", |text| text.parse().ok())?,
        solution: word(row, "solution", |text| text.parse().ok())?,
        need: number(row, "need")?,
        done: number(row, "done")?,
        reasons: Vec::new(),
    })
}

/// How the item was served to the person last; nothing where it never was.
pub(super) async fn opened(
    connection: &mut SqliteConnection,
    item: ItemId,
    person: &str,
) -> Result<Option<Serving>, StoreError> {
    let row = sqlx::query(
        "SELECT data FROM actions WHERE item = ? AND person = ? AND kind = 'open' \
         ORDER BY id DESC LIMIT 1",
    )
    .bind(item.to_string())
    .bind(person)
    .fetch_optional(connection)
    .await?;
    row.as_ref().map(|row| json(row, "data")).transpose()
}

/// The person's changes, undos and redos, in order.
pub(super) async fn actions(
    connection: &mut SqliteConnection,
    item: ItemId,
    person: &str,
) -> Result<Vec<Action>, StoreError> {
    let rows = sqlx::query(
        "SELECT kind, step, data FROM actions WHERE item = ? AND person = ? \
         AND kind NOT IN ('open', 'keep', 'skip', 'leave', 'submit', 'withdraw') ORDER BY id",
    )
    .bind(item.to_string())
    .bind(person)
    .fetch_all(connection)
    .await?;
    rows.iter().map(read_action).collect()
}

fn read_action(row: &SqliteRow) -> Result<Action, StoreError> {
    let (kind, data): (&str, _) = (row.try_get("kind")?, json(row, "data")?);
    let step = maybe_number(row, "step")?;
    Action::read(kind, step, &data)
        .ok_or_else(|| StoreError::Unreadable(format!("actions: {kind} {data}")))
}

/// How the item was served to the person each time, and what they did in between, in order.
pub(super) async fn history(
    connection: &mut SqliteConnection,
    item: ItemId,
    person: &str,
) -> Result<Vec<Seeing>, StoreError> {
    let rows = sqlx::query(
        "SELECT kind, step, data FROM actions WHERE item = ? AND person = ? \
         AND kind NOT IN ('keep', 'skip', 'leave', 'submit', 'withdraw') ORDER BY id",
    )
    .bind(item.to_string())
    .bind(person)
    .fetch_all(connection)
    .await?;
    rows.iter()
        .map(|row| match row.try_get("kind")? {
            "open" => Ok(Seeing::Served(json::<Serving>(row, "data")?.suggestions)),
            _ => read_action(row).map(Seeing::Did),
        })
        .collect()
}

/// What the person handed in and did not take back.
pub(super) async fn in_force(
    connection: &mut SqliteConnection,
    item: ItemId,
    person: &str,
) -> Result<Option<SubmissionId>, StoreError> {
    let row = sqlx::query("SELECT id FROM submissions_in_force WHERE item = ? AND person = ?")
        .bind(item.to_string())
        .bind(person)
        .fetch_optional(connection)
        .await?;
    row.map(|row| word(&row, "id", |text| text.parse().ok())).transpose()
}

async fn neighbour(
    connection: &mut SqliteConnection,
    item: &Item,
    person: &str,
    after: bool,
) -> Result<Option<ItemId>, StoreError> {
    // The order is that of the first time each was opened.
    const FIRST: &str = "a.id = (SELECT min(id) FROM actions WHERE item = a.item AND person = ?1)";
    let here = "(SELECT min(id) FROM actions WHERE item = ?2 AND person = ?1)";
    let (sign, order) = if after { (">", "ASC") } else { ("<", "DESC") };
    let query = format!(
        "SELECT a.item FROM actions a JOIN items i ON i.id = a.item WHERE a.person = ?1 \
         AND a.kind = 'open' AND i.queue = ?3 AND a.id {sign} {here} AND {FIRST} \
         ORDER BY a.id {order} LIMIT 1"
    );
    // Made of words of this function only.
    let row = sqlx::query(sqlx::AssertSqlSafe(query))
        .bind(person)
        .bind(item.id.to_string())
        .bind(item.queue.to_string())
        .fetch_optional(connection)
        .await?;
    row.map(|row| word(&row, "item", |text| text.parse().ok())).transpose()
}
