//! Runs that nobody made: all numbers drawn from one seed, so that every store of a size is alike.

use anyhow::anyhow;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use time::{Duration, OffsetDateTime};

use crate::domain::{
    Critique, Finish, Probability, ProblemId, Run, RunId, RunKind, RunProblem, RunStatus,
    ScoredSolution, ScoredStep, SolutionId, SolutionKind, Strategy, Tag, Threshold,
    ThresholdSource, Timings,
};

const SEED: u64 = 17;
/// When the first was made, in seconds from 1970; a minute passes between two.
const BEGINNING: i64 = 1_767_225_600;
const NAMES: [&str; 6] = ["Ann", "Ben", "Mo", "Ida", "Tom", "Eve"];
const THINGS: [&str; 6] = ["apples", "pens", "stamps", "beads", "shells", "coins"];

/// The tag of the few runs that have one.
pub fn tag() -> anyhow::Result<Tag> {
    Tag::parse("odd-one").map_err(|e| anyhow!("{e}"))
}

/// Draws runs, one minute after another.
pub struct Maker {
    rng: ChaCha8Rng,
    made: i64,
}

impl Maker {
    /// At the beginning.
    pub fn new() -> Self {
        Self { rng: ChaCha8Rng::seed_from_u64(SEED), made: 0 }
    }

    /// The next run: mostly completed; some refined, with three solutions.
    pub fn run(&mut self) -> Run {
        let at = OffsetDateTime::UNIX_EPOCH + Duration::seconds(BEGINNING + 60 * self.made);
        self.made += 1;
        let millis = u64::try_from(at.unix_timestamp()).unwrap_or(0) * 1_000;
        let rng = &mut self.rng;
        let mut random = || rng.random::<[u8; 10]>();
        let (id, problem) = (RunId::at(millis, &random()), ProblemId::at(millis, &random()));
        let ids: [SolutionId; 3] = std::array::from_fn(|_| SolutionId::at(millis, &random()));
        let status = match rng.random_range(0..100) {
            0 => RunStatus::Failed,
            1 => RunStatus::Cancelled,
            _ => RunStatus::Completed,
        };
        let glore = rng.random_bool(0.4);
        let kinds: &[SolutionKind] = match (status, glore) {
            (RunStatus::Completed, true) => {
                &[SolutionKind::Draft, SolutionKind::Global, SolutionKind::Local]
            }
            (RunStatus::Completed, false) => &[SolutionKind::Draft],
            _ => &[],
        };
        let known = rng.random_bool(0.8);
        let solutions: Vec<ScoredSolution> =
            kinds.iter().zip(ids).map(|(kind, id)| solution(rng, *kind, id, known)).collect();
        let chosen = solutions.iter().reduce(|a, b| if b.orm > a.orm { b } else { a });
        let (name, thing) = (NAMES[rng.random_range(0..6)], THINGS[rng.random_range(0..6)]);
        let (some, more) = (rng.random_range(2..90), rng.random_range(2..40));
        let odd = if rng.random_range(0..5_000) == 0 { " A zeppelin passes." } else { "" };
        let text = format!(
            "{name} has {some} {thing} and gets {more} more each day for {} days.{odd} How many \
             {thing} has {name} then?",
            rng.random_range(2..9)
        );
        Run {
            id,
            object: Run::OBJECT.to_owned(),
            kind: RunKind::Solve,
            strategy: if glore { Strategy::Glore } else { Strategy::Draft },
            status,
            problem: RunProblem {
                id: problem,
                text,
                reference_answer: known.then(|| some.to_string()),
            },
            chosen: chosen.map(|solution| solution.id),
            answer: chosen.and_then(|solution| solution.answer.clone()),
            solutions,
            threshold: threshold(),
            timings_ms: Timings {
                queue: rng.random_range(0..50),
                draft: rng.random_range(50..900),
                score: rng.random_range(10..90),
                refine: if glore { rng.random_range(100..1_500) } else { 0 },
                rerank: rng.random_range(5..60),
            },
            notes: Vec::new(),
            error: None,
            priority: None,
            created_at: at,
        }
    }
}

fn threshold() -> Threshold {
    Threshold { sorm: probability(0.5), source: ThresholdSource::Default }
}

fn probability(value: f64) -> Probability {
    Probability::new(value.clamp(0.0, 1.0)).expect("between 0 and 1, this is a bug")
}

fn solution(
    rng: &mut ChaCha8Rng,
    kind: SolutionKind,
    id: SolutionId,
    known: bool,
) -> ScoredSolution {
    let steps: Vec<ScoredStep> = (1..=rng.random_range(2..=4))
        .map(|index| {
            let (a, b) = (rng.random_range(2..90), rng.random_range(2..90));
            let text = format!("That makes {a} + {b} = {} of them.", a + b);
            // Most steps look fine, a few do not.
            let sorm = if rng.random_bool(0.2) {
                rng.random::<f64>()
            } else {
                0.6 + 0.4 * rng.random::<f64>()
            };
            let orm = Some(probability(rng.random()));
            ScoredStep { index, text, sorm: Some(probability(sorm)), orm }
        })
        .collect();
    let scores: Vec<Probability> = steps.iter().filter_map(|step| step.sorm).collect();
    ScoredSolution {
        id,
        kind,
        from_step: (kind == SolutionKind::Local).then_some(1),
        answer: Some(rng.random_range(1..500).to_string()),
        orm: Some(probability(rng.random())),
        first_error_step: Critique::from_scores(&scores, &threshold()).first_error_step,
        correct: known.then(|| rng.random_bool(0.6)),
        tokens: 12 * steps.len(),
        finish: Finish::Stop,
        seed: 0,
        model: format!("made-up/{}", rng.random_range(1..4)),
        prompt: String::new(),
        steps,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_runs_are_made_every_time_and_their_ids_rise() {
        let draw = || {
            let mut maker = Maker::new();
            (0..50).map(|_| maker.run()).collect::<Vec<_>>()
        };
        let runs = draw();
        assert_eq!(runs, draw());
        assert!(runs.windows(2).all(|pair| pair[0].id < pair[1].id));
        let steps: usize = runs.iter().flat_map(|run| &run.solutions).map(|s| s.steps.len()).sum();
        assert!((200..350).contains(&steps), "{steps} steps of 50 runs");
        assert!(runs.iter().any(|run| run.flip().is_some()));
    }
}
