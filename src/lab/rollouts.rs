//! Verifying traces: from which prefixes of a sample can the student still reach the right answer?
//!
//! A sample is read once; all its prefixes, and all continuations of each, share what was read.
//! [`Search::Full`] draws K continuations of every prefix, as the paper does. [`Search::Bisect`]
//! relies on labels being monotone: it stops a prefix at its first consistent success and looks for
//! the last reachable prefix by halving.

use super::LabError;
use super::labels::{Trace, label, uses_prefix};
use super::sampling::{MAX_TOKENS, solution_of};
use super::sets::{Rollouts, Sample, Search};
use crate::domain::{Answer, Role};
use crate::engine::batch::{Continuation, Effort, Explore, explore_all};
use crate::engine::{Cancel, Control, Generation, Sampling, Tokenizer};
use crate::model::Llama;
use crate::pipeline::prompt::{self, PromptError};

/// How samples are rolled out.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Verify {
    pub search: Search,
    /// K: most continuations of a prefix.
    pub k: usize,
    pub temperature: f32,
    /// Sample number i of the call uses seeds from `seed + (i << 20)` on.
    pub seed: u64,
}

/// Rolls samples out and labels their prefixes. Bisection needs no rollouts for a right sample: its
/// own continuation is a trace, and propagation makes every prefix of it reachable.
///
/// # Errors
/// [`LabError`] when a sample does not fit or the model fails.
pub fn verify(
    llama: &Llama,
    tokenizer: &Tokenizer,
    samples: &[Sample],
    how: Verify,
) -> Result<(Vec<Rollouts>, Effort), LabError> {
    let end = tokenizer
        .control(Control::End)
        .ok_or(PromptError::NoControlToken(Control::End.as_str()))?;
    let mut explored = Vec::new();
    for (sample, i) in samples.iter().zip(0u64..) {
        let steps = sample.solution.steps.len();
        let (Some(right), 2..) = (sample.right(), steps) else { continue };
        if sample.correct && how.search == Search::Bisect {
            continue;
        }
        let text = prompt::scored(tokenizer, &sample.problem, &sample.solution)?;
        let forks: Vec<usize> = text.step_ends[..steps - 1].iter().map(|end| end + 1).collect();
        let mut tokens = text.tokens;
        tokens.truncate(forks[steps - 2]);
        let seed = how.seed.wrapping_add(i << 20);
        let search = Bounds { reachable: 0, lost: steps };
        let tries = vec![Tries::default(); steps - 1];
        let index = i as usize;
        let fixed = Fixed { sample, right, how, seed, end, tokenizer };
        explored.push(Explored { index, fixed, tokens, forks, search, tries });
    }
    let effort = explore_all(llama, Role::Policy, &mut explored, &Cancel::new())?;
    let mut traces: Vec<Vec<Vec<Trace>>> = samples.iter().map(|_| Vec::new()).collect();
    for one in explored {
        traces[one.index] = one.tries.into_iter().map(Tries::in_order).collect();
    }
    let rolled = samples.iter().zip(traces).filter_map(|(sample, traces)| {
        let labels = label(&sample.solution, &sample.right()?, &traces);
        Some(Rollouts { sample: sample.clone(), search: how.search, traces, labels })
    });
    Ok((rolled.collect(), effort))
}

/// What does not change while a sample is explored.
struct Fixed<'a> {
    sample: &'a Sample,
    right: Answer,
    how: Verify,
    seed: u64,
    end: u32,
    tokenizer: &'a Tokenizer,
}

/// P_reachable can be continued to the right answer, P_lost cannot.
struct Bounds {
    reachable: usize,
    lost: usize,
}

/// The continuations of one prefix.
#[derive(Clone, Default)]
struct Tries {
    begun: usize,
    finished: usize,
    succeeded: bool,
    /// As they ended, each with its number.
    traces: Vec<(usize, Trace)>,
}

impl Tries {
    /// By number: in the order in which they ended, the first few would be the shortest ones, and
    /// fewer rollouts could not be simulated by leaving the last ones away.
    fn in_order(mut self) -> Vec<Trace> {
        self.traces.sort_by_key(|&(number, _)| number);
        self.traces.into_iter().map(|(_, trace)| trace).collect()
    }
}

struct Explored<'a> {
    /// Number of the sample in the call.
    index: usize,
    fixed: Fixed<'a>,
    tokens: Vec<u32>,
    /// Fork i continues P_{i+1}.
    forks: Vec<usize>,
    search: Bounds,
    tries: Vec<Tries>,
}

/// Continuations of a prefix at work at once while its first success is awaited.
const AHEAD: usize = 2;

impl Explored<'_> {
    /// The prefix in the middle of what is unknown; none when the first error is known.
    fn middle(&self) -> Option<usize> {
        let Bounds { reachable, lost } = self.search;
        (lost - reachable > 1).then(|| (reachable + lost) / 2)
    }
}

