//! The counters that triggers keep, held against the rows they count.

use super::{StoreError, Upkeep};

/// A counter that does not say how many rows there are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrongCount {
    pub facet: String,
    pub value: String,
    pub kept: i64,
    pub counted: i64,
}

/// The triggers of the migration as one query; both say which facets there are.
macro_rules! counted {
    ($before:literal, $after:literal) => {
        concat!(
            $before,
            "SELECT 'all' AS facet, '' AS value, count(*) AS n FROM runs \
             UNION ALL SELECT 'status', status, count(*) FROM runs GROUP BY status \
             UNION ALL SELECT 'kind', kind, count(*) FROM runs GROUP BY kind \
             UNION ALL SELECT 'chosen', coalesce(chosen_kind, 'none'), count(*) FROM runs \
             GROUP BY chosen_kind \
             UNION ALL SELECT 'correct', \
             CASE correct WHEN 1 THEN 'true' WHEN 0 THEN 'false' ELSE 'unknown' END, count(*) \
             FROM runs GROUP BY correct \
             UNION ALL SELECT 'strategy', strategy, count(*) FROM runs GROUP BY strategy \
             UNION ALL SELECT 'flip', flip, count(*) FROM runs WHERE flip IS NOT NULL GROUP BY flip \
             UNION ALL SELECT 'first_error', CAST(first_error AS TEXT), count(*) FROM runs \
             WHERE first_error IS NOT NULL GROUP BY first_error \
             UNION ALL SELECT 'lowest', CAST(lowest_band AS TEXT), count(*) FROM runs \
             WHERE lowest_band IS NOT NULL GROUP BY lowest_band \
             UNION ALL SELECT 'model', model, count(*) FROM runs \
             WHERE model IS NOT NULL GROUP BY model \
             UNION ALL SELECT 'threshold', CAST(threshold AS TEXT), count(*) FROM runs \
             GROUP BY threshold \
             UNION ALL SELECT 'annotated', 'true', count(*) FROM runs WHERE annotations > 0 \
             HAVING count(*) > 0 \
             UNION ALL SELECT 'tag', tag, count(*) FROM run_tags GROUP BY tag",
            $after
        )
    };
}

impl Upkeep {
    /// Counts every run and returns the counters that say something else, all at one moment.
    ///
    /// # Errors
    /// When the database fails, or has no tables yet.
    pub async fn wrong_counts(&mut self) -> Result<Vec<WrongCount>, StoreError> {
        let rows: Vec<(String, String, i64, i64)> = sqlx::query_as(counted!(
            "WITH counted AS (",
            ") SELECT facet, value, coalesce(kept.n, 0), coalesce(counted.n, 0) \
             FROM counted FULL JOIN run_counts AS kept USING (facet, value) \
             WHERE coalesce(kept.n, 0) <> coalesce(counted.n, 0) ORDER BY facet, value"
        ))
        .fetch_all(&mut self.connection)
        .await?;
        Ok(rows
            .into_iter()
            .map(|(facet, value, kept, counted)| WrongCount { facet, value, kept, counted })
            .collect())
    }

    /// Writes every counter anew, in one transaction that no run is written beside.
    ///
    /// # Errors
    /// When the database fails or cannot be written; the counters are as before then.
    pub async fn repair_counts(&mut self) -> Result<(), StoreError> {
        use sqlx::Connection;
        let mut tx = self.connection.begin_with("BEGIN IMMEDIATE").await?;
        sqlx::query("DELETE FROM run_counts").execute(&mut *tx).await?;
        sqlx::query(counted!(
            "INSERT INTO run_counts (facet, value, n) SELECT facet, value, n FROM (",
            ")"
        ))
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        Probability, ProblemId, Run, RunId, RunKind, RunProblem, RunStatus, Strategy, Threshold,
        ThresholdSource, Timings,
    };
    use crate::store::Store;

    fn run(kind: RunKind, status: RunStatus) -> Run {
        Run {
            id: RunId::new(),
            object: Run::OBJECT.to_owned(),
            kind,
            strategy: Strategy::Glore,
            status,
            problem: RunProblem { id: ProblemId::new(), text: "x".into(), reference_answer: None },
            solutions: Vec::new(),
            chosen: None,
            answer: None,
            threshold: Threshold {
                sorm: Probability::new(0.5).expect("a half"),
                source: ThresholdSource::Default,
            },
            timings_ms: Timings::default(),
            notes: Vec::new(),
            error: None,
            priority: None,
            created_at: time::OffsetDateTime::UNIX_EPOCH,
        }
    }

    fn wrong(facet: &str, value: &str, kept: i64, counted: i64) -> WrongCount {
        WrongCount { facet: facet.to_owned(), value: value.to_owned(), kept, counted }
    }

    #[tokio::test]
    async fn counters_that_are_wrong_are_found_and_mended() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let store = Store::open(dir.path()).await.expect("opened");
        let solved = run(RunKind::Solve, RunStatus::Completed);
        store.runs().insert(&solved).await.expect("kept");
        store.runs().insert(&run(RunKind::Critique, RunStatus::Failed)).await.expect("kept");
        let mut database = Upkeep::writing(dir.path()).await.expect("opened beside it");
        assert_eq!(database.wrong_counts().await.expect("counted"), [], "the triggers are right");

        for spoil in [
            "UPDATE run_counts SET n = 9 WHERE facet = 'all'",
            "DELETE FROM run_counts WHERE facet = 'kind' AND value = 'critique'",
            "INSERT INTO run_counts (facet, value, n) VALUES ('status', 'odd', 3)",
        ] {
            sqlx::query(spoil).execute(&mut database.connection).await.expect(spoil);
        }
        assert_eq!(
            database.wrong_counts().await.expect("counted"),
            [wrong("all", "", 9, 2), wrong("kind", "critique", 0, 1), wrong("status", "odd", 3, 0)]
        );
        database.repair_counts().await.expect("mended");
        assert_eq!(database.wrong_counts().await.expect("counted"), []);
        let counts = store.runs().counts().await.expect("read");
        assert_eq!((counts.all(), counts.of("kind", "critique")), (2, 1));
        assert_eq!(counts.of("status", "odd"), 0);
    }
}
