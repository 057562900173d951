//! What other thresholds, gates and margins would have given.

use super::{Block, Section};
use crate::report::format::{count, percent, setting, share};
use crate::report::results::{Evaluation, GatePoint, MarginPoint, ThresholdPoint};
use crate::report::svg::{Axis, LineChart, Series};
use crate::report::table::Table;

const CAUTION: &str = "This was read off the test problems after the fact and decided nothing.";

/// The n of a figure; 0 where it was not measured.
fn n(evaluation: &Evaluation, key: &str) -> usize {
    evaluation.figures.get(key).map_or(0, |figure| figure.n)
}

fn series<P>(name: &str, points: &[P], x: fn(&P) -> f64, y: fn(&P) -> f64) -> Series {
    let points = points.iter().map(|point| (x(point), y(point))).collect();
    Series { name: name.to_owned(), points, dots: false }
}

fn section(id: &'static str, title: &str, text: &str, blocks: Vec<Block>) -> Section {
    let text = vec![format!("{text} {CAUTION}")];
    Section { id, title: title.to_owned(), text, blocks }
}

/// Steps and first errors told right, by threshold.
pub fn thresholds(evaluation: &Evaluation) -> Option<Section> {
    let points = &evaluation.threshold_sweep;
    if points.is_empty() {
        return None;
    }
    // Steps of one problem stand or fall together: no interval can be told from their number alone.
    type Column = (&'static str, Option<&'static str>, fn(&ThresholdPoint) -> f64);
    let columns: [Column; 4] = [
        ("SORM steps", None, |p| p.sorm_steps),
        ("ORM steps", None, |p| p.orm_steps),
        ("SORM first error", Some("sorm_first_error"), |p| p.sorm_first_error),
        ("ORM first error", Some("orm_first_error"), |p| p.orm_first_error),
    ];
    let counts = format!(
        "n = {} steps, {} drafts",
        count(n(evaluation, "sorm_step_accuracy") as u64),
        count(n(evaluation, "sorm_first_error") as u64)
    );
    let caption = format!("Told right by threshold, in % (95 % interval, of steps none), {counts}");
    let head: Vec<&str> = ["threshold"].into_iter().chain(columns.map(|c| c.0)).collect();
    let mut table = Table::new(caption, &head);
    for point in points {
        let cells = columns.map(|(_, key, of)| match key {
            Some(key) => share(of(point), n(evaluation, key)),
            None => percent(of(point)),
        });
        table.push([setting(point.threshold)].into_iter().chain(cells));
    }
    let cuts = evaluation.thresholds;
    let chart = LineChart {
        title: "Told right by threshold".to_owned(),
        x: Axis::score("threshold"),
        y: Axis::shares("told right", points.iter().flat_map(|p| columns.map(|c| (c.2)(p)))),
        series: columns.map(|(name, _, of)| series(name, points, |p| p.threshold, of)).to_vec(),
        marks: cuts.map(|cuts| (cuts.sorm, "SORM, in use".to_owned())).into_iter().collect(),
    };
    let text = "A step is told right when score and truth lie on the same side of the threshold; a \
                first error when it is found at its very step, or found to be absent.";
    let blocks = vec![Block::picture(chart.draw(), table)];
    Some(section("thresholds", "Thresholds", text, blocks))
}

/// Tokens saved and fixes lost when only drafts of a low score are refined.
pub fn gates(evaluation: &Evaluation) -> Option<Section> {
    let points = &evaluation.gate_sweep;
    if points.is_empty() {
        return None;
    }
    let all = evaluation.problems;
    let rate = evaluation.figures.get("fix_rate");
    let fixes = rate.map_or(0, |f| (f.value.unwrap_or(0.0) * f.n as f64).round() as usize);
    let caption = format!(
        "Refining only drafts that the ORM scores under a gate, in % (95 % interval), n = {} \
         problems, {} fixes",
        count(all as u64),
        count(fixes as u64)
    );
    let head = ["gate", "GLoRe", "drafts refined", "fixes lost", "refiners' tokens saved"];
    let mut table = Table::new(caption, &head);
    for point in points {
        table.push([
            setting(point.gate),
            share(point.glore, all),
            share(point.refined, all),
            share(point.fixes_lost, fixes),
            percent(point.tokens_saved),
        ]);
    }
    let gate = |p: &GatePoint| p.gate;
    let chart = LineChart {
        title: "Gates: what is saved and what is lost".to_owned(),
        x: Axis::score("gate"),
        y: Axis::share("share"),
        series: vec![
            series("GLoRe right", points, gate, |p| p.glore),
            series("tokens saved", points, gate, |p| p.tokens_saved),
            series("fixes lost", points, gate, |p| p.fixes_lost),
        ],
        marks: Vec::new(),
    };
    let text = "The paper refines every draft, which is the gate at 1.";
    let blocks = vec![Block::picture(chart.draw(), table)];
    Some(section("gates", "Gates", text, blocks))
}

/// Fixes and breaks when the draft stays unless a refinement is clearly better.
pub fn margins(evaluation: &Evaluation) -> Option<Section> {
    let points = &evaluation.margin_sweep;
    if points.is_empty() {
        return None;
    }
    let (wrong, right) = (n(evaluation, "fix_rate"), n(evaluation, "break_rate"));
    let caption = format!(
        "Keeping the draft unless a refinement beats it by a margin, in % (95 % interval), n = {} \
         problems, {} wrong and {} right drafts",
        count(evaluation.problems as u64),
        count(wrong as u64),
        count(right as u64)
    );
    let head = ["margin", "GLoRe", "wrong drafts fixed", "right drafts broken"];
    let mut table = Table::new(caption, &head);
    for point in points {
        table.push([
            setting(point.margin),
            share(point.glore, evaluation.problems),
            share(point.fix_rate, wrong),
            share(point.break_rate, right),
        ]);
    }
    let margin = |p: &MarginPoint| p.margin;
    let chart = LineChart {
        title: "Margins: fixes and breaks".to_owned(),
        x: Axis::over("margin", points.iter().map(margin), false),
        y: Axis::share("share"),
        series: vec![
            series("GLoRe right", points, margin, |p| p.glore),
            series("fixed", points, margin, |p| p.fix_rate),
            series("broken", points, margin, |p| p.break_rate),
        ],
        marks: Vec::new(),
    };
    let text = "The paper takes the highest score, which is the margin 0. Under a negative one it \
                is the draft that has to be better.";
    let blocks = vec![Block::picture(chart.draw(), table)];
    Some(section("margins", "Margins", text, blocks))
}
