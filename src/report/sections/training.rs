//! Losses of the trainings, and what the student solves.

use super::{Block, Place, Section};
use crate::lab::reproduce::PassAtK;
use crate::report::format::{NOTHING, count, loss, share};
use crate::report::results::{Curve, Point, Results};
use crate::report::svg::{Axis, LineChart, Series};
use crate::report::table::Table;

const HEAD: [&str; 4] = ["step", "tokens", "training loss", "validation loss"];

/// One curve a training.
pub fn training(results: &Results) -> Option<Section> {
    let curves: Vec<&Curve> = results.curves.iter().filter(|c| !c.points.is_empty()).collect();
    if curves.is_empty() {
        return None;
    }
    let head = [
        "'training",
        "steps",
        "planned",
        "tokens",
        "last loss",
        "lowest validation loss",
        "at step",
    ];
    let mut summary = Table::new("Trainings", &head);
    let mut measured = Table::new(
        "Losses where validation was measured",
        &[&["'training"][..], &HEAD[..]].concat(),
    );
    for curve in &curves {
        let Some(last) = curve.points.last() else { continue };
        let best = best(curve);
        summary.push([
            curve.name.clone(),
            count(last.step),
            count(curve.steps),
            count(last.tokens),
            loss(last.loss),
            best.and_then(|p| p.validation_loss).map_or(NOTHING.to_owned(), loss),
            best.map_or(NOTHING.to_owned(), |p| count(p.step)),
        ]);
        for point in curve.points.iter().filter(|p| p.validation_loss.is_some()) {
            measured.push([curve.name.clone()].into_iter().chain(cells(point)));
        }
    }
    let mut blocks = vec![Block::table(summary)];
    blocks.push(Block { place: Place::Document, ..Block::table(measured) });
    let drawn = |curve: &&Curve| Block { place: Place::Page, ..picture(curve) };
    blocks.extend(curves.iter().map(drawn));
    let text =
        "Loss in nats a prediction, on what is learnt from and on validation problems. What \
                reward models learn from also holds words of right solutions and digits of sums, \
                while their validation loss is of labels alone: the two cannot be compared. The \
                weights with the lowest validation loss are kept."
            .to_owned();
    Some(Section { id: "training", title: "Training".to_owned(), text: vec![text], blocks })
}

fn best(curve: &Curve) -> Option<&Point> {
    let measured = curve.points.iter().filter_map(|p| Some((p.validation_loss?, p)));
    measured.min_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, point)| point)
}

fn cells(point: &Point) -> [String; 4] {
    [
        count(point.step),
        count(point.tokens),
        loss(point.loss),
        point.validation_loss.map_or(NOTHING.to_owned(), loss),
    ]
}

fn picture(curve: &Curve) -> Block {
    let points = || curve.points.iter();
    let title = format!("{}: losses", curve.name);
    let mut table = Table::new(title.clone(), &HEAD);
    points().for_each(|point| table.push(cells(point)));
    let losses = points().flat_map(|p| [Some(p.loss), p.validation_loss]).flatten();
    let validation: Vec<(f64, f64)> =
        points().filter_map(|p| Some((p.tokens as f64, p.validation_loss?))).collect();
    let mut series = vec![Series {
        name: "training".to_owned(),
        points: points().map(|p| (p.tokens as f64, p.loss)).collect(),
        dots: false,
    }];
    if !validation.is_empty() {
        series.push(Series { name: "validation".to_owned(), points: validation, dots: true });
    }
    let x = Axis::over("tokens", points().map(|p| p.tokens as f64), false);
    let chart =
        LineChart { title, x, y: Axis::over("loss", losses, true), series, marks: Vec::new() };
    Block::picture(chart.draw(), table)
}

/// How often the student solves a problem in k tries.
pub fn pass_at_k(results: &Results) -> Option<Section> {
    let first = results.pass_at_k.first()?;
    let names: Vec<&str> = results.pass_at_k.iter().map(|p| p.model.as_str()).collect();
    let head: Vec<&str> = ["k"].into_iter().chain(names).collect();
    let caption =
        format!("pass@k in % (95 % interval), n = {} problems", count(first.problems as u64));
    let mut table = Table::new(caption, &head);
    for k in &first.k {
        let cell = |p: &PassAtK| {
            let at = p.k.iter().position(|other| other == k);
            let rate = at.and_then(|at| p.rate.get(at));
            rate.map_or(NOTHING.to_owned(), |rate| share(*rate, p.problems))
        };
        table.push([count(*k as u64)].into_iter().chain(results.pass_at_k.iter().map(cell)));
    }
    let series = |p: &PassAtK| Series {
        name: p.model.clone(),
        points: p.k.iter().map(|k| *k as f64).zip(p.rate.iter().copied()).collect(),
        dots: true,
    };
    let all = || results.pass_at_k.iter();
    let chart = LineChart {
        title: "pass@k".to_owned(),
        x: Axis::doubling("k tries", all().flat_map(|p| &p.k).copied()),
        y: Axis::shares("solved", all().flat_map(|p| p.rate.iter().copied())),
        series: all().map(series).collect(),
        marks: Vec::new(),
    };
    let text =
        "The chance that at least one of k samples solves a validation problem. The interval \
                is Wilson's for one yes or no a problem; a problem's own chance lies between, so \
                that the interval is rather too wide than too narrow."
            .to_owned();
    let blocks = vec![Block::picture(chart.draw(), table)];
    Some(Section { id: "pass-at-k", title: "Student".to_owned(), text: vec![text], blocks })
}
