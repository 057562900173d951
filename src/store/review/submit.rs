//! Handing an item in, and taking that back.

use sqlx::{Row, SqliteConnection};

use super::act::steps;
use super::desk::{Item, actions, history, in_force, item_in, opened};
use super::lease::record;
use super::seat::{free, hold, until};
use super::{Reviews, labels, ms, queues};
use crate::domain::review::{Handed, Log, Missing, Outcome, Serving, Sheet, shown};
use crate::domain::{Invalid, ItemId, SubmissionId, Timestamp};
use crate::store::StoreError;
use crate::store::rows::{to_json, word};

/// A longer pause between two changes counts as this much work, in milliseconds.
const PAUSE: i64 = 120_000;

/// What came of handing an item in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Submitted {
    Done(SubmissionId),
    /// Steps are not rated or nothing is chosen, and `partial` was not asked for.
    Missing(Missing),
    Refused(Invalid),
    /// Handed in before; nothing is added. Sent twice, it is `alike`: outcome and reason are the same.
    Already {
        id: SubmissionId,
        alike: bool,
    },
    NotYours,
}

/// What came of taking it back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Withdrawn {
    /// The item is on the person's desk again, as it was.
    Item(ItemId),
    /// There is no such submission of this person in force.
    Missing,
    /// It is gold: others' ratings are held against it, and it stays.
    Gold,
}

impl Reviews<'_> {
    /// Keeps labels for every step, with how the item was served, in one transaction.
    ///
    /// # Errors
    /// When the database fails; nothing is kept then.
    pub async fn submit(
        &self,
        item: ItemId,
        person: &str,
        handed: &Handed,
        at: Timestamp,
    ) -> Result<Submitted, StoreError> {
        let mut tx = self.store.write().await?;
        let Some(item) = item_in(&mut tx, item).await? else { return Ok(Submitted::NotYours) };
        let Some(serving) = opened(&mut tx, item.id, person).await? else {
            return Ok(Submitted::NotYours);
        };
        if let Some(earlier) = in_force(&mut tx, item.id, person).await? {
            let alike = is_alike(&mut tx, earlier, handed).await?;
            return Ok(Submitted::Already { id: earlier, alike });
        }
        let steps = steps(&serving, item.solution);
        // What comes with the submission was said without seeing a page in between.
        let shown = shown(history(&mut tx, item.id, person).await?, steps);
        for edit in &handed.edits {
            if let Err(refused) = edit.check(steps, &serving.candidates) {
                return Ok(Submitted::Refused(refused));
            }
            let (kind, step, data) = edit.parts();
            record(&mut tx, item.id, person, at, (kind, step, &data.to_string()), None).await?;
        }
        let sheet = Log::of(actions(&mut tx, item.id, person).await?).sheet(steps);
        let missing = sheet.missing(serving.mode, !serving.candidates.is_empty());
        if handed.outcome == Outcome::Rated && !handed.partial && !missing.is_none() {
            return Ok(Submitted::Missing(missing));
        }
        let Some(queue) = queues::one(&mut tx, item.queue).await? else {
            return Ok(Submitted::NotYours);
        };
        let in_lease = hold(&mut tx, item.id, person, at, &queue).await?;
        let id = SubmissionId::new();
        let work = Work { id, item: &item, person, handed, serving: &serving, at };
        insert(&mut tx, &work, &sheet, in_lease).await?;
        labels::insert(&mut tx, id, &item, &serving, &sheet, &shown).await?;
        let data = to_json(&serde_json::json!({ "submission": id }))?;
        record(&mut tx, item.id, person, at, ("submit", None, &data), None).await?;
        if handed.outcome == Outcome::GaveUp {
            free(&mut tx, item.id, person).await?;
        } else {
            count(&mut tx, item.id, 1).await?;
            sqlx::query("UPDATE leases SET state = 'done' WHERE item = ? AND person = ?")
                .bind(item.id.to_string())
                .bind(person)
                .execute(&mut *tx)
                .await?;
        }
        labels::look_for_disagreement(&mut tx, &item).await?;
        tx.commit().await?;
        Ok(Submitted::Done(id))
    }

    /// Takes a submission back: it is not in force any more, and its person has the item again. Done
    /// once already, it changes nothing.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn withdraw(
        &self,
        submission: SubmissionId,
        person: &str,
        at: Timestamp,
    ) -> Result<Withdrawn, StoreError> {
        let mut tx = self.store.write().await?;
        let row = sqlx::query(
            "UPDATE submissions SET withdrawn_at = ? WHERE id = ? AND person = ? \
             AND withdrawn_at IS NULL RETURNING item, outcome",
        )
        .bind(ms(at))
        .bind(submission.to_string())
        .bind(person)
        .fetch_optional(&mut *tx)
        .await?;
        let Some(row) = row else { return withdrawn_before(&mut tx, submission, person).await };
        let item: ItemId = word(&row, "item", |text| text.parse().ok())?;
        let gold: Option<String> =
            sqlx::query_scalar("SELECT labels FROM gold_in_force WHERE item = ?")
                .bind(item.to_string())
                .fetch_optional(&mut *tx)
                .await?;
        if gold == Some(submission.to_string()) {
            // The transaction ends without the change.
            return Ok(Withdrawn::Gold);
        }
        let Some(found) = item_in(&mut tx, item).await? else { return Ok(Withdrawn::Missing) };
        let Some(queue) = queues::one(&mut tx, found.queue).await? else {
            return Ok(Withdrawn::Missing);
        };
        if word(&row, "outcome", Outcome::from_word)? != Outcome::GaveUp {
            count(&mut tx, item, -1).await?;
        }
        sqlx::query(
            "UPDATE leases SET state = 'held', expires_at = ? WHERE item = ? AND person = ? AND state = 'done'",
        )
        .bind(until(at, &queue))
        .bind(item.to_string())
        .bind(person)
        .execute(&mut *tx)
        .await?;
        hold(&mut tx, item, person, at, &queue).await?;
        let data = to_json(&serde_json::json!({ "submission": submission }))?;
        record(&mut tx, item, person, at, ("withdraw", None, &data), None).await?;
        tx.commit().await?;
        Ok(Withdrawn::Item(item))
    }
}

