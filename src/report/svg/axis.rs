//! From values to places on a line, and the ticks between.

/// One axis of a picture.
#[derive(Debug, Clone, PartialEq)]
pub struct Axis {
    pub label: String,
    pub low: f64,
    pub high: f64,
    /// Equal ratios are equally long.
    pub log: bool,
    /// Ticks are written as percentages.
    pub percent: bool,
    /// Where ticks are; round values where this is empty.
    pub fixed: Vec<f64>,
}

impl Axis {
    /// From 0 to 1, in percent.
    pub fn share(label: &str) -> Self {
        Self {
            label: label.to_owned(),
            low: 0.0,
            high: 1.0,
            log: false,
            percent: true,
            fixed: Vec::new(),
        }
    }

    /// From 0 to 1.
    pub fn score(label: &str) -> Self {
        Self { percent: false, ..Self::share(label) }
    }

    /// As long as the values ask for. A scale of ratios leaves out what is not positive.
    pub fn over(label: &str, values: impl Iterator<Item = f64>, log: bool) -> Self {
        let usable = values.filter(|v| v.is_finite() && (!log || *v > 0.0));
        let (low, high) = usable.fold((f64::MAX, f64::MIN), |(a, b), v| (a.min(v), b.max(v)));
        let (low, high) = match (low <= high, low < high) {
            (false, _) => (1.0, 2.0),
            (_, true) => (low, high),
            // One value alone stands in the middle.
            _ => (low - low.abs().max(1.0) / 2.0, high + high.abs().max(1.0) / 2.0),
        };
        let low = if log && low <= 0.0 { high / 10.0 } else { low };
        Self { label: label.to_owned(), low, high, log, percent: false, fixed: Vec::new() }
    }

    /// For few whole values that double: equal ratios are equally long, with a tick at each value.
    pub fn doubling(label: &str, values: impl Iterator<Item = usize>) -> Self {
        let mut fixed: Vec<f64> = values.map(|value| value as f64).collect();
        fixed.sort_by(f64::total_cmp);
        fixed.dedup();
        Self { fixed: fixed.clone(), ..Self::over(label, fixed.into_iter(), true) }
    }

    /// In percent, and long enough to tell values apart: to the next whole ten outside them.
    pub fn shares(label: &str, values: impl Iterator<Item = f64>) -> Self {
        let found = Self::over(label, values, false);
        let low = ((found.low * 10.0 - 0.05).floor() / 10.0).clamp(0.0, 0.9);
        let high = ((found.high * 10.0 + 0.05).ceil() / 10.0).clamp(low + 0.1, 1.0);
        Self { low, high, percent: true, ..found }
    }

    /// Where a value lies between `from` and `to`; what lies outside is moved to the end.
    pub fn at(&self, value: f64, from: f64, to: f64) -> f64 {
        let share = if self.log {
            let value = value.max(f64::MIN_POSITIVE);
            (value / self.low).ln() / (self.high / self.low).ln()
        } else {
            (value - self.low) / (self.high - self.low)
        };
        from + (to - from) * if share.is_finite() { share.clamp(0.0, 1.0) } else { 0.0 }
    }

    /// Round values on the axis, about `wanted` of them.
    pub fn ticks(&self, wanted: usize) -> Vec<f64> {
        match (self.fixed.is_empty(), self.log) {
            (false, _) => self.fixed.clone(),
            (_, true) => self.ratios(wanted),
            _ => self.steps(wanted),
        }
    }

    fn steps(&self, wanted: usize) -> Vec<f64> {
        let step = round_step((self.high - self.low) / wanted.max(1) as f64);
        let first = (self.low / step - 1e-9).ceil() as i64;
        let last = (self.high / step + 1e-9).floor() as i64;
        (first..=last).map(|i| i as f64 * step).collect()
    }

