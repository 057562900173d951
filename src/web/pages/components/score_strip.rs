//! The score strip: SORM by step as a small chart, drawn here so that it needs no script.

use super::{Score, number, source_word};
use crate::domain::{ScoredSolution, Threshold};

// The drawing area, in units of the view box of 320 by 112; the template names the same numbers.
const LEFT: f64 = 30.0;
const RIGHT: f64 = 310.0;
const TOP: f64 = 20.0;
const BOTTOM: f64 = 92.0;
/// Space between the axis and the first and last point.
const INSET: f64 = 12.0;
/// Most step numbers under the axis.
const MOST_LABELS: usize = 12;
/// Half the height and the width of the threshold's label.
const LABEL: (f64, f64) = (7.0, 134.0);

/// One step.
#[derive(Debug, Clone, PartialEq)]
pub struct Point {
    pub index: usize,
    pub x: f64,
    pub y: f64,
    pub band: &'static str,
    /// Whether the number under the axis is written.
    pub labelled: bool,
}

/// The chart.
#[derive(Debug, Clone, PartialEq)]
pub struct Strip {
    pub slug: String,
    pub title: String,
    /// The whole chart in words.
    pub description: String,
    pub points: Vec<Point>,
    /// The line through the points, as the `points` of a `polyline`.
    pub line: String,
    pub threshold_y: f64,
    pub threshold_label: String,
    /// Where the label of the threshold stands, and whether it ends there.
    pub label_x: f64,
    pub label_y: f64,
    pub label_ends: bool,
    /// The first step under the threshold: its step, position and where its label is centred.
    pub drop: Option<FirstDrop>,
    /// Radius of the points.
    pub size: f64,
}

/// The first step under the threshold.
#[derive(Debug, Clone, PartialEq)]
pub struct FirstDrop {
    pub index: usize,
    pub x: f64,
    pub label_x: f64,
}

impl Strip {
    /// None when no step has a score.
    pub fn new(
        slug: &str,
        name: &str,
        solution: &ScoredSolution,
        threshold: &Threshold,
    ) -> Option<Self> {
        let count = solution.steps.len();
        let every = count.div_ceil(MOST_LABELS).max(1);
        let points: Vec<Point> = solution
            .steps
            .iter()
            .enumerate()
            .filter_map(|(at, step)| {
                let p = step.sorm?;
                let labelled = at % every == 0 || at + 1 == count && every == 1;
                let band = Score::sorm(p, threshold).band;
                Some(Point { index: step.index, x: x(at, count), y: y(p.get()), band, labelled })
            })
            .collect();
        if points.is_empty() {
            return None;
        }
        let line: Vec<String> = points.iter().map(|p| format!("{:.1},{:.1}", p.x, p.y)).collect();
        let threshold_y = y(threshold.sorm.get());
        let drop = points.iter().find(|p| Some(p.index) == solution.first_error_step).map(|p| {
            FirstDrop { index: p.index, x: p.x, label_x: p.x.clamp(LEFT + 46.0, RIGHT - 46.0) }
        });
        let source = source_word(threshold.source);
        let limit = number(threshold.sorm);
        let drop_x = drop.as_ref().map(|drop| drop.x);
        let (label_x, label_y, label_ends) = emptiest(&points, drop_x, threshold_y);
        Some(Self {
            slug: slug.to_owned(),
            title: format!("{name}: step scores"),
            description: describe(solution, threshold, &limit, source),
            line: line.join(" "),
            threshold_y,
            threshold_label: format!("threshold {limit} ({source})"),
            label_x,
            label_y,
            label_ends,
            drop,
            size: if points.len() > 24 { 2.5 } else { 4.5 },
            points,
        })
    }

    /// Corner of a point's symbol.
    pub fn corner(&self, at: &f64) -> String {
        format!("{:.1}", at - self.size)
    }

    /// Side of a point's symbol.
    pub fn side(&self) -> f64 {
        self.size * 2.0
    }
}

