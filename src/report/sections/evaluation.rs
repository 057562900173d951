//! The table of an evaluation, beside the paper's numbers.

use super::rows::{GROUPS, Group, Row};
use super::{Block, Section};
use crate::report::format::{NOTHING, count, figure, percent, plain, setting};
use crate::report::results::{Evaluation, Figure};
use crate::report::svg::{Interval, intervals};
use crate::report::table::Table;

/// On problems like those of the training.
pub fn test(evaluation: &Evaluation) -> Section {
    let mut text = vec![about(evaluation)];
    text.push(
        "The paper's numbers (Havrilla et al., “GLoRe”, ICML 2024) are those of a LLaMA-2 student of \
         13 billion parameters on GSM8K: other models on other problems. What can be compared is \
         the direction of an effect, not a number."
            .to_owned(),
    );
    let blocks = blocks(evaluation, true);
    Section { id: "evaluation", title: "Evaluation".to_owned(), text, blocks }
}

/// On other problems, which the paper says nothing about.
pub fn other(evaluation: &Evaluation) -> Section {
    let (id, title) = match evaluation.split.as_str() {
        "harder" => ("harder", "Harder problems: more steps than in training".to_owned()),
        "unseen" => ("unseen", "Families of problems that no training saw".to_owned()),
        name => ("other", format!("Evaluation: {name}")),
    };
    Section { id, title, text: vec![about(evaluation)], blocks: blocks(evaluation, false) }
}

fn about(evaluation: &Evaluation) -> String {
    let mut text =
        format!("Problems: {}; n = {}.", evaluation.data, count(evaluation.problems as u64));
    if !evaluation.seeds.is_empty() {
        let seeds: Vec<String> = evaluation.seeds.iter().map(u64::to_string).collect();
        text += &format!(
            " Samples were drawn with seeds {}; their figures are means over them.",
            seeds.join(", ")
        );
    }
    if let Some(cuts) = evaluation.thresholds {
        text += &format!(
            " Thresholds, tuned on validation problems: SORM {}, ORM {}.",
            setting(cuts.sorm),
            setting(cuts.orm)
        );
    }
    if evaluation.tokens_per_problem > 0.0 {
        text += &format!(
            " Draft, both refinements and all scores took {:.0} tokens and {:.3} s a problem, many \
             problems at once.",
            evaluation.tokens_per_problem, evaluation.seconds_per_problem
        );
    }
    text + " Intervals are 95 %: Wilson's for rates of problems, bootstraps over problems for the rest."
}

fn blocks(evaluation: &Evaluation, with_paper: bool) -> Vec<Block> {
    let mut blocks: Vec<Block> = GROUPS
        .iter()
        .enumerate()
        .filter_map(|(nth, group)| block(evaluation, group, with_paper, nth == 0))
        .collect();
    let known = |key: &String| GROUPS.iter().flat_map(|g| g.rows).any(|row| row.0 == key.as_str());
    let mut others = Table::new("Other figures", &["'figure", "here", "95 % interval", "n"]);
    for (key, found) in evaluation.figures.iter().filter(|(key, _)| !known(key)) {
        others.push([key.replace('_', " ")].into_iter().chain(figure(found, plain)));
    }
    if !others.rows.is_empty() {
        blocks.push(Block::table(others));
    }
    blocks
}

fn block(evaluation: &Evaluation, group: &Group, with_paper: bool, drawn: bool) -> Option<Block> {
    let measured = |row: &&Row| evaluation.figures.contains_key(row.0);
    let rows: Vec<(&Row, Figure)> =
        group.rows.iter().filter(measured).map(|row| (row, evaluation.figures[row.0])).collect();
    if rows.is_empty() {
        return None;
    }
    let paper = with_paper && rows.iter().any(|(row, _)| row.2.is_some());
    let here = group.unit.head();
    let head: &[&str] = match paper {
        true => &["'", "paper, %", here, "95 % interval", "n"],
        false => &["'", here, "95 % interval", "n"],
    };
    let mut table = Table::new(group.caption, head);
    for ((_, words, reported), found) in &rows {
        let reported = paper.then(|| reported.map_or(NOTHING.to_owned(), percent));
        let start = [(*words).to_owned()].into_iter().chain(reported);
        table.push(start.chain(figure(found, group.unit.writer())));
    }
    let interval = |((_, words, reported), found): &(&Row, Figure)| {
        Some(Interval {
            name: (*words).to_owned(),
            value: found.value?,
            low: found.low?,
            high: found.high?,
            paper: reported.filter(|_| paper),
        })
    };
    let all: Vec<Interval> = rows.iter().filter_map(interval).collect();
    if !drawn || all.is_empty() {
        return Some(Block::table(table));
    }
    let title = match paper {
        true => "Problems solved, with 95 % intervals; diamonds are the paper's numbers",
        false => "Problems solved, with 95 % intervals",
    };
    Some(Block { open: true, ..Block::picture(intervals(title, &all), table) })
}
