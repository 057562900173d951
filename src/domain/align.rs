//! Several solutions beside each other: which steps stand in one row.

use super::diff::diff_solutions;

/// One row: the 0-based step of each solution that stands in it, in the order of the solutions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place(pub Vec<Option<usize>>);

/// Lines the solutions up with the first of them. A step of another solution stands in the row of
/// the step that [`diff_solutions`] sets it beside; steps that it has besides get rows of their own
/// where they come.
pub fn align(base: &[String], others: &[&[String]]) -> Vec<Place> {
    // What each other solution has before the first step of the base, and from each of them on.
    let columns: Vec<_> = others.iter().map(|other| groups(base, other)).collect();
    let mut rows: Vec<Place> = Vec::new();
    for at in 0..=base.len() {
        let height = columns.iter().filter_map(|c| c.get(at)).map(Vec::len).max().unwrap_or(0);
        // Group 0 comes before every step of the base; the others begin with one.
        let height = if at == 0 { height } else { height.max(1) };
        for k in 0..height {
            let first = (at > 0 && k == 0).then(|| at - 1);
            let beside = columns.iter().map(|c| c.get(at)?.get(k).copied().flatten());
            rows.push(Place(std::iter::once(first).chain(beside).collect()));
        }
    }
    rows
}

/// `groups[0]`: steps before the first of the base; `groups[i]`: what stands beside step i, or
/// none, and what comes after it.
fn groups(base: &[String], other: &[String]) -> Vec<Vec<Option<usize>>> {
    let mut groups = vec![Vec::new()];
    for row in diff_solutions(base, other) {
        let to = row.to.map(|i| i - 1);
        if row.from.is_some() {
            groups.push(vec![to]);
        } else if let Some(last) = groups.last_mut() {
            last.push(to);
        }
    }
    groups
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn steps(lines: &[&str]) -> Vec<String> {
        lines.iter().map(|s| (*s).to_owned()).collect()
    }

    #[test]
    fn an_added_step_opens_a_row_for_all() {
        let base = steps(&["a", "b"]);
        let (one, two) = (steps(&["a", "x", "y"]), steps(&["b"]));
        let rows = align(&base, &[&one, &two]);
        let rows: Vec<_> = rows.into_iter().map(|row| row.0).collect();
        assert_eq!(
            rows,
            [
                vec![Some(0), Some(0), None],
                vec![Some(1), Some(1), Some(0)],
                vec![None, Some(2), None],
            ]
        );
    }

    proptest! {
        #[test]
        fn every_step_stands_in_one_row_and_in_order(
            base in prop::collection::vec("[abc]", 0..7),
            one in prop::collection::vec("[abc]", 0..7),
            two in prop::collection::vec("[abc]", 0..7),
        ) {
            let rows = align(&base, &[&one, &two]);
            for (column, len) in [base.len(), one.len(), two.len()].into_iter().enumerate() {
                let seen: Vec<_> = rows.iter().filter_map(|row| row.0[column]).collect();
                prop_assert_eq!(seen, (0..len).collect::<Vec<_>>());
            }
            prop_assert!(rows.iter().all(|row| row.0.iter().any(Option::is_some)));
        }

        #[test]
        fn equal_solutions_stand_side_by_side(base in prop::collection::vec("[abc]", 0..7)) {
            let rows = align(&base, &[&base]);
            prop_assert_eq!(rows.len(), base.len());
            prop_assert!(rows.iter().all(|row| row.0[0] == row.0[1]));
        }
    }
}
