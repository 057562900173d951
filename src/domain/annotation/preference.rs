//! Preference pairs: `{prompt, chosen, rejected}`, from the choice among solutions.

use serde::{Deserialize, Serialize};

use super::record::Reviewed;
use super::training::prompt;

/// One line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Preference {
    pub prompt: String,
    pub chosen: String,
    pub rejected: String,
}

/// Pairs of an item: the best solution against each other one it was chosen from. An adjudicator's
/// choice takes the place of everybody's. Solutions of the same words make no pair. The second value
/// counts answers that none is better.
pub(super) fn preferences(item: &Reviewed) -> (Vec<Preference>, usize) {
    let text = |id: &str| item.candidates.iter().find(|c| c.id == id).map(|c| &c.text);
    let decided = item.decision.as_ref().and_then(|d| d.choice.as_deref());
    let offered = || item.submissions.iter().find(|s| !s.candidates.is_empty());
    let answers: Vec<(&str, &[String])> = match decided {
        Some(choice) => offered().map(|s| (choice, s.candidates.as_slice())).into_iter().collect(),
        None => {
            let each = item.submissions.iter();
            each.filter_map(|s| Some((s.choice.as_deref()?, s.candidates.as_slice()))).collect()
        }
    };
    let (mut pairs, mut same) = (Vec::new(), 0);
    for (choice, offered) in answers {
        let Some(chosen) = text(choice) else {
            same += usize::from(choice == "same");
            continue;
        };
        for rejected in offered.iter().filter(|id| *id != choice).filter_map(|id| text(id)) {
            if rejected != chosen {
                pairs.push(Preference {
                    prompt: prompt(&item.problem),
                    chosen: chosen.clone(),
                    rejected: rejected.clone(),
                });
            }
        }
    }
    (pairs, same)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{decided, reviewed};
    use super::*;

    #[test]
    fn the_best_stands_against_each_other_one() {
        let mut item = reviewed(&[&[1, 1], &[1, 1], &[1, 1]]);
        let offered = vec!["sol_local".to_owned(), "sol_draft".to_owned()];
        for (submission, choice) in item.submissions.iter_mut().zip(["sol_local", "same"]) {
            submission.candidates = offered.clone();
            submission.choice = Some(choice.to_owned());
        }
        let (pairs, same) = preferences(&item);
        assert_eq!((pairs.len(), same), (1, 1), "who did not answer says nothing");
        assert_eq!(pairs[0].chosen, "1 + 1 = 2\n#### 2");
        decided(&mut item, &[1, 1]);
        item.decision.as_mut().expect("decided").choice = Some("sol_draft".to_owned());
        let (pairs, same) = preferences(&item);
        assert_eq!((pairs.len(), same), (1, 0));
        assert_eq!(pairs[0].rejected, "1 + 1 = 2\n#### 2");
    }
}
