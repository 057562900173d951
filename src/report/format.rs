//! Numbers as they are written, in the document and on pages alike.

use super::results::Figure;
use crate::lab::measure::wilson;

/// Stands where nothing was measured.
pub const NOTHING: &str = "–";

/// A share as a percentage, without its sign.
pub fn percent(share: f64) -> String {
    format!("{:.1}", 100.0 * share)
}

/// A difference of shares, in points, with its sign.
pub fn points(difference: f64) -> String {
    format!("{:+.1}", 100.0 * difference).replace('-', "−")
}

/// A number between 0 and 1 that is no share.
pub fn plain(value: f64) -> String {
    format!("{value:.3}")
}

/// A loss, with as many digits as tell neighbours apart.
pub fn loss(value: f64) -> String {
    format!("{value:.4}")
}

/// A threshold or another setting.
pub fn setting(value: f64) -> String {
    format!("{value:.2}")
}

/// A count in groups of three digits.
pub fn count(n: u64) -> String {
    let digits = n.to_string();
    let mut text = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push('\u{202f}');
        }
        text.push(digit);
    }
    text
}

/// Value, 95 % interval and n of a figure.
pub fn figure(figure: &Figure, write: fn(f64) -> String) -> [String; 3] {
    let interval = match (figure.low, figure.high) {
        (Some(low), Some(high)) => format!("{} to {}", write(low), write(high)),
        _ => NOTHING.to_owned(),
    };
    [figure.value.map_or(NOTHING.to_owned(), write), interval, count(figure.n as u64)]
}

/// A share of `n` with Wilson's interval, in percent, in one cell.
pub fn share(share: f64, n: usize) -> String {
    match interval(share, n) {
        Some((low, high)) => format!("{} ({} to {})", percent(share), percent(low), percent(high)),
        None => percent(share),
    }
}

/// Wilson's 95 % interval of a share of `n`.
pub fn interval(share: f64, n: usize) -> Option<(f64, f64)> {
    let hits = (share.clamp(0.0, 1.0) * n as f64).round() as usize;
    let found = wilson(hits, n);
    Some((found.low?, found.high?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_for_people() {
        assert_eq!(count(1_234_567).replace('\u{202f}', " "), "1 234 567");
        assert_eq!([count(0), count(999)], ["0", "999"]);
        assert_eq!([points(0.031), points(-0.25)], ["+3.1", "−25.0"]);
        assert_eq!(share(81.0 / 263.0, 263), "30.8 (25.5 to 36.6)");
        assert_eq!(share(0.5, 0), "50.0");
        let none = figure(&Figure::default(), percent);
        assert_eq!(none, [NOTHING, NOTHING, "0"]);
    }
}
