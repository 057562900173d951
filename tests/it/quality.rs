//! What people said: statistics, decisions, gold and exports, through the router and a real store.

mod adjudicate;
mod export;
mod gold;
mod overtaken;
mod page;
mod roundtrip;

use glore::domain::{
    Finish, Probability, Run, ScoredSolution, ScoredStep, SolutionId, SolutionKind,
};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions, Connection};

use crate::app::TestApp;
use crate::store::sample_run;

/// A server with a review queue, and a way to put rows into its tables as rating does.
pub struct Review {
    pub app: TestApp,
    pub queue: String,
    rows: SqliteConnection,
}

/// -1, 0 and 1 are ratings, 8 is unsure, 9 is not rated.
pub type Values<'a> = &'a [i64];

impl Review {
    pub async fn new() -> Self {
        let app = TestApp::new().await;
        let options = SqliteConnectOptions::new().filename(app.dir().join("glore.db"));
        let mut rows = options.connect().await.expect("a connection");
        let queue = format!("que_{}", uuid::Uuid::now_v7());
        sqlx::query(
            "INSERT INTO queues (id, name, weights, random_share, overlap, mode, suggestions, \
             lease_minutes, created_at, open) VALUES (?, 'first queue', '{}', 0.15, 2, \
             'per_step', 'never', 15, 0, 0)",
        )
        .bind(&queue)
        .execute(&mut rows)
        .await
        .expect("a queue");
        Self { app, queue, rows }
    }

    /// A run of three steps with a local refinement, in the queue; its item.
    pub async fn item(&mut self, problem: &str) -> (String, Run) {
        let mut run = sample_run(SolutionKind::Draft, Some(false));
        problem.clone_into(&mut run.problem.text);
        run.problem.reference_answer = Some("4".to_owned());
        let steps = ["2 + 2 = 4", "4 + 1 = 5", "5 + 0 = 5"];
        let step = |(i, text): (usize, &&str)| ScoredStep {
            index: i + 1,
            text: (*text).to_owned(),
            sorm: Probability::new([0.9, 0.4, 0.3][i]),
            orm: None,
        };
        run.solutions[0].steps = steps.iter().enumerate().map(step).collect();
        run.solutions[0].answer = Some("5".to_owned());
        run.solutions.push(ScoredSolution {
            id: SolutionId::new(),
            kind: SolutionKind::Local,
            from_step: Some(2),
            steps: vec![step((0, &steps[0]))],
            answer: Some("4".to_owned()),
            finish: Finish::Stop,
            ..run.solutions[0].clone()
        });
        run.chosen = Some(run.solutions[1].id);
        self.app.app.store.runs().insert(&run).await.expect("stored");
        let item = format!("itm_{}", uuid::Uuid::now_v7());
        sqlx::query("INSERT INTO items (id, queue, run, solution, need) VALUES (?, ?, ?, ?, 2)")
            .bind(&item)
            .bind(&self.queue)
            .bind(run.id.to_string())
            .bind(run.solutions[0].id.to_string())
            .execute(&mut self.rows)
            .await
            .expect("an item");
        for seat in 1..=2 {
            sqlx::query("INSERT INTO leases (item, seat) VALUES (?, ?)")
                .bind(&item)
                .bind(seat)
                .execute(&mut self.rows)
                .await
                .expect("a place");
        }
        (item, run)
    }

    /// What a person hands in; `choice` is the place of a solution of the run.
    pub async fn hand_in(
        &mut self,
        (item, run): (&str, &Run),
        person: &str,
        values: Values<'_>,
        choice: Option<usize>,
    ) -> String {
        let id = format!("sbm_{}", uuid::Uuid::now_v7());
        let ids: Vec<String> = run.solutions.iter().map(|s| s.id.to_string()).collect();
        let mut tx = self.rows.begin().await.expect("a transaction");
        sqlx::query(
            "INSERT INTO submissions (id, item, queue, run, solution, person, outcome, rule, \
             reasons, mode, suggestions, guidelines, models, scores, candidates, seed, choice, \
             orm_choice, seconds, active_seconds, in_lease, started_at, submitted_at) \
             VALUES (?, ?, ?, ?, ?, ?, 'rated', 'random', '[]', 'per_step', 'never', 0, '{}', \
             '[]', ?, 0, ?, ?, 9, 6, 1, 1000, 7000)",
        )
        .bind(&id)
        .bind(item)
        .bind(&self.queue)
        .bind(run.id.to_string())
        .bind(&ids[0])
        .bind(person)
        .bind(serde_json::to_string(&ids).expect("JSON"))
        .bind(choice.map(|at| ids[at].clone()))
        .bind(run.chosen.map(|id| id.to_string()))
        .execute(&mut *tx)
        .await
        .expect("a submission");
        for (value, step) in values.iter().zip(1..) {
            sqlx::query(
                "INSERT INTO labels (submission, step, value, unsure, critique, shown) \
                 VALUES (?, ?, ?, ?, ?, 'never')",
            )
            .bind(&id)
            .bind(step)
            .bind((-1..=1).contains(value).then_some(*value))
            .bind(i64::from(*value == 8))
            .bind((*value == -1).then_some("<b>wrong sum</b>"))
            .execute(&mut *tx)
            .await
            .expect("a label");
        }
        sqlx::query("UPDATE items SET done = done + 1, open = done + 1 < need WHERE id = ?")
            .bind(item)
            .execute(&mut *tx)
            .await
            .expect("counted");
        sqlx::query(
            "INSERT INTO actions (item, person, at, kind, data) VALUES (?, ?, 1000, 'open', \
             '{\"rule\":\"random\"}')",
        )
        .bind(item)
        .bind(person)
        .execute(&mut *tx)
        .await
        .expect("an action");
        sqlx::query(
            "INSERT INTO actions (item, person, at, kind, step, data) VALUES (?, ?, 2500, 'rate', \
             2, '{\"verdict\":\"wrong\"}')",
        )
        .bind(item)
        .bind(person)
        .execute(&mut *tx)
        .await
        .expect("an action");
        tx.commit().await.expect("kept");
        id
    }

    /// One number of the database.
    pub async fn number(&mut self, sql: &'static str, item: &str) -> i64 {
        sqlx::query_scalar(sql).bind(item).fetch_one(&mut self.rows).await.expect(sql)
    }
}
