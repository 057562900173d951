//! The events of a run that has ended, told again from what was kept of it.

use super::{Event, Finished};
use crate::domain::run::{Run, RunStatus, ScoredSolution, SolutionKind};
use crate::domain::solution::Solution;
use crate::domain::stage::Stage;

/// Every event of an ended run, as they were told while it went on.
///
/// Of a run that did not complete only its first and its last are known: nothing that its models
/// wrote is kept.
pub fn replay(run: &Run) -> Vec<Event> {
    let mut events = vec![Event::created(run)];
    if run.status == RunStatus::Completed {
        let places = || run.solutions.iter().enumerate().map(|(at, solution)| (at + 1, solution));
        let first = || places().filter(|(_, solution)| !is_refined(solution));
        let refined = || places().filter(|(_, solution)| is_refined(solution));
        events.push(Event::stage(Stage::Drafting));
        events.extend(first().flat_map(written));
        events.push(Event::stage(Stage::Scoring));
        events.extend(first().flat_map(|(place, solution)| Event::scored(place, solution)));
        if refined().next().is_some() {
            events.push(Event::stage(Stage::Refining));
        }
        events.extend(refined().flat_map(written));
        events.push(Event::stage(Stage::Choosing));
        events.extend(refined().flat_map(|(place, solution)| Event::scored(place, solution)));
        events.push(Event::choice(run));
    }
    events.push(Event::ended(run.clone()));
    events
}

/// What a reader who has had `after` events of an ended run still lacks. Of a run that did not
/// complete the number of events is not kept, so such a reader is told the end alone.
pub fn rest(run: &Run, after: usize) -> Vec<Event> {
    if run.status != RunStatus::Completed && after > 0 {
        return vec![Event::ended(run.clone())];
    }
    replay(run).into_iter().skip(after).collect()
}

fn is_refined(solution: &ScoredSolution) -> bool {
    matches!(solution.kind, SolutionKind::Global | SolutionKind::Local)
}

fn written((place, solution): (usize, &ScoredSolution)) -> Vec<Event> {
    let end = Finished {
        solution: place,
        kind: solution.kind,
        from_step: solution.from_step,
        answer: solution.answer.clone(),
        tokens: solution.tokens,
        finish: solution.finish,
    };
    let text = Solution { steps: solution.step_texts(), answer_text: solution.answer.clone() };
    Event::written(end, &text)
}
