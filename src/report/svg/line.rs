//! Lines over a common axis: training losses, pass@k, sweeps.

use super::axis::Axis;
use super::canvas::{Anchor, Canvas, Svg};

const WIDTH: f64 = 480.0;
const HEIGHT: f64 = 240.0;
const LEFT: f64 = 46.0;
const TOP: f64 = 24.0;
const BOTTOM: f64 = 202.0;
/// Width of a letter of a label, roughly.
const LETTER: f64 = 5.9;
/// Least distance of two labels.
const LABEL_HEIGHT: f64 = 13.0;
/// Dashes that the style sheet knows.
const DASHES: usize = 4;

/// One line.
#[derive(Debug, Clone, PartialEq)]
pub struct Series {
    /// Written at its end.
    pub name: String,
    pub points: Vec<(f64, f64)>,
    /// Whether each point has a dot: where points are few and far between.
    pub dots: bool,
}

/// Lines, each with its own dash and its name at its end, and upright marks.
#[derive(Debug, Clone, PartialEq)]
pub struct LineChart {
    pub title: String,
    pub x: Axis,
    pub y: Axis,
    pub series: Vec<Series>,
    /// Places on the x axis that have a name.
    pub marks: Vec<(f64, String)>,
}

impl LineChart {
    /// The picture. Points that are no numbers are left out.
    pub fn draw(&self) -> Svg {
        let longest = self.series.iter().map(|s| s.name.chars().count()).max().unwrap_or(0);
        let right = WIDTH - (longest as f64 * LETTER + 14.0).clamp(16.0, 170.0);
        let mut canvas = Canvas::new("lines", WIDTH, HEIGHT);
        self.frame(&mut canvas, right);
        let mut ends = Vec::new();
        for (nth, series) in self.series.iter().enumerate() {
            let class = format!("series-{}", nth % DASHES);
            let places: Vec<(f64, f64)> = finite(series)
                .map(|(x, y)| (self.x.at(x, LEFT, right), self.y.at(y, BOTTOM, TOP)))
                .collect();
            if places.len() > 1 {
                canvas.curve(&format!("curve {class}"), &places);
            }
            if series.dots || places.len() == 1 {
                for &place in &places {
                    canvas.dot(&format!("point {class}"), place, 2.5);
                }
            }
            if let Some(&(x, y)) = places.last() {
                ends.push((x, y, nth, series.name.as_str()));
            }
        }
        let places = apart(&ends.iter().map(|end| end.1).collect::<Vec<_>>());
        for ((x, _, nth, name), y) in ends.iter().zip(places) {
            let class = format!("name series-{}", nth % DASHES);
            canvas.text(&class, (x + 7.0, y + 4.0), Anchor::Start, name);
        }
        canvas.finish(&self.title, &self.describe())
    }

    fn frame(&self, canvas: &mut Canvas, right: f64) {
        for tick in self.y.ticks(4) {
            let y = self.y.at(tick, BOTTOM, TOP);
            canvas.line("grid", (LEFT, y), (right, y));
            canvas.text("label", (LEFT - 6.0, y + 4.0), Anchor::End, &self.y.word(tick));
        }
        for tick in self.x.ticks(5) {
            let x = self.x.at(tick, LEFT, right);
            canvas.line("tick", (x, BOTTOM), (x, BOTTOM + 4.0));
            canvas.text("label", (x, BOTTOM + 16.0), Anchor::Middle, &self.x.word(tick));
        }
        canvas.line("axis", (LEFT, BOTTOM), (right, BOTTOM));
        canvas.text("label", (2.0, 11.0), Anchor::Start, &self.y.label);
        canvas.text("label", (right, HEIGHT - 4.0), Anchor::End, &self.x.label);
        for (value, name) in &self.marks {
            let x = self.x.at(*value, LEFT, right);
            canvas.line("mark-line", (x, TOP - 4.0), (x, BOTTOM));
            let (at, anchor) = match x > f64::midpoint(LEFT, right) {
                true => (x - 4.0, Anchor::End),
                false => (x + 4.0, Anchor::Start),
            };
            canvas.text("label halo", (at, BOTTOM - 6.0), anchor, name);
        }
    }

