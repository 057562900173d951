//! One way of solving at a time, for many problems: what evaluation and ablations are made of.

use super::item::{Gold, Item};
use super::models::Models;
use crate::domain::{Answer, Role, Solution};
use crate::engine::Tokenizer;
use crate::lab::LabError;
use crate::lab::sampling::{Draw, Scores, draw, score};
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
    /// Where there is a world to judge by.
    pub gold: Option<Gold>,
    /// Tokens that were written for it.
    pub tokens: usize,
}

impl Tried {
    /// Step scores of a reward model.
    pub fn steps(&self, role: Role) -> &[f64] {
        if role == Role::Sorm { &self.sorm_steps } else { &self.orm_steps }
    }

    /// Score of the whole: the ORM's at the answer line, the SORM's after the last step.
    pub fn whole(&self, role: Role) -> f64 {
        if role == Role::Sorm { self.sorm_steps.last().copied().unwrap_or(0.0) } else { self.orm }
    }

    /// The first step (from 1) that a reward model scores under a threshold.
    pub fn first_under(&self, role: Role, threshold: f64) -> Option<usize> {
        self.steps(role).iter().position(|&score| score < threshold).map(|i| i + 1)
    }

    /// The first step (from 1) that is wrong in the world.
    pub fn gold_first_error(&self) -> Option<usize> {
        self.gold.and_then(|gold| gold.first_error)
    }
}

/// The models and the problems.
pub struct Bench<'a> {
    pub models: &'a Models,
    pub tokenizer: &'a Tokenizer,
    pub items: &'a [Item],
}

impl Bench<'_> {
    /// Greedy solutions by the policy.
    pub fn drafts(&self) -> Result<Vec<Tried>, LabError> {
        let drawn = self.drawn(Draw::GREEDY, true)?;
        Ok(drawn.into_iter().flatten().collect())
    }

    /// Solutions drawn by the policy, `how.n` a problem. Only the ORM scores them: nobody critiques
    /// a sample, and scoring takes most of the time.
    pub fn samples(&self, how: Draw) -> Result<Vec<Vec<Tried>>, LabError> {
        self.drawn(how, false)
    }

    fn drawn(&self, how: Draw, critiqued: bool) -> Result<Vec<Vec<Tried>>, LabError> {
        let prompts = self.items.iter().map(|item| prompt::policy(self.tokenizer, &item.text));
        let prompts = prompts.collect::<Result<Vec<_>, _>>()?;
        let drawn = draw(self.models.of(Role::Policy), Role::Policy, self.tokenizer, prompts, how)?;
        let each = drawn.solutions.into_iter().zip(drawn.lengths).enumerate();
        let written = each.flat_map(|(i, (solutions, lengths))| {
            solutions.into_iter().zip(lengths).map(move |(solution, n)| (i, solution, n))
        });
        let mut judged = self.judge(written.collect(), critiqued)?.into_iter();
        Ok(self.items.iter().map(|_| judged.by_ref().take(how.n).collect()).collect())
    }

    /// Global refinements of drafts.
    pub fn globals(&self, drafts: &[Tried]) -> Result<Vec<Tried>, LabError> {
        let prompts = self.items.iter().zip(drafts);
        let prompts = prompts.map(|(i, d)| prompt::global(self.tokenizer, &i.text, &d.solution));
        let written = self.write(Role::Global, prompts.collect::<Result<_, _>>()?)?;
        self.judge(written.into_iter().enumerate().map(|(i, (s, n))| (i, s, n)).collect(), true)
    }

    /// Local refinements of drafts at `errors` (from 1); none where there is no error.
    pub fn locals(
        &self,
        drafts: &[Tried],
        errors: &[Option<usize>],
    ) -> Result<Vec<Option<Tried>>, LabError> {
        let flagged: Vec<(usize, usize)> =
            errors.iter().enumerate().filter_map(|(i, e)| e.map(|e| (i, e))).collect();
        let prompts = flagged.iter().map(|&(i, e)| {
            prompt::local(self.tokenizer, &self.items[i].text, &drafts[i].solution, e)
        });
        let rests = self.write(Role::Local, prompts.collect::<Result<_, _>>()?)?;
        let kept = flagged.iter().zip(rests).map(|(&(i, e), (rest, tokens))| {
            let prefix = drafts[i].solution.prefix(e - 1).iter().cloned();
            let steps = prefix.chain(rest.steps).collect();
            (i, Solution { steps, answer_text: rest.answer_text }, tokens)
        });
        let judged = self.judge(kept.collect(), true)?;
        let mut locals = vec![None; drafts.len()];
        for ((i, _), tried) in flagged.into_iter().zip(judged) {
            locals[i] = Some(tried);
        }
        Ok(locals)
    }

    fn write(
        &self,
        role: Role,
        prompts: Vec<Vec<u32>>,
    ) -> Result<Vec<(Solution, usize)>, LabError> {
        let drawn = draw(self.models.of(role), role, self.tokenizer, prompts, Draw::GREEDY)?;
        let lengths = drawn.lengths.into_iter().flatten();
        Ok(drawn.solutions.into_iter().flatten().zip(lengths).collect())
    }

    /// Scores and judges solutions, each with the number of its problem and of its tokens; by the
    /// SORM only if they are to be critiqued. Without a step there is nothing to score: such a
    /// solution gets the lowest score.
    fn judge(
        &self,
        written: Vec<(usize, Solution, usize)>,
        critiqued: bool,
    ) -> Result<Vec<Tried>, LabError> {
        let items: Vec<_> =
            written.iter().map(|(i, s, _)| (self.items[*i].text.as_str(), s)).collect();
        let score = |role| score(self.models.of(role), role, self.tokenizer, &items);
        let orm = score(Role::Orm)?;
        let sorm = if critiqued {
            score(Role::Sorm)?
        } else {
            vec![Scores { steps: Vec::new(), whole: 0.0 }; orm.len()]
        };
        let scored = written.into_iter().zip(orm).zip(sorm);
        let tried =
            |(((i, solution, tokens), orm), sorm): (((usize, Solution, usize), Scores), Scores)| {
                let item = &self.items[i];
                let answer = solution.answer();
                Tried {
                    correct: answer.is_some() && answer == item.answer,
                    answer,
                    orm: if solution.steps.is_empty() { 0.0 } else { orm.whole },
                    orm_steps: orm.steps,
                    sorm_steps: sorm.steps,
                    gold: item.judge(&solution),
                    tokens,
                    solution,
                }
            };
        Ok(scored.map(tried).collect())
    }
}