fn x(at: usize, count: usize) -> f64 {
    let (left, right) = (LEFT + INSET, RIGHT - INSET);
    if count < 2 {
        return f64::midpoint(left, right);
    }
    left + (right - left) * at as f64 / (count - 1) as f64
}

fn y(p: f64) -> f64 {
    BOTTOM - (BOTTOM - TOP) * p
}

/// The corner by the threshold that the curve and the line of the drop cross least.
fn emptiest(points: &[Point], drop_x: Option<f64>, threshold_y: f64) -> (f64, f64, bool) {
    let corners = [
        (RIGHT, threshold_y - 4.0, true),
        (RIGHT, threshold_y + 11.0, true),
        (LEFT + 4.0, threshold_y - 4.0, false),
        (LEFT + 4.0, threshold_y + 11.0, false),
    ];
    let inside = |corner: &(f64, f64, bool)| (TOP..BOTTOM - 2.0).contains(&(corner.1 - 4.0));
    let crossed = |corner: &(f64, f64, bool)| {
        let (half, width) = LABEL;
        let (from, to) =
            if corner.2 { (corner.0 - width, corner.0) } else { (corner.0, corner.0 + width) };
        let middle = corner.1 - 4.0;
        let drop = usize::from(drop_x.is_some_and(|x| x >= from && x <= to));
        let dots = curve(points);
        let under = dots.filter(|(x, y)| *x >= from && *x <= to && (y - middle).abs() < half);
        under.count() + 2 * drop
    };
    let best = corners.into_iter().filter(inside).min_by_key(|corner| crossed(corner));
    best.unwrap_or(corners[0])
}

/// The curve as a row of dots close enough to stand for it.
fn curve(points: &[Point]) -> impl Iterator<Item = (f64, f64)> + '_ {
    const DOTS: u32 = 16;
    let between = points.windows(2).flat_map(|pair| {
        let (a, b) = (&pair[0], &pair[1]);
        (0..DOTS).map(move |k| {
            let t = f64::from(k) / f64::from(DOTS);
            (a.x + (b.x - a.x) * t, a.y + (b.y - a.y) * t)
        })
    });
    between.chain(points.last().map(|p| (p.x, p.y)))
}

fn describe(solution: &ScoredSolution, threshold: &Threshold, limit: &str, source: &str) -> String {
    let mut text = format!(
        "How likely the right answer can still be reached after each step, by the SORM, from 0 to \
         1. Threshold {limit}, from {source}."
    );
    for step in &solution.steps {
        let Some(p) = step.sorm else { continue };
        let score = Score::sorm(p, threshold);
        let drop = solution.first_error_step == Some(step.index);
        let mark = if drop { ", first drop" } else { "" };
        text.push_str(&format!(" Step {}: {}, {}{mark}.", step.index, score.number, score.word));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_axis_is_used_from_end_to_end() {
        assert_eq!((y(1.0), y(0.0)), (TOP, BOTTOM));
        assert_eq!((x(0, 4), x(3, 4)), (LEFT + INSET, RIGHT - INSET));
        assert!(x(0, 1) > LEFT && x(0, 1) < RIGHT);
    }

    #[test]
    fn the_label_keeps_out_of_the_curve() {
        let point = |index, x, p| Point { index, x, y: y(p), band: "high", labelled: true };
        // Falls through the right half of the threshold line.
        let points = [point(1, 42.0, 0.95), point(2, 200.0, 0.9), point(3, 298.0, 0.1)];
        let (_, _, ends) = emptiest(&points, None, y(0.5));
        assert!(!ends, "the left is empty");
        let flat = [point(1, 42.0, 0.9), point(2, 298.0, 0.9)];
        assert!(emptiest(&flat, None, y(0.5)).2, "the right, when both are");
        assert!(!emptiest(&flat, Some(298.0), y(0.5)).2, "the line of the drop stands there");
    }
}
