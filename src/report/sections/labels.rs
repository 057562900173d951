//! Synthetic step labels against the truth, before and after each rule.

use super::{Block, Section};
use crate::report::format::{count, figure, percent};
use crate::report::results::{LabelTable, Results};
use crate::report::svg::{Axis, LineChart, Series};
use crate::report::table::Table;

/// Agreement under each choice of rules and each K.
pub fn labels(results: &Results) -> Option<Section> {
    let found = results.labels.as_ref()?;
    let caption = "Labels that agree with the truth, in %; n counts problems";
    let head = ["'rules", "K", "agree", "95 % interval", "n", "good, but wrong", "bad, but right"];
    let mut table = Table::new(caption, &head);
    for row in &found.rows {
        let [value, interval, n] = figure(&row.agreement, percent);
        let errors = [row.false_good, row.false_bad].map(|n| count(n as u64));
        let start = [row.rule.clone(), count(row.k as u64), value, interval, n];
        table.push(start.into_iter().chain(errors));
    }
    let text = vec![
        format!(
            "{} prefixes of samples of {} problems, each labelled by K rollouts of the student and \
             held against the problem's own numbers: a prefix is good as long as no equation in it \
             is wrong. {} problems that no sample solved were set aside.",
            count(found.prefixes as u64),
            count(found.problems as u64),
            count(found.set_aside as u64)
        ),
        "The paper reports that about 94 % of its labels are right on inspection; its problems and \
         its student are others."
            .to_owned(),
    ];
    let block = match drawn(found) {
        Some(chart) => Block::picture(chart.draw(), table),
        None => Block::table(table),
    };
    Some(Section { id: "labels", title: "Step labels".to_owned(), text, blocks: vec![block] })
}

/// A line a choice of rules over K; none where only one K was measured.
fn drawn(found: &LabelTable) -> Option<LineChart> {
    let mut series: Vec<Series> = Vec::new();
    for row in &found.rows {
        let Some(value) = row.agreement.value else { continue };
        let point = (row.k as f64, value);
        match series.iter_mut().find(|series| series.name == row.rule) {
            Some(known) => known.points.push(point),
            None => {
                let name = row.rule.clone();
                series.push(Series { name, points: vec![point], dots: true });
            }
        }
    }
    let points = || series.iter().flat_map(|s| &s.points);
    let ks = found.rows.iter().map(|row| row.k);
    let first = ks.clone().next()?;
    if ks.clone().all(|k| k == first) {
        return None;
    }
    Some(LineChart {
        title: "Agreement of labels with the truth".to_owned(),
        x: Axis::doubling("rollouts K", ks),
        y: Axis::shares("labels that agree", points().map(|p| p.1)),
        series: series.clone(),
        marks: Vec::new(),
    })
}
