//! Many problems solved by every strategy at once: draft, global, local, samples, all scored.

use std::collections::BTreeMap;
use std::time::Instant;

use super::models::Models;
use super::threshold::Thresholds;
use crate::domain::{Answer, Role, Solution};
use crate::engine::Tokenizer;
use crate::lab::LabError;
use crate::lab::problems::{WordProblem, first_error, first_wrong_equation};
use crate::lab::sampling::{Draw, draw, score};
use crate::pipeline::prompt;

/// One solution with everything known about it.
#[derive(Debug, Clone, PartialEq)]
pub struct Tried {
    pub solution: Solution,
    pub answer: Option<Answer>,
    pub correct: bool,
    /// ORM score of the whole.
    pub orm: f64,
    pub orm_steps: Vec<f64>,
    pub sorm_steps: Vec<f64>,
    /// 1-based first step whose equation is not true in the world of the problem.
    pub gold_first_error: Option<usize>,
    /// Some step's words are wrong although every equation is right.
    pub only_words_wrong: bool,
}

/// One problem, tried in every way.
#[derive(Debug, Clone, PartialEq)]
pub struct Attempt {
    pub problem: String,
    pub draft: Tried,
    /// The critique of the draft: first step under the SORM's threshold.
    pub first_error: Option<usize>,
    pub global: Tried,
    /// None when the critique found nothing.
    pub local: Option<Tried>,
    /// Samples at a temperature, for best-of-n and majority.
    pub samples: Vec<Tried>,
}

/// Everything one evaluation measured.
#[derive(Debug, Clone, PartialEq)]
pub struct Attempts {
    pub attempts: Vec<Attempt>,
    pub thresholds: Thresholds,
    /// Tokens and seconds of draft, refinements and scoring, without the samples.
    pub glore_tokens: u64,
    pub glore_seconds: f64,
}

/// Tries `problems` in every way. Seeded: the same call gives the same attempts.
///
/// # Errors
/// [`LabError`] when a model fails.
pub fn attempt(
    models: &Models,
    tokenizer: &Tokenizer,
    problems: &[WordProblem],
    thresholds: Thresholds,
    samples: Draw,
) -> Result<Attempts, LabError> {
    let clock = Instant::now();
    let mut tokens = 0;
    let desk = Desk { models, tokenizer, problems };
    let policy = |p: &WordProblem| prompt::policy(tokenizer, &p.text);
    let prompts = problems.iter().map(policy).collect::<Result<Vec<_>, _>>()?;
    let drawn =
        draw(models.llama(Role::Policy), Role::Policy, tokenizer, prompts.clone(), Draw::GREEDY)?;
    tokens += drawn.tokens;
    let drafts = desk.judge(drawn.solutions.into_iter().flatten().enumerate().collect())?;

    let first_errors: Vec<Option<usize>> = drafts
        .iter()
        .map(|d| d.sorm_steps.iter().position(|&s| s < thresholds.sorm).map(|i| i + 1))
        .collect();
    let globals = problems
        .iter()
        .zip(&drafts)
        .map(|(p, d)| prompt::global(tokenizer, &p.text, &d.solution))
        .collect::<Result<Vec<_>, _>>()?;
    let drawn = draw(models.llama(Role::Global), Role::Global, tokenizer, globals, Draw::GREEDY)?;
    tokens += drawn.tokens;
    let globals = desk.judge(drawn.solutions.into_iter().flatten().enumerate().collect())?;

    let flagged: Vec<(usize, usize)> =
        first_errors.iter().enumerate().filter_map(|(i, e)| e.map(|e| (i, e))).collect();
    let locals = flagged
        .iter()
        .map(|&(i, e)| prompt::local(tokenizer, &problems[i].text, &drafts[i].solution, e))
        .collect::<Result<Vec<_>, _>>()?;
    let drawn = draw(models.llama(Role::Local), Role::Local, tokenizer, locals, Draw::GREEDY)?;
    tokens += drawn.tokens;
    let kept = flagged.iter().zip(drawn.solutions.into_iter().flatten()).map(|(&(i, e), rest)| {
        let mut steps = drafts[i].solution.prefix(e - 1).to_vec();
        steps.extend(rest.steps);
        (i, Solution { steps, answer_text: rest.answer_text })
    });
    let judged = desk.judge(kept.collect())?;
    let mut locals: BTreeMap<usize, Tried> = flagged.iter().map(|&(i, _)| i).zip(judged).collect();
    let glore_seconds = clock.elapsed().as_secs_f64();

    let n = samples.n;
    let drawn = draw(models.llama(Role::Policy), Role::Policy, tokenizer, prompts, samples)?;
    let each = drawn.solutions.into_iter().enumerate();
    let sampled = each.flat_map(|(i, solutions)| solutions.into_iter().map(move |s| (i, s)));
    let mut sampled = desk.judge(sampled.collect())?.into_iter();

    let attempts =
        drafts.into_iter().zip(globals).enumerate().map(|(i, (draft, global))| Attempt {
            problem: problems[i].text.clone(),
            draft,
            first_error: first_errors[i],
            global,
            local: locals.remove(&i),
            samples: sampled.by_ref().take(n).collect(),
        });
    let attempts = attempts.collect();
    Ok(Attempts { attempts, thresholds, glore_tokens: tokens, glore_seconds })
}

struct Desk<'a> {
    models: &'a Models,
    tokenizer: &'a Tokenizer,
    problems: &'a [WordProblem],
}

impl Desk<'_> {
    /// Scores solutions, each of the problem with the number beside it. Without a step there is
    /// nothing to score: such a solution gets the lowest score.
    fn judge(&self, solutions: Vec<(usize, Solution)>) -> Result<Vec<Tried>, LabError> {
        let items: Vec<_> =
            solutions.iter().map(|(i, s)| (self.problems[*i].text.as_str(), s)).collect();
        let score = |role| score(self.models.llama(role), role, self.tokenizer, &items);
        let (orm, sorm) = (score(Role::Orm)?, score(Role::Sorm)?);
        let scored = solutions.into_iter().zip(orm).zip(sorm);
        Ok(scored
            .map(|(((i, solution), orm), sorm)| {
                let problem = &self.problems[i];
                let answer = solution.answer();
                let right = Answer::parse(&problem.answer.to_string());
                let empty = solution.steps.is_empty();
                let gold_first_error = first_wrong_equation(&problem.world, &solution.steps);
                let false_words = first_error(&problem.world, &solution.steps).is_some();
                Tried {
                    correct: answer.is_some() && answer == right,
                    answer,
                    orm: if empty { 0.0 } else { orm.whole },
                    orm_steps: orm.steps,
                    sorm_steps: sorm.steps,
                    gold_first_error,
                    only_words_wrong: gold_first_error.is_none() && false_words,
                    solution,
                }
            })
            .collect())
    }
}
