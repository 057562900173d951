//! Decisions, and which labels are gold.

use std::collections::BTreeSet;

use sqlx::{Row, SqliteConnection};

use super::Quality;
use crate::domain::annotation::{Outcome, Rating};
use crate::domain::{AdjudicationId, Timestamp};
use crate::store::StoreError;
use crate::store::rows::write_number;

/// People more than before who are asked to rate an item while it is gold.
const GOLD_PLACES: i64 = 20;

/// What an adjudicator says of one step.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DecidedLabel {
    pub rating: Option<Rating>,
    pub critique: Option<String>,
    pub correction: Option<String>,
}

/// A decision to keep.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewDecision {
    pub item: String,
    pub person: String,
    /// Rated or a bad problem.
    pub outcome: Outcome,
    /// One for each step.
    pub labels: Vec<DecidedLabel>,
    /// A solution's id or `same`.
    pub choice: Option<String>,
    pub comment: Option<String>,
    /// Ids of the submissions that were looked at.
    pub seen: Vec<String>,
    /// Id of the decision that was looked at, which this one takes the place of.
    pub replaces: Option<String>,
    /// These labels are gold from now on.
    pub gold: bool,
}

impl Quality<'_> {
    /// Keeps a decision; it takes the place of the one that was looked at. `None`, and nothing kept,
    /// when people handed in or took back their ratings since, or somebody else decided.
    ///
    /// # Errors
    /// When the database fails; nothing is kept then.
    pub async fn decide(
        &self,
        decision: &NewDecision,
        now: Timestamp,
    ) -> Result<Option<AdjudicationId>, StoreError> {
        let mut tx = self.store.write().await?;
        if !is_as_seen(&mut tx, decision).await? {
            return Ok(None);
        }
        let NewDecision { item, person, outcome, choice, comment, .. } = decision;
        let labels = decision
            .labels
            .iter()
            .map(|label| (label.rating, label.critique.as_deref(), label.correction.as_deref()));
        let id = insert_decision(
            &mut tx,
            (item, person, *outcome),
            (choice.as_deref(), comment.as_deref()),
            &decision.seen,
            labels,
            now,
        )
        .await?;
        if decision.gold {
            let labels = id.to_string();
            mark(&mut tx, &decision.item, Some(&labels), &decision.person, now).await?;
        }
        tx.commit().await?;
        Ok(Some(id))
    }

    /// Makes the labels of a submission in force or of a decision the gold of its item, or takes the
    /// gold away. Returns whether there is such an item, and such labels of it.
    ///
    /// # Errors
    /// When the database fails; nothing is kept then.
    pub async fn mark_gold(
        &self,
        item: &str,
        labels: Option<&str>,
        person: &str,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let mut tx = self.store.write().await?;
        let known: bool = sqlx::query_scalar(
            "SELECT CASE WHEN ?2 IS NULL THEN EXISTS (SELECT 1 FROM items WHERE id = ?1) ELSE \
             EXISTS (SELECT 1 FROM submissions_in_force WHERE item = ?1 AND id = ?2) OR \
             EXISTS (SELECT 1 FROM adjudications WHERE item = ?1 AND id = ?2) END",
        )
        .bind(item)
        .bind(labels)
        .fetch_one(&mut *tx)
        .await?;
        if known {
            mark(&mut tx, item, labels, person, now).await?;
            tx.commit().await?;
        }
        Ok(known)
    }
}

/// Whether the item is as it was when the decision was made. Asked where the decision is written: two
/// people may decide at the same moment.
async fn is_as_seen(tx: &mut SqliteConnection, decision: &NewDecision) -> Result<bool, StoreError> {
    let ids: Vec<String> = sqlx::query_scalar(
        "SELECT id FROM submissions_in_force WHERE item = ?1 \
         UNION ALL SELECT id FROM adjudications_in_force WHERE item = ?1",
    )
    .bind(&decision.item)
    .fetch_all(tx)
    .await?;
    let seen: BTreeSet<&String> = decision.seen.iter().chain(&decision.replaces).collect();
    Ok(ids.iter().collect::<BTreeSet<_>>() == seen)
}

/// What an adjudicator says of one step: rating, critique, correction.
type Label<'a> = (Option<Rating>, Option<&'a str>, Option<&'a str>);