    fn describe(&self) -> String {
        let word = |axis: &Axis, value: f64| match axis.percent {
            true => format!("{:.1} %", 100.0 * value),
            false => axis.word(value),
        };
        let mut text = format!("{} over {}.", self.y.label, self.x.label);
        for series in &self.series {
            if let (Some(first), Some(last)) = (finite(series).next(), finite(series).last()) {
                text += &format!(
                    " {}: from {} at {} to {} at {}.",
                    series.name,
                    word(&self.y, first.1),
                    word(&self.x, first.0),
                    word(&self.y, last.1),
                    word(&self.x, last.0)
                );
            }
        }
        text
    }
}

/// The points that are numbers.
fn finite(series: &Series) -> impl Iterator<Item = (f64, f64)> + '_ {
    series.points.iter().copied().filter(|(x, y)| x.is_finite() && y.is_finite())
}

/// Moves labels apart that would lie on each other, as little as need be, within the frame.
fn apart(wanted: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..wanted.len()).collect();
    order.sort_by(|&a, &b| wanted[a].total_cmp(&wanted[b]));
    let mut places = wanted.to_vec();
    let mut free = TOP;
    for &i in &order {
        places[i] = places[i].max(free);
        free = places[i] + LABEL_HEIGHT;
    }
    let mut free = BOTTOM;
    for &i in order.iter().rev() {
        places[i] = places[i].min(free);
        free = places[i] - LABEL_HEIGHT;
    }
    places
}

#[cfg(test)]
mod tests {
    use super::super::tests::well_formed;
    use super::*;

    fn chart(series: Vec<Series>) -> LineChart {
        let values = || series.iter().flat_map(|s| &s.points);
        LineChart {
            title: "A <title>".to_owned(),
            x: Axis::over("tokens", values().map(|p| p.0), false),
            y: Axis::over("loss", values().map(|p| p.1), true),
            series: series.clone(),
            marks: vec![(2.0, "chosen".to_owned())],
        }
    }

    fn series(name: &str, points: &[(f64, f64)]) -> Series {
        Series { name: name.to_owned(), points: points.to_vec(), dots: true }
    }

    #[test]
    fn every_picture_is_well_formed_whatever_the_numbers() {
        let usual = [(1.0, 5.0), (2.0, 0.3), (3.0, 0.1)];
        let odd = [(f64::NAN, 1.0), (1.0, f64::INFINITY), (2.0, -1.0), (3.0, 0.0)];
        for points in [&usual[..], &odd, &[], &[(1.0, 1.0)], &[(0.0, 0.0), (0.0, 0.0)]] {
            well_formed(&chart(vec![series("training", points), series("b", &usual)]).draw());
            well_formed(&chart(vec![series("training", points)]).draw());
        }
        well_formed(&chart(Vec::new()).draw());
    }

    #[test]
    fn series_differ_by_class_and_carry_their_names() {
        let points = [(1.0, 1.0), (2.0, 0.5)];
        let svg = chart(vec![series("training", &points), series("validation", &points)]).draw();
        let text = svg.to_string();
        for class in ["curve series-0", "curve series-1", "name series-0", "name series-1"] {
            assert_eq!(text.matches(class).count(), 1, "{class}: {text}");
        }
        assert!(text.contains(">training</text>") && text.contains(">validation</text>"));
        assert!(text.contains("aria-label=\"A &lt;title&gt;. loss over tokens. training: from 1"));
    }

    #[test]
    fn labels_do_not_lie_on_each_other() {
        let places = apart(&[100.0, 101.0, 99.0, BOTTOM]);
        let mut sorted = places.clone();
        sorted.sort_by(f64::total_cmp);
        assert!(
            sorted.windows(2).all(|pair| pair[1] - pair[0] >= LABEL_HEIGHT - 1e-9),
            "{places:?}"
        );
        assert!(sorted[3] <= BOTTOM && places[2] < places[0] && places[0] < places[1]);
    }
}