impl Explore for Explored<'_> {
    fn tokens(&self) -> &[u32] {
        &self.tokens
    }

    fn forks(&self) -> &[usize] {
        &self.forks
    }

    fn next(&mut self) -> Option<Continuation> {
        let k = self.fixed.how.k;
        let fork = match self.fixed.how.search {
            Search::Full => self.tries.iter().position(|tries| tries.begun < k)?,
            Search::Bisect => self.middle()? - 1,
        };
        let tries = &mut self.tries[fork];
        let waiting =
            self.fixed.how.search == Search::Bisect && tries.begun - tries.finished >= AHEAD.min(k);
        if waiting || tries.begun == k {
            return None;
        }
        tries.begun += 1;
        Some(Continuation { fork, sample: tries.begun - 1 })
    }

    fn take(&mut self, which: Continuation, written: Generation) {
        // A text that cannot be decoded is no success.
        let rest = solution_of(self.fixed.tokenizer, &written).unwrap_or_default();
        let length = which.fork + 1;
        let prefix = self.fixed.sample.solution.prefix(length);
        let right = rest.answer().as_ref() == Some(&self.fixed.right) && uses_prefix(prefix, &rest);
        let tries = &mut self.tries[which.fork];
        tries.finished += 1;
        tries.succeeded |= right;
        tries.traces.push((which.sample, Trace { rest }));
        if self.middle() == Some(length) && self.fixed.how.search == Search::Bisect {
            let tries = &self.tries[which.fork];
            if tries.succeeded {
                self.search.reachable = length;
            } else if tries.finished == self.fixed.how.k {
                self.search.lost = length;
            }
        }
    }

    fn is_wanted(&self, which: Continuation) -> bool {
        self.fixed.how.search == Search::Full || self.middle() == Some(which.fork + 1)
    }

    fn sampling(&self, which: Continuation) -> Sampling {
        let number = (which.fork as u64) << 10 | which.sample as u64;
        Sampling {
            temperature: self.fixed.how.temperature,
            top_p: 1.0,
            max_tokens: MAX_TOKENS,
            stop: vec![self.fixed.end],
            seed: self.fixed.seed.wrapping_add(number),
        }
    }

    fn max_tokens(&self) -> usize {
        MAX_TOKENS
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Solution;
    use crate::lab::problems::{Difficulty, Split, problems};
    use crate::lab::sets::solutions;
    use crate::model::{LlamaConfig, Weights};

    /// Samples with right steps and a wrong last answer, and a model that knows nothing.
    fn rolled(search: Search, k: usize) -> (Vec<Rollouts>, Effort) {
        let told: Vec<_> = problems(Split::Train, 1, Difficulty::default()).take(6).collect();
        let texts: Vec<String> =
            told.iter().flat_map(|p| [p.solution_text(), p.text.clone()]).collect();
        let tokenizer = Tokenizer::train(texts.iter().map(String::as_str), 300).expect("trained");
        let config = LlamaConfig::small(tokenizer.vocab_size(), 32, 1, 64);
        let llama = Llama::new(Weights::random(&config, 1));
        let wrong = |(i, (problem, solution)): (usize, (&str, Solution))| Sample {
            problem_id: i as u64,
            problem: problem.to_owned(),
            reference: "1".to_owned(),
            sample_id: 0,
            model: String::new(),
            seed: 0,
            solution: Solution { answer_text: Some("2".to_owned()), ..solution },
            correct: false,
        };
        let samples: Vec<_> = solutions(&told).enumerate().map(wrong).collect();
        let how = Verify { search, k, temperature: 1.0, seed: 3 };
        verify(&llama, &tokenizer, &samples, how).expect("rolled out")
    }

    #[test]
    fn a_full_search_continues_every_prefix_k_times_and_reads_each_sample_once() {
        let (rollouts, effort) = rolled(Search::Full, 3);
        assert_eq!(rollouts.len(), 6);
        for one in &rollouts {
            assert_eq!(one.traces.len(), one.sample.solution.steps.len() - 1);
            assert!(one.traces.iter().all(|traces| traces.len() == 3));
        }
        assert_eq!(effort.begun, effort.finished);
        assert!(effort.read * 3 < effort.read_apart, "{effort:?}");
    }

    #[test]
    fn traces_lie_in_the_order_of_their_numbers_not_of_their_ends() {
        let trace = |text: &str| Trace { rest: crate::domain::Solution::split(text) };
        let traces =
            vec![(2, trace("#### 3")), (0, trace("1 + 1 = 2\n#### 2")), (1, trace("#### 1"))];
        let tries = Tries { traces, ..Tries::default() };
        let answers: Vec<_> =
            tries.in_order().into_iter().filter_map(|trace| trace.rest.answer_text).collect();
        assert_eq!(answers, ["2", "1", "3"]);
    }

    #[test]
    fn a_model_that_never_succeeds_is_tried_k_times_at_each_half() {
        let (rollouts, _) = rolled(Search::Bisect, 3);
        for one in &rollouts {
            let steps = one.sample.solution.steps.len();
            assert_eq!(one.labels.propagated, vec![false; steps]);
            let tried: Vec<usize> = one.traces.iter().map(Vec::len).collect();
            assert_eq!(tried[0], 3, "the first prefix is where the search ends");
            assert!(tried.iter().all(|&n| n == 0 || n == 3), "{tried:?}");
            assert!(tried.iter().filter(|&&n| n > 0).count() <= steps.ilog2() as usize + 1);
        }
        assert_eq!(rollouts, rolled(Search::Bisect, 3).0, "the same seed");
    }
}
