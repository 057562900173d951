//! Many problems solved by every strategy at once: draft, global, local, samples, all scored.

use std::time::Instant;

use super::bench::{Bench, Tried};
use super::item::Item;
use super::models::Models;
use super::threshold::Thresholds;
use crate::domain::Role;
use crate::engine::Tokenizer;
use crate::lab::LabError;
use crate::lab::sampling::Draw;

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
    /// For each seed, samples at a temperature, for best-of-n and majority.
    pub samples: Vec<Vec<Tried>>,
}

impl Attempt {
    /// Draft, global and, if there is one, local refinement.
    pub fn candidates(&self) -> impl Iterator<Item = &Tried> {
        [&self.draft, &self.global].into_iter().chain(&self.local)
    }

    /// The ORM's choice; a refinement has to beat the draft by more than `margin`.
    pub fn chosen(&self, margin: f64) -> &Tried {
        choose(&self.draft, self.candidates().skip(1), margin)
    }

    /// Local refinement alone: where the critique found nothing, the draft stays.
    pub fn local_or_draft(&self) -> &Tried {
        self.local.as_ref().unwrap_or(&self.draft)
    }
}

/// The highest ORM score among refinements that beat the draft by more than `margin`; a tie keeps
/// the draft. Under a negative margin it is the draft that has to be better.
pub fn choose<'a>(
    draft: &'a Tried,
    refinements: impl Iterator<Item = &'a Tried>,
    margin: f64,
) -> &'a Tried {
    let (mut best, mut score) = (draft, draft.orm + margin);
    for one in refinements {
        if one.orm > score {
            (best, score) = (one, one.orm);
        }
    }
    best
}

/// Far from its neighbours': a draw counts on from its seed, so that those of the seeds 1 and 2 would
/// have all samples but one in common. The last steps of splitmix64 (Steele et al. 2014).
fn apart(seed: u64) -> u64 {
    let mut x = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
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

/// Tries problems in every way; samples are drawn once for each of `seeds`, and no two seeds have
/// one in common. The same call gives the same attempts.
///
/// # Errors
/// [`LabError`] when a model fails.
pub fn attempt(
    models: &Models,
    tokenizer: &Tokenizer,
    items: &[Item],
    thresholds: Thresholds,
    samples: Draw,
    seeds: &[u64],
) -> Result<Attempts, LabError> {
    let clock = Instant::now();
    let bench = Bench { models, tokenizer, items };
    let drafts = bench.drafts()?;
    let first_errors: Vec<Option<usize>> =
        drafts.iter().map(|d| d.first_under(Role::Sorm, thresholds.sorm)).collect();
    let globals = bench.globals(&drafts)?;
    let locals = bench.locals(&drafts, &first_errors)?;
    let glore_seconds = clock.elapsed().as_secs_f64();
    let written = drafts.iter().chain(&globals).chain(locals.iter().flatten());
    let glore_tokens = written.map(|tried| tried.tokens as u64).sum();

    let mut sampled = vec![Vec::with_capacity(seeds.len()); items.len()];
    for &seed in seeds {
        let how = Draw { seed: apart(seed), ..samples };
        for (of_one, drawn) in sampled.iter_mut().zip(bench.samples(how)?) {
            of_one.push(drawn);
        }
    }
    let each = drafts.into_iter().zip(globals).zip(locals).zip(sampled).enumerate();
    let attempts = each.map(|(i, (((draft, global), local), samples))| Attempt {
        problem: items[i].text.clone(),
        draft,
        first_error: first_errors[i],
        global,
        local,
        samples,
    });
    Ok(Attempts { attempts: attempts.collect(), thresholds, glore_tokens, glore_seconds })
}

#[cfg(test)]
mod tests {
    use super::apart;

    #[test]
    fn seeds_have_no_draw_in_common() {
        // 1,000 numbers a problem, for a million problems.
        const RANGE: u64 = 1_000_000_000;
        let mut begins: Vec<u64> = (0..2_000).map(apart).collect();
        begins.sort_unstable();
        let gaps = begins.windows(2).map(|two| two[1] - two[0]);
        let round = begins[0].wrapping_sub(begins[begins.len() - 1]);
        assert!(gaps.chain([round]).all(|gap| gap > RANGE));
    }
}
