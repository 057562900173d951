//! Our training sets in TRL's forms, in the words that a model of one's own is asked in when it is
//! served (`pipeline/prompt/plain.rs`).

use std::collections::BTreeSet;

use super::trl::{Prompted, Supervised};
use crate::domain::{ANSWER_MARK, Solution};
use crate::lab::labels::{Rules, balance};
use crate::lab::sets::{Pair, Rollouts, Sample};
use crate::pipeline::prompt::{PromptError, plain};

/// The words in which a reward model answers, and what stands after each step when it is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LabelWords {
    pub good: String,
    pub bad: String,
    /// The tag of `score_format = "step_tag"`; without one the line break that ends the step.
    pub step_tag: Option<String>,
}

/// For a policy: the right samples.
pub fn policy(samples: &[Sample]) -> Vec<Prompted> {
    let right = samples.iter().filter(|sample| sample.correct);
    let one = |sample: &Sample| Prompted {
        prompt: plain::policy_text(&sample.problem),
        completion: sample.solution.join(),
    };
    right.map(one).collect()
}

/// For a refiner: pairs that name a wrong step are asked as of a local refiner, with the steps before
/// it already written; the others as of a global one.
///
/// # Errors
/// [`PromptError::NoSuchStep`] when a pair names a step that its draft does not have.
pub fn refiner(pairs: &[Pair]) -> Result<Vec<Prompted>, PromptError> {
    let one = |pair: &Pair| {
        let Pair { problem, draft, target, .. } = pair;
        let Some(error) = pair.first_error else {
            let prompt = plain::global_text(problem, draft);
            return Ok(Prompted { prompt, completion: target.join() });
        };
        let prompt = plain::local_text(problem, draft, error)?;
        let steps = target.steps.get(error - 1..).unwrap_or_default().to_vec();
        let rest = Solution { steps, answer_text: target.answer_text.clone() };
        Ok(Prompted { prompt, completion: rest.join() })
    };
    pairs.iter().map(one).collect()
}

/// For an ORM: every step, and the answer line, carries the outcome.
pub fn orm(samples: &[Sample]) -> Vec<Supervised> {
    let one = |sample: &Sample| {
        let answer = sample.solution.answer_text.as_ref().map(|a| format!("{ANSWER_MARK} {a}"));
        let completions: Vec<String> =
            sample.solution.steps.iter().cloned().chain(answer).collect();
        let labels = vec![sample.correct; completions.len()];
        Supervised { prompt: plain::scored_head(&sample.problem), completions, labels }
    };
    samples.iter().map(one).filter(|line| !line.completions.is_empty()).collect()
}

/// For a SORM: the steps of rolled-out samples with their labels under `rules`, all of them: this
/// form has no way to leave a label out, so nothing is balanced. Samples without steps are left out.
pub fn sorm(rollouts: &[Rollouts], rules: Rules) -> Vec<Supervised> {
    let one = |rollouts: &Rollouts| Supervised {
        prompt: plain::scored_head(&rollouts.sample.problem),
        completions: rollouts.sample.solution.steps.clone(),
        labels: rollouts.labels.under(rules),
    };
    rollouts.iter().map(one).filter(|line| !line.completions.is_empty()).collect()
}