/// Writes a decision: of what by whom, its outcome, choice and comment, the submissions that were
/// looked at, and its labels.
pub(super) async fn insert_decision(
    tx: &mut SqliteConnection,
    (item, person, outcome): (&str, &str, Outcome),
    (choice, comment): (Option<&str>, Option<&str>),
    seen: &[String],
    labels: impl Iterator<Item = Label<'_>>,
    now: Timestamp,
) -> Result<AdjudicationId, StoreError> {
    let id = AdjudicationId::new();
    let seen = serde_json::to_string(seen)
        .map_err(|e| StoreError::Unreadable(format!("submissions: {e}")))?;
    sqlx::query(
        "INSERT INTO adjudications (id, item, person, at, outcome, choice, comment, \
         submissions) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(id.to_string())
    .bind(item)
    .bind(person)
    .bind(millis(now))
    .bind(outcome.as_str())
    .bind(choice)
    .bind(comment)
    .bind(seen)
    .execute(&mut *tx)
    .await?;
    for ((rating, critique, correction), step) in labels.zip(1..) {
        sqlx::query(
            "INSERT INTO adjudicated_labels (adjudication, step, value, critique, correction) \
             VALUES (?, ?, ?, ?, ?)",
        )
        .bind(id.to_string())
        .bind(write_number(step))
        .bind(rating.map(Rating::value))
        .bind(critique)
        .bind(correction)
        .execute(&mut *tx)
        .await?;
    }
    Ok(id)
}

/// Writes the row and opens or closes the places that gold has beside the usual ones. People must
/// not see that it is gold, so that it is served among the items drawn at random.
pub(super) async fn mark(
    tx: &mut SqliteConnection,
    item: &str,
    labels: Option<&str>,
    person: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    let row = sqlx::query(
        "SELECT i.need, q.overlap, \
         (SELECT need_before FROM gold_in_force g WHERE g.item = i.id) AS before \
         FROM items i JOIN queues q ON q.id = i.queue WHERE i.id = ?",
    )
    .bind(item)
    .fetch_one(&mut *tx)
    .await?;
    let before: Option<i64> = row.try_get("before")?;
    // What was usual before it was gold may be so no more: the queue's overlap can be changed.
    let usual: i64 = row.try_get(if before.is_some() { "overlap" } else { "need" })?;
    sqlx::query("INSERT INTO gold (item, labels, person, at, need_before) VALUES (?, ?, ?, ?, ?)")
        .bind(item)
        .bind(labels)
        .bind(person)
        .bind(millis(now))
        .bind(usual)
        .execute(&mut *tx)
        .await?;
    let need = if labels.is_some() { usual + GOLD_PLACES } else { usual };
    sqlx::query(
        "UPDATE items SET need = max(?2, done, 1), open = done < max(?2, done, 1) WHERE id = ?1",
    )
    .bind(item)
    .bind(need)
    .execute(&mut *tx)
    .await?;
    sqlx::query("DELETE FROM leases WHERE item = ? AND seat > ? AND state = 'free'")
        .bind(item)
        .bind(need)
        .execute(&mut *tx)
        .await?;
    for seat in usual + 1..=need {
        sqlx::query("INSERT INTO leases (item, seat) VALUES (?, ?) ON CONFLICT DO NOTHING")
            .bind(item)
            .bind(seat)
            .execute(&mut *tx)
            .await?;
    }
    if labels.is_some() {
        let strength = lot(item);
        sqlx::query(
            // `detail` holds a whole `Reason`, as it does for every other item.
            "INSERT INTO item_reasons (item, rule, queue, open, strength, detail) \
             SELECT i.id, 'random', i.queue, i.open, ?2, json_object('strength', ?2, \
             'detail', json_object('rule', 'random', 'share', q.random_share)) \
             FROM items i JOIN queues q ON q.id = i.queue WHERE i.id = ?1 \
             ON CONFLICT DO NOTHING",
        )
        .bind(item)
        .bind(strength)
        .execute(&mut *tx)
        .await?;
    }
    Ok(())
}

/// A number in `0..1` that looks drawn and is the same for the same item.
fn lot(item: &str) -> f64 {
    use sha2::{Digest, Sha256};
    let hash = Sha256::digest(item.as_bytes());
    hash.iter().take(6).fold(0.0, |lot, byte| (lot + f64::from(*byte)) / 256.0)
}

pub(super) fn millis(at: Timestamp) -> i64 {
    i64::try_from(at.unix_timestamp_nanos() / 1_000_000).unwrap_or(i64::MAX)
}
