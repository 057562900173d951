//! Training curves, from `metrics.jsonl`.

use serde::Deserialize;

use super::results::{Curve, Point};

/// Most points of a curve; a picture shows no more.
const MOST: usize = 60;

/// One line; a loss that is no number is written as null.
#[derive(Deserialize)]
struct Line {
    step: u64,
    steps: u64,
    tokens: u64,
    loss: Option<f64>,
    validation_loss: Option<f64>,
}

/// Reads a training's reports. A last line without its newline is still being written and is left
/// out. After a resume steps are done again: what was reported of them before does not count.
///
/// # Errors
/// The line that is no report.
pub fn curve(name: &str, text: &str) -> Result<Curve, String> {
    let (mut points, mut steps) = (Vec::<Point>::new(), 0);
    let whole = text.rfind('\n').map_or("", |end| &text[..end]);
    for (number, line) in whole.lines().enumerate() {
        let line: Line =
            serde_json::from_str(line).map_err(|e| format!("line {}: {e}", number + 1))?;
        steps = line.steps;
        points.retain(|point| point.step < line.step);
        let Some(loss) = line.loss else { continue };
        let Line { step, tokens, validation_loss, .. } = line;
        points.push(Point { step, tokens, loss, validation_loss });
    }
    Ok(Curve { name: name.to_owned(), steps, points: thin(points) })
}

/// At most [`MOST`] points: measured ones, the first and the last stay, the rest evenly.
fn thin(points: Vec<Point>) -> Vec<Point> {
    let last = points.len().saturating_sub(1);
    let keeps = |at: usize| at == 0 || at == last || points[at].validation_loss.is_some();
    let kept = (0..points.len()).filter(|&at| keeps(at)).count();
    if points.len() <= MOST {
        return points;
    }
    if kept >= MOST {
        let at = |i: usize| i * last / (MOST - 1);
        return (0..MOST).map(|i| points[at(i)]).collect();
    }
    let every = (points.len() - kept).div_ceil(MOST - kept);
    let mut others = 0;
    let mut chosen = Vec::with_capacity(MOST);
    for (at, point) in points.iter().enumerate() {
        if keeps(at) {
            chosen.push(*point);
        } else {
            if others % every == every - 1 {
                chosen.push(*point);
            }
            others += 1;
        }
    }
    chosen
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(step: u64, loss: &str, validation: &str) -> String {
        format!(
            "{{\"name\":\"x\",\"step\":{step},\"steps\":900,\"loss\":{loss},\
             \"validation_loss\":{validation},\"rate\":0.1,\"tokens\":{}}}\n",
            step * 10
        )
    }

    #[test]
    fn a_resumed_training_counts_the_second_time() {
        let text = line(25, "1.0", "null") + &line(50, "0.9", "0.8") + &line(50, "0.7", "0.6");
        let read = curve("sorm", &text).expect("read");
        let points: Vec<_> = read.points.iter().map(|p| (p.step, p.validation_loss)).collect();
        assert_eq!(points, [(25, None), (50, Some(0.6))]);
        assert_eq!(read.steps, 900);
    }

    #[test]
    fn a_line_being_written_is_left_out_and_a_broken_one_named() {
        let text = line(25, "1.0", "null") + "{\"step\":5";
        assert_eq!(curve("x", &text).expect("read").points.len(), 1);
        let broken = curve("x", &(text + "\n")).expect_err("refused");
        assert!(broken.contains("line 2"), "{broken}");
        assert_eq!(curve("x", "").expect("read").points, []);
        assert_eq!(curve("x", &line(25, "null", "null")).expect("read").points, []);
    }

    #[test]
    fn thinning_keeps_both_ends_and_what_was_measured() {
        for n in [59, 61, 200, 5_000] {
            let text: String = (1..=n)
                .map(|step| line(step, "0.5", if step % (n / 10) == 0 { "0.4" } else { "null" }))
                .collect();
            let points = curve("x", &text).expect("read").points;
            assert!(points.len() <= MOST && points.len() > MOST / 3, "{n}: {}", points.len());
            assert_eq!((points[0].step, points[points.len() - 1].step), (1, n));
            assert!(points.iter().filter(|p| p.validation_loss.is_some()).count() >= 10);
        }
        let all: String = (1..=300).map(|step| line(step, "0.5", "0.4")).collect();
        assert!(curve("x", &all).expect("read").points.len() <= MOST);
    }
}
