//! Putting the rows of an item together.

use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};

use crate::domain::SolutionKind;
use crate::domain::annotation::{
    Candidate, Decision, Outcome, Rating, Reviewed, Said, StepText, Submission,
};
use crate::store::StoreError;
use crate::store::rows::{probability, word};

/// Everything said of an item; none when there is no such item.
pub(super) async fn reviewed(
    tx: &mut SqliteConnection,
    item: &str,
) -> Result<Option<Reviewed>, StoreError> {
    let row = sqlx::query(
        "SELECT i.queue, i.run, i.solution, p.text AS problem, p.reference_answer, r.threshold, \
         s.answer, s.orm, \
         (SELECT labels FROM gold_in_force g WHERE g.item = i.id) AS gold \
         FROM items i JOIN runs r ON r.id = i.run JOIN problems p ON p.id = r.problem_id \
         LEFT JOIN solutions s ON s.id = i.solution WHERE i.id = ?",
    )
    .bind(item)
    .fetch_optional(&mut *tx)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let solution: String = row.try_get("solution")?;
    let steps = steps(tx, &solution).await?;
    let submissions = submissions(tx, item, &solution, steps.len()).await?;
    let run: String = row.try_get("run")?;
    let chose = submissions.iter().any(|s| !s.candidates.is_empty());
    let candidates = if chose { candidates(tx, &run).await? } else { Vec::new() };
    Ok(Some(Reviewed {
        item: item.to_owned(),
        queue: row.try_get("queue")?,
        run,
        solution,
        problem: row.try_get("problem")?,
        reference_answer: row.try_get("reference_answer")?,
        answer: row.try_get("answer")?,
        orm: probability(&row, "orm")?.map(f64::from),
        threshold: row.try_get("threshold")?,
        steps,
        candidates,
        submissions,
        decision: decision(tx, item).await?,
        gold: row.try_get("gold")?,
    }))
}

async fn steps(tx: &mut SqliteConnection, solution: &str) -> Result<Vec<StepText>, StoreError> {
    let rows = sqlx::query("SELECT text, sorm FROM steps WHERE solution_id = ? ORDER BY step")
        .bind(solution)
        .fetch_all(tx)
        .await?;
    let step = |row: &SqliteRow| -> Result<StepText, StoreError> {
        let sorm = probability(row, "sorm")?.map(f64::from);
        Ok(StepText { text: row.try_get("text")?, sorm })
    };
    rows.iter().map(step).collect()
}

/// The solutions of a run, with their texts.
async fn candidates(tx: &mut SqliteConnection, run: &str) -> Result<Vec<Candidate>, StoreError> {
    let rows =
        sqlx::query("SELECT id, kind, answer FROM solutions WHERE run_id = ? ORDER BY position")
            .bind(run)
            .fetch_all(&mut *tx)
            .await?;
    let mut found = Vec::new();
    for row in &rows {
        let id: String = row.try_get("id")?;
        let steps = steps(tx, &id).await?.into_iter().map(|step| step.text).collect();
        let solution = crate::domain::Solution { steps, answer_text: row.try_get("answer")? };
        let kind = word(row, "kind", SolutionKind::from_word)?;
        found.push(Candidate { id, kind, text: solution.join() });
    }
    Ok(found)
}

async fn submissions(
    tx: &mut SqliteConnection,
    item: &str,
    solution: &str,
    length: usize,
) -> Result<Vec<Submission>, StoreError> {
    // A person may have been served another solution of the run before; such ratings are of other
    // steps.
    let rows = sqlx::query(
        "SELECT id, person, outcome, reason, comment, choice, orm_choice, candidates, rule, \
         active_seconds, submitted_at FROM submissions_in_force \
         WHERE item = ? AND solution = ? ORDER BY id",
    )
    .bind(item)
    .bind(solution)
    .fetch_all(&mut *tx)
    .await?;
    let mut found = Vec::new();
    for row in &rows {
        let id: String = row.try_get("id")?;
        let labels = sqlx::query(
            "SELECT step, value, unsure, critique, correction FROM labels WHERE submission = ?",
        )
        .bind(&id)
        .fetch_all(&mut *tx)
        .await?;
        let candidates: &str = row.try_get("candidates")?;
        found.push(Submission {
            person: row.try_get("person")?,
            outcome: word(row, "outcome", Outcome::from_word)?,
            reason: row.try_get("reason")?,
            comment: row.try_get("comment")?,
            steps: said(&labels, length)?,
            choice: row.try_get("choice")?,
            orm_choice: row.try_get("orm_choice")?,
            candidates: serde_json::from_str(candidates)
                .map_err(|e| StoreError::Unreadable(format!("candidates of {id}: {e}")))?,
            rule: row.try_get("rule")?,
            active_seconds: row.try_get("active_seconds")?,
            submitted_at: row.try_get("submitted_at")?,
            id,
        });
    }
    Ok(found)
}

async fn decision(tx: &mut SqliteConnection, item: &str) -> Result<Option<Decision>, StoreError> {
    let row = sqlx::query(
        "SELECT id, person, at, outcome, choice, comment FROM adjudications_in_force \
         WHERE item = ?",
    )
    .bind(item)
    .fetch_optional(&mut *tx)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let id: String = row.try_get("id")?;
    let labels = sqlx::query(
        "SELECT step, value, 0 AS unsure, critique, correction FROM adjudicated_labels \
         WHERE adjudication = ?",
    )
    .bind(&id)
    .fetch_all(&mut *tx)
    .await?;
    let length = labels.iter().filter_map(|row| row.try_get::<i64, _>("step").ok()).max();
    Ok(Some(Decision {
        person: row.try_get("person")?,
        outcome: word(&row, "outcome", Outcome::from_word)?,
        steps: said(&labels, length.and_then(|n| usize::try_from(n).ok()).unwrap_or(0))?,
        choice: row.try_get("choice")?,
        comment: row.try_get("comment")?,
        at: row.try_get("at")?,
        id,
    }))
}

/// One entry for each of `length` steps.
fn said(rows: &[SqliteRow], length: usize) -> Result<Vec<Said>, StoreError> {
    let mut steps = vec![Said::default(); length];
    for row in rows {
        let step: i64 = row.try_get("step")?;
        let place = usize::try_from(step).ok().and_then(|step| steps.get_mut(step.checked_sub(1)?));
        let Some(place) = place else { continue };
        let value: Option<i64> = row.try_get("value")?;
        let unreadable = |value| StoreError::Unreadable(format!("value = {value}"));
        *place = Said {
            rating: value.map(|v| Rating::from_value(v).ok_or(unreadable(v))).transpose()?,
            unsure: row.try_get::<i64, _>("unsure")? == 1,
            critique: row.try_get("critique")?,
            correction: row.try_get("correction")?,
        };
    }
    Ok(steps)
}
