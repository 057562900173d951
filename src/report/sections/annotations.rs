//! What people's labels, and simulated people's, did to the SORM.

use super::{Block, Section};
use crate::lab::annotated::{Located, Order};
use crate::lab::measure;
use crate::report::format::{NOTHING, count, percent, points, setting};
use crate::report::results::{Annotators, Results};
use crate::report::svg::{Axis, LineChart, Series};
use crate::report::table::Table;

fn figure(figure: &measure::Figure, write: fn(f64) -> String) -> [String; 2] {
    let interval = match (figure.low, figure.high) {
        (Some(low), Some(high)) => format!("{} to {}", write(low), write(high)),
        _ => NOTHING.to_owned(),
    };
    [figure.value.map_or(NOTHING.to_owned(), write), interval]
}

/// First errors found before and after a fine-tuning on people's labels.
pub fn tuned(results: &Results) -> Option<Section> {
    let found = results.annotated.as_ref()?;
    let head = [
        "'SORM",
        "threshold",
        "first error, %",
        "95 % interval",
        "with an error, %",
        "without one, %",
        "n",
    ];
    let caption = "First error told exactly, on held-out solutions that people judged";
    let mut table = Table::new(caption, &head);
    let mut push = |name: &str, one: &Located| {
        let [value, interval] = figure(&one.accuracy, percent);
        let share = |f: &measure::Figure| f.value.map_or(NOTHING.to_owned(), percent);
        table.push([
            name.to_owned(),
            setting(one.threshold),
            value,
            interval,
            share(&one.erroneous),
            share(&one.correct),
            count(one.accuracy.n as u64),
        ]);
    };
    push("before", &found.as_shipped);
    push("before, threshold from people's labels", &found.before);
    push("after", &found.after);
    let [gain, interval] = figure(&found.gain, points);
    let merged = &found.merged;
    let text = vec![format!(
        "The SORM was fine-tuned on {} solutions that people judged; {} validated it and {} were \
         held out, no problem in two of these. Where rollouts had a label too, both agreed on {}; {} \
         were in conflict, and the human label was taken ({} good by rollouts and wrong by people, \
         {} the other way round). The training gained {gain} points ({interval}).",
        count(found.train as u64),
        count(found.validation as u64),
        count(found.test as u64),
        count(merged.agreed as u64),
        count(merged.conflicts() as u64),
        count(merged.now_wrong as u64),
        count(merged.now_good as u64),
    )];
    let title = "Labels of people, back into the SORM".to_owned();
    Some(Section { id: "annotated", title, text, blocks: vec![Block::table(table)] })
}

/// How many labels of simulated annotators bought how many points.
pub fn bought(results: &Results) -> Option<Section> {
    let found = results.annotators.as_ref()?;
    let head = [
        "'order",
        "seed",
        "solutions",
        "labels",
        "wrong, %",
        "first error, %",
        "gain, points",
        "95 % interval",
    ];
    let mut table =
        Table::new("Labels of simulated annotators and what they bought, by order", &head);
    for one in &found.bought {
        let [gain, interval] = figure(&one.gain, points);
        table.push([
            one.order.as_str().to_owned(),
            one.seed.to_string(),
            count(one.solutions as u64),
            count(one.labels as u64),
            percent(one.wrong_labels as f64 / one.labels.max(1) as f64),
            one.after.accuracy.value.map_or(NOTHING.to_owned(), percent),
            gain,
            interval,
        ]);
    }
    let before = &found.before;
    let [value, interval] = figure(&before.accuracy, percent);
    let text = vec![format!(
        "Annotators who judge a step as what it is not with chance {} labelled solutions of \
         generated problems, {} people each, in the order of a review queue and in a random one. \
         Before, the SORM told {value} % ({interval}) of {} first errors exactly.",
        percent(found.simulation.error_rate) + " %",
        found.simulation.overlap,
        count(before.accuracy.n as u64),
    )];
    let block = match drawn(found) {
        Some(chart) => Block::picture(chart.draw(), table),
        None => Block::table(table),
    };
    let title = "What labels buy".to_owned();
    Some(Section { id: "annotators", title, text, blocks: vec![block] })
}

/// A line an order: the mean over seeds of what each number of solutions came to.
fn drawn(found: &Annotators) -> Option<LineChart> {
    let mut budgets = found.simulation.budgets.clone();
    budgets.sort_unstable();
    budgets.dedup();
    if budgets.len() < 2 {
        return None;
    }
    let line = |order: Order| {
        let mean = |&budget: &usize| {
            let all: Vec<f64> = found
                .bought
                .iter()
                .filter(|one| one.order == order && one.solutions == budget)
                .filter_map(|one| one.after.accuracy.value)
                .collect();
            let n = all.len() as f64;
            (n > 0.0).then(|| (budget as f64, all.iter().sum::<f64>() / n))
        };
        let points = budgets.iter().filter_map(mean).collect();
        Series { name: order.as_str().to_owned(), points, dots: true }
    };
    let series: Vec<Series> = Order::ALL.into_iter().map(line).collect();
    let points: Vec<f64> = series.iter().flat_map(|s| s.points.iter().map(|p| p.1)).collect();
    Some(LineChart {
        title: "First errors told exactly, by solutions labelled".to_owned(),
        x: Axis::doubling("solutions labelled", budgets.into_iter()),
        y: Axis::shares("first error told", points.into_iter()),
        series,
        marks: Vec::new(),
    })
}
