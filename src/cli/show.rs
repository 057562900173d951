//! A run as a person reads it on a terminal.

use std::fmt::Write;

use super::style::{Style, bar};
use crate::domain::{
    Op, Run, RunStatus, ScoredSolution, ScoredStep, SolutionKind, StepDiff, Threshold,
    ThresholdSource, diff_solutions,
};

/// The whole run: problem, solutions, critique, refinements as differences, the choice.
pub(super) fn run(run: &Run, style: Style) -> String {
    let mut text = format!("{}\n{}\n", style.bold("Problem"), run.problem.text);
    let first = run.solutions.first();
    for solution in &run.solutions {
        text.push('\n');
        heading(&mut text, solution, style);
        let compared = first.filter(|_| is_refinement(solution.kind));
        match compared {
            Some(draft) => {
                for row in diff_solutions(&draft.step_texts(), &solution.step_texts()) {
                    changed_step(&mut text, &row, style);
                }
            }
            None => {
                for step in &solution.steps {
                    scored_step(&mut text, step, solution, &run.threshold, style);
                }
                critique(&mut text, solution, &run.threshold, style);
            }
        }
    }
    for note in &run.notes {
        let _ = writeln!(text, "\n{}", style.faint(&format!("Note: {note}")));
    }
    choice(&mut text, run, style);
    text
}

fn is_refinement(kind: SolutionKind) -> bool {
    matches!(kind, SolutionKind::Global | SolutionKind::Local)
}

fn title(solution: &ScoredSolution) -> String {
    match (solution.kind, solution.from_step) {
        (SolutionKind::Draft, _) => "Draft".to_owned(),
        (SolutionKind::Sample, _) => format!("Sample (seed {})", solution.seed),
        (SolutionKind::Given, _) => "Given solution".to_owned(),
        (SolutionKind::Global, _) => "Global refinement".to_owned(),
        (SolutionKind::Local, None) => "Local refinement".to_owned(),
        (SolutionKind::Local, Some(step)) => format!("Local refinement from step {step}"),
    }
}

fn heading(text: &mut String, solution: &ScoredSolution, style: Style) {
    let answer = solution.answer.as_deref().unwrap_or("none");
    let verdict = match solution.correct {
        Some(true) => style.good(" (right)"),
        Some(false) => style.bad(" (wrong)"),
        None => String::new(),
    };
    let orm = solution.orm.map_or(String::new(), |orm| {
        format!("   outcome score {} {:.2}", bar(orm.get()), orm.get())
    });
    let title = style.bold(&title(solution));
    let _ = writeln!(text, "{title}   answer {answer}{verdict}{orm}");
}

fn scored_step(
    text: &mut String,
    step: &ScoredStep,
    solution: &ScoredSolution,
    threshold: &Threshold,
    style: Style,
) {
    let (score, word) = match step.sorm {
        None => (" ".repeat(15), "not scored".to_owned()),
        Some(sorm) => {
            let word = if solution.first_error_step == Some(step.index) {
                style.bad("first error")
            } else if sorm < threshold.sorm {
                style.bad("off track  ")
            } else {
                style.good("on track   ")
            };
            (format!("{} {:.2}", bar(sorm.get()), sorm.get()), word)
        }
    };
    let _ = writeln!(text, "  {:>2}  {score}  {word}  {}", step.index, step.text);
}

fn critique(text: &mut String, solution: &ScoredSolution, threshold: &Threshold, style: Style) {
    if solution.steps.iter().all(|step| step.sorm.is_none()) {
        return;
    }
    let source = match threshold.source {
        ThresholdSource::Validation => "tuned on validation problems",
        ThresholdSource::Training => "tuned on the labels it was trained on",
        ThresholdSource::Configuration => "set in the configuration",
        ThresholdSource::Default => "not tuned",
    };
    let limit = threshold.sorm.get();
    let sentence = match solution.first_error_step {
        Some(step) => {
            format!("step {step} is the first whose score is under {limit:.2} ({source})")
        }
        None => format!("no step scores under {limit:.2} ({source})"),
    };
    let _ = writeln!(text, "  {} {sentence}", style.bold("Critique:"));
}

/// Kept steps are marked `=`, changed ones `~`, new ones `+`, dropped ones `-`.
fn changed_step(text: &mut String, row: &StepDiff, style: Style) {
    let mark = match (row.from, row.to) {
        (Some(_), Some(_)) if row.is_equal() => '=',
        (Some(_), Some(_)) => '~',
        (None, _) => '+',
        (Some(_), None) => '-',
    };
    let words: String = row
        .ops
        .iter()
        .map(|op| match op.op {
            Op::Equal => op.text.clone(),
            Op::Insert => style.good(&format!("{{+{}+}}", op.text)),
            Op::Delete => style.bad(&format!("[-{}-]", op.text)),
        })
        .collect();
    let number = row.to.or(row.from).unwrap_or_default();
    let _ = writeln!(text, "  {number:>2}  {mark} {words}");
}

fn choice(text: &mut String, run: &Run, style: Style) {
    let heading = style.bold("Chosen");
    let Some(chosen) = run.chosen_solution().filter(|_| run.status == RunStatus::Completed) else {
        let _ = writeln!(text, "\n{heading}   nothing");
        return;
    };
    let answer = chosen.answer.as_deref().unwrap_or("none");
    let scores: Vec<String> = run
        .solutions
        .iter()
        .filter_map(|solution| {
            Some(format!("{} {:.2}", solution.kind.as_str(), solution.orm?.get()))
        })
        .collect();
    let answer = style.bold(&format!("answer {answer}"));
    let kind = title(chosen).to_lowercase();
    let _ =
        writeln!(text, "\n{heading}   {kind}: {answer}   (outcome scores: {})", scores.join(", "));
}
