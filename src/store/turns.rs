//! Whose turn it is: what the lines of runs and of batches remember, in the store, so that it lasts
//! over restarts and is the same whichever worker asks. The rule is [`Overtaken`]'s.

use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};

use super::StoreError;
use crate::domain::Overtaken;

/// Who waits, by id, and what their line remembers.
pub(super) struct Line {
    pub(super) oldest: String,
    pub(super) urgent: String,
    pub(super) overtaken: Overtaken,
}

impl Line {
    /// The one whose turn it is, and what is to be remembered once it has begun.
    pub(super) fn next(&self) -> (&str, Overtaken) {
        self.overtaken.choose(self.oldest.as_str(), self.urgent.as_str())
    }
}

/// Columns `oldest`, `urgent` and `overtaken`. `None` when nobody waits.
pub(super) fn read(row: &SqliteRow) -> Result<Option<Line>, StoreError> {
    let oldest: Option<String> = row.try_get("oldest")?;
    let urgent: Option<String> = row.try_get("urgent")?;
    let overtaken: Option<i64> = row.try_get("overtaken")?;
    let overtaken = Overtaken::new(overtaken.unwrap_or(0));
    Ok(oldest.zip(urgent).map(|(oldest, urgent)| Line { oldest, urgent, overtaken }))
}

/// Keeps it, in the transaction of whoever took the turn.
pub(super) async fn remember(
    tx: &mut SqliteConnection,
    line: &'static str,
    overtaken: Overtaken,
) -> Result<(), StoreError> {
    sqlx::query("UPDATE turns SET overtaken = ?1 WHERE line = ?2 AND overtaken <> ?1")
        .bind(overtaken.times())
        .bind(line)
        .execute(tx)
        .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use sqlx::{AssertSqlSafe, Row};

    use crate::store::Store;
    use crate::store::{batches, claim};

    /// Each walks one index from its beginning, however many wait.
    #[tokio::test]
    async fn the_next_one_is_looked_up_and_nothing_is_sorted() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let store = Store::open(dir.path()).await.expect("opened");
        let runs = ["runs_by_status", "runs_waiting"];
        let batches = (batches::NEXT, ["batches_open", "batches_open_by_priority"]);
        for (sql, indexes) in [(claim::NEXT, runs), batches] {
            let plan = sqlx::query(AssertSqlSafe(format!("EXPLAIN QUERY PLAN {sql}")))
                .fetch_all(store.read())
                .await
                .expect("a plan");
            let steps: Vec<String> = plan.iter().map(|row| row.get("detail")).collect();
            let plan = steps.join("\n");
            assert!(!plan.contains("B-TREE"), "{plan}");
            for index in indexes {
                let used = steps.iter().any(|step| {
                    step.ends_with(&format!("INDEX {index}"))
                        || step.contains(&format!("{index} ("))
                });
                assert!(used, "{index}\n{plan}");
            }
        }
    }
}
