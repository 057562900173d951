//! One row a step of every submission, and what becomes of people who differ.

use std::collections::BTreeMap;

use sqlx::{Row, SqliteConnection};

use super::desk::Item;
use super::{enter, queues};
use crate::domain::SubmissionId;
use crate::domain::review::{Label, Rule, Serving, Sheet, Suggestions, disagreement};
use crate::store::StoreError;
use crate::store::rows::{number, write_number};
use crate::store::runs::whole;

/// Writes the labels of a sheet; `shown` says of each step when its score was shown.
pub(super) async fn insert(
    tx: &mut SqliteConnection,
    submission: SubmissionId,
    item: &Item,
    serving: &Serving,
    sheet: &Sheet,
    shown: &[Suggestions],
) -> Result<(), StoreError> {
    for (label, shown) in sheet.labels(serving.mode).into_iter().zip(shown) {
        let sorm = serving.sorm(item.solution, label.step);
        // What has no score cannot have been shown.
        let shown = sorm.map_or(Suggestions::Never, |_| *shown);
        sqlx::query(
            "INSERT INTO labels (submission, step, value, unsure, critique, correction, sorm, shown, \
             accepted) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(submission.to_string())
        .bind(write_number(label.step))
        .bind(label.value)
        .bind(label.unsure)
        .bind(label.critique)
        .bind(label.correction)
        .bind(sorm.map(f64::from))
        .bind(shown.as_str())
        .bind(label.accepted)
        .execute(&mut *tx)
        .await?;
    }
    Ok(())
}

/// People who rated the same solution differently are a reason in every queue that wants it; the
/// same queue then asks one more person.
pub(super) async fn look_for_disagreement(
    tx: &mut SqliteConnection,
    item: &Item,
) -> Result<(), StoreError> {
    let rows = sqlx::query(
        "SELECT s.id, l.step, l.value FROM submissions_in_force s JOIN labels l ON l.submission = s.id \
         WHERE s.run = ? AND s.solution = ? AND s.outcome = 'rated' ORDER BY s.id, l.step",
    )
    .bind(item.run.to_string())
    .bind(item.solution.to_string())
    .fetch_all(&mut *tx)
    .await?;
    let mut sheets: BTreeMap<String, Vec<Label>> = BTreeMap::new();
    for row in &rows {
        let label =
            Label { step: number(row, "step")?, value: row.try_get("value")?, ..Label::default() };
        sheets.entry(row.try_get("id")?).or_default().push(label);
    }
    let sheets: Vec<Vec<Label>> = sheets.into_values().collect();
    let Some(reason) = disagreement(&sheets) else { return Ok(()) };
    let Some(run) = whole(&mut *tx, item.run).await? else { return Ok(()) };
    for queue in queues::open(&mut *tx).await? {
        if queue.settings.weights.of(Rule::Disagreement) > 0.0 {
            // One more look for the first disagreement; a third opinion settles it or shows that
            // the step cannot be settled by counting.
            let first = !item.reasons.iter().any(|reason| reason.rule() == Rule::Disagreement);
            enter::put(tx, &queue, &run, &reason, first).await?;
        }
    }
    Ok(())
}
