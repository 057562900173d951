//! Time spent on an item: what people who look after a queue want to see. Never a reason to throw
//! ratings away by itself.

/// Under so many seconds for each rated step a submission is called too fast: less than it takes to
/// read a line and its equation. A choice of ours, not a measured limit.
pub const LEAST_SECONDS_A_STEP: f64 = 1.0;

/// Whether so many rated steps in so many seconds are too fast to have been read.
pub fn is_too_fast(seconds: f64, rated_steps: usize) -> bool {
    rated_steps > 0 && seconds < LEAST_SECONDS_A_STEP * rated_steps as f64
}

/// The middle value, or the mean of the two in the middle; none of nothing.
pub fn median(values: &[f64]) -> Option<f64> {
    let mut sorted: Vec<f64> = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    match sorted.len() {
        0 => None,
        n if n % 2 == 1 => Some(sorted[middle]),
        _ => Some((sorted[middle - 1] + sorted[middle]) / 2.0),
    }
}