/// The same as one question a label: the text up to the end of a step, and the word for its label.
/// With a seed for `balanced`, as many good as bad ones at each number of steps are kept.
pub fn labelled(set: &[Supervised], words: &LabelWords, balanced: Option<u64>) -> Vec<Prompted> {
    let labels: Vec<(usize, usize, bool)> = set
        .iter()
        .enumerate()
        .flat_map(|(s, line)| line.labels.iter().enumerate().map(move |(i, &label)| (s, i, label)))
        .collect();
    let kept: BTreeSet<usize> = match balanced {
        Some(seed) => {
            let by_length: Vec<_> = labels.iter().map(|&(_, i, label)| (i + 1, label)).collect();
            balance(&by_length, seed).into_iter().collect()
        }
        None => (0..labels.len()).collect(),
    };
    let one = |index: usize| {
        let (s, i, label) = labels[index];
        let line = &set[s];
        let mut prompt = line.prompt.clone();
        for step in &line.completions[..=i] {
            prompt.push_str(&plain::scored_line(step, words.step_tag.as_deref()));
        }
        if words.step_tag.is_some() {
            // Read at the tag itself, before the line break after it.
            prompt.truncate(prompt.trim_end_matches('\n').len());
        }
        let completion = if label { &words.good } else { &words.bad };
        Prompted { prompt, completion: completion.clone() }
    };
    kept.into_iter().map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lab::formats::testing::rollouts;

    fn words(step_tag: Option<&str>) -> LabelWords {
        LabelWords { good: "+".into(), bad: "-".into(), step_tag: step_tag.map(str::to_owned) }
    }

    #[test]
    fn a_policy_learns_from_right_samples_only() {
        let samples = [rollouts(&[true, true]).sample, rollouts(&[true, false]).sample];
        let lines = policy(&samples);
        assert_eq!(lines.len(), 1);
        assert!(lines[0].prompt.ends_with("Solution:\n"), "{}", lines[0].prompt);
        assert_eq!(Solution::split(&lines[0].completion), samples[0].solution);
    }

    #[test]
    fn a_local_refiner_is_given_the_right_steps_and_writes_the_rest() {
        let sample = rollouts(&[true, false]).sample;
        let target = Solution::split("0 + 1 = 1\n1 + 8 = 9\n#### 9");
        let pair = Pair {
            problem_id: 0,
            problem: sample.problem,
            draft: sample.solution,
            first_error: Some(2),
            target: target.clone(),
        };
        let lines = refiner(std::slice::from_ref(&pair)).expect("a draft of two steps");
        assert!(lines[0].prompt.contains("\n[BAD] 1 + 1 = 2\n"), "{}", lines[0].prompt);
        assert!(lines[0].prompt.ends_with("Solution:\n0 + 1 = 1\n"), "{}", lines[0].prompt);
        assert_eq!(lines[0].completion, "1 + 8 = 9\n#### 9");
        let whole = refiner(&[Pair { first_error: None, ..pair.clone() }]).expect("written");
        assert_eq!(whole[0].completion, target.join());
        assert!(refiner(&[Pair { first_error: Some(3), ..pair }]).is_err());
    }

    #[test]
    fn the_answer_line_carries_the_outcome_too() {
        let line = &orm(&[rollouts(&[true, false]).sample])[0];
        assert_eq!(line.completions.last().map(String::as_str), Some("#### 9"));
        assert_eq!(line.labels, [false; 3]);
        assert_eq!(sorm(&[rollouts(&[true, false])], Rules::default())[0].labels, [true, false]);
    }

    #[test]
    fn one_question_a_label_ends_where_the_score_is_read() {
        let set = sorm(&[rollouts(&[true, false])], Rules::default());
        let lines = labelled(&set, &words(None), None);
        assert_eq!(lines[1].prompt, "How many?\n0 + 1 = 1\n1 + 1 = 2\n");
        assert_eq!(lines[1].completion, "-");
        let tagged = labelled(&set, &words(Some("ки")), None);
        assert_eq!(tagged[1].prompt, "How many?\n0 + 1 = 1 ки\n1 + 1 = 2 ки");
    }

    #[test]
    fn balance_keeps_as_many_good_as_bad_of_each_length() {
        let all = [rollouts(&[true, true]), rollouts(&[true, false]), rollouts(&[true, false])];
        let lines = labelled(&sorm(&all, Rules::default()), &words(None), Some(1));
        let good = lines.iter().filter(|line| line.completion == "+").count();
        assert_eq!((lines.len(), good), (2, 1), "the first steps are all good");
    }
}
