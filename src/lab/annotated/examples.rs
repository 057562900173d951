//! The SORM set of merged labels.

use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;

use super::merge::Labelled;
use crate::engine::Tokenizer;
use crate::lab::sets::Teaching;
use crate::lab::train::Example;
use crate::pipeline::prompt::{self, PromptError};

/// A label and where it stands.
#[derive(Debug, Clone, Copy)]
struct Place {
    solution: usize,
    step: usize,
    good: bool,
    human: bool,
}

/// Examples of labelled solutions. Where `balanced`, as many good as bad labels of each number of
/// steps are kept; of the larger kind, people's labels go last.
///
/// # Errors
/// [`PromptError`] when the tokenizer lacks the control tokens.
pub fn annotated_set(
    tokenizer: &Tokenizer,
    set: &[Labelled],
    balanced: bool,
    seed: u64,
    teaching: Teaching,
) -> Result<Vec<Example>, PromptError> {
    let mut places = places(set);
    if balanced {
        places = balance(places, seed);
    }
    let mut reads: Vec<Vec<(usize, bool)>> = vec![Vec::new(); set.len()];
    for place in places {
        reads[place.solution].push((place.step, place.good));
    }
    let mut examples = Vec::new();
    for (one, mut read) in set.iter().zip(reads) {
        if read.is_empty() {
            continue;
        }
        read.sort_unstable();
        let prompt = prompt::scored(tokenizer, &one.problem, &one.solution)?;
        let labels: Vec<_> =
            read.into_iter().map(|(step, good)| (prompt.step_ends[step], good)).collect();
        examples.push(teaching.example(prompt, labels, one.correct));
    }
    Ok(examples)
}

fn places(set: &[Labelled]) -> Vec<Place> {
    let mut places = Vec::new();
    for (solution, one) in set.iter().enumerate() {
        for (step, label) in one.labels.iter().enumerate() {
            let human = one.human[step];
            places.extend(label.map(|good| Place { solution, step, good, human }));
        }
    }
    places
}

fn balance(places: Vec<Place>, seed: u64) -> Vec<Place> {
    let longest = places.iter().map(|place| place.step).max().map_or(0, |step| step + 1);
    let mut kept = Vec::new();
    for step in 0..longest {
        let of = |good: bool| -> Vec<Place> {
            places.iter().filter(|p| p.step == step && p.good == good).copied().collect()
        };
        let (good, bad) = (of(true), of(false));
        let n = good.len().min(bad.len());
        let mut rng = ChaCha8Rng::seed_from_u64(seed.wrapping_add(step as u64));
        for mut class in [good, bad] {
            class.shuffle(&mut rng);
            class.sort_by_key(|place| !place.human);
            kept.extend_from_slice(&class[..n]);
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Solution;
    use crate::engine::scripted_tokenizer;

    fn labelled(labels: &[bool], human: bool) -> Labelled {
        let steps = (0..labels.len()).map(|i| format!("{i} + 1 = {}", i + 1)).collect();
        Labelled {
            problem: "Q".to_owned(),
            solution: Solution { steps, answer_text: None },
            labels: labels.iter().copied().map(Some).collect(),
            human: vec![human; labels.len()],
            correct: false,
        }
    }

    #[test]
    fn balance_keeps_peoples_labels_before_others() {
        let tokenizer = scripted_tokenizer();
        let teaching = Teaching::new(&tokenizer, 0.0).expect("control tokens");
        let set = [
            labelled(&[true], false),
            labelled(&[true], true),
            labelled(&[true], false),
            labelled(&[false], false),
        ];
        for seed in 0..8 {
            let kept = balance(places(&set), seed);
            let mut of: Vec<usize> = kept.iter().map(|place| place.solution).collect();
            of.sort_unstable();
            assert_eq!(of, [1, 3], "the person's good one and the only bad one");
        }
        let balanced = annotated_set(&tokenizer, &set, true, 1, teaching).expect("a set");
        assert_eq!(balanced.len(), 2);
        let all = annotated_set(&tokenizer, &set, false, 1, teaching).expect("a set");
        assert_eq!(all.len(), 4);
    }

    #[test]
    fn a_step_without_a_label_is_read_and_not_predicted() {
        let tokenizer = scripted_tokenizer();
        let teaching = Teaching::new(&tokenizer, 0.0).expect("control tokens");
        let mut one = labelled(&[true, true, false], true);
        one.labels[1] = None;
        let set = annotated_set(&tokenizer, &[one], false, 1, teaching).expect("a set");
        assert_eq!(set[0].reads.len(), 2);
    }
}
