//! Figures with their intervals, one below the other, and the paper's number beside ours.

use super::axis::Axis;
use super::canvas::{Anchor, Canvas, Svg};

const WIDTH: f64 = 480.0;
const TOP: f64 = 8.0;
const ROW: f64 = 22.0;
const RIGHT: f64 = 436.0;
/// Width of a letter of a label, roughly.
const LETTER: f64 = 5.9;

/// One row.
#[derive(Debug, Clone, PartialEq)]
pub struct Interval {
    pub name: String,
    pub value: f64,
    pub low: f64,
    pub high: f64,
    /// What the paper reports.
    pub paper: Option<f64>,
}

/// Shares with 95 % intervals; a hollow diamond is the paper's number.
pub fn intervals(title: &str, rows: &[Interval]) -> Svg {
    let longest = rows.iter().map(|row| row.name.chars().count()).max().unwrap_or(0);
    let left = (longest as f64 * LETTER + 14.0).clamp(40.0, 270.0);
    let values = rows.iter().flat_map(|row| [Some(row.low), Some(row.high), row.paper]);
    let axis = Axis::shares("right", values.flatten());
    let bottom = TOP + ROW * rows.len().max(1) as f64;
    let mut canvas = Canvas::new("intervals", WIDTH, bottom + 24.0);
    for tick in axis.ticks(5) {
        let x = axis.at(tick, left, RIGHT);
        canvas.line("grid", (x, TOP), (x, bottom));
        canvas.text("label", (x, bottom + 16.0), Anchor::Middle, &axis.word(tick));
    }
    let mut description = String::new();
    for (nth, row) in rows.iter().enumerate() {
        let y = TOP + ROW * (nth as f64 + 0.5);
        let at = |value| (axis.at(value, left, RIGHT), y);
        canvas.text("name", (left - 8.0, y + 4.0), Anchor::End, &row.name);
        canvas.line("whisker", at(row.low), at(row.high));
        canvas.dot("point series-0", at(row.value), 4.0);
        canvas.text("name", (RIGHT + 8.0, y + 4.0), Anchor::Start, &percent(row.value));
        description += &format!(
            "{}: {} %, {} to {}",
            row.name,
            percent(row.value),
            percent(row.low),
            percent(row.high)
        );
        if let Some(paper) = row.paper {
            canvas.diamond("paper", at(paper), 5.0);
            description += &format!(", paper {} %", percent(paper));
        }
        description += ". ";
    }
    canvas.finish(title, description.trim_end())
}

fn percent(share: f64) -> String {
    format!("{:.1}", 100.0 * share)
}

#[cfg(test)]
mod tests {
    use super::super::tests::well_formed;
    use super::*;

    #[test]
    fn rows_are_drawn_with_the_papers_number_where_there_is_one() {
        let row = |name: &str, value: f64, paper| Interval {
            name: name.to_owned(),
            value,
            low: value - 0.03,
            high: value + 0.03,
            paper,
        };
        let svg = intervals("x", &[row("draft", 0.6, Some(0.53)), row("GLoRe", 0.99, None)]);
        well_formed(&svg);
        let text = svg.to_string();
        assert_eq!(text.matches("class=\"paper\"").count(), 1);
        assert!(text.contains("draft: 60.0 %, 57.0 to 63.0, paper 53.0 %."), "{text}");
        well_formed(&intervals("nothing", &[]));
    }
}
