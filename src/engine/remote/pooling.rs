//! Reading step scores from a process reward model that vLLM serves with `--runner pooling`.
//!
//! One request reads a whole solution: the server answers with a row of two numbers for each token
//! that is its `step_tag_id`, or for every token, and those are the good and the bad label's shares.

use serde_json::{Value, json};

use super::fault::Fault;
use super::wire::{Pooled, Pooling};
use crate::domain::Probability;

/// The body of a request.
pub(super) fn body(model: &str, tokens: &[u32]) -> Value {
    json!({ "model": model, "input": tokens, "task": "token_classify" })
}

/// The scores at `positions` of `tokens`.
pub(super) fn read(
    answer: Pooling,
    tokens: &[u32],
    positions: &[usize],
) -> Result<Vec<Probability>, Fault> {
    let none = || Fault::Broken("no data came for the text".to_owned());
    let Pooled { data: rows } = answer.data.into_iter().next().ok_or_else(none)?;
    let places = places(tokens, positions, rows.len())?;
    let score = |place: usize| {
        let row = rows.get(place).map(Vec::as_slice).unwrap_or_default();
        let &[good, bad] = row else {
            let reason = format!("a row has {} numbers instead of two labels", row.len());
            return Err(Fault::Broken(reason));
        };
        share(good.ok_or(Fault::NotFinite)?, bad.ok_or(Fault::NotFinite)?)
    };
    places.into_iter().map(score).collect()
}

/// Which row belongs to which position.
fn places(tokens: &[u32], positions: &[usize], rows: usize) -> Result<Vec<usize>, Fault> {
    if rows == tokens.len() {
        return Ok(positions.to_vec());
    }
    let tag = positions.first().and_then(|position| tokens.get(*position));
    let tagged = |&(_, token): &(usize, &u32)| Some(token) == tag;
    let all: Vec<usize> = tokens.iter().enumerate().filter(tagged).map(|(at, _)| at).collect();
    let mismatch = || {
        Fault::Broken(format!(
            "it read {rows} places, the text has {} tokens and {} step tags; is its step_tag_id \
             the tag of the configuration?",
            tokens.len(),
            all.len()
        ))
    };
    if rows != all.len() {
        return Err(mismatch());
    }
    let place = |position: &usize| all.binary_search(position).map_err(|_| mismatch());
    positions.iter().map(place).collect()
}

fn share(good: f64, bad: f64) -> Result<Probability, Fault> {
    if !good.is_finite() || !bad.is_finite() {
        return Err(Fault::NotFinite);
    }
    if good < 0.0 || bad < 0.0 || good + bad <= 0.0 {
        let reason = "its numbers are not probabilities; it must be served with its activation on";
        return Err(Fault::Broken(reason.to_owned()));
    }
    Probability::new(good / (good + bad)).ok_or(Fault::NotFinite)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scores(rows: Value, tokens: &[u32], positions: &[usize]) -> Result<Vec<f64>, Fault> {
        let answer = serde_json::from_value(json!({ "data": [{ "data": rows }] })).expect("rows");
        let scores = read(answer, tokens, positions)?;
        Ok(scores.into_iter().map(Probability::get).collect())
    }

    #[test]
    fn rows_are_matched_to_tags_or_to_tokens() {
        let tokens = [5, 9, 6, 9, 7, 9];
        let rows = json!([[0.5, 0.5], [0.25, 0.75], [1.0, 0.0]]);
        assert_eq!(scores(rows.clone(), &tokens, &[3, 5]), Ok(vec![0.25, 1.0]));
        assert!(matches!(scores(rows.clone(), &tokens, &[3, 4]), Err(Fault::Broken(_))));
        assert!(matches!(scores(rows, &[5, 9], &[1]), Err(Fault::Broken(_))));
        assert_eq!(scores(json!([[0.0, 1.0], [0.75, 0.25]]), &[5, 6], &[1]), Ok(vec![0.75]));
    }

    #[test]
    fn what_is_no_pair_of_probabilities_is_no_score() {
        let one = |row: Value| scores(json!([row]), &[5], &[0]);
        assert_eq!(one(json!([null, 1.0])), Err(Fault::NotFinite));
        for row in [json!([0.5]), json!([0.1, 0.2, 0.7]), json!([-1.5, 2.0]), json!([0.0, 0.0])] {
            assert!(matches!(one(row.clone()), Err(Fault::Broken(_))), "{row}");
        }
        let empty = serde_json::from_value(json!({ "data": [] })).expect("an answer");
        assert!(matches!(read(empty, &[5], &[0]), Err(Fault::Broken(_))));
    }
}
