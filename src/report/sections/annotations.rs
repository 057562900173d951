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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn results() -> Results {
        let figure =
            |value: f64| json!({"value": value, "n": 100, "low": value - 0.1, "high": value + 0.1});
        let located = |value| json!({"threshold": 0.55, "accuracy": figure(value), "erroneous": figure(0.5), "correct": figure(0.6)});
        let how =
            json!({"steps": 10, "tokens_per_step": 512, "rate": 0.001, "language": 0.0, "seed": 1});
        let bought = |order, solutions: usize, after| {
            json!({
                "order": order, "seed": 1, "solutions": solutions, "ratings": 400, "labels": 390,
                "wrong_labels": 39, "after": located(after), "gain": figure(0.05),
            })
        };
        let results = json!({
            "annotated": {
                "train": 700, "validation": 100, "test": 200,
                "merged": {"human_solutions": 700, "human_labels": 2100, "matched": 600, "added": 100,
                           "agreed": 1500, "now_wrong": 30, "now_good": 12},
                "as_shipped": located(0.5), "before": located(0.52), "after": located(0.6),
                "gain": figure(0.08), "steps": 350,
            },
            "annotators": {
                "simulation": {"error_rate": 0.1, "overlap": 1, "budgets": [100, 300], "seeds": [1], "how": how},
                "pool": 2000, "before": located(0.5),
                "bought": [bought("queue", 100, 0.55), bought("queue", 300, 0.6),
                           bought("random", 100, 0.52), bought("random", 300, 0.56)],
            },
        });
        serde_json::from_value(results).expect("results")
    }

    #[test]
    fn conflicts_gains_and_both_orders_are_told() {
        let tuned = tuned(&results()).expect("a section");
        assert!(tuned.text[0].contains("42 were in conflict"), "{}", tuned.text[0]);
        assert!(tuned.text[0].contains("gained +8.0 points"), "{}", tuned.text[0]);
        assert_eq!(tuned.blocks[0].table.rows[2][..3], ["after", "0.55", "60.0"]);
        let bought = bought(&results()).expect("a section");
        assert!(bought.text[0].contains("with chance 10.0 %"), "{}", bought.text[0]);
        assert_eq!(bought.blocks[0].table.rows.len(), 4);
        let picture = bought.blocks[0].picture.as_ref().expect("two numbers of solutions");
        crate::report::svg::tests::well_formed(picture);
    }

    #[test]
    fn what_was_not_done_has_no_section() {
        assert_eq!(super::tuned(&Results::default()), None);
        assert_eq!(super::bought(&Results::default()), None);
    }
}
