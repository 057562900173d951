//! Both engines run all five shipped models and agree: the same greedy tokens, the same scores.
#![cfg(feature = "mistralrs")]

use std::time::{Duration, Instant};

use glore::config::EngineKind;
use glore::domain::{Role, Solution};
use glore::engine::{Cancel, Control, GenerateRequest, Sampling, ScoreRequest};
use glore::lab::problems::WordProblem;
use glore::pipeline::prompt;

use crate::embedded::{loaded, some_problems};

/// A draft with a wrong second step, to be refined.
fn spoilt(problem: &WordProblem) -> Solution {
    let mut draft = Solution::split(&problem.solution_text());
    if let Some(step) = draft.steps.get_mut(1) {
        *step = step.replace('=', "= 1");
    }
    draft
}

#[tokio::test(flavor = "multi_thread")]
async fn both_engines_write_the_same_tokens_and_give_the_same_scores() {
    let dir = tempfile::tempdir().expect("a folder");
    let (mistral, batch) =
        (loaded(EngineKind::Mistral, dir.path()), loaded(EngineKind::Batch, dir.path()));
    let cancel = Cancel::with_deadline(Instant::now() + Duration::from_secs(300));
    for problem in some_problems(6) {
        for role in Role::ALL {
            let about = batch.describe(role).clone();
            let tokenizer = &about.tokenizer;
            let draft = spoilt(&problem);
            if role.is_reward() {
                let laid_out = prompt::scored(tokenizer, &problem.text, &draft).expect("a prompt");
                let mut positions = laid_out.step_ends;
                positions.push(laid_out.end);
                let labels = about.labels.expect("a reward model has labels");
                let request = ScoreRequest { tokens: laid_out.tokens, positions, labels };
                let a = mistral.score(role, request.clone(), &cancel).await.expect("scored");
                let b = batch.score(role, request, &cancel).await.expect("scored");
                assert_eq!(a.len(), b.len());
                for (a, b) in a.iter().zip(&b) {
                    assert!((a.get() - b.get()).abs() < 1e-4, "{role}: {a:?} {b:?}");
                }
                continue;
            }
            let prompt = match role {
                Role::Global => prompt::global(tokenizer, &problem.text, &draft),
                Role::Local => prompt::local(tokenizer, &problem.text, &draft, 2),
                _ => prompt::policy(tokenizer, &problem.text),
            };
            let end = tokenizer.control(Control::End).expect("our tokenizer");
            let sampling =
                Sampling { temperature: 0.0, top_p: 1.0, max_tokens: 96, stop: vec![end], seed: 0 };
            let request = GenerateRequest { prompt: prompt.expect("a prompt"), sampling, n: 1 };
            let a = mistral.generate(role, request.clone(), &cancel).await.expect("generated");
            let b = batch.generate(role, request, &cancel).await.expect("generated");
            assert_eq!(a[0].tokens, b[0].tokens, "{role}: {}", problem.text);
            assert_eq!(a[0].finish, b[0].finish);
            for (a, b) in a[0].ln_probs.iter().zip(&b[0].ln_probs) {
                assert!((a - b).abs() < 1e-3, "{role}: {a} {b}");
            }
        }
    }
}