/// Pressed twice, or sent again because the answer was lost: it is taken back once, and the item is
/// where the person goes on.
async fn withdrawn_before(
    tx: &mut SqliteConnection,
    submission: SubmissionId,
    person: &str,
) -> Result<Withdrawn, StoreError> {
    let row = sqlx::query("SELECT item FROM submissions WHERE id = ? AND person = ?")
        .bind(submission.to_string())
        .bind(person)
        .fetch_optional(&mut *tx)
        .await?;
    let Some(row) = row else { return Ok(Withdrawn::Missing) };
    Ok(Withdrawn::Item(word(&row, "item", |text| text.parse().ok())?))
}

/// Whether a submission has this outcome and reason.
async fn is_alike(
    tx: &mut SqliteConnection,
    submission: SubmissionId,
    handed: &Handed,
) -> Result<bool, StoreError> {
    let alike: bool =
        sqlx::query_scalar("SELECT outcome = ? AND reason IS ? FROM submissions WHERE id = ?")
            .bind(handed.outcome.as_str())
            .bind(&handed.reason)
            .bind(submission.to_string())
            .fetch_one(tx)
            .await?;
    Ok(alike)
}

struct Work<'a> {
    id: SubmissionId,
    item: &'a Item,
    person: &'a str,
    handed: &'a Handed,
    serving: &'a Serving,
    at: Timestamp,
}

async fn insert(
    tx: &mut SqliteConnection,
    work: &Work<'_>,
    sheet: &Sheet,
    in_lease: bool,
) -> Result<(), StoreError> {
    let Work { id, item, person, handed, serving, at } = work;
    let (started, active) = time_spent(&mut *tx, item.id, person, ms(*at)).await?;
    let choice = sheet.choice.map(String::from);
    sqlx::query(
        "INSERT INTO submissions (id, item, queue, run, solution, person, outcome, reason, comment, \
         rule, reasons, mode, suggestions, guidelines, models, threshold, scores, candidates, seed, \
         choice, choice_kind, orm_choice, seconds, active_seconds, in_lease, started_at, submitted_at) \
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(id.to_string())
    .bind(item.id.to_string())
    .bind(item.queue.to_string())
    .bind(item.run.to_string())
    .bind(item.solution.to_string())
    .bind(*person)
    .bind(handed.outcome.as_str())
    .bind(&handed.reason)
    .bind(&handed.comment)
    .bind(serving.rule.map_or("asked", |rule| rule.as_str()))
    .bind(to_json(&serving.reasons)?)
    .bind(serving.mode.as_str())
    .bind(serving.suggestions.as_str())
    .bind(crate::store::rows::write_number(serving.guidelines))
    .bind(to_json(&serving.models)?)
    .bind(serving.threshold.sorm.get())
    .bind(to_json(&serving.scores)?)
    .bind(to_json(&serving.candidates)?)
    .bind(serving.seed.cast_signed())
    .bind(choice)
    .bind(sheet.choice.and_then(|choice| serving.kind_of(choice)))
    .bind(serving.orm_choice.map(|id| id.to_string()))
    .bind((ms(*at) - started).max(0) as f64 / 1000.0)
    .bind(active as f64 / 1000.0)
    .bind(in_lease)
    .bind(started)
    .bind(ms(*at))
    .execute(tx)
    .await?;
    Ok(())
}

/// When the person first had the item, and for how long they were at it, in milliseconds.
async fn time_spent(
    tx: &mut SqliteConnection,
    item: ItemId,
    person: &str,
    now: i64,
) -> Result<(i64, i64), StoreError> {
    let rows = sqlx::query("SELECT at FROM actions WHERE item = ? AND person = ? ORDER BY id")
        .bind(item.to_string())
        .bind(person)
        .fetch_all(tx)
        .await?;
    let mut moments: Vec<i64> =
        rows.iter().map(|row| row.try_get("at")).collect::<Result<_, _>>()?;
    moments.push(now);
    let pauses = moments.windows(2).map(|pair| (pair[1] - pair[0]).clamp(0, PAUSE));
    Ok((moments[0], pauses.sum()))
}

async fn count(tx: &mut SqliteConnection, item: ItemId, by: i64) -> Result<(), StoreError> {
    sqlx::query("UPDATE items SET done = done + ?1, open = (done + ?1 < need) WHERE id = ?2")
        .bind(by)
        .bind(item.to_string())
        .execute(tx)
        .await?;
    Ok(())
}
