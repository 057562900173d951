//! Decisions.

use sqlx::SqliteConnection;

use super::Quality;
use super::gold::mark_by;
use crate::domain::annotation::{Outcome, Rating};
use crate::domain::{Actor, AdjudicationId, Timestamp};
use crate::store::StoreError;
use crate::store::rows::write_number;

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
    /// Rated or a bad problem.
    pub outcome: Outcome,
    /// One for each step.
    pub labels: Vec<DecidedLabel>,
    /// A solution's id or `same`.
    pub choice: Option<String>,
    pub comment: Option<String>,
    /// Ids of the submissions that were looked at, oldest first.
    pub seen: Vec<String>,
    /// Id of the decision that was in force when they were: this one takes its place, and no other's.
    pub instead_of: Option<String>,
    /// These labels are gold from now on.
    pub gold: bool,
}

/// What came of deciding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decided {
    Done(AdjudicationId),
    /// Somebody decided, handed in or took back since the item was looked at. Nothing is kept.
    Stale,
}

impl Quality<'_> {
    /// Keeps a decision; it takes the place of the earlier one about the same item that it knows.
    ///
    /// # Errors
    /// When the database fails; nothing is kept then.
    pub async fn decide(
        &self,
        decision: &NewDecision,
        actor: &Actor,
        now: Timestamp,
    ) -> Result<Decided, StoreError> {
        let mut tx = self.store.write().await?;
        let NewDecision { item, outcome, choice, comment, .. } = decision;
        // Whoever else writes waits for this transaction: nothing can come between.
        if is_stale(&mut tx, decision).await? {
            return Ok(Decided::Stale);
        }
        let labels = decision
            .labels
            .iter()
            .map(|label| (label.rating, label.critique.as_deref(), label.correction.as_deref()));
        let id = insert_decision(
            &mut tx,
            (item, &actor.person(), *outcome),
            (choice.as_deref(), comment.as_deref()),
            &decision.seen,
            labels,
            now,
        )
        .await?;
        // Gold that was decided is what the newest decision says, if it says anything of the steps.
        if decision.gold || was_gold(&mut tx, decision).await? {
            let labels = (*outcome == Outcome::Rated).then(|| id.to_string());
            mark_by(&mut tx, item, labels.as_deref(), actor, now).await?;
        }
        tx.commit().await?;
        Ok(Decided::Done(id))
    }
}

/// Whether the decision it takes the place of is the item's gold.
async fn was_gold(
    tx: &mut SqliteConnection,
    NewDecision { item, instead_of, .. }: &NewDecision,
) -> Result<bool, StoreError> {
    let gold: Option<String> =
        sqlx::query_scalar("SELECT labels FROM gold_in_force WHERE item = ?")
            .bind(item)
            .fetch_optional(&mut *tx)
            .await?;
    Ok(gold.is_some() && gold == *instead_of)
}

async fn is_stale(
    tx: &mut SqliteConnection,
    NewDecision { item, seen, instead_of, .. }: &NewDecision,
) -> Result<bool, StoreError> {
    // As `read.rs` has them.
    let now: Vec<String> = sqlx::query_scalar(
        "SELECT id FROM submissions_in_force WHERE item = ?1 \
         AND solution = (SELECT solution FROM items WHERE id = ?1) ORDER BY id",
    )
    .bind(item)
    .fetch_all(&mut *tx)
    .await?;
    let standing: Option<String> =
        sqlx::query_scalar("SELECT id FROM adjudications_in_force WHERE item = ?")
            .bind(item)
            .fetch_optional(&mut *tx)
            .await?;
    Ok((&now, &standing) != (seen, instead_of))
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

pub(super) fn millis(at: Timestamp) -> i64 {
    i64::try_from(at.unix_timestamp_nanos() / 1_000_000).unwrap_or(i64::MAX)
}
