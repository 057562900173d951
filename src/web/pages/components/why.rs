//! Why the ORM chose what it chose, and whether it was well advised.

use super::{kind_words, number, slugs};
use crate::domain::{Run, ScoredSolution, SolutionKind};

/// Most candidates a sentence can hold.
const LISTED: usize = 4;

/// The choice in a sentence; none when nothing was chosen.
pub fn why(run: &Run) -> Option<String> {
    let chosen = run.chosen_solution()?;
    let slugs = slugs(&run.solutions);
    let name = |solution: &ScoredSolution| {
        let at = run.solutions.iter().position(|other| other.id == solution.id);
        match (solution.kind, at.and_then(|at| slugs.get(at))) {
            (SolutionKind::Sample, Some(slug)) => slug.replace('-', " "),
            (kind, _) => format!("the {}", kind_words(kind)),
        }
    };
    let others: Vec<_> = run.solutions.iter().filter(|other| other.id != chosen.id).collect();
    let Some(best) = chosen.orm else {
        return Some(format!("There is no ORM score, so {} was kept.", name(chosen)));
    };
    let best = number(best);
    if others.is_empty() {
        let only = name(chosen);
        return Some(format!(
            "There was nothing to choose from but {only}; the ORM expects its final answer to be \
             right with probability {best}."
        ));
    }
    let mut scored: Vec<_> = others.iter().filter_map(|o| o.orm.map(|orm| (*o, orm))).collect();
    scored.sort_by(|a, b| b.1.get().total_cmp(&a.1.get()));
    let tied = scored.iter().any(|(_, orm)| Some(*orm) == chosen.orm);
    let more = scored.len().saturating_sub(LISTED);
    let mut against: Vec<String> = scored
        .iter()
        .take(LISTED)
        .map(|(other, orm)| format!("{} for {}", number(*orm), name(other)))
        .collect();
    if more > 0 {
        against.push(format!("less for {more} more"));
    }
    let tie = if tied { " Of equal scores the earlier candidate is kept." } else { "" };
    Some(format!(
        "The ORM chose {}: it expects that final answer to be right with probability {best}, \
         against {}.{tie}",
        name(chosen),
        list(&against)
    ))
}

/// What the choice was worth, when a reference answer tells.
pub fn outcome(run: &Run) -> Option<&'static str> {
    let chosen = run.chosen_solution()?;
    let first = run.solutions.first()?;
    let other_right = run.solutions.iter().any(|other| other.correct == Some(true));
    match (first.correct?, chosen.correct?) {
        (false, true) if chosen.id != first.id => {
            Some("The first attempt was wrong; the chosen one is right.")
        }
        (true, false) => Some("The first attempt was right; the choice made it wrong."),
        (_, false) if other_right => {
            Some("Another candidate had the right answer; the ORM passed it over.")
        }
        _ => None,
    }
}

/// `a, b and c`
fn list(items: &[String]) -> String {
    match items.split_last() {
        None => "no other score".to_owned(),
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
    }
}
