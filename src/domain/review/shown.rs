//! Which scores a person was shown while rating, read from what happened at the item.

use super::log::{Action, Log};
use super::settings::Suggestions;

/// What happened at an item, as far as it changes which scores its person has seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Seeing {
    /// It was served, with scores shown like this.
    Served(Suggestions),
    /// The person did this, and saw the page after it.
    Did(Action),
}

/// For each step whether its score was shown before the person had rated it, only after, or never.
/// What was seen once stays seen: when the rating is taken back, and when the item is served anew
/// with scores hidden.
pub fn shown(history: impl IntoIterator<Item = Seeing>, steps: usize) -> Vec<Suggestions> {
    let (mut log, mut setting) = (Log::default(), Suggestions::Never);
    let mut shown = vec![Suggestions::Never; steps];
    let mut rated = vec![false; steps];
    for event in history {
        match event {
            Seeing::Served(as_it_is) => setting = as_it_is,
            Seeing::Did(action) => {
                log.push(action);
            }
        }
        for (at, mark) in log.sheet(steps).marks.iter().enumerate() {
            let now = match setting {
                Suggestions::Before if rated[at] => Suggestions::After,
                Suggestions::After if mark.verdict.is_none() => Suggestions::Never,
                other => other,
            };
            rated[at] |= mark.verdict.is_some();
            if shown[at] == Suggestions::Never {
                shown[at] = now;
            }
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::Suggestions::{After, Before, Never};
    use super::*;
    use crate::domain::review::{Edit, Verdict};

    fn rate(step: usize, verdict: Option<Verdict>) -> Seeing {
        Seeing::Did(Action::Edit(Edit::Rate { step, verdict, accepted: false }))
    }

    #[test]
    fn what_was_seen_once_stays_seen() {
        let good = Some(Verdict::Good);
        let of = |history: Vec<Seeing>| shown(history, 2);
        assert_eq!(of(vec![]), [Never, Never]);
        assert_eq!(of(vec![Seeing::Served(Before)]), [Before, Before], "without a rating too");
        assert_eq!(of(vec![Seeing::Served(After), rate(1, good)]), [After, Never]);
        assert_eq!(of(vec![Seeing::Served(After), rate(1, good), rate(1, None)]), [After, Never]);
        let undone = vec![Seeing::Served(After), rate(2, good), Seeing::Did(Action::Undo)];
        assert_eq!(of(undone), [Never, After]);
        let hidden = vec![Seeing::Served(Before), Seeing::Served(Never), rate(1, good)];
        assert_eq!(of(hidden), [Before, Before], "served anew with scores hidden");
        let late = vec![Seeing::Served(Never), rate(1, good), Seeing::Served(Before)];
        assert_eq!(of(late), [After, Before], "the first was rated without it");
        assert_eq!(of(vec![Seeing::Served(Never), rate(1, good)]), [Never, Never]);
    }
}
