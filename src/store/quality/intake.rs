//! Taking in what people said elsewhere, as items of a queue.

use serde_json::json;
use sqlx::SqliteConnection;

use super::Quality;
use super::decide::{insert_decision, millis};
use super::gold::mark;
use crate::domain::annotation::{HandedIn, Intake, Outcome, Rating};
use crate::domain::{
    Action, Actor, Finish, Probability, Run, RunId, RunKind, RunProblem, RunStatus, ScoredSolution,
    ScoredStep, SolutionId, SolutionKind, Strategy, Threshold, ThresholdSource, Timestamp, Timings,
};
use crate::store::rows::write_number;
use crate::store::{StoreError, audit, write};

/// Who decided labels that came without a person.
const NOBODY: &str = "import";

impl Quality<'_> {
    /// Makes a queue of this name, closed, with an item for each solution. All of it is kept, or
    /// nothing.
    ///
    /// # Errors
    /// When the database fails, or a queue of this name is there already.
    pub async fn take_in(
        &self,
        queue: &str,
        items: &[Intake],
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut tx = self.store.write().await?;
        let id = format!("que_{}", uuid::Uuid::now_v7());
        sqlx::query(
            "INSERT INTO queues (id, name, weights, random_share, overlap, mode, suggestions, \
             lease_minutes, open, created_at) VALUES (?, ?, '{}', 0, 1, 'per_step', 'never', 15, \
             0, ?)",
        )
        .bind(&id)
        .bind(queue)
        .bind(millis(now))
        .execute(&mut *tx)
        .await?;
        for item in items {
            take_one(&mut tx, &id, item, now).await?;
        }
        let gold = items.iter().filter(|item| item.gold).count();
        let detail = format!("{} items taken in, {gold} of them gold", items.len());
        let (actor, action) = (Actor::command_line(), Action::QueueAdded);
        audit::write(&mut tx, &actor, action, queue, &detail, now).await?;
        tx.commit().await?;
        Ok(())
    }
}

async fn take_one(
    tx: &mut SqliteConnection,
    queue: &str,
    intake: &Intake,
    now: Timestamp,
) -> Result<(), StoreError> {
    let run = run_of(intake, now);
    let solution = run.solutions[0].id.to_string();
    write::insert(tx, &run, None).await?;
    let item = format!("itm_{}", uuid::Uuid::now_v7());
    let people = write_number(intake.handed_in.len());
    sqlx::query(
        "INSERT INTO items (id, queue, run, solution, need, done, open) VALUES (?, ?, ?, ?, ?, ?, 0)",
    )
    .bind(&item)
    .bind(queue)
    .bind(run.id.to_string())
    .bind(&solution)
    .bind(people.max(1))
    .bind(people)
    .execute(&mut *tx)
    .await?;
    let mut first = None;
    for (one, seat) in intake.handed_in.iter().zip(1..) {
        let id = hand_in(tx, (queue, &item, &run, &solution), one, seat).await?;
        first.get_or_insert(id);
    }
    if let Some(said) = &intake.decided {
        let labels = said.iter().map(|said| (said.rating, None, None));
        let seen = Vec::new();
        insert_decision(tx, (&item, NOBODY, Outcome::Rated), (None, None), &seen, labels, now)
            .await?;
    }
    if let (true, Some(labels)) = (intake.gold, first) {
        mark(tx, &item, Some(&labels), NOBODY, now).await?;
    }
    Ok(())
}

/// The solution as one that somebody gave, with nothing scored but what is known.
fn run_of(intake: &Intake, now: Timestamp) -> Run {
    let step = |(index, text): (usize, &String)| ScoredStep {
        index: index + 1,
        text: text.clone(),
        sorm: None,
        orm: None,
    };
    let solution = ScoredSolution {
        id: SolutionId::new(),
        kind: SolutionKind::Given,
        from_step: None,
        steps: intake.steps.iter().enumerate().map(step).collect(),
        answer: intake.answer.clone(),
        orm: intake.orm.and_then(Probability::new),
        first_error_step: None,
        correct: None,
        tokens: 0,
        finish: Finish::Given,
        seed: 0,
        model: "given".to_owned(),
        prompt: String::new(),
    };
    Run {
        id: RunId::new(),
        object: Run::OBJECT.to_owned(),
        kind: RunKind::Critique,
        strategy: Strategy::Draft,
        status: RunStatus::Completed,
        problem: RunProblem::from(&intake.problem),
        chosen: Some(solution.id),
        answer: intake.answer.clone(),
        solutions: vec![solution],
        threshold: Threshold { sorm: Probability::HALF, source: ThresholdSource::Default },
        timings_ms: Timings::default(),
        notes: vec!["taken in with what people said of it; nothing was scored here".to_owned()],
        error: None,
        priority: None,
        created_at: now,
    }
}

async fn hand_in(
    tx: &mut SqliteConnection,
    (queue, item, run, solution): (&str, &str, &Run, &str),
    one: &HandedIn,
    seat: i64,
) -> Result<String, StoreError> {
    let id = format!("sbm_{}", uuid::Uuid::now_v7());
    let seconds = one.millis as f64 / 1000.0;
    sqlx::query("INSERT INTO leases (item, seat, state, person) VALUES (?, ?, 'done', ?)")
        .bind(item)
        .bind(seat)
        .bind(&one.person)
        .execute(&mut *tx)
        .await?;
    sqlx::query(
        "INSERT INTO submissions (id, item, queue, run, solution, person, outcome, rule, reasons, \
         mode, suggestions, guidelines, models, scores, candidates, seed, seconds, active_seconds, \
         in_lease, started_at, submitted_at) VALUES (?, ?, ?, ?, ?, ?, ?, 'asked', '[]', \
         'per_step', 'never', 0, ?, '[]', '[]', 0, ?, ?, 1, ?, ?)",
    )
    .bind(&id)
    .bind(item)
    .bind(queue)
    .bind(run.id.to_string())
    .bind(solution)
    .bind(&one.person)
    .bind(one.outcome.as_str())
    .bind(json!({}).to_string())
    .bind(seconds)
    .bind(seconds)
    .bind(one.at.saturating_sub(i64::try_from(one.millis).unwrap_or(0)))
    .bind(one.at)
    .execute(&mut *tx)
    .await?;
    for (said, step) in one.steps.iter().zip(1..) {
        sqlx::query(
            "INSERT INTO labels (submission, step, value, unsure, critique, correction, shown) \
             VALUES (?, ?, ?, ?, ?, ?, 'never')",
        )
        .bind(&id)
        .bind(write_number(step))
        .bind(said.rating.map(Rating::value))
        .bind(said.unsure)
        .bind(&said.critique)
        .bind(&said.correction)
        .execute(&mut *tx)
        .await?;
    }
    Ok(id)
}
