//! Word-level differences between two solutions, aligned step by step.

use serde::{Deserialize, Serialize};
use similar::{ChangeTag, TextDiff};
use utoipa::ToSchema;

/// One run of words that both have, or only one has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DiffOp {
    /// What happens to the words on the way from the old text to the new.
    pub op: Op,
    /// The words with the white space between them.
    pub text: String,
}

/// What happens to a run of words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Op {
    /// In both.
    Equal,
    /// Only in the new text.
    Insert,
    /// Only in the old text.
    Delete,
}

/// A step of the old solution beside the step of the new one that took its place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StepDiff {
    /// 1-based number in the old solution; none for an added step.
    #[schema(required = true)]
    pub from: Option<usize>,
    /// 1-based number in the new solution; none for a removed step.
    #[schema(required = true)]
    pub to: Option<usize>,
    /// The words, in reading order.
    pub ops: Vec<DiffOp>,
}

impl StepDiff {
    /// Whether the step is the same in both.
    pub fn is_equal(&self) -> bool {
        self.ops.iter().all(|op| op.op == Op::Equal)
    }
}

/// Differences between two lines, word by word. Neighbouring words of one kind are one operation.
pub fn diff_words(old: &str, new: &str) -> Vec<DiffOp> {
    let mut ops: Vec<DiffOp> = Vec::new();
    for change in TextDiff::from_words(old, new).iter_all_changes() {
        let op = match change.tag() {
            ChangeTag::Equal => Op::Equal,
            ChangeTag::Insert => Op::Insert,
            ChangeTag::Delete => Op::Delete,
        };
        match ops.last_mut() {
            Some(last) if last.op == op => last.text.push_str(change.value()),
            _ => ops.push(DiffOp { op, text: change.value().to_owned() }),
        }
    }
    ops
}

/// Steps beside steps: equal steps anchor the alignment; between anchors the k-th replaced step
/// stands beside the k-th step that replaces it, and what is left over is added or removed.
pub fn diff_solutions(old: &[String], new: &[String]) -> Vec<StepDiff> {
    let old_lines: Vec<&str> = old.iter().map(String::as_str).collect();
    let new_lines: Vec<&str> = new.iter().map(String::as_str).collect();
    let mut rows = Vec::new();
    for group in TextDiff::from_slices(&old_lines, &new_lines).ops() {
        let (from, to) = (group.old_range(), group.new_range());
        for k in 0..from.len().max(to.len()) {
            let from = from.clone().nth(k);
            let to = to.clone().nth(k);
            let text = |lines: &[&str], at: Option<usize>| {
                at.map_or(String::new(), |i| lines[i].to_owned())
            };
            rows.push(StepDiff {
                from: from.map(|i| i + 1),
                to: to.map(|i| i + 1),
                ops: diff_words(&text(&old_lines, from), &text(&new_lines, to)),
            });
        }
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn side(ops: &[DiffOp], dropped: Op) -> String {
        ops.iter().filter(|op| op.op != dropped).map(|op| op.text.as_str()).collect()
    }

    #[test]
    fn only_the_wrong_number_changes() {
        let ops = diff_words("They have 14 + 10 = 24 apples.", "They have 14 + 9 = 23 apples.");
        assert_eq!(side(&ops, Op::Insert), "They have 14 + 10 = 24 apples.");
        assert!(ops.contains(&DiffOp { op: Op::Delete, text: "10".into() }));
        assert!(ops.contains(&DiffOp { op: Op::Insert, text: "9".into() }));
    }

    #[test]
    fn a_kept_step_anchors_the_others() {
        let steps = |lines: &[&str]| lines.iter().map(|s| (*s).to_owned()).collect::<Vec<_>>();
        let rows = diff_solutions(&steps(&["a", "b"]), &steps(&["a", "x", "y"]));
        let numbers: Vec<_> = rows.iter().map(|row| (row.from, row.to)).collect();
        assert_eq!(numbers, [(Some(1), Some(1)), (Some(2), Some(2)), (None, Some(3))]);
        assert!(rows[0].is_equal() && !rows[1].is_equal());
    }

    proptest! {
        #[test]
        fn each_side_can_be_read_back(old in "[a-c0-9 ]{0,60}", new in "[a-c0-9 ]{0,60}") {
            let ops = diff_words(&old, &new);
            prop_assert_eq!(side(&ops, Op::Insert), old);
            prop_assert_eq!(side(&ops, Op::Delete), new);
        }

        #[test]
        fn every_step_appears_once_and_in_order(
            old in prop::collection::vec("[ab]{1,2}", 0..8),
            new in prop::collection::vec("[ab]{1,2}", 0..8),
        ) {
            let rows = diff_solutions(&old, &new);
            let froms: Vec<_> = rows.iter().filter_map(|row| row.from).collect();
            let tos: Vec<_> = rows.iter().filter_map(|row| row.to).collect();
            prop_assert_eq!(froms, (1..=old.len()).collect::<Vec<_>>());
            prop_assert_eq!(tos, (1..=new.len()).collect::<Vec<_>>());
        }
    }
}
