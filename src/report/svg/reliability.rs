//! A reliability diagram: how often what was scored so was right.

use super::axis::Axis;
use super::canvas::{Anchor, Canvas, Svg};

const WIDTH: f64 = 300.0;
const HEIGHT: f64 = 284.0;
const LEFT: f64 = 46.0;
const RIGHT: f64 = 288.0;
const TOP: f64 = 24.0;
const BOTTOM: f64 = 246.0;
/// Radius of the largest and the smallest point.
const LARGEST: f64 = 9.0;
const SMALLEST: f64 = 2.0;

/// The scores of one bin.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Dot {
    pub score: f64,
    pub right: f64,
    pub n: usize,
    /// 95 % interval of `right`.
    pub interval: Option<(f64, f64)>,
}

/// Mean score and share right of each bin; a point's area grows with its n. On the diagonal a score
/// means what it says.
pub fn reliability(title: &str, dots: &[Dot]) -> Svg {
    let (score, right) = (Axis::score("mean score"), Axis::share("right"));
    let place = |s: f64, r: f64| (score.at(s, LEFT, RIGHT), right.at(r, BOTTOM, TOP));
    let mut canvas = Canvas::new("reliability", WIDTH, HEIGHT);
    for tick in right.ticks(2) {
        let (_, y) = place(0.0, tick);
        canvas.line("grid", (LEFT, y), (RIGHT, y));
        canvas.text("label", (LEFT - 6.0, y + 4.0), Anchor::End, &right.word(tick));
    }
    for tick in score.ticks(5) {
        let (x, _) = place(tick, 0.0);
        canvas.line("tick", (x, BOTTOM), (x, BOTTOM + 4.0));
        canvas.text("label", (x, BOTTOM + 16.0), Anchor::Middle, &score.word(tick));
    }
    canvas.line("axis", (LEFT, BOTTOM), (RIGHT, BOTTOM));
    canvas.line("diagonal", place(0.0, 0.0), place(1.0, 1.0));
    canvas.text("label", (2.0, 11.0), Anchor::Start, &right.label);
    canvas.text("label", (RIGHT, HEIGHT - 4.0), Anchor::End, &score.label);
    canvas.text("label", (LEFT + 6.0, TOP + 14.0), Anchor::Start, "scores too low");
    canvas.text("label", (RIGHT - 4.0, BOTTOM - 8.0), Anchor::End, "scores too high");
    let most = dots.iter().map(|dot| dot.n).max().unwrap_or(1).max(1) as f64;
    let mut description =
        "Share right by mean score; on the diagonal a score means what it says.".to_owned();
    for dot in dots.iter().filter(|dot| dot.score.is_finite() && dot.right.is_finite()) {
        if let Some((low, high)) = dot.interval {
            canvas.line("whisker", place(dot.score, low), place(dot.score, high));
        }
        let radius = (LARGEST * (dot.n as f64 / most).sqrt()).max(SMALLEST);
        canvas.dot("point series-0", place(dot.score, dot.right), radius);
        description +=
            &format!(" Score {:.2}: {:.1} % right, n {}.", dot.score, 100.0 * dot.right, dot.n);
    }
    canvas.finish(title, &description)
}

#[cfg(test)]
mod tests {
    use super::super::tests::well_formed;
    use super::*;

    #[test]
    fn points_grow_with_n_and_stay_in_the_frame() {
        let dot = |score, right, n| Dot { score, right, n, interval: Some((0.0, 1.0)) };
        let svg =
            reliability("ORM", &[dot(0.0, 1.0, 400), dot(1.0, 0.0, 100), dot(f64::NAN, 0.0, 0)]);
        well_formed(&svg);
        let text = svg.to_string();
        assert!(text.contains("r=\"9\"") && text.contains("r=\"4.5\""), "{text}");
        assert_eq!(text.matches("<circle").count(), 2, "what is no number is left out");
        assert_eq!(text.matches("class=\"diagonal\"").count(), 1);
        well_formed(&reliability("nothing", &[]));
    }
}
