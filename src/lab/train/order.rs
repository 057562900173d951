//! In which order examples are read, and how a batch is shared among threads.

use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;

use super::example::Example;
use super::schedule::Plan;
use crate::model::Packed;

/// Parts a batch is cut into, one a thread. Fixed, not the number of cores, so that the order of
/// additions, and with it the result, is the same on every machine.
const SHARDS: usize = 2;

/// Examples in a seeded order, a new one each pass.
pub(super) struct Order<'a> {
    plan: &'a Plan,
    examples: &'a [Example],
    pass: u64,
    queue: Vec<usize>,
}

impl<'a> Order<'a> {
    /// The order as it is after `steps` batches.
    pub(super) fn at(plan: &'a Plan, examples: &'a [Example], steps: usize) -> Self {
        let mut order = Self { plan, examples, pass: 0, queue: Vec::new() };
        for _ in 0..steps {
            order.draw();
        }
        order
    }

    fn draw(&mut self) -> Vec<usize> {
        let (mut drawn, mut tokens) = (Vec::new(), 0);
        while tokens < self.plan.tokens_per_step {
            let Some(index) = self.queue.pop() else {
                self.queue = (0..self.examples.len()).collect();
                let mut rng = ChaCha8Rng::seed_from_u64(self.plan.seed.wrapping_add(self.pass));
                self.queue.shuffle(&mut rng);
                self.pass += 1;
                continue;
            };
            tokens += self.examples[index].tokens.len();
            drawn.push(index);
        }
        drawn
    }

    /// The next batch in [`SHARDS`] parts of about the same number of tokens.
    pub(super) fn next_batch(&mut self) -> Vec<Packed> {
        let mut drawn = self.draw();
        drawn.sort_by_key(|&index| std::cmp::Reverse(self.examples[index].tokens.len()));
        let mut shards = vec![Packed::default(); SHARDS];
        for index in drawn {
            if let Some(shard) = shards.iter_mut().min_by_key(|shard| shard.tokens.len()) {
                self.examples[index].pack(shard);
            }
        }
        shards.retain(|shard| !shard.rows.is_empty());
        shards
    }
}
