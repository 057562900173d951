//! Sums of a step done again, with sign, word and shape.

use crate::domain::{SumVerdict, sums};

/// One equation as a page shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SumView {
    pub text: String,
    /// `right`, `wrong` or `unknown`: names colour and, with the sign, the shape.
    pub class: &'static str,
    /// ✓, ✗ or –.
    pub sign: &'static str,
    pub words: String,
}

/// Every equation of a step.
pub fn sum_views(step: &str) -> Vec<SumView> {
    let view = |sum: crate::domain::Sum| {
        let (class, sign, words) = match sum.verdict {
            SumVerdict::Right => ("right", "✓", "right".to_owned()),
            SumVerdict::Rounded => ("right", "✓", "right, rounded".to_owned()),
            SumVerdict::Wrong { makes } => ("wrong", "✗", format!("wrong, it makes {makes}")),
            SumVerdict::NotCheckable => ("unknown", "–", "not checkable".to_owned()),
        };
        SumView { text: sum.text, class, sign, words }
    };
    sums(step).into_iter().map(view).collect()
}