    /// 1, 2 and 5 times the powers of ten; where fewer than three lie on the axis, even steps.
    fn ratios(&self, wanted: usize) -> Vec<f64> {
        let (low, high) = (self.low * (1.0 - 1e-9), self.high * (1.0 + 1e-9));
        let from = low.log10().floor() as i32;
        let to = high.log10().ceil() as i32;
        let mut ticks = Vec::new();
        for digits in [&[1.0, 2.0, 5.0][..], &[1.0]] {
            let power = |e: i32| digits.iter().map(move |digit| digit * 10f64.powi(e));
            ticks = (from..=to).flat_map(power).filter(|t| (low..=high).contains(t)).collect();
            if ticks.len() <= wanted * 2 {
                break;
            }
        }
        if ticks.len() < 3 { self.steps(wanted) } else { ticks }
    }

    /// A tick in words.
    pub fn word(&self, tick: f64) -> String {
        match (self.percent, tick.abs()) {
            (true, _) => format!("{:.0} %", 100.0 * tick),
            (_, 1e6..) => format!("{} M", trimmed(tick / 1e6)),
            (_, 1e4..) => format!("{} K", trimmed(tick / 1e3)),
            _ => trimmed(tick),
        }
    }
}

/// Three digits at most, without zeros at the end.
fn trimmed(value: f64) -> String {
    let digits = match value.abs() {
        0.0 | 100.0.. => 0,
        10.0.. => 1,
        1.0.. => 2,
        _ => 3,
    };
    let text = format!("{value:.digits$}");
    if text.contains('.') {
        return text.trim_end_matches('0').trim_end_matches('.').to_owned();
    }
    text
}

/// The next 1, 2 or 5 times a power of ten that is at least `step`.
fn round_step(step: f64) -> f64 {
    let power = 10f64.powf(step.log10().floor());
    let digit = step / power;
    let round = [1.0, 2.0, 5.0].into_iter().find(|round| digit <= round * (1.0 + 1e-9));
    round.unwrap_or(10.0) * power
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_and_on_the_axis() {
        let words = |axis: &Axis, n| -> Vec<String> {
            axis.ticks(n).into_iter().map(|tick| axis.word(tick)).collect()
        };
        assert_eq!(words(&Axis::share("x"), 4), ["0 %", "50 %", "100 %"]);
        assert_eq!(words(&Axis::score("x"), 5), ["0", "0.2", "0.4", "0.6", "0.8", "1"]);
        let tokens = Axis::over("x", [105_270.0, 6_314_350.0].into_iter(), false);
        assert_eq!(words(&tokens, 4), ["2 M", "4 M", "6 M"]);
        let loss = Axis::over("x", [5.68, 0.077].into_iter(), true);
        assert_eq!(words(&loss, 5), ["0.1", "0.2", "0.5", "1", "2", "5"]);
        let narrow = Axis::over("x", [0.31, 0.34].into_iter(), true);
        assert_eq!(words(&narrow, 3), ["0.31", "0.32", "0.33", "0.34"]);
        let tries = Axis::doubling("k", [1, 16, 4, 4].into_iter());
        assert_eq!(words(&tries, 5), ["1", "4", "16"]);
    }

    #[test]
    fn values_outside_and_values_that_are_none_stay_on_the_axis() {
        let axis = Axis::score("x");
        assert_eq!([axis.at(-3.0, 10.0, 90.0), axis.at(2.0, 10.0, 90.0)], [10.0, 90.0]);
        assert_eq!(axis.at(f64::NAN, 10.0, 90.0), 10.0);
        let lone = Axis::over("x", [0.5].into_iter(), false);
        assert!((lone.at(0.5, 0.0, 100.0) - 50.0).abs() < 1e-9);
        let none = Axis::over("x", std::iter::empty(), true);
        assert!(none.at(0.0, 0.0, 1.0).is_finite());
        let shares = Axis::shares("x", [0.508, 0.772].into_iter());
        assert!((shares.low - 0.5).abs() < 1e-9 && (shares.high - 0.8).abs() < 1e-9);
    }
}
